import ArgumentParser
import Gradebook
import LearnerRecord

/// Writes everything done in a pack into one signed file.
struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Write your work in a pack into one file to hand in.",
    discussion: """
      The file holds every line you typed in the pack's exercises and exams, with times, chained \
      and signed by a key of your own that stays in your data folder. Nothing else of your record \
      is in it. Your name is asked for once.

      Example:
        drydock submit --pack week-3 --learner ada
      """)

  @Option(help: "The pack's id.") var pack: String
  @Option(help: "The name your instructor knows you by.") var learner: String?
  @Option(help: "The file; LEARNER-PACK.drydock when not given.") var out: String?

  func run() throws {
    let installed = try Packs.installed(pack)
    let source = try Packs.attempt {
      try PackSource.open(installed.course, key: nil, drydock: Drydock.version)
    }
    let text: (String, [UInt8]) = try Packs.attempt(1) {
      let own = try Logbook.open(in: try Packs.home).0
      guard let name = try learner ?? own.setting("learner") else {
        throw PackError("say who you are: drydock submit --pack \(pack) --learner NAME")
      }
      guard Learner.isName(name) else {
        throw PackError("\"\(name)\" is no name: letters, digits and ._@+- are")
      }
      let now = Environment.now
      let book = try Logbook.open(in: installed.record).0
      let submission = try Submission.collect(
        book, source,
        header: .init(
          learner: name, pack: installed.id, version: installed.version,
          digest: installed.digest, drydock: Build.named(Drydock.version), submitted: now))
      if submission.works.isEmpty, submission.sittings.isEmpty {
        throw PackError("there is no work in \(pack) yet: drydock practice --pack \(pack)")
      }
      let key = try LearnerKey.own(in: try Packs.home.path)
      try own.set("learner", name)
      return (name, try submission.text(signedWith: key))
    }
    let file = out ?? "\(text.0)-\(pack).drydock"
    try Packs.write(text.1, to: file)
    Output.tell("\(file) is ready to be handed in.\n")
  }
}
