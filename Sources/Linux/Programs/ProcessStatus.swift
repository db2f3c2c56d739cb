import Shell
import Simulation

/// Lists processes: `ps`.
struct ProcessStatus: Program {
  let name = "ps"

  /// What to show of whom.
  private struct Request {
    var all = false
    var anyTerminal = false
    var columns: [String] = []
    var ids: [Int]?
    var parents: [Int]?
    var names: [String]?
    var users: [String]?
    var sort: [String] = []
    var isForest = false
    var hidesHead = false
    var form = ""
  }

  func run(_ process: Process) async throws -> ExitStatus {
    let machine = process.machine
    let isBusyBox = machine.isBusyBox("ps")
    if isBusyBox, process.arguments.contains("--help") { throw ManualRequest() }
    var request = read(process.arguments)
    let entries = try await machine.table.entries(for: process)
    var shown = entries.filter { isWanted($0, request, process, isBusyBox) }
    if isBusyBox, request.columns.isEmpty {
      try await process.write(busyBoxList(shown, machine))
      return 0
    }
    if request.columns.isEmpty {
      switch request.form {
      case "u":
        request.columns = Self.words("user pid %cpu %mem vsz rss tty stat bsdstart bsdtime args")
      case "f": request.columns = Self.words("uname pid ppid c stime tty time cmd")
      case "F": request.columns = Self.words("uname pid ppid c sz rss psr stime tty time cmd")
      case "j": request.columns = Self.words("ppid pid pgid sid tty tpgid stat nuid bsdtime args")
      case "l": request.columns = Self.words("s nuid pid ppid c pri ni sz tty time cmd")
      case "x": request.columns = Self.words("pid tty stat bsdtime args")
      default: request.columns = Self.words("pid tty time cmdname")
      }
    }
    for key in request.sort.reversed() { sort(&shown, by: key, machine) }
    let depths = request.isForest ? arrange(&shown) : [:]
    if isBusyBox,
      let unknown = request.columns.map({ $0.prefix { $0 != "=" } })
        .first(where: { name in !ProcessTableText.busyBoxForms.contains { $0.key == name } })
    {
      let known = ProcessTableText.busyBoxForms.map(\.key).joined(separator: ",")
      throw UsageError(
        "bad -o argument '\(unknown)', supported arguments: \(known)", hint: false)
    }
    let table = ProcessTableText(machine: machine, columns: request.columns, isBusyBox: isBusyBox)
    try await process.write(table.render(shown, depths, hidesHead: request.hidesHead))
    let asks = request.ids ?? request.parents
    return (asks != nil || request.names != nil) && shown.isEmpty ? 1 : 0
  }

  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }

  private func read(_ arguments: [String]) -> Request {
    var request = Request()
    var words = arguments[...]
    func list(_ text: String) -> [String] {
      text.split { $0 == "," || $0 == " " }.map(String.init)
    }
    while let word = words.popFirst() {
      if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
        let value = parts.count > 1 ? parts[1] : ""
        switch parts.first {
        case "no-headers", "no-heading": request.hidesHead = true
        case "sort": request.sort = list(value)
        case "forest": request.isForest = true
        case "ppid":
          request.parents = list(value.isEmpty ? words.popFirst() ?? "" : value).compactMap {
            Int($0)
          }
        case "pid":
          request.ids = list(value.isEmpty ? words.popFirst() ?? "" : value).compactMap { Int($0) }
        default: break
        }
        continue
      }
      let isDashed = word.hasPrefix("-")
      if !isDashed, word.allSatisfy({ $0.isNumber || $0 == "," }) {
        request.ids = (request.ids ?? []) + list(word).compactMap { Int($0) }
        continue
      }
      var letters = word.drop { $0 == "-" }
      while let letter = letters.popFirst() {
        switch letter {
        case "e", "A", "d": request.all = true
        case "a" where isDashed: request.all = true
        case "a": request.all = true
        case "x":
          request.anyTerminal = true
          if request.form.isEmpty { request.form = "x" }
        case "f" where isDashed: request.form = "f"
        case "f", "H": request.isForest = true
        case "F": request.form = "F"
        case "j", "l": request.form = String(letter)
        case "u" where !isDashed: request.form = "u"
        case "h" where !isDashed: request.hidesHead = true
        case "o", "p", "C", "u", "U", "k", "q":
          let value = letters.isEmpty ? words.popFirst() ?? "" : String(letters)
          letters = ""
          switch letter {
          case "o": request.columns += value.contains("=") ? [value] : list(value)
          case "p", "q": request.ids = (request.ids ?? []) + list(value).compactMap { Int($0) }
          case "C": request.names = list(value)
          case "k": request.sort = list(value)
          default: request.users = list(value)
          }
        default: break
        }
      }
    }
    // `-o a=,b=` empties the heads of several.
    request.columns = request.columns.flatMap { word in
      word.hasSuffix("=") && word.contains(",") ? list(word) : [word]
    }
    return request
  }

  private func isWanted(
    _ entry: ProcessEntry, _ request: Request, _ process: Process, _ isBusyBox: Bool
  ) -> Bool {
    if isBusyBox { return true }
    if request.ids != nil || request.parents != nil || request.names != nil || request.users != nil
    {
      if request.ids?.contains(entry.id) == true { return true }
      if request.parents?.contains(entry.parentID) == true { return true }
      if request.names?.contains(entry.called) == true { return true }
      let user = process.machine.accounts.userName(entry.user)
      return request.users.map { $0.contains(user) || $0.contains("\(entry.user)") } ?? false
    }
    if request.all { return true }
    return entry.user == process.caller.user
      && (request.anyTerminal || entry.hasTerminal == process.standardInput.isTerminal)
  }

  private func sort(_ entries: inout [ProcessEntry], by key: String, _ machine: Machine) {
    let name = key.drop { $0 == "-" || $0 == "+" }
    func weight(_ entry: ProcessEntry) -> Int64 {
      switch name {
      case "%mem", "pmem", "rss", "vsz", "rssize", "vsize": Int64(entry.memory)
      case "%cpu", "pcpu", "time", "cputime", "c":
        entry.cpuTime.nanoseconds
          / (name == "time" || name == "cputime"
            ? 1 : max(1, (machine.timeline.now - entry.started).seconds))
      case "start_time", "start", "lstart": entry.started.nanoseconds
      case "ppid": Int64(entry.parentID)
      case "uid", "user": Int64(entry.user)
      default: Int64(entry.id)
      }
    }
    let ranked = entries.enumerated().map { (weight: weight($1), place: $0, entry: $1) }
    entries = ranked.sorted { a, b in
      if a.weight == b.weight { return a.place < b.place }
      return key.hasPrefix("-") ? a.weight > b.weight : a.weight < b.weight
    }.map(\.entry)
  }

  /// Puts children behind their parents; returns how deep each stands.
  private func arrange(_ entries: inout [ProcessEntry]) -> [Int: Int] {
    let known = Set(entries.map(\.id))
    let children = Dictionary(grouping: entries) { known.contains($0.parentID) ? $0.parentID : -1 }
    var depths: [Int: Int] = [:]
    var ordered: [ProcessEntry] = []
    var stack = (children[-1] ?? []).reversed().map { ($0, 0) }
    while let (entry, depth) = stack.popLast() {
      guard depths[entry.id] == nil else { continue }
      depths[entry.id] = depth
      ordered.append(entry)
      for child in (children[entry.id] ?? []).reversed() where child.id != entry.id {
        stack.append((child, depth + 1))
      }
    }
    entries = ordered
    return depths
  }

  /// BusyBox has columns of its own widths.
  private func busyBoxList(_ entries: [ProcessEntry], _ machine: Machine) -> String {
    var text = "PID   USER     TIME  COMMAND\n"
    for entry in entries {
      let id = "\(entry.id)"
      let user = machine.accounts.userName(entry.user)
      let seconds = entry.cpuTime.seconds
      let part = "\(seconds % 60)"
      let time = "\(seconds / 60):\(part.count < 2 ? "0" : "")\(part)"
      text += String(repeating: " ", count: max(0, 5 - id.count)) + id + " "
      text += user + String(repeating: " ", count: max(0, 8 - user.count)) + " "
      text += String(repeating: " ", count: max(0, 5 - time.count)) + time + " \(entry.title)\n"
    }
    return text
  }
}
