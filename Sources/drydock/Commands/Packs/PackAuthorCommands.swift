import ArgumentParser
import Curriculum
import Gradebook
import Simulation

/// Makes a small whole pack to begin with.
struct PackNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a folder with a small, whole, proven pack.")

  @Argument(help: "The folder; its last part becomes the pack's id.") var folder: String

  func run() throws {
    let id = Files.name(of: folder)
    let files = try Packs.attempt(2) { try PackScaffold.write(in: folder, id: id) }
    for file in files { Output.tell("\(file)\n") }
    Output.tell("Now: drydock pack prove \(folder)\n")
  }
}

/// Tells every mistake of a pack.
struct PackLintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Tell every mistake of a pack, with line and column.")

  @Argument(help: "The pack's folder.") var folder: String

  func run() throws {
    let pack = try Packs.attempt { try PackFolder.read(folder) }
    let (course, flaws) = pack.course
    for flaw in flaws { Output.tell("\(folder)/\(flaw)\n") }
    if !flaws.isEmpty {
      throw Failure(1, Output.counted(flaws.count, "mistake"))
    }
    // Building shows whether the hidden parts can be told from the others.
    _ = try Packs.attempt(1) { try pack.build(.leftOut) }
    for bank in course.banks {
      for habit in bank.habits { Output.tell("note: \(bank.id): \(habit)\n") }
    }
    let sealed = course.exercises.reduce(0) { $0 + $1.sealed.count }
    Output.tell(
      "\(course.plan?.id ?? "") \(course.plan?.version ?? ""): "
        + [
          Output.counted(course.exercises.count, "exercise"),
          Output.counted(sealed, "hidden check"),
          Output.counted(course.plan?.exams.count ?? 0, "exam"),
          Output.counted(course.lessons.count, "lesson"),
        ].joined(separator: ", ") + "; no mistakes\n")
  }
}

/// Proves every exercise of a pack, hidden checks included.
struct PackProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Show that a pack marks as it promises, hidden checks included.")

  @Argument(help: "The pack's folder.") var folder: String
  @Option(help: "How many variants of each exercise with parameters.") var variants = 3
  @Option(help: "How many are proven at once; the number of processors when not given.")
  var jobs: Int?

  func run() throws {
    guard Files.isFolder(folder) else { throw Failure(2, "there is no folder \(folder)") }
    var words = ["--course", folder, "--variants", "\(variants)"]
    if let jobs { words += ["--jobs", "\(jobs)"] }
    try ProveCommand.parse(words).run()
  }
}

/// Writes submissions of an invented class.
struct PackRehearseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract: "Write submissions of an invented class, to try marking with.",
    discussion: """
      Its learners type the pack's solutions and mistakes; some are late, some hand in nothing. Beside \
      the submissions there is a roster.

      Example:
        drydock pack rehearse week-3 --learners 20 --out class
        drydock grade class/work --pack week-3 --roster class/roster.csv
      """)

  @Argument(help: "The pack's folder.") var folder: String
  @Option(help: "How many learners.") var learners = 12
  @Option(help: "The seed of who does what.") var seed: UInt64 = 1
  @Option(help: "The folder to write.") var out = "class"

  func run() throws {
    guard (1...10_000).contains(learners) else { throw Failure(2, "--learners takes 1 to 10000") }
    let source = try Packs.attempt {
      try PackSource.open(folder, key: nil, drydock: Drydock.version)
    }
    let count = try Packs.attempt(1) {
      try Rehearsal(source).write(
        learners, seed: seed, at: source.plan.due.map { $0 + -.hours(48) } ?? Environment.now,
        drydock: Build.named(Drydock.version), in: out)
    }
    Output.tell("\(out)/work: \(Output.counted(count, "submission"))\n")
    Output.tell("\(out)/roster.csv: \(Output.counted(learners, "learner"))\n")
  }
}

/// Writes the learner's build of a pack.
struct PackBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Write a pack as one file for learners.",
    discussion: """
      Solutions of exam tasks, mistakes and hidden checks are taken out. The hidden part is \
      encrypted to your own key, to that of --for, or left out with --without-hidden; then the same \
      folder gives the same bytes.

      Example:
        drydock pack build week-3 --out week-3.tar
      """)

  @Argument(help: "The pack's folder.") var folder: String
  @Option(help: "The file; ID-VERSION.tar when not given.") var out: String?
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("The public key of who will mark.", valueName: "key"))
  var reader: String?
  @Flag(help: "Leave hidden checks out.") var withoutHidden = false

  func run() throws {
    let pack = try Packs.attempt { try PackFolder.read(folder) }
    let hidden: PackFolder.Hidden =
      withoutHidden
      ? .leftOut : .sealed(try Packs.publicKey(reader) ?? (try Packs.secretKey(nil).open))
    let archive = try Packs.attempt(1) { try pack.build(hidden) }
    let file = out ?? "\(archive.plan.id)-\(archive.plan.version).tar"
    try Packs.write(try Packs.attempt { try archive.bytes() }, to: file)
    Output.tell("\(file)\n")
  }
}

/// Signs a built pack.
struct PackSignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign a built pack, in place, with your key.")

  @Argument(help: "The built pack.") var file: String
  @Option(help: "Another secret key than your own.") var key: String?

  func run() throws {
    var archive = try Packs.archive(file)
    let secret = try Packs.secretKey(key)
    let bytes = try Packs.attempt {
      try archive.sign(with: secret)
      return try archive.bytes()
    }
    try Packs.write(bytes, to: file)
    Output.tell("\(file) is signed by \(secret.open.fingerprint)\n")
  }
}

/// Shows the public half of the instructor's key.
struct PackKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Print the public half of your instructor's key, made when there is none.")

  func run() throws {
    let key = try Packs.secretKey(nil).open
    Output.tell(key.text)
    Output.tell("fingerprint \(key.fingerprint)\n", toError: true)
  }
}
