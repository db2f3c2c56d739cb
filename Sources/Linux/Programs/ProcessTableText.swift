import Simulation

/// The table of `ps`: columns of the widths that procps gives them.
struct ProcessTableText {
  let machine: Machine
  let columns: [String]
  let isBusyBox: Bool

  /// The head and the width of a column; below zero: filled up on the right.
  private static let forms: [String: (head: String, width: Int)] = [
    "pid": ("PID", 7), "ppid": ("PPID", 7), "pgid": ("PGID", 7), "pgrp": ("PGRP", 7),
    "sid": ("SID", 7), "sess": ("SESS", 7), "tgid": ("TGID", 7), "tpgid": ("TPGID", 7),
    "lwp": ("LWP", 7), "nlwp": ("NLWP", 4), "uid": ("UID", 5), "nuid": ("UID", 5),
    "gid": ("GID", 5), "uname": ("UID", -8), "user": ("USER", -8), "euser": ("EUSER", -8),
    "ruser": ("RUSER", -8), "%cpu": ("%CPU", 4), "pcpu": ("%CPU", 4), "%mem": ("%MEM", 4),
    "pmem": ("%MEM", 4), "vsz": ("VSZ", 6), "rss": ("RSS", 5), "sz": ("SZ", 5), "c": ("C", 2),
    "psr": ("PSR", 3), "pri": ("PRI", 3), "ni": ("NI", 3), "tty": ("TTY", -8),
    "tt": ("TT", -8), "stat": ("STAT", -4), "s": ("S", -1), "state": ("S", -1),
    "start": ("STARTED", 8), "stime": ("STIME", -5), "bsdstart": ("START", -5),
    "lstart": ("STARTED", 24), "time": ("TIME", 8), "cputime": ("TIME", 8),
    "bsdtime": ("TIME", 6), "etime": ("ELAPSED", 11), "etimes": ("ELAPSED", 7),
    "comm": ("COMMAND", -15), "ucmd": ("CMD", -15), "cmdname": ("CMD", -15),
    "args": ("COMMAND", -27), "command": ("COMMAND", -27), "cmd": ("CMD", -27),
  ]

  private struct Column {
    let name: String
    let head: String
    let width: Int
  }

  /// BusyBox's columns, with widths of its own (out_spec in ps.c).
  static let busyBoxForms: KeyValuePairs<String, (head: String, width: Int)> = [
    "user": ("USER", -8), "group": ("GROUP", -8), "comm": ("COMMAND", -16),
    "args": ("COMMAND", -256), "pid": ("PID", 5), "ppid": ("PPID", 5), "pgid": ("PGID", 5),
    "etime": ("ELAPSED", -7), "nice": ("NI", 5), "rgroup": ("RGROUP", -8), "ruser": ("RUSER", -8),
    "time": ("TIME", -5), "tty": ("TT", -6), "vsz": ("VSZ", 4), "sid": ("SID", 5),
    "stat": ("STAT", 4), "rss": ("RSS", 4),
  ]

  private var parsed: [Column] {
    if isBusyBox {
      return columns.map { word in
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        let form = Self.busyBoxForms.first { $0.key == name }?.value ?? (head: name, width: 1)
        let head = parts.count > 1 ? String(parts[1]) : form.head
        return Column(
          name: name, head: head,
          width: form.width < 0 ? min(form.width, -head.count) : max(form.width, head.count))
      }
    }
    return columns.map { word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts.first ?? "")
      let form = Self.forms[name] ?? (name.uppercased(), -max(1, name.count))
      let head = parts.count > 1 ? String(parts[1]) : form.head
      let width = max(abs(form.width), head.count)
      return Column(name: name, head: head, width: form.width < 0 ? -width : width)
    }
  }

  /// `depths` are those of a forest.
  func render(_ entries: [ProcessEntry], _ depths: [Int: Int], hidesHead: Bool) -> String {
    let columns = parsed
    let accounts = machine.accounts
    var text = ""
    if !hidesHead, columns.contains(where: { !$0.head.isEmpty }) {
      text += line(columns, columns.map(\.head))
    }
    for entry in entries {
      text += line(columns, columns.map { value($0.name, entry, accounts, depths[entry.id] ?? 0) })
    }
    return text
  }

  private func line(_ columns: [Column], _ cells: [String]) -> String {
    var line = ""
    for (index, (column, cell)) in zip(columns, cells).enumerated() {
      let pad = String(repeating: " ", count: max(0, abs(column.width) - cell.count))
      let isLast = index == columns.count - 1
      // BusyBox fills up its numbers' heads on the right.
      let isHead = isBusyBox && cell == column.head
      line += index > 0 ? " " : ""
      line +=
        column.width > 0 && !isHead ? pad + cell : isLast && !isHead ? cell : cell + pad
      if isBusyBox, isLast { line = String(line.reversed().drop { $0 == " " }.reversed()) }
    }
    return line + "\n"
  }

  private func value(
    _ column: String, _ entry: ProcessEntry, _ accounts: Accounts, _ depth: Int
  ) -> String {
    let elapsed = max(1, (machine.timeline.now - entry.started).nanoseconds)
    let tenths = entry.cpuTime.nanoseconds / max(1, elapsed / 1000)
    let indent = depth == 0 ? "" : String(repeating: "    ", count: depth - 1) + " \\_ "
    switch column {
    case "pid", "pgid", "pgrp", "sid", "sess", "tgid", "lwp": return "\(entry.id)"
    case "ppid": return "\(entry.parentID)"
    case "tpgid": return entry.hasTerminal ? "\(entry.id)" : "-1"
    case "group", "rgroup": return accounts.groupName(entry.process?.caller.group ?? 0)
    case "uid", "nuid", "gid": return "\(entry.user)"
    case "user", "uname", "euser", "ruser":
      let name = accounts.userName(entry.user)
      return name.count > 8 ? name.prefix(7) + "+" : name
    case "tty", "tt": return entry.hasTerminal ? "pts/0" : "?"
    case "time", "cputime":
      let seconds = entry.cpuTime.seconds
      return isBusyBox
        ? "\(seconds / 60):\(Self.two(seconds % 60))"
        : "\(Self.two(seconds / 3600)):\(Self.two(seconds / 60 % 60)):\(Self.two(seconds % 60))"
    case "bsdtime": return "\(entry.cpuTime.seconds / 60):\(Self.two(entry.cpuTime.seconds % 60))"
    case "etimes": return "\(elapsed / 1_000_000_000)"
    case "etime": return Self.elapsed(elapsed / 1_000_000_000)
    case "comm", "ucmd", "cmdname": return indent + entry.called.prefix(15)
    case "args", "cmd", "command": return indent + entry.title
    case "%cpu", "pcpu": return "\(tenths / 10).\(tenths % 10)"
    case "c", "psr": return column == "c" ? "\(tenths / 10)" : "0"
    case "%mem", "pmem":
      let share = Int64(entry.memory >> 10) * 1000 / max(1, machine.memoryKiB)
      return "\(share / 10).\(share % 10)"
    case "vsz": return "\(entry.memory >> 9)"
    case "rss": return "\(entry.memory >> 10)"
    case "sz": return "\(entry.memory >> 11)"
    case "stat", "s", "state":
      let runs = entry.process === Process.current
      let letter = runs ? "R" : "S"
      guard column == "stat" else { return letter }
      return letter + (entry.id == 1 ? "s" : "") + (entry.hasTerminal && runs ? "+" : "")
    case "start", "stime", "bsdstart", "lstart": return start(entry, column)
    case "nlwp": return "1"
    case "ni", "nice": return "\(entry.process?.niceness ?? 0)"
    case "pri": return "19"
    default: return "-"
    }
  }

  /// Within a day the hour, then the day.
  private func start(_ entry: ProcessEntry, _ column: String) -> String {
    let calendar = Calendar(entry.started)
    if column == "lstart" { return calendar.formatted("%a %b %e %H:%M:%S %Y") }
    if (machine.timeline.now - entry.started).seconds >= 86_400 {
      return calendar.formatted(column == "start" ? "%b %d" : "%b%d")
    }
    return calendar.formatted(column == "start" ? "%H:%M:%S" : "%H:%M")
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// `[[dd-]hh:]mm:ss`
  private static func elapsed(_ seconds: Int64) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24)
    let rest = "\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    if days > 0 { return "\(days)-\(two(hours)):" + rest }
    return hours > 0 ? "\(two(hours)):" + rest : rest
  }
}
