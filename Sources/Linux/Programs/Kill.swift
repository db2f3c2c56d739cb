import Shell

/// Sends signals to processes.
struct Kill: Program {
  let name = "kill"

  func run(_ process: Process) async throws -> ExitStatus {
    var words = process.arguments[...]
    var number = Signal.terminate
    if let first = words.first, first.hasPrefix("-"), first != "--" {
      words = words.dropFirst()
      if first == "-l" {
        try await process.write(Signal.names.joined(separator: " ") + "\n")
        return 0
      }
      let text = first == "-s" ? words.popFirst() ?? "" : String(first.dropFirst())
      guard let found = Signal.number(text) else {
        throw UsageError("\(text): invalid signal specification", hint: false)
      }
      number = found
    }
    if words.first == "--" { words = words.dropFirst() }
    guard !words.isEmpty else { throw UsageError("not enough arguments", hint: false) }
    var status: ExitStatus = 0
    for word in words {
      guard let id = Int(word) else {
        try await process.complain("failed to parse argument: '\(word)'")
        status = 1
        continue
      }
      do { try process.machine.signal(number, to: id, from: process) } catch {
        try await process.complain("(\(word)): \(error.text)")
        status = 1
      }
    }
    return status
  }
}

/// Sends signals to processes by their names: `killall`, `pkill`, `pgrep`, `pidof`.
struct KillByName: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    var number = Signal.terminate
    var wantsTitles = false
    var wanted: [String] = []
    var showsNames = false
    var showsTitles = false
    var counts = false
    var wantsWhole = name == "killall" || name == "pidof"
    // The oldest or the newest of all that fit.
    var only: Character?
    var users: [String] = []
    var parents: [Int] = []
    var words = process.arguments[...]
    while let word = words.popFirst() {
      switch word {
      case "-f", "--full": wantsTitles = true
      case "-l", "--list-name": showsNames = true
      case "-a", "--list-full": (showsNames, showsTitles) = (true, true)
      case "-x", "--exact": wantsWhole = true
      case "-c", "--count": counts = true
      case "-o", "-n": only = word.last
      case "-u", "-U": users = (words.popFirst() ?? "").split(separator: ",").map(String.init)
      case "-P":
        parents = (words.popFirst() ?? "").split(separator: ",").compactMap { Int($0) }
      default:
        if word.hasPrefix("-"), word.count > 1 {
          if let found = Signal.number(String(word.dropFirst())) { number = found }
        } else {
          wanted.append(word)
        }
      }
    }
    if wanted.isEmpty, !users.isEmpty || !parents.isEmpty { wanted = [""] }
    guard !wanted.isEmpty else { throw UsageError("no process selection criteria", status: 2) }
    var expressions: [RegularExpression] = []
    for text in wanted {
      do { expressions.append(try RegularExpression(Array(text.utf8), .extended)) } catch {
        throw UsageError(error.text, hint: false, status: 2)
      }
    }
    let machine = process.machine
    let everyone = try await machine.table.entries(for: process)
    var matches = everyone.filter { (other: ProcessEntry) -> Bool in
      guard other.id != process.id else { return false }
      if !parents.isEmpty, !parents.contains(other.parentID) { return false }
      let user = machine.accounts.userName(other.user)
      if !users.isEmpty, !users.contains(user), !users.contains("\(other.user)") { return false }
      if wantsWhole, !wantsTitles { return wanted.contains(other.called) }
      let subject = Array((wantsTitles ? other.title : other.called).utf8)
      return expressions.contains { $0.contains(subject[...]) }
    }
    matches.sort { $0.started == $1.started ? $0.id < $1.id : $0.started < $1.started }
    if only == "o" { matches = Array(matches.prefix(1)) }
    if only == "n" { matches = Array(matches.suffix(1)) }
    matches.sort { $0.id < $1.id }
    if counts {
      try await process.write("\(matches.count)\n")
      return matches.isEmpty ? 1 : 0
    }
    if matches.isEmpty {
      if name == "killall" {
        try await process.writeError(
          process.isBusyBox
            ? "killall: \(wanted[0]): no process killed\n" : "\(wanted[0]): no process found\n")
      }
      return 1
    }
    switch name {
    case "pgrep":
      try await process.write(
        matches.map {
          "\($0.id)" + (showsNames ? " " + (showsTitles ? $0.title : $0.called) : "") + "\n"
        }.joined())
    case "pidof":
      try await process.write(matches.reversed().map { "\($0.id)" }.joined(separator: " ") + "\n")
    default: for other in matches { try machine.signal(number, to: other.id, from: process) }
    }
    return 0
  }
}
