import Shell
import Simulation

/// The way `ls` was told to show entries.
struct Listing {
  struct Entry {
    let name: String
    let status: FileStatus
    let target: String?
    let links: Int
    let device: (Int, Int)?
    let isTargetDirectory: Bool
  }

  let process: Process
  let options: Options
  let isLong: Bool
  let columns: Bool
  var status: ExitStatus = 0
  private let accounts: Accounts

  init(_ process: Process, _ options: Options) {
    self.process = process
    self.options = options
    let form = options.last(of: "l", "1", "C", "x", "m", "n", "g", "o")
    isLong = ["l", "n", "g", "o"].contains(form) || options.has("full-time")
    columns = !isLong && form != "1" && (form != nil || process.standardOutput.isTerminal)
    accounts = process.machine.accounts
  }

  /// With -l a link given as operand is shown itself.
  func isLinkKept(_ path: String) -> Bool {
    isLong && !options.has("L") && !path.hasSuffix("/")
      && process.status(path, followingLinks: false)?.kind == .link
  }

  func entry(_ path: String, shownAs name: String, followingLinks: Bool = false) -> Entry? {
    let files = process.machine.files
    guard
      let place = try? files.walk(
        path, in: process.directory, process.caller,
        followingLast: followingLinks || options.has("L")), let inode = place.inode
    else { return nil }
    var target: String?
    if case .link(let text) = inode.kind { target = text }
    var device: (Int, Int)?
    if case .device(let kind) = inode.kind { device = kind.numbers }
    let below = inode.isDirectory ? inode.entries.values.filter(\.isDirectory).count : 0
    return Entry(
      name: name, status: files.status(of: place), target: target,
      links: inode.isDirectory ? 2 + below : inode.links, device: device,
      isTargetDirectory: target != nil && process.status(path)?.kind == .directory)
  }

  func sortNames(_ names: [String]) -> [String] {
    if options.has("U") || options.has("f") { return names }
    let sorted = names.sorted(by: Listing.isBefore)
    return options.has("r") ? sorted.reversed() : sorted
  }

  private static func ending(_ name: String) -> String {
    name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""
  }

  // The C.UTF-8 order, in which containers and servers list.
  private static func isBefore(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  func sort(_ entries: [Entry]) -> [Entry] {
    let order = options["sort"]
    var sorted = entries
    if !(options.has("U") || options.has("f") || order == "none") {
      sorted.sort { a, b in
        if options.has("t") || order == "time", a.status.modified != b.status.modified {
          return a.status.modified > b.status.modified
        }
        if options.has("S") || order == "size", a.status.size != b.status.size {
          return a.status.size > b.status.size
        }
        if options.has("X") || order == "extension" {
          let (left, right) = (Listing.ending(a.name), Listing.ending(b.name))
          if left != right { return Listing.isBefore(left, right) }
        }
        return Listing.isBefore(a.name, b.name)
      }
      if options.has("r") { sorted.reverse() }
    }
    if options.has("group-directories-first") {
      sorted =
        sorted.filter { $0.status.kind == .directory }
        + sorted.filter { $0.status.kind != .directory }
    }
    return sorted
  }

  mutating func list(_ path: String, heads: Bool, isFirst: inout Bool, depth: Int) async throws {
    try await process.step(4)
    let names: [String]
    do {
      names = try process.names(in: path)
    } catch {
      try await process.complain(
        "cannot open directory '\(path)': \(error.text)",
        busyBox: "can't open '\(path)': \(error.text)")
      status = max(status, depth == 0 ? 2 : 1)
      return
    }
    let all = options.has("a") || options.has("f")
    var shown = names.filter { all || options.has("A") || !$0.hasPrefix(".") }
    if all { shown += [".", ".."] }
    let base = path.hasSuffix("/") ? path : path + "/"
    let entries = sort(shown.compactMap { entry(base + $0, shownAs: $0) })
    var text = ""
    if heads {
      text += (isFirst ? "" : "\n") + "\(path):\n"
      isFirst = false
    }
    if isLong || options.has("s") {
      let blocks = entries.reduce(0) { $0 + Listing.blocks($1.status) }
      text += "total \(options.has("h") ? HumanSize.text(blocks * 1024) : "\(blocks)")\n"
    }
    try await process.write(text + render(entries))
    guard options.has("R"), depth < 200 else { return }
    for entry in entries
    where entry.status.kind == .directory && entry.name != "." && entry.name != ".." {
      try await list(base + entry.name, heads: true, isFirst: &isFirst, depth: depth + 1)
    }
  }

  private static func blocks(_ status: FileStatus) -> Int {
    switch status.kind {
    case .file, .directory: (status.size + 4095) / 4096 * 4
    default: 0
    }
  }

  func render(_ entries: [Entry]) -> String {
    if isLong { return long(entries) }
    let names = entries.map { prefix($0) + shown($0) }
    if process.isBusyBox, columns {
      return busyBoxColumns(names, isAcross: options.last(of: "C", "x") == "x")
    }
    if options.has("m") { return names.joined(separator: ", ") + (names.isEmpty ? "" : "\n") }
    if columns { return ColumnLayout.render(names, width: process.width) }
    return names.map { $0 + "\n" }.joined()
  }

  /// Columns of one width, a blank apart (showfiles).
  private func busyBoxColumns(_ names: [String], isAcross: Bool) -> String {
    let width = (names.map(\.count).max() ?? 0) + 2
    let columns = max(1, process.width / width)
    let rows = (names.count + columns - 1) / columns
    return (0..<rows).map { row in
      let indices =
        isAcross
        ? Array(row * columns..<min(names.count, (row + 1) * columns))
        : Array(stride(from: row, to: names.count, by: max(1, rows)))
      let padded = indices.dropLast().map { index in
        names[index] + String(repeating: " ", count: width - names[index].count)
      }
      return padded.joined() + (indices.last.map { names[$0] } ?? "") + "\n"
    }.joined()
  }

  private func prefix(_ entry: Entry) -> String {
    if process.isBusyBox {
      let blocks = Listing.blocks(entry.status)
      let size =
        options.has("h") ? right(HumanSize.busyBox(blocks * 1024), 7) : right("\(blocks)", 6)
      return (options.has("i") ? right("\(entry.status.identity & 0xFF_FFFF_FFFF)", 7) + " " : "")
        + (options.has("s") ? size + " " : "")
    }
    return (options.has("i") ? "\(entry.status.identity & 0xFF_FFFF_FFFF) " : "")
      + (options.has("s") ? "\(Listing.blocks(entry.status)) " : "")
  }

  private func shown(_ entry: Entry) -> String {
    // GNU quotes awkward names on a terminal only.
    var name = entry.name
    if options.has("Q") {
      name = "\"\(name)\""
    } else if !process.isBusyBox, process.standardOutput.isTerminal,
      name.contains(where: { " '\"$*?&;|<>()".contains($0) })
    {
      name = name.contains("'") ? "\"\(name)\"" : "'\(name)'"
    }
    return name + mark(entry)
  }

  private func mark(_ entry: Entry) -> String {
    guard options.has("F") || options.has("p") else { return "" }
    switch entry.status.kind {
    case .directory: return "/"
    case .link where options.has("F") && !isLong: return "@"
    case .pipe where options.has("F"): return "|"
    case .file where options.has("F") && entry.status.mode & 0o111 != 0: return "*"
    default: return ""
    }
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// BusyBox's columns have fixed widths (display_single).
  private func busyBoxLine(_ entry: Entry) -> String {
    let status = entry.status
    let user = options.has("n") ? "\(status.owner)" : accounts.userName(status.owner)
    let group = options.has("n") ? "\(status.group)" : accounts.groupName(status.group)
    let size =
      entry.device.map { right("\($0.0)", 4) + ", " + right("\($0.1)", 3) }
      ?? (options.has("h")
        ? right(HumanSize.busyBox(status.size), 7) : right("\(status.size)", 9))
    let line =
      prefix(entry) + FileMode.text(status) + right("\(entry.links)", 5) + " "
      + (options.has("g") ? "" : left(String(user.prefix(8)), 8) + " ")
      + left(String(group.prefix(8)), 8) + " " + size + " " + date(status.modified) + " "
      + shown(entry)
    return line + (entry.target.map { " -> \($0)" } ?? "") + "\n"
  }

  private func long(_ entries: [Entry]) -> String {
    if process.isBusyBox { return entries.map(busyBoxLine).joined() }
    let numeric = options.has("n")
    let rows = entries.map { entry -> [String] in
      let status = entry.status
      let size =
        entry.device.map { "\($0.0), \($0.1)" }
        ?? (options.has("h") ? HumanSize.text(status.size) : "\(status.size)")
      let user = numeric ? "\(status.owner)" : accounts.userName(status.owner)
      let group = numeric ? "\(status.group)" : accounts.groupName(status.group)
      return [
        "\(entry.links)", options.has("g") ? "" : user,
        options.has("o") || options.has("G") ? "" : group, size, date(status.modified),
      ]
    }
    let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return zip(entries, rows).map { entry, row in
      var line = prefix(entry) + FileMode.text(entry.status)
      for (column, text) in row.enumerated() where widths[column] > 0 {
        let pad = String(repeating: " ", count: widths[column] - text.count)
        line += " " + (column == 1 || column == 2 ? text + pad : pad + text)
      }
      let target = entry.target.map {
        " -> \($0)" + (options.has("F") && entry.isTargetDirectory ? "/" : "")
      }
      return line + " " + shown(entry) + (target ?? "") + "\n"
    }.joined()
  }

  private func date(_ nanoseconds: Int64) -> String {
    let moment = Moment(nanoseconds: nanoseconds)
    let calendar = Calendar(moment)
    let style = options["time-style"]
    if options.has("full-time") || style == "full-iso" {
      return calendar.formatted("%Y-%m-%d %H:%M:%S.%N %z")
    }
    if style == "long-iso" { return calendar.formatted("%Y-%m-%d %H:%M") }
    if let style, style.hasPrefix("+") { return calendar.formatted(String(style.dropFirst())) }
    let now = process.machine.now
    let isRecent = moment <= now && (now - moment).seconds < 15_778_476
    return calendar.formatted(isRecent ? "%b %e %H:%M" : "%b %e  %Y")
  }
}
