/// Cuts an expression into tokens; what is no token is reported and skipped.
struct Lexer {
  private let source: Source
  private var index = 0
  private(set) var tokens: [Token] = []
  private(set) var issues: [Issue] = []

  init(_ source: Source) {
    self.source = source
    while index < source.scalars.count { next() }
    tokens.append(Token(kind: .end, range: index..<index, text: "<EOF>"))
  }

  private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
    let place = index + distance
    return place < source.scalars.count ? source.scalars[place] : nil
  }

  private mutating func add(_ kind: Token.Kind, _ end: Int) {
    tokens.append(Token(kind: kind, range: index..<end, text: source.text(index..<end)))
    index = end
  }

  /// The characters up to the first that fits nothing are skipped together.
  private mutating func fail(at place: Int) {
    let end = min(place + 1, source.scalars.count)
    issues.append(
      Issue(
        index, "Syntax error: token recognition error at: '\(Self.shown(source.text(index..<end)))'"
      ))
    index = max(end, index + 1)
  }

  private static func shown(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": shown += "\\n"
      case "\r": shown += "\\r"
      case "\t": shown += "\\t"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  private mutating func next() {
    guard let first = peek() else { return }
    switch first {
    case " ", "\t", "\r", "\n", "\u{0C}": index += 1
    case "/" where peek(1) == "/":
      while let scalar = peek(), scalar != "\n" { index += 1 }
    case "'", "\"": string(index, isRaw: false, .string)
    case "0"..."9": number()
    case ".":
      if let second = peek(1), Self.isDigit(second) { number() } else { add(.dot, index + 1) }
    case "`": escaped()
    case _ where Self.isLetter(first) || first == "_": word()
    default: sign(first)
    }
  }

  private mutating func sign(_ first: Unicode.Scalar) {
    let second = peek(1)
    switch first {
    case "=": second == "=" ? add(.equals, index + 2) : fail(at: index + 1)
    case "&": second == "&" ? add(.and, index + 2) : fail(at: index + 1)
    case "|": second == "|" ? add(.or, index + 2) : fail(at: index + 1)
    case "!": second == "=" ? add(.notEquals, index + 2) : add(.exclamation, index + 1)
    case "<": second == "=" ? add(.lessEquals, index + 2) : add(.less, index + 1)
    case ">": second == "=" ? add(.greaterEquals, index + 2) : add(.greater, index + 1)
    default:
      guard let kind = Self.signs[first] else { return fail(at: index) }
      add(kind, index + 1)
    }
  }

  private static let signs: [Unicode.Scalar: Token.Kind] = [
    "[": .leftBracket, "]": .rightBracket, "{": .leftBrace, "}": .rightBrace,
    "(": .leftParenthesis, ")": .rightParenthesis, ",": .comma, "-": .minus, "?": .question,
    ":": .colon, "+": .plus, "*": .star, "/": .slash, "%": .percent,
  ]

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  private static func isHex(_ scalar: Unicode.Scalar) -> Bool {
    isDigit(scalar) || ("a"..."f").contains(scalar) || ("A"..."F").contains(scalar)
  }

  private func run(from start: Int, _ isPart: (Unicode.Scalar) -> Bool) -> Int {
    var end = start
    while end < source.scalars.count, isPart(source.scalars[end]) { end += 1 }
    return end
  }

  private func scalar(_ place: Int) -> Unicode.Scalar? {
    place < source.scalars.count ? source.scalars[place] : nil
  }

  private mutating func number() {
    if peek() == "0", peek(1) == "x", let third = peek(2), Self.isHex(third) {
      let end = run(from: index + 2, Self.isHex)
      if scalar(end) == "u" || scalar(end) == "U" { return add(.uint, end + 1) }
      return add(.int, end)
    }
    var end = run(from: index, Self.isDigit)
    var isFloat = false
    if scalar(end) == ".", let after = scalar(end + 1), Self.isDigit(after) {
      end = run(from: end + 1, Self.isDigit)
      isFloat = true
    }
    if scalar(end) == "e" || scalar(end) == "E" {
      var digits = end + 1
      if scalar(digits) == "+" || scalar(digits) == "-" { digits += 1 }
      if let first = scalar(digits), Self.isDigit(first) {
        end = run(from: digits, Self.isDigit)
        isFloat = true
      }
    }
    if isFloat { return add(.float, end) }
    if scalar(end) == "u" || scalar(end) == "U" { return add(.uint, end + 1) }
    add(.int, end)
  }

  private mutating func escaped() {
    let end = run(from: index + 1) {
      Self.isLetter($0) || Self.isDigit($0) || "_.-/ ".unicodeScalars.contains($0)
    }
    guard end > index + 1, scalar(end) == "`" else { return fail(at: end) }
    add(.escapedIdentifier, end + 1)
  }

  private mutating func word() {
    let end = run(from: index) { Self.isLetter($0) || Self.isDigit($0) || $0 == "_" }
    let text = source.text(index..<end)
    if let quote = scalar(end), quote == "'" || quote == "\"" {
      switch text.lowercased() {
      case "r": return string(end, isRaw: true, .string)
      case "b": return string(end, isRaw: false, .bytes)
      case "br": return string(end, isRaw: true, .bytes)
      default: break
      }
    }
    switch text {
    case "in": add(.in, end)
    case "true": add(.true, end)
    case "false": add(.false, end)
    case "null": add(.null, end)
    default: add(.identifier, end)
    }
  }

  private mutating func string(_ open: Int, isRaw: Bool, _ kind: Token.Kind) {
    let quote = source.scalars[open]
    if scalar(open + 1) == quote, scalar(open + 2) == quote {
      if let end = closing(open + 3, quote, isRaw: isRaw, isTriple: true).end {
        return add(kind, end)
      }
      // The first two quotes are an empty text.
      return add(kind, open + 2)
    }
    let found = closing(open + 1, quote, isRaw: isRaw, isTriple: false)
    guard let end = found.end else {
      guard open > index else { return fail(at: found.place) }
      // The prefix alone is a name.
      return add(.identifier, open)
    }
    add(kind, end)
  }

  private func closing(
    _ start: Int, _ quote: Unicode.Scalar, isRaw: Bool, isTriple: Bool
  ) -> (end: Int?, place: Int) {
    var place = start
    while let scalar = scalar(place) {
      if scalar == quote {
        if !isTriple { return (place + 1, place) }
        if self.scalar(place + 1) == quote, self.scalar(place + 2) == quote {
          return (place + 3, place)
        }
      } else if !isTriple, scalar == "\n" || scalar == "\r" {
        return (nil, place)
      } else if scalar == "\\", !isRaw {
        guard let length = escape(place) else { return (nil, place + 1) }
        place += length
        continue
      }
      place += 1
    }
    return (nil, place)
  }

  private func escape(_ place: Int) -> Int? {
    func digits(_ count: Int, _ isDigit: (Unicode.Scalar) -> Bool) -> Int? {
      for step in 0..<count {
        guard let scalar = scalar(place + 2 + step), isDigit(scalar) else { return nil }
      }
      return 2 + count
    }
    switch scalar(place + 1) {
    case "a", "b", "f", "n", "r", "t", "v", "\"", "'", "\\", "?", "`": return 2
    case "x", "X": return digits(2, Self.isHex)
    case "u": return digits(4, Self.isHex)
    case "U": return digits(8, Self.isHex)
    case "0", "1", "2", "3":
      return digits(2) { ("0"..."7").contains($0) }
    default: return nil
    }
  }
}
