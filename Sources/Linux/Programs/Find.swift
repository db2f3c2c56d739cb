import Shell
import Simulation

/// Looks for files by tests and does something with them.
struct Find: Program {
  let name = "find"

  func run(_ process: Process) async throws -> ExitStatus {
    var words = process.arguments[...]
    while let word = words.first, ["-H", "-L", "-P"].contains(word) { words = words.dropFirst() }
    var starts: [String] = []
    while let word = words.first, !word.hasPrefix("-"), word != "(", word != "!" {
      starts.append(word)
      words = words.dropFirst()
    }
    var parser = FindParser(words, process)
    let test = try parser.parse()
    var search = FindSearch(process: process, test: test, limits: parser.limits)
    for start in starts.isEmpty ? ["."] : starts {
      guard let status = process.status(start, followingLinks: false) else {
        try await process.complain(
          "'\(start)': \(process.failure(of: start).text)",
          busyBox: "\(start): \(process.failure(of: start).text)")
        search.status = 1
        continue
      }
      try await search.visit(start, status, depth: 0)
      if search.isDone { break }
    }
    try await search.finish()
    return search.status
  }
}

/// A test or action of find.
indirect enum FindTest {
  case and(FindTest, FindTest)
  case or(FindTest, FindTest)
  case not(FindTest)
  case always, never
  case name(Glob)
  case path(Glob)
  case pattern(RegularExpression)
  case kind(Set<Character>)
  case size(FindCount, unit: Int)
  case empty
  case age(FindCount, unit: Int64)
  case newer(Int64)
  case user(Int)
  case group(Int)
  case mode(Int, how: Character)
  case links(FindCount)
  case inode(FindCount)
  case access(Access)
  case print, printNull
  case format([UInt8])
  case list, delete, prune, quit
  /// The words, and whether many files go to one command.
  case execute([String], gathers: Bool, inDirectory: Bool)
}

/// `+n`, `-n` or `n`.
struct FindCount {
  let way: Int
  let value: Int

  init?(_ text: Substring) {
    way = text.hasPrefix("+") ? 1 : text.hasPrefix("-") ? -1 : 0
    guard let number = Int(way == 0 ? text : text.dropFirst()) else { return nil }
    value = number
  }

  func accepts(_ number: Int) -> Bool {
    way > 0 ? number > value : way < 0 ? number < value : number == value
  }
}

struct FindLimits {
  var least = 0
  var most = 200
  var isDepthFirst = false
}

/// Reads find's expression.
struct FindParser {
  private var words: ArraySlice<String>
  private let process: Process
  private(set) var limits = FindLimits()
  private var hasAction = false
  private var depth = 0

  init(_ words: ArraySlice<String>, _ process: Process) {
    self.words = words
    self.process = process
  }

  mutating func parse() throws -> FindTest {
    if words.isEmpty { return .print }
    let test = try or()
    if let extra = words.first {
      throw UsageError("paths must precede expression: `\(extra)'", hint: false)
    }
    return hasAction ? test : .and(test, .print)
  }

  private mutating func or() throws -> FindTest {
    depth += 1
    defer { depth -= 1 }
    guard depth < 100 else { throw UsageError("expression too deep", hint: false) }
    var left = try and()
    while words.first == "-o" || words.first == "-or" || words.first == "," {
      let isComma = words.removeFirst() == ","
      let right = try and()
      left = isComma ? .or(.and(left, .never), right) : .or(left, right)
    }
    return left
  }

  private mutating func and() throws -> FindTest {
    var left = try primary()
    while let word = words.first, word != "-o", word != "-or", word != ")", word != "," {
      if word == "-a" || word == "-and" { words.removeFirst() }
      left = .and(left, try primary())
    }
    return left
  }

  private static let onlyInGNU: Set<String> = [
    "-printf", "-fprint", "-fprintf", "-ls", "-iregex", "-daystart", "-writable", "-readable",
    "-newermt", "-used", "-true", "-false", "-lname", "-cnewer", "-ok", "-okdir", "-fls",
    "-regextype",
  ]

  private func unknown(_ word: String) -> String {
    let help = BusyBoxApplet.named("find")?.help(process.machine.busyBoxVersion) ?? ""
    return "unrecognized: \(word)\n\(help)".trimmingLastNewline
  }

  private mutating func value(_ name: String) throws -> String {
    guard let value = words.popFirst() else {
      throw UsageError(
        "missing argument to `\(name)'", hint: false, busyBox: "\(name) requires an argument")
    }
    return value
  }

  private mutating func count(_ name: String) throws -> FindCount {
    let text = try value(name)
    guard let count = FindCount(text[...]) else {
      throw UsageError("invalid argument `\(text)' to `\(name)'", hint: false)
    }
    return count
  }

  private mutating func primary() throws -> FindTest {
    guard let word = words.popFirst() else {
      throw UsageError("expected an expression", hint: false)
    }
    if process.isBusyBox, Self.onlyInGNU.contains(word) {
      throw UsageError("", hint: false, busyBox: unknown(word))
    }
    switch word {
    case "!", "-not": return .not(try primary())
    case "(":
      let inner = try or()
      guard words.popFirst() == ")" else {
        throw UsageError("invalid expression; I was expecting to find a ')' somewhere", hint: false)
      }
      return inner
    case "-name": return .name(Glob(try value(word)))
    case "-iname": return .name(Glob(try value(word), ignoringCase: true))
    case "-path", "-wholename": return .path(Glob(try value(word)))
    case "-ipath": return .path(Glob(try value(word), ignoringCase: true))
    case "-regex", "-iregex":
      let text = try value(word)
      do {
        return .pattern(
          try RegularExpression(
            Array("^\\(\(text)\\)$".utf8), .basic, ignoringCase: word == "-iregex"))
      } catch { throw UsageError(error.text, hint: false) }
    case "-type", "-xtype":
      let text = try value(word)
      for letter in text where letter != "," && !"fdlpcsb".contains(letter) {
        throw UsageError("Unknown argument to -type: \(letter)", hint: false)
      }
      return .kind(Set(text))
    case "-maxdepth", "-mindepth":
      guard let number = Int(try value(word)), number >= 0 else {
        throw UsageError("Expected a positive decimal integer argument to \(word)", hint: false)
      }
      if word == "-maxdepth" {
        limits.most = min(limits.most, number)
      } else {
        limits.least = number
      }
      return .always
    case "-depth", "-d":
      limits.isDepthFirst = true
      return .always
    case "-size": return try size()
    case "-empty": return .empty
    case "-mtime", "-ctime", "-atime": return .age(try count(word), unit: 86_400)
    case "-mmin", "-cmin", "-amin": return .age(try count(word), unit: 60)
    case "-newer":
      let path = try value(word)
      guard let status = process.status(path) else {
        throw UsageError("'\(path)': No such file or directory", hint: false)
      }
      return .newer(status.modified)
    case "-links": return .links(try count(word))
    case "-inum": return .inode(try count(word))
    case "-readable": return .access(.read)
    case "-writable": return .access(.write)
    case "-executable": return .access(.execute)
    case "-true", "-noleaf", "-xdev", "-mount", "-follow": return .always
    case "-false": return .never
    default: return try ownerOrAction(word)
    }
  }

  private mutating func size() throws -> FindTest {
    let text = try value("-size")
    let units: [Character: Int] = ["c": 1, "w": 2, "b": 512, "k": 1024, "M": 1 << 20, "G": 1 << 30]
    let unit = text.last.flatMap { units[$0] }
    guard let count = FindCount(unit == nil ? text[...] : text.dropLast()) else {
      throw UsageError("Invalid argument `\(text)' to -size", hint: false)
    }
    return .size(count, unit: unit ?? 512)
  }

  private mutating func ownerOrAction(_ word: String) throws -> FindTest {
    let accounts = process.machine.accounts
    switch word {
    case "-user":
      let name = try value(word)
      guard let id = accounts.user(name)?.id ?? Int(name) else {
        throw UsageError("\u{2018}\(name)\u{2019} is not the name of a known user", hint: false)
      }
      return .user(id)
    case "-group":
      let name = try value(word)
      guard let id = accounts.group(name)?.id ?? Int(name) else {
        throw UsageError(
          "\u{2018}\(name)\u{2019} is not the name of an existing group", hint: false)
      }
      return .group(id)
    case "-perm":
      let text = try value(word)
      let how = text.first.map { "-/".contains($0) ? $0 : "=" } ?? "="
      let plain = how == "=" ? text : String(text.dropFirst())
      guard let mode = FileMode.change(plain, 0, isDirectory: false, mask: 0) else {
        throw UsageError("invalid mode '\(text)'", hint: false)
      }
      return .mode(mode, how: how)
    default: break
    }
    hasAction = hasAction || word != "-prune"
    switch word {
    case "-print": return .print
    case "-print0": return .printNull
    case "-printf": return .format(Array(try value(word).utf8))
    case "-ls": return .list
    case "-prune": return .prune
    case "-quit": return .quit
    case "-delete":
      limits.isDepthFirst = true
      return .delete
    case "-exec", "-execdir", "-ok", "-okdir":
      var command: [String] = []
      while let next = words.popFirst() {
        if next == ";" {
          return .execute(command, gathers: false, inDirectory: word.hasSuffix("dir"))
        }
        if next == "+", command.last == "{}" {
          return .execute(command, gathers: true, inDirectory: false)
        }
        command.append(next)
      }
      throw UsageError("missing argument to `\(word)'", hint: false)
    case "--help" where process.isBusyBox: throw ManualRequest()
    default:
      // BusyBox shows how it is used as well.
      throw UsageError("unknown predicate `\(word)'", hint: false, busyBox: unknown(word))
    }
  }
}

extension String {
  /// Messages get a newline of their own.
  fileprivate var trimmingLastNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
