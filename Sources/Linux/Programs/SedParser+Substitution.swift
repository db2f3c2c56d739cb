import Shell

extension SedParser {
  mutating func substitute() throws -> SedCommand.Action {
    guard let delimiter = next, delimiter != .newline, delimiter != UInt8(ascii: "\\") else {
      throw problem("unterminated `s' command", busyBox: "bad format in substitution expression")
    }
    position += 1
    let unmatched = "unmatched '\(String(decoding: [delimiter], as: UTF8.self))'"
    guard let pattern = part(until: delimiter, isPattern: true),
      let replacement = part(until: delimiter, isPattern: false)
    else { throw problem("unterminated `s' command", busyBox: unmatched) }
    var flags = SedCommand.SubstituteFlags()
    var ignoresCase = false
    var multiline = false
    flags: while let byte = next {
      switch byte {
      case UInt8(ascii: "g"): flags.isGlobal = true
      case UInt8(ascii: "p"): flags.prints = true
      case UInt8(ascii: "i"), UInt8(ascii: "I"): ignoresCase = true
      case UInt8(ascii: "m"), UInt8(ascii: "M"): multiline = true
      case UInt8(ascii: "e"): flags.runs = true
      case UInt8(ascii: "w"):
        position += 1
        flags.file = restOfLine()
        break flags
      case 48...57:
        let value = number() ?? 0
        if value == 0 { throw problem("number option to `s' command may not be zero") }
        flags.number = value
        continue
      case .newline, UInt8(ascii: ";"), UInt8(ascii: "}"), UInt8(ascii: "#"): break flags
      case .blank, .tab: break
      default:
        position += 1
        throw problem(
          "unknown option to `s'", busyBox: "unknown option to 's' command")
      }
      position += 1
    }
    if flags.runs { throw UsageError("drydock: not simulated: the e flag of s", hint: false) }
    let expression = try expression(pattern, ignoresCase, multiline)
    let parts = Self.replacement(replacement)
    for case .group(let number) in parts where number > (expression?.groupCount ?? 9) {
      throw problem("invalid reference \\\(number) on `s' command's RHS")
    }
    return .substitute(expression, parts, flags)
  }

  static func replacement(_ text: [UInt8]) -> [SedCommand.Replacement] {
    var parts: [SedCommand.Replacement] = []
    var plain: [UInt8] = []
    func flush() {
      if !plain.isEmpty { parts.append(.bytes(plain)) }
      plain = []
    }
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: "&") {
        flush()
        parts.append(.group(0))
      } else if byte == UInt8(ascii: "\\"), index < text.count {
        let letter = text[index]
        index += 1
        if letter.isDigit {
          flush()
          parts.append(.group(Int(letter - 48)))
        } else if "ULulE".utf8.contains(letter) {
          flush()
          parts.append(.letterCase(letter))
        } else if letter == UInt8(ascii: "n") {
          plain.append(.newline)
        } else if let special = BackslashEscapes.simple[letter], letter != UInt8(ascii: "b") {
          plain.append(special)
        } else {
          plain.append(letter)
        }
      } else {
        plain.append(byte)
      }
    }
    flush()
    return parts
  }

  mutating func translate() throws -> SedCommand.Action {
    guard let delimiter = next else { throw problem("unterminated `y' command") }
    position += 1
    guard let from = part(until: delimiter, isPattern: false),
      let to = part(until: delimiter, isPattern: false)
    else { throw problem("unterminated `y' command") }
    func plain(_ text: [UInt8]) -> [UInt8] {
      var found: [UInt8] = []
      var index = 0
      while index < text.count {
        if text[index] == UInt8(ascii: "\\"), index + 1 < text.count {
          index += 1
          found.append(text[index] == UInt8(ascii: "n") ? .newline : text[index])
        } else {
          found.append(text[index])
        }
        index += 1
      }
      return found
    }
    let (old, new) = (plain(from), plain(to))
    guard old.count == new.count else {
      throw problem("strings for `y' command are different lengths")
    }
    var map = [UInt8](0...255)
    for (a, b) in zip(old, new) { map[Int(a)] = b }
    try endOfCommand()
    return .translate(map)
  }
}
