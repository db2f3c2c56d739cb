import ArgumentParser

/// Opens an exam, or lists them all.
struct ExamCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exam", abstract: "Take an exam, or a short drill of one domain.",
    discussion: """
      The clock runs on while drydock is closed, unless you allowed pauses.

      Examples:
        drydock exam
        drydock exam cka
        drydock exam ckad --drill 20m --domain networking
        drydock exam --pack week-3 final
        drydock exam report
        drydock exam replay 3
      """)

  @Argument(help: "cka, ckad, cks, kcna or kcsa; report or replay of the last one.")
  var name: String?
  @Argument(help: "The task that replay plays again.") var task: Int?
  @Option(help: ArgumentHelp("A shorter one.", valueName: "time")) var drill: String?
  @Option(help: "Only this domain, such as storage.") var domain: String?
  @Option(help: "Draw the same tasks again.") var seed: UInt64?
  @Flag(help: "Allow `exam pause`.") var pause = false
  @OptionGroup var learner: LearnerOptions

  func run() throws {
    var words = ["exam"]
    if let name { words.append(try plainName(name)) }
    if let task { words.append("\(task)") }
    if let drill { words += ["--drill", try plainName(drill)] }
    if let domain { words += ["--domain", try plainName(domain)] }
    if let seed { words += ["--seed", "\(seed)"] }
    if pause { words.append("--pause") }
    try REPL(learner, first: words.joined(separator: " ")).run()
  }
}
