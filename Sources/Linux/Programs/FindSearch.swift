import Shell
import Simulation

/// Walks trees for find.
struct FindSearch {
  let process: Process
  let test: FindTest
  let limits: FindLimits
  var status: ExitStatus = 0
  private(set) var isDone = false
  private var isPruned = false
  private var gathered: [(words: [String], paths: [String])] = []
  private var out: [UInt8] = []

  init(process: Process, test: FindTest, limits: FindLimits) {
    self.process = process
    self.test = test
    self.limits = limits
  }

  private struct Item {
    let path: String
    let status: FileStatus
    let depth: Int
    let start: String
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  mutating func visit(_ path: String, _ status: FileStatus, depth: Int) async throws {
    try await visit(Item(path: path, status: status, depth: depth, start: path))
  }

  private mutating func visit(_ item: Item) async throws {
    try await process.step(2)
    isPruned = false
    if !limits.isDepthFirst, item.depth >= limits.least { _ = try await apply(test, item) }
    if item.status.kind == .directory, !isPruned, item.depth < limits.most, !isDone {
      do {
        for name in try process.names(in: item.path) where !isDone {
          let path = item.path.hasSuffix("/") ? item.path + name : "\(item.path)/\(name)"
          guard let status = process.status(path, followingLinks: false) else { continue }
          try await visit(
            Item(path: path, status: status, depth: item.depth + 1, start: item.start))
        }
      } catch let error as HostError where !error.isBudget && error != .brokenPipe {
        try await process.complain(
          "'\(item.path)': \(error.text)", busyBox: "\(item.path): \(error.text)")
        status = 1
      }
    }
    if limits.isDepthFirst, item.depth >= limits.least, !isDone { _ = try await apply(test, item) }
    if out.count > 1 << 15 { try await flush() }
  }

  private mutating func flush() async throws {
    try await process.write(out)
    out = []
  }

  mutating func finish() async throws {
    try await flush()
    for (words, paths) in gathered {
      let command = words.dropLast() + paths
      if try await process.run(Array(command)) != 0 { status = 1 }
    }
  }

  private mutating func apply(_ test: FindTest, _ item: Item) async throws -> Bool {
    switch test {
    case .and(let a, let b):
      guard try await apply(a, item) else { return false }
      return try await apply(b, item)
    case .or(let a, let b):
      if try await apply(a, item) { return true }
      return try await apply(b, item)
    case .not(let inner): return try await !apply(inner, item)
    case .print:
      out += Array(item.path.utf8) + [.newline]
      return true
    case .printNull:
      out += Array(item.path.utf8) + [0]
      return true
    case .format(let format):
      out += formatted(format, item)
      return true
    case .list:
      try await flush()
      _ = try await process.run(["ls", "-dils", item.path])
      return true
    case .delete:
      if item.path == "." { return true }
      do {
        try process.remove(item.path, isDirectory: item.status.kind == .directory)
        return true
      } catch {
        try await process.complain("cannot delete '\(item.path)': \(error.text)")
        status = 1
        return false
      }
    case .prune:
      isPruned = true
      return true
    case .quit:
      isDone = true
      return true
    case .execute(let words, let gathers, let inDirectory):
      return try await execute(words, item, gathers: gathers, inDirectory: inDirectory)
    default: return holds(test, item)
    }
  }

  private mutating func execute(
    _ words: [String], _ item: Item, gathers: Bool, inDirectory: Bool
  ) async throws -> Bool {
    if gathers {
      if let index = gathered.firstIndex(where: { $0.words == words }) {
        gathered[index].paths.append(item.path)
      } else {
        gathered.append((words, [item.path]))
      }
      return true
    }
    try await flush()
    let path = inDirectory ? "./\(item.name)" : item.path
    let command = words.map {
      $0.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: path)
    }
    var directory: String?
    if inDirectory {
      let parent = item.path.split(separator: "/").dropLast().joined(separator: "/")
      directory = process.absolute(
        item.path.hasPrefix("/") ? "/\(parent)" : parent.isEmpty ? "." : parent)
    }
    return try await process.run(command, directory: directory) == 0
  }

  private func holds(_ test: FindTest, _ item: Item) -> Bool {
    let status = item.status
    switch test {
    case .always: return true
    case .name(let glob): return glob.matches(item.name)
    case .path(let glob): return glob.matches(item.path)
    case .pattern(let expression): return expression.contains(Array(item.path.utf8)[...])
    case .kind(let letters): return letters.contains(Self.letter(status.kind))
    case .size(let count, let unit):
      return count.accepts(status.size / unit + (status.size % unit > 0 ? 1 : 0))
    case .empty:
      if status.kind == .directory { return (try? process.names(in: item.path).isEmpty) ?? false }
      return status.kind == .file && status.size == 0
    case .age(let count, let unit):
      let age = (process.machine.now - Moment(nanoseconds: status.modified)).seconds
      return count.accepts(Int(age / unit))
    case .newer(let moment): return status.modified > moment
    case .user(let id): return status.owner == id
    case .group(let id): return status.group == id
    case .mode(let mode, let how):
      switch how {
      case "-": return status.mode & mode == mode
      case "/": return mode == 0 || status.mode & mode != 0
      default: return status.mode == mode
      }
    case .links(let count): return count.accepts(1)
    case .inode(let count): return count.accepts(Int(status.identity & 0xFF_FFFF_FFFF))
    case .access(let access):
      return process.machine.files.may(
        access, item.path, in: process.directory, process.caller)
    default: return false
    }
  }

  private static func letter(_ kind: FileStatus.Kind) -> Character {
    switch kind {
    case .file: "f"
    case .directory: "d"
    case .link: "l"
    case .pipe: "p"
    case .characterDevice: "c"
    case .socket: "s"
    }
  }

  private func formatted(_ format: [UInt8], _ item: Item) -> [UInt8] {
    let (plain, _) = BackslashEscapes.expand(format)
    var found: [UInt8] = []
    var index = 0
    while index < plain.count {
      let byte = plain[index]
      index += 1
      guard byte == UInt8(ascii: "%"), index < plain.count else {
        found.append(byte)
        continue
      }
      let letter = plain[index]
      index += 1
      found += Array(directive(letter, item).utf8)
      if letter == UInt8(ascii: "T") || letter == UInt8(ascii: "A") || letter == UInt8(ascii: "C") {
        guard index < plain.count else { break }
        let code = String(decoding: [plain[index]], as: UTF8.self)
        let calendar = Calendar(Moment(nanoseconds: item.status.modified))
        found += Array(calendar.formatted(code == "@" ? "%s.%N0" : "%\(code)").utf8)
        index += 1
      }
    }
    return found
  }

  private func directive(_ letter: UInt8, _ item: Item) -> String {
    let accounts = process.machine.accounts
    switch letter {
    case UInt8(ascii: "p"): return item.path
    case UInt8(ascii: "f"): return item.name
    case UInt8(ascii: "P"):
      let rest = item.path.dropFirst(item.start.count)
      return String(rest.hasPrefix("/") ? rest.dropFirst() : rest)
    case UInt8(ascii: "h"):
      guard let slash = item.path.lastIndex(of: "/") else { return "." }
      return String(item.path[..<slash])
    case UInt8(ascii: "s"): return "\(item.status.size)"
    case UInt8(ascii: "m"): return String(item.status.mode, radix: 8)
    case UInt8(ascii: "M"): return FileMode.text(item.status)
    case UInt8(ascii: "u"): return accounts.userName(item.status.owner)
    case UInt8(ascii: "g"): return accounts.groupName(item.status.group)
    case UInt8(ascii: "U"): return "\(item.status.owner)"
    case UInt8(ascii: "G"): return "\(item.status.group)"
    case UInt8(ascii: "y"): return String(Self.letter(item.status.kind))
    case UInt8(ascii: "d"): return "\(item.depth)"
    case UInt8(ascii: "i"): return "\(item.status.identity & 0xFF_FFFF_FFFF)"
    case UInt8(ascii: "t"):
      return Calendar(Moment(nanoseconds: item.status.modified)).formatted(
        "%a %b %e %H:%M:%S.%N0 %Y")
    case UInt8(ascii: "T"), UInt8(ascii: "A"), UInt8(ascii: "C"): return ""
    case UInt8(ascii: "%"): return "%"
    default: return "%" + String(decoding: [letter], as: UTF8.self)
    }
  }
}
