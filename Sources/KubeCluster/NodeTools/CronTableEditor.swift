import Linux
import Shell

/// Shows and changes a user's table of cron: `crontab`.
struct CronTableEditor: Program {
  let name = "crontab"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let machine = process.machine
    var user = machine.accounts.userName(process.caller.user)
    var verb: Character?
    var file: String?
    var words = process.arguments[...]
    while let word = words.popFirst() {
      switch word {
      case "-l", "-e", "-r", "-i": if verb != "r" { verb = word.last == "i" ? "r" : word.last }
      case "-u":
        user = words.popFirst() ?? ""
        guard machine.accounts.user(user) != nil else {
          return try await fail(process, "crontab:  user `\(user)' unknown\n")
        }
        guard process.caller.user == 0 else {
          return try await fail(process, "must be privileged to use -u\n")
        }
      case _ where word.hasPrefix("-") && word != "-":
        return try await fail(
          process,
          "crontab: invalid option -- '\(word.dropFirst().prefix(1))'\ncrontab: usage error: "
            + "unrecognized option\nusage:\tcrontab [-u user] file\n\tcrontab [ -u user ] [ -i ] "
            + "{ -e | -l | -r }\n")
      default: file = word
      }
    }
    let path = "\(CronTables.spool)/\(user)"
    let known = machine.files.text(path)
    switch verb {
    case "l":
      guard let known else { return try await fail(process, "no crontab for \(user)\n") }
      try await process.write(known)
      return 0
    case "r":
      guard known != nil else { return try await fail(process, "no crontab for \(user)\n") }
      try machine.files.remove(path)
      machine.wakeCron()
      return 0
    case "e":
      if known == nil {
        try await process.writeError("no crontab for \(user) - using an empty one\n")
      }
      return try await edit(known ?? Self.first, path, process)
    default:
      let bytes =
        try await file == nil || file == "-"
        ? process.readAll() : process.contents(of: file ?? "")
      return try await install(
        String(decoding: bytes, as: UTF8.self), called: file ?? "-", at: path, process)
    }
  }

  private static let first = """
    # Edit this file to introduce tasks to be run by cron.
    #
    # m h  dom mon dow   command

    """

  private func fail(_ process: Linux.Process, _ text: String) async throws -> ExitStatus {
    try await process.writeError(text)
    return 1
  }

  /// Hands the table to $VISUAL, $EDITOR or vi.
  private func edit(
    _ text: String, _ path: String, _ process: Linux.Process
  ) async throws -> ExitStatus {
    let draft = "/tmp/crontab.\(process.id)"
    let editor = process.environment["VISUAL"] ?? process.environment["EDITOR"] ?? "vi"
    let edited = try await process.edit(text, as: draft, mode: 0o600, in: editor)
    guard edited.status == 0 else {
      return try await fail(process, "crontab: \"\(editor)\" exited with status 1\n")
    }
    let changed = edited.text ?? text
    guard changed != text else {
      try await process.writeError("No modification made\n")
      return 0
    }
    try await process.writeError("crontab: installing new crontab\n")
    return try await install(changed, called: draft, at: path, process)
  }

  private func install(
    _ text: String, called name: String, at path: String, _ process: Linux.Process
  ) async throws -> ExitStatus {
    let problems = CronTable(text, owner: "root").problems
    guard problems.isEmpty else {
      let lines = problems.map { "\"\(name)\":\($0.line): \($0.text)\n" }.joined()
      return try await fail(process, lines + "errors in crontab file, can't install.\n")
    }
    guard text.isEmpty || text.hasSuffix("\n") else {
      return try await fail(
        process, "new crontab file is missing newline before EOF, can't install.\n")
    }
    try process.machine.files.makeDirectories(CronTables.spool)
    try process.machine.files.place(text, at: path, mode: 0o600)
    process.machine.wakeCron()
    return 0
  }
}
