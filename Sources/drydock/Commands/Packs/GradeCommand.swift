import ArgumentParser
import Documents
import Foundation
import Gradebook
import LearnerRecord
import Terminal

/// Marks submissions by replay and writes the reports.
struct GradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grade", abstract: "Mark submissions of a pack and write the class's reports.",
    discussion: """
      Every log is replayed in a fresh cluster and checked, hidden checks included where the pack is \
      your folder or your key opens it. A file that cannot be accepted is reported and stops nothing.

      Examples:
        drydock grade submissions --pack week-3 --roster roster.csv --out marks
        drydock grade --review --pack week-3 --out marks         mark answers by hand
        drydock grade submissions --pack week-3 --shard 0/4 --out parts
        drydock grade merge parts/*.jsonl --pack week-3 --out marks
        drydock grade --emit-job IMAGE --pack week-3.tar | kubectl apply -f -
      """,
    subcommands: [GradeMarkCommand.self, GradeMergeCommand.self, GradeWorkCommand.self],
    defaultSubcommand: GradeMarkCommand.self)
}

/// What every way of grading takes.
struct GradeOptions: ParsableArguments {
  @Option(help: "The pack: your folder, or the built file.") var pack: String
  @Option(help: "A table of the class with the columns id, name, email, section, …")
  var roster: String?
  @Option(help: ArgumentHelp("The folder for marks and reports.", valueName: "folder"))
  var out = "marks"
  @Option(help: "Your secret key, where it is not in the data folder.") var key: String?

  func source() throws -> PackSource {
    func open(_ key: InstructorKey?) throws -> PackSource {
      try PackSource.open(pack, key: key, drydock: Drydock.version)
    }
    return try Packs.attempt {
      if let key { return try open(try Packs.secretKey(key)) }
      // A key of the data folder that is not the one it was sealed for is as good as none.
      let own = (try? Packs.home).flatMap { InstructorKey.existing(in: $0.path) }
      return try own.flatMap { try? open($0) } ?? open(nil)
    }
  }

  /// What makes another of this program mark for this one.
  var worker: [String] {
    guard let own = Bundle.main.executablePath else { return [] }
    return [own, "grade", "work", "--pack", pack] + (key.map { ["--key", $0] } ?? [])
  }

  func table() throws -> Roster? {
    guard let roster else { return nil }
    guard let bytes = Environment.contents(of: roster) else {
      throw Failure(3, "cannot read \(roster)")
    }
    return try Packs.attempt { try Roster.read(String(decoding: bytes, as: UTF8.self)) }
  }

  /// Writes the reports of what is marked and tells what came out.
  func report(_ source: PackSource) throws {
    let outcome = try Packs.attempt {
      try ClassReport(source, roster: try table(), in: out).write()
    }
    func tenths(_ number: Double) -> String { String(format: "%.1f", number) }
    Output.tell(
      Output.counted(outcome.submissions, "submission") + " of "
        + Output.counted(outcome.learners, "learner") + "; "
        + "mean \(tenths(outcome.mean)) %, median \(tenths(outcome.median)) %\n")
    for refusal in outcome.refusals { Output.tell("not accepted: \(refusal)\n") }
    if !outcome.missing.isEmpty {
      Output.tell("nothing from: \(outcome.missing.joined(separator: ", "))\n")
    }
    if outcome.signalled > 0 {
      let learners = Output.counted(outcome.signalled, "learner")
      Output.tell("to look at: \(learners), in \(out)/honesty.csv\n")
    }
    if outcome.undecided > 0 {
      let answers = Output.counted(outcome.undecided, "answer")
      Output.tell("to review: \(answers); drydock grade --review --out \(out)\n")
    }
    if let changes = outcome.changes {
      Output.tell(changes.isEmpty ? "nothing changed\n" : "changed:\n")
      for change in changes { Output.tell("  \(change)\n") }
    }
    Output.tell("\(out)/index.html\n")
  }
}

/// Marks submissions.
struct GradeMarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mark", abstract: "Mark submissions (the default).")

  @Argument(help: "Submissions, or folders of them.") var submissions: [String] = []
  @Option(help: "How many are marked at once; the number of processors when not given.")
  var jobs: Int?
  @Option(
    help: ArgumentHelp("Mark only part I of N, counted from 0, for merge.", valueName: "i/n"))
  var shard: String?
  @Flag(help: "Mark answers by hand and decide about flagged work, of what is marked already too.")
  var review = false
  @Option(
    help: ArgumentHelp(
      "Print a Kubernetes Job that marks with this image instead.", valueName: "image"))
  var emitJob: String?
  @Option(help: "How many shards that Job has.") var shards = 16
  @OptionGroup var options: GradeOptions

  func run() throws {
    if let emitJob { return try tellJob(emitJob) }
    if submissions.isEmpty, !review { throw Failure(2, "no submissions are given") }
    let source = try options.source()
    if !submissions.isEmpty {
      try mark(with: source)
      if shard != nil { return }
      try options.report(source)
    }
    if review { try walk(source) }
  }

  private func mark(with source: PackSource) throws {
    if source.isPartlySealed {
      Output.complain("your key does not open the hidden checks: only the others are marked")
    }
    var part = MarkingRun.Shard.whole
    if let shard {
      guard let read = MarkingRun.Shard(shard) else {
        throw Failure(2, "--shard takes I/N with I from 0 to N-1, not \"\(shard)\"")
      }
      part = read
    }
    let workers = max(1, jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    let file =
      shard == nil
      ? "\(options.out)/\(MarkingRun.fileName)"
      : "\(options.out)/part-\(part.index)-of-\(part.count).jsonl"
    let isTold = Screen(environment: Environment.variables, plain: false).isInteractive
    try Packs.attempt {
      let files = try MarkingRun.files(submissions)
      let run = MarkingRun(source, shard: part, worker: options.worker)
      try run.mark(files, into: file, jobs: workers) { done, all in
        if isTold { Output.write("\r\(done) of \(all)\(done == all ? "\n" : "")", toError: true) }
      }
    }
    if shard != nil { Output.tell("\(file)\n") }
  }

  private func walk(_ source: PackSource) throws {
    let made = try Packs.attempt {
      try ReviewWalk(in: options.out).run(tell: { Output.tell($0) }) { prompt in
        Output.tell(prompt)
        return readLine()
      }
    }
    Output.tell("\n\(made) decisions are kept in \(options.out).\n")
    try options.report(source)
  }

  private func tellJob(_ image: String) throws {
    guard (1...10_000).contains(shards) else { throw Failure(2, "--shards takes 1 to 10000") }
    let job = JobManifest.job(image: image, pack: Files.name(of: options.pack), shards: shards)
    Output.tell(
      """
      # The claim drydock-submissions holds the folder work with the submissions, and the pack;
      # drydock-parts takes the parts. Afterwards: drydock grade merge part-*.jsonl --pack …

      """ + YAML.text(job))
  }
}

/// Joins the parts of several machines.
struct GradeMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join the parts that --shard made and write the reports.")

  @Argument(help: "All parts, or the folders they were written into.") var parts: [String]
  @OptionGroup var options: GradeOptions

  func run() throws {
    let source = try options.source()
    try Packs.attempt {
      try Merging.merge(parts, into: "\(options.out)/\(MarkingRun.fileName)")
    }
    try options.report(source)
  }
}

/// One of the processes of `grade`.
struct GradeWorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "work", shouldDisplay: false)

  @OptionGroup var options: GradeOptions

  func run() throws { MarkingRun.serve(try options.source()) }
}
