import Shell
import Simulation

/// Lists processes: `ps`.
struct ProcessStatus: Program {
  let name = "ps"

  func run(_ process: Process) async throws -> ExitStatus {
    var isFull = false
    var isUserForm = false
    var all = false
    var columns: [String] = []
    var wanted: [Int]?
    var hidesHead = false
    var words = process.arguments[...]
    while let word = words.popFirst() {
      if word == "--no-headers" || word == "--no-heading" {
        hidesHead = true
        continue
      }
      if word.hasPrefix("--sort") { continue }
      let isDashed = word.hasPrefix("-")
      var letters = word.drop { $0 == "-" }
      while let letter = letters.popFirst() {
        switch letter {
        case "e", "A": all = true
        case "a", "x", "d": all = true
        case "f" where isDashed, "F": isFull = true
        case "u" where !isDashed: isUserForm = true
        case "o", "p", "C", "u", "U":
          let value = letters.isEmpty ? words.popFirst() ?? "" : String(letters)
          letters = ""
          if letter == "o" { columns += value.split(separator: ",").map(String.init) }
          if letter == "p" { wanted = value.split(separator: ",").compactMap { Int($0) } }
        default: break
        }
      }
    }
    let machine = process.machine
    let isBusyBox = machine.shellDialect == .ash
    var shown = machine.table.ordered
    if let wanted {
      shown = shown.filter { wanted.contains($0.id) }
    } else if !all, !isBusyBox {
      shown = shown.filter { $0.caller.user == process.caller.user }
    }
    if columns.isEmpty {
      columns =
        isUserForm
        ? ["user", "pid", "%cpu", "%mem", "vsz", "rss", "tty", "stat", "start", "time", "command"]
        : isFull
          ? ["uid", "pid", "ppid", "c", "stime", "tty", "time", "cmd"]
          : isBusyBox ? ["pid", "user", "time", "args"] : ["pid", "tty", "time", "comm"]
    }
    if isBusyBox, columns == ["pid", "user", "time", "args"] {
      // BusyBox has columns of its own widths.
      var text = "PID   USER     TIME  COMMAND\n"
      for process in shown {
        let id = "\(process.id)"
        let user = machine.accounts.userName(process.caller.user)
        let seconds = process.cpuTime.nanoseconds / 1_000_000_000
        let part = "\(seconds % 60)"
        let time = "\(seconds / 60):\(part.count < 2 ? "0" : "")\(part)"
        text += String(repeating: " ", count: max(0, 5 - id.count)) + id + " "
        text += user + String(repeating: " ", count: max(0, 8 - user.count)) + " "
        text += String(repeating: " ", count: max(0, 5 - time.count)) + time + " \(process.title)\n"
      }
      try await process.write(text)
      return 0
    }
    let table = Table(machine: machine, columns: columns, isBusyBox: isBusyBox)
    try await process.write(table.render(shown, hidesHead: hidesHead))
    return wanted != nil && shown.isEmpty ? 1 : 0
  }

  private struct Table {
    let machine: Machine
    let columns: [String]
    let isBusyBox: Bool

    func render(_ processes: [Process], hidesHead: Bool) -> String {
      let accounts = machine.accounts
      let parts = columns.map {
        $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      }
      let heads = parts.map { part in
        part.count > 1 ? String(part[1]) : Self.heads[String(part[0])] ?? part[0].uppercased()
      }
      let rows = processes.map { process in parts.map { value(String($0[0]), process, accounts) } }
      let showsHead = !hidesHead && heads.contains { !$0.isEmpty }
      let all = (showsHead ? [heads] : []) + rows
      let widths = columns.indices.map { column in
        max(all.map { $0[column].count }.max() ?? 0, Self.least[String(parts[column][0])] ?? 0)
      }
      return all.map { row in
        var line = ""
        for (column, text) in row.enumerated() {
          let isLast = column == row.count - 1
          let pad = String(repeating: " ", count: widths[column] - text.count)
          let isNumber = Self.numeric.contains(String(parts[column][0]))
          line += (column > 0 ? " " : "") + (isNumber ? pad + text : isLast ? text : text + pad)
        }
        return line + "\n"
      }.joined()
    }

    private static let heads = [
      "comm": "CMD", "args": "COMMAND", "cmd": "CMD", "command": "COMMAND", "tty": "TTY",
      "%cpu": "%CPU", "pcpu": "%CPU", "%mem": "%MEM", "pmem": "%MEM", "tt": "TTY",
    ]
    private static let least = [
      "pid": 7, "ppid": 7, "uid": 8, "user": 8, "tty": 8, "time": 8, "%cpu": 4, "%mem": 4,
      "vsz": 6, "rss": 5, "stat": 4,
    ]
    private static let numeric: Set<String> = [
      "pid", "ppid", "%cpu", "%mem", "vsz", "rss", "c", "pcpu", "pmem", "time", "nlwp",
    ]

    private func value(_ column: String, _ process: Process, _ accounts: Accounts) -> String {
      let seconds = process.cpuTime.seconds
      let elapsed = max(1, (machine.timeline.now - process.started).nanoseconds)
      let tenths = process.cpuTime.nanoseconds / max(1, elapsed / 1000)
      func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
      switch column {
      case "pid": return "\(process.id)"
      case "ppid": return "\(process.parentID)"
      case "pgid", "sid", "tgid": return "\(process.id)"
      case "user", "uid", "euser", "ruser": return accounts.userName(process.caller.user)
      case "tty", "tt": return process.standardInput.isTerminal ? "pts/0" : "?"
      case "time", "cputime":
        return isBusyBox
          ? "\(seconds / 60):\(two(seconds % 60))"
          : "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
      case "etime", "etimes": return "\(elapsed / 1_000_000_000)"
      case "comm", "ucmd": return process.called
      case "args", "cmd", "command": return process.title
      case "%cpu", "pcpu": return "\(tenths / 10).\(tenths % 10)"
      case "c": return "\(tenths / 10)"
      case "%mem", "pmem":
        let share = Int64(process.memory >> 10) * 1000 / max(1, machine.memoryKiB)
        return "\(share / 10).\(share % 10)"
      case "vsz": return "\(process.memory * 2 >> 10)"
      case "rss": return "\(process.memory >> 10)"
      case "stat", "s", "state": return process.id == 1 ? "Ss" : "S"
      case "start", "stime", "lstart":
        return Calendar(process.started).formatted(column == "lstart" ? "%c" : "%H:%M")
      case "nlwp": return "1"
      case "ni": return "0"
      default: return "-"
      }
    }
  }
}
