import Shell

/// Reads sed scripts.
struct SedParser {
  let text: [UInt8]
  let syntax: ExpressionSyntax
  let isSeparate: Bool
  var position = 0
  var commands: [SedCommand] = []
  var blocks: [Int] = []
  var labels: [String: Int] = [:]
  var jumps: [(Int, String)] = []

  init(_ text: [UInt8], isExtended: Bool, isSeparate: Bool = false) {
    self.text = text
    syntax = isExtended ? .extended : .basic
    self.isSeparate = isSeparate
  }

  /// `busyBox` says the same in BusyBox's words.
  func problem(_ message: String, busyBox: String? = nil) -> UsageError {
    UsageError("-e expression #1, char \(position): \(message)", hint: false, busyBox: busyBox)
  }

  var next: UInt8? { position < text.count ? text[position] : nil }

  mutating func skip(_ isSkipped: (UInt8) -> Bool) {
    while let byte = next, isSkipped(byte) { position += 1 }
  }

  mutating func parse() throws -> [SedCommand] {
    while true {
      skip { $0.isSpace || $0 == UInt8(ascii: ";") }
      guard let byte = next else { break }
      if byte == UInt8(ascii: "#") {
        skip { $0 != .newline }
        continue
      }
      try command()
    }
    guard blocks.isEmpty else { throw problem("unmatched `{'", busyBox: "unmatched {") }
    for (index, label) in jumps {
      guard let target = label.isEmpty ? commands.count : labels[label] else {
        throw UsageError("can't find label for jump to `\(label)'", hint: false)
      }
      switch commands[index].action {
      case .branch: commands[index].action = .branch(target)
      case .branchIf: commands[index].action = .branchIf(target)
      default: commands[index].action = .branchUnless(target)
      }
    }
    return commands
  }

  mutating func command() throws {
    let first = try address()
    var second: SedCommand.Address?
    if first != nil {
      skip(\.isBlank)
      if next == UInt8(ascii: ",") {
        position += 1
        skip(\.isBlank)
        second = try address(isSecond: true)
        if second == nil { throw problem("unexpected `,'") }
      }
    }
    skip(\.isBlank)
    var isNegated = false
    while next == UInt8(ascii: "!") {
      isNegated = true
      position += 1
      skip(\.isBlank)
    }
    guard let letter = next else { throw problem("missing command", busyBox: "missing command") }
    position += 1
    let action = try action(letter)
    commands.append(
      SedCommand(first: first, second: second, isNegated: isNegated, action: action))
    if case .open = action { blocks.append(commands.count - 1) }
  }

  mutating func number() -> Int? {
    let start = position
    var value = 0
    while let byte = next, byte.isDigit {
      value = min(1 << 40, value * 10 + Int(byte - 48))
      position += 1
    }
    return position > start ? value : nil
  }

  mutating func address(isSecond: Bool = false) throws -> SedCommand.Address? {
    guard let byte = next else { return nil }
    if let line = number() {
      skip(\.isBlank)
      if next == UInt8(ascii: "~"), !isSecond {
        position += 1
        return .step(line, number() ?? 0)
      }
      if line == 0, !isSecond, next != UInt8(ascii: ",") {
        throw problem("invalid usage of line address 0")
      }
      return .line(line)
    }
    switch byte {
    case UInt8(ascii: "$"):
      position += 1
      return .last
    case UInt8(ascii: "+") where isSecond:
      position += 1
      return .offset(number() ?? 0)
    case UInt8(ascii: "~") where isSecond:
      position += 1
      return .multiple(number() ?? 0)
    case UInt8(ascii: "/"), UInt8(ascii: "\\"):
      position += 1
      var delimiter = byte
      if byte == UInt8(ascii: "\\") {
        guard let own = next else { throw problem("unterminated address regex") }
        delimiter = own
        position += 1
      }
      guard let pattern = part(until: delimiter, isPattern: true) else {
        throw problem("unterminated address regex")
      }
      var ignoresCase = false
      var multiline = false
      while let flag = next, flag == UInt8(ascii: "I") || flag == UInt8(ascii: "M") {
        if flag == UInt8(ascii: "I") { ignoresCase = true } else { multiline = true }
        position += 1
      }
      return .pattern(try expression(pattern, ignoresCase, multiline))
    default: return nil
    }
  }

  func expression(
    _ pattern: [UInt8], _ ignoresCase: Bool, _ multiline: Bool
  ) throws -> RegularExpression? {
    if pattern.isEmpty { return nil }
    do {
      return try RegularExpression(
        pattern, syntax, ignoringCase: ignoresCase, multiline: multiline)
    } catch {
      throw problem(error.text)
    }
  }

  /// The text up to an unescaped delimiter, which is passed; nil when there is none.
  mutating func part(until delimiter: UInt8, isPattern: Bool) -> [UInt8]? {
    var found: [UInt8] = []
    var isInBracket = false
    while let byte = next {
      position += 1
      if byte == UInt8(ascii: "\\"), let following = next {
        position += 1
        if following == delimiter, !isInBracket {
          found +=
            isPattern && "|+?(){}.*[]^$".utf8.contains(delimiter) ? [byte, following] : [following]
        } else if following == .newline, isPattern {
          found.append(following)
        } else {
          found += [byte, following]
        }
        continue
      }
      if byte == delimiter, !isInBracket { return found }
      if isPattern, byte == UInt8(ascii: "["), !isInBracket {
        isInBracket = true
        found.append(byte)
        if next == UInt8(ascii: "^") {
          found.append(UInt8(ascii: "^"))
          position += 1
        }
        if next == UInt8(ascii: "]") {
          found.append(UInt8(ascii: "]"))
          position += 1
        }
        continue
      }
      if isInBracket, byte == UInt8(ascii: "["), let kind = next,
        kind == 58 || kind == 46 || kind == 61
      {
        found += [byte, kind]
        position += 1
        while let inner = next,
          !(inner == kind && position + 1 < text.count && text[position + 1] == 93)
        {
          found.append(inner)
          position += 1
        }
        if next != nil {
          found += [kind, 93]
          position += 2
        }
        continue
      }
      if byte == UInt8(ascii: "]") { isInBracket = false }
      found.append(byte)
    }
    return nil
  }

  mutating func word() -> String {
    skip(\.isBlank)
    var found: [UInt8] = []
    while let byte = next, byte != .newline, byte != UInt8(ascii: ";"), byte != UInt8(ascii: "}") {
      found.append(byte)
      position += 1
    }
    while found.last?.isBlank == true { found.removeLast() }
    return String(decoding: found, as: UTF8.self)
  }

  mutating func restOfLine() -> String {
    skip(\.isBlank)
    var found: [UInt8] = []
    while let byte = next, byte != .newline {
      found.append(byte)
      position += 1
    }
    return String(decoding: found, as: UTF8.self)
  }

  /// The text of a, i and c: after a backslash and a newline, or on the same line.
  mutating func insertion() throws -> [UInt8] {
    skip(\.isBlank)
    if next == UInt8(ascii: "\\") {
      position += 1
      // Behind `a\` on the same line, blanks are part of the text, as GNU has it.
      let start = position
      skip(\.isBlank)
      if next == .newline { position += 1 } else { position = start }
    } else if next == nil {
      throw problem("expected \\ after `a', `c' or `i'")
    }
    var found: [UInt8] = []
    while let byte = next {
      position += 1
      if byte == .newline { break }
      if byte == UInt8(ascii: "\\"), let following = next {
        position += 1
        switch following {
        case UInt8(ascii: "t"): found.append(.tab)
        case UInt8(ascii: "n"): found.append(.newline)
        default: found.append(following)
        }
        continue
      }
      found.append(byte)
    }
    return found + [.newline]
  }

  mutating func action(_ letter: UInt8) throws -> SedCommand.Action {
    switch letter {
    case UInt8(ascii: "{"): return .open(end: 0)
    case UInt8(ascii: "}"):
      guard let start = blocks.popLast() else { throw problem("unexpected `}'") }
      commands[start].action = .open(end: commands.count)
      try endOfCommand()
      return .close
    case UInt8(ascii: "s"): return try substitute()
    case UInt8(ascii: "y"): return try translate()
    case UInt8(ascii: "a"): return .append(try insertion())
    case UInt8(ascii: "i"): return .insert(try insertion())
    case UInt8(ascii: "c"): return .change(try insertion())
    case UInt8(ascii: ":"):
      let label = word()
      if label.isEmpty { throw problem("\":\" lacks a label") }
      labels[label] = commands.count
      return .label(label)
    case UInt8(ascii: "b"), UInt8(ascii: "t"), UInt8(ascii: "T"):
      jumps.append((commands.count, word()))
      return letter == UInt8(ascii: "b")
        ? .branch(nil)
        : letter == UInt8(ascii: "t") ? .branchIf(nil) : .branchUnless(nil)
    case UInt8(ascii: "r"): return .read(restOfLine())
    case UInt8(ascii: "w"): return .write(restOfLine())
    case UInt8(ascii: "q"), UInt8(ascii: "Q"):
      skip(\.isBlank)
      let status = Int32(truncatingIfNeeded: number() ?? 0)
      try endOfCommand()
      return letter == UInt8(ascii: "q") ? .quit(status) : .quitSilently(status)
    case UInt8(ascii: "l"):
      try endOfCommand()
      return .list
    default:
      guard "dDgGhHnNpPxz=F".utf8.contains(letter) else {
        let shown = String(decoding: [letter], as: UTF8.self)
        throw problem("unknown command: `\(shown)'", busyBox: "unsupported command \(shown)")
      }
      try endOfCommand()
      return .simple(letter)
    }
  }

  mutating func endOfCommand() throws {
    skip(\.isBlank)
    guard let byte = next else { return }
    if byte == .newline || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "#") { return }
    if byte == UInt8(ascii: "}") { return }
    position += 1
    throw problem(
      "extra characters after command",
      busyBox: "unsupported command \(String(decoding: [byte], as: UTF8.self))")
  }
}
