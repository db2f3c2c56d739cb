/// Reads a pattern of RE2's syntax.
struct PatternParser {
  typealias ParseError = RegularExpression.ParseError

  let scalars: [Unicode.Scalar]
  var index = 0
  private var depth = 0
  private(set) var groupCount = 0
  var flags = Flags()

  struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotIsAll = false
    var isUngreedy = false
  }

  init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

  func text(_ range: Range<Int>) -> String { TextSearch.text(scalars[range]) }
  private var rest: String { text(index..<scalars.count) }

  func peek(_ distance: Int = 0) -> Unicode.Scalar? {
    index + distance < scalars.count ? scalars[index + distance] : nil
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    index += 1
    return true
  }

  mutating func parse() throws(ParseError) -> Pattern {
    let pattern = try alternatives()
    if index < scalars.count { throw ParseError("unexpected )", text(0..<scalars.count)) }
    return pattern
  }

  private mutating func alternatives() throws(ParseError) -> Pattern {
    depth += 1
    defer { depth -= 1 }
    guard depth < 250 else {
      throw ParseError("expression nests too deeply", text(0..<scalars.count))
    }
    let outer = flags
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    flags = outer
    return parts.count == 1 ? parts[0] : .alternatives(parts)
  }

  private mutating func sequence() throws(ParseError) -> Pattern {
    var parts: [Pattern] = []
    while let next = peek(), next != "|", next != ")" {
      let start = index
      if next == "*" || next == "+" || next == "?" {
        throw ParseError("missing argument to repetition operator", String(next))
      }
      guard let atom = try atom() else { continue }
      parts.append(try repetitions(of: atom, start))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func repetitions(
    of atom: Pattern, _ start: Int
  ) throws(ParseError) -> Pattern {
    var part = atom
    var last: Int?
    while let (least, most) = try bounds() {
      let isLazy = take("?") != flags.isUngreedy
      if let last { throw ParseError("invalid nested repetition operator", text(last..<index)) }
      last = lastOperator
      part = .repeated(part, least: least, most: most, isLazy: isLazy)
      // repeatIsValid of regexp/syntax: counts within counts multiply.
      if scalars[last ?? start] == "{", !part.repeats(atMost: 1_000) {
        throw ParseError("invalid repeat count", text((last ?? start)..<index))
      }
    }
    return part
  }

  private var lastOperator = 0

  private mutating func bounds() throws(ParseError) -> (Int, Int?)? {
    let start = index
    switch peek() {
    case "*":
      (index, lastOperator) = (index + 1, start)
      return (0, nil)
    case "+":
      (index, lastOperator) = (index + 1, start)
      return (1, nil)
    case "?":
      (index, lastOperator) = (index + 1, start)
      return (0, 1)
    case "{":
      guard let found = counts() else { return nil }
      lastOperator = start
      let most = found.most ?? found.least
      if found.least > 1_000 || most > 1_000 || (found.most.map { $0 < found.least } ?? false) {
        throw ParseError("invalid repeat count", text(start..<index))
      }
      return (found.least, found.most)
    default: return nil
    }
  }

  /// {2}, {2,}, {2,5}; anything else after { is text.
  private mutating func counts() -> (least: Int, most: Int?)? {
    let start = index
    index += 1
    func back() { index = start }
    guard let least = number() else {
      back()
      return nil
    }
    if take("}") { return (least, least) }
    guard take(",") else {
      back()
      return nil
    }
    if take("}") { return (least, nil) }
    guard let most = number(), take("}") else {
      back()
      return nil
    }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = peek(), ("0"..."9").contains(scalar) {
      value = min((value ?? 0) * 10 + Int(scalar.value - 48), 100_000)
      index += 1
    }
    return value
  }

  private func literal(_ scalar: Unicode.Scalar) -> Pattern {
    .set(
      ScalarSet(ranges: [scalar.value...scalar.value], ignoresCase: flags.ignoresCase))
  }

  private mutating func atom() throws(ParseError) -> Pattern? {
    guard let next = peek() else { return nil }
    switch next {
    case "(": return try group()
    case "[": return .set(try characterClass())
    case ".":
      index += 1
      return .set(
        flags.dotIsAll
          ? ScalarSet(isNegated: true) : ScalarSet(ranges: [10...10], isNegated: true))
    case "^":
      index += 1
      return .assert(flags.isMultiline ? .lineStart : .textStart)
    case "$":
      index += 1
      return .assert(flags.isMultiline ? .lineEnd : .textEnd)
    case "\\": return try escape()
    default:
      index += 1
      return literal(next)
    }
  }

  // MARK: groups

  private mutating func group() throws(ParseError) -> Pattern? {
    index += 1
    if peek() == "?" {
      if peek(1) == "P" || (peek(1) == "<" && peek(2) != "=" && peek(2) != "!") {
        try name()
      } else if try !groupFlags() {
        return nil
      }
    } else {
      groupCount += 1
    }
    let inner = try alternatives()
    guard take(")") else { throw ParseError("missing closing )", text(0..<scalars.count)) }
    flags = savedFlags.popLast() ?? flags
    return inner
  }

  private var savedFlags: [Flags] = []

  private mutating func name() throws(ParseError) {
    let start = index - 1
    let open = peek(1) == "P" ? 2 : 1
    guard peek(open) == "<" else {
      throw ParseError(
        "invalid or unsupported Perl syntax", text(start..<min(index + 3, scalars.count)))
    }
    index += open + 1
    let first = index
    while let scalar = peek(), scalar != ">" { index += 1 }
    guard index < scalars.count else {
      throw ParseError("invalid named capture", text(start..<scalars.count))
    }
    let found = text(first..<index)
    index += 1
    guard !found.isEmpty, found.unicodeScalars.allSatisfy({ ScalarSet.word.has($0) }) else {
      throw ParseError("invalid named capture", text(start..<index))
    }
    groupCount += 1
    savedFlags.append(flags)
  }

  /// (?i) for what follows, or (?i:…) for a group: true.
  private mutating func groupFlags() throws(ParseError) -> Bool {
    let start = index - 1
    let before = flags
    index += 1
    var isOn = true
    while let scalar = peek() {
      index += 1
      switch scalar {
      case "i": flags.ignoresCase = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.dotIsAll = isOn
      case "U": flags.isUngreedy = isOn
      case "-" where isOn: isOn = false
      case ":":
        savedFlags.append(before)
        return true
      case ")": return false
      default:
        throw ParseError("invalid or unsupported Perl syntax", text(start..<index))
      }
    }
    throw ParseError("missing closing )", text(0..<scalars.count))
  }

  // MARK: escapes

  private mutating func escape() throws(ParseError) -> Pattern {
    switch peek(1) {
    case "A": return assertion(.textStart)
    case "z": return assertion(.textEnd)
    case "b": return assertion(.wordBoundary)
    case "B": return assertion(.noWordBoundary)
    case "Q":
      index += 2
      var parts: [Pattern] = []
      while let scalar = peek() {
        if scalar == "\\", peek(1) == "E" {
          index += 2
          break
        }
        parts.append(literal(scalar))
        index += 1
      }
      return .sequence(parts)
    default: break
    }
    if let set = try perlClass() { return .set(set) }
    return literal(try escapedScalar())
  }

  private mutating func assertion(_ assertion: Assertion) -> Pattern {
    index += 2
    return .assert(assertion)
  }

  /// \d and its like, and \p{…}.
  mutating func perlClass() throws(ParseError) -> ScalarSet? {
    guard peek() == "\\", let kind = peek(1) else { return nil }
    let set: ScalarSet
    switch kind {
    case "d", "D": set = .digit
    case "s", "S": set = .space
    case "w", "W": set = .word
    case "p", "P": return try property(isNegated: kind == "P")
    default: return nil
    }
    index += 2
    return ("A"..."Z").contains(kind) ? set.negated : set
  }

  private mutating func property(isNegated: Bool) throws(ParseError) -> ScalarSet {
    let start = index
    index += 2
    var name = ""
    if take("{") {
      while let scalar = peek(), scalar != "}" {
        name.unicodeScalars.append(scalar)
        index += 1
      }
      guard take("}") else {
        throw ParseError("invalid character class range", text(start..<scalars.count))
      }
    } else if let scalar = peek() {
      name = String(scalar)
      index += 1
    }
    var isNegated = isNegated
    if name.hasPrefix("^") {
      name.removeFirst()
      isNegated.toggle()
    }
    guard var set = CharacterProperties.set(name) else {
      throw ParseError("invalid character class range", text(start..<index))
    }
    set.isNegated = isNegated
    return set
  }

  mutating func escapedScalar() throws(ParseError) -> Unicode.Scalar {
    let start = index
    index += 1
    guard let kind = peek() else { throw ParseError("trailing backslash at end of expression", "") }
    index += 1
    switch kind {
    case "a": return "\u{07}"
    case "f": return "\u{0C}"
    case "t": return "\t"
    case "n": return "\n"
    case "r": return "\r"
    case "v": return "\u{0B}"
    case "0"..."7":
      var digits = String(kind)
      guard kind == "0" || peek().map({ ("0"..."7").contains($0) }) ?? false else { break }
      while digits.utf8.count < 3, let next = peek(), ("0"..."7").contains(next) {
        digits.unicodeScalars.append(next)
        index += 1
      }
      if let scalar = UInt32(digits, radix: 8).flatMap({ Unicode.Scalar($0) }) { return scalar }
    case "x":
      var digits = ""
      if take("{") {
        while let next = peek(), next != "}", digits.utf8.count < 8 {
          digits.unicodeScalars.append(next)
          index += 1
        }
        // Too great a number ends the sequence that the error shows.
        guard UInt32(digits, radix: 16).map({ $0 <= 0x10FFFF }) ?? false, take("}") else { break }
      } else {
        for _ in 0..<2 {
          if let next = peek() {
            digits.unicodeScalars.append(next)
            index += 1
          }
        }
      }
      if let scalar = UInt32(digits, radix: 16).flatMap({ Unicode.Scalar($0) }) { return scalar }
    default:
      if kind.isASCII, !ScalarSet.word.has(kind) { return kind }
    }
    throw ParseError("invalid escape sequence", text(start..<index))
  }
}
