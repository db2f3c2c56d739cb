/// Reads a template, refusing what kubectl's parser refuses in its words.
struct JSONPathParser {
  typealias Node = JSONPath.Node
  typealias Failure = JSONPath.Failure

  private let input: [Unicode.Scalar]
  private var position = 0
  /// How many parsers of parts may still be stacked: filters within filters.
  private let depth: Int

  init(_ template: String) { self.init(Array(template.unicodeScalars), depth: 50) }

  private init(_ input: [Unicode.Scalar], depth: Int) {
    self.input = input
    self.depth = depth
  }

  /// The template's texts, and a list for each pair of braces.
  mutating func parse() throws(Failure) -> [Node] {
    var nodes: [Node] = []
    var text = String.UnicodeScalarView()
    while let scalar = next() {
      if scalar == "{" {
        if !text.isEmpty { nodes.append(.text(String(text))) }
        text = .init()
        nodes.append(.list(try parseAction()))
      } else {
        text.append(scalar)
      }
    }
    if !text.isEmpty { nodes.append(.text(String(text))) }
    return nodes
  }

  /// The nodes of a part that stands for itself inside brackets.
  private func parts(_ text: ArraySlice<Unicode.Scalar>) throws(Failure) -> [Node] {
    guard depth > 0 else { throw Failure("invalid syntax") }
    var parser = JSONPathParser(["{"] + text + ["}"], depth: depth - 1)
    guard case .list(let nodes)? = try parser.parse().first else { return [] }
    return nodes
  }

  private var peek: Unicode.Scalar? { position < input.count ? input[position] : nil }

  private mutating func next() -> Unicode.Scalar? {
    guard let scalar = peek else { return nil }
    position += 1
    return scalar
  }

  private func isNext(_ text: String) -> Bool {
    input[position...].starts(with: text.unicodeScalars)
  }

  private mutating func parseAction() throws(Failure) -> [Node] {
    var nodes: [Node] = []
    while true {
      if isNext("[?(") {
        nodes.append(try parseFilter())
        continue
      }
      if isNext("..") {
        if case .recursive? = nodes.last { throw Failure("invalid multiple recursive descent") }
        position += 2
        nodes.append(.recursive)
        if let scalar = peek, isWord(scalar) { nodes.append(parseField()) }
        continue
      }
      guard let scalar = next(), scalar != "\n", scalar != "\r" else {
        throw Failure("unclosed action")
      }
      switch scalar {
      case "}": return nodes
      case " ", "@", "$": break
      case "[": nodes += try parseBrackets()
      case "\"", "'": nodes.append(.text(try parseQuoted(scalar)))
      case ".": nodes.append(parseField())
      case "+", "-", "0"..."9":
        position -= 1
        nodes.append(try parseNumber())
      default:
        guard isWord(scalar) else {
          let code = GoText.hexadecimal(scalar.value, width: 4).uppercased()
          throw Failure("unrecognized character in action: U+\(code) '\(scalar)'")
        }
        position -= 1
        nodes.append(parseIdentifier())
      }
    }
  }

  private func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "_" { return true }
    let properties = scalar.properties
    return properties.generalCategory == .decimalNumber || properties.isAlphabetic
  }

  private func endsName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", "\t", "\r", "\n", ".", ",", "[", "]", "$", "@", "{", "}": true
    default: false
    }
  }

  private mutating func parseIdentifier() -> Node {
    var word = String.UnicodeScalarView()
    while let scalar = peek, !endsName(scalar) {
      word.append(scalar)
      position += 1
    }
    switch String(word) {
    case "true": return .number(true)
    case "false": return .number(false)
    case let name: return .identifier(name)
    }
  }

  private mutating func parseField() -> Node {
    var name = String.UnicodeScalarView()
    while let scalar = peek, !endsName(scalar) {
      position += 1
      if scalar != "\\" {
        name.append(scalar)
      } else if let escaped = next(), escaped != "\\" {
        name.append(escaped)
      }
    }
    return name.elementsEqual("*".unicodeScalars) ? .wildcard : .field(String(name))
  }

  private mutating func parseNumber() throws(Failure) -> Node {
    let start = position
    if peek == "+" || peek == "-" { position += 1 }
    while let scalar = peek, scalar == "." || ("0"..."9").contains(scalar) { position += 1 }
    let text = String(String.UnicodeScalarView(input[start..<position]))
    if let whole = Int64(text) { return .number(.int(whole)) }
    if let number = Double(text) ?? Double("0" + text) ?? Double(text + "0"), number.isFinite {
      return .number(.double(number))
    }
    throw Failure("cannot parse number \(text)")
  }

  private mutating func parseQuoted(_ quote: Unicode.Scalar) throws(Failure) -> String {
    let start = position
    while true {
      guard let scalar = next(), scalar != "\n" else {
        throw Failure("unterminated quoted string")
      }
      if scalar == quote, input[position - 2] != "\\" { break }
    }
    let inner = input[start..<(position - 1)]
    guard let text = Self.unquote(inner, quote) else {
      let whole = String(String.UnicodeScalarView(input[(start - 1)..<position]))
      throw Failure("unquote string \(whole) error invalid syntax")
    }
    return text
  }
}

extension JSONPathParser {
  /// `[…]`: a name, an index, a slice, or several of them.
  private mutating func parseBrackets() throws(Failure) -> [Node] {
    let start = position
    while true {
      guard let scalar = next(), scalar != "\n" else { throw Failure("unterminated array") }
      if scalar == "]" { break }
    }
    let text = input[start..<(position - 1)]
    let choices = text.split(separator: ",", omittingEmptySubsequences: false)
    if choices.count > 1 {
      var lists: [[Node]] = []
      for choice in choices {
        let trimmed = choice.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        lists.append(try parts((["["] + trimmed + ["]"])[...]))
      }
      return [.union(lists)]
    }
    if text.count > 1, text.first == "'", text.last == "'" {
      let name = text.dropFirst().dropLast()
      if !name.contains("'") { return try parts((["."] + name)[...]) }
    }
    return [.slice(try parseSlice(String(String.UnicodeScalarView(text))))]
  }

  private func parseSlice(_ text: String) throws(Failure) -> JSONPath.Slice {
    if text == "*" { return JSONPath.Slice() }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let isWellFormed = parts.allSatisfy { part in
      (part.first == "-" ? part.dropFirst() : part).utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard parts.count <= 3, isWellFormed else { throw Failure("invalid array index \(text)") }
    var slice = JSONPath.Slice()
    slice.start = try index(parts[0])
    if parts.count > 1 {
      slice.end = try index(parts[1])
    } else {
      slice.end = (slice.start ?? 0) + 1
      slice.endIsDerived = true
    }
    if parts.count > 2 { slice.step = try index(parts[2]) }
    return slice
  }

  private func index(_ text: Substring) throws(Failure) -> Int? {
    if text.isEmpty { return nil }
    guard let number = Int(text), number.magnitude < 1 << 40 else {
      throw Failure("array index \(text) is not a number")
    }
    return number
  }

  /// `[?(left test right)]` or `[?(path)]`.
  private mutating func parseFilter() throws(Failure) -> Node {
    position += 3
    let start = position
    var quote: Unicode.Scalar?
    var isClosed = false
    scan: while true {
      guard let scalar = next(), scalar != "\n" else { throw Failure("unterminated filter") }
      switch scalar {
      case "\"", "'":
        if quote == nil {
          quote = scalar
        } else if input[position - 2] != "\\", scalar == quote {
          isClosed = true
        }
      case ")" where (quote != nil) == isClosed: break scan
      default: break
      }
    }
    guard next() == "]" else { throw Failure("unclosed array expect ]") }
    let text = input[start..<(position - 2)]
    func isTest(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "!" || scalar == "<" || scalar == ">" || scalar == "="
    }
    // The first signs are the test; what is left of them must not be empty, nor what is right.
    let left = text.prefix { !isTest($0) }
    var test = text[left.endIndex...].prefix(while: isTest)
    if test.endIndex == text.endIndex, test.count > 1 { test = test.dropLast() }
    let right = text[test.endIndex...]
    guard !left.isEmpty, !test.isEmpty, !right.isEmpty else {
      return .filter(left: try parts(text), test: "exists", right: [])
    }
    return .filter(
      left: try parts(left), test: String(String.UnicodeScalarView(test)),
      right: try parts(right))
  }

  /// Go's unquoting of what stands between quotes; nil when an escape is none.
  private static func unquote(
    _ text: ArraySlice<Unicode.Scalar>, _ quote: Unicode.Scalar
  ) -> String? {
    var unquoted = String.UnicodeScalarView()
    var rest = text
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        unquoted.append(scalar)
        continue
      }
      guard let escape = rest.popFirst() else { return nil }
      switch escape {
      case "a": unquoted.append("\u{7}")
      case "b": unquoted.append("\u{8}")
      case "f": unquoted.append("\u{C}")
      case "n": unquoted.append("\n")
      case "r": unquoted.append("\r")
      case "t": unquoted.append("\t")
      case "v": unquoted.append("\u{B}")
      case "\\": unquoted.append("\\")
      case "'", "\"":
        if escape != quote { return nil }
        unquoted.append(escape)
      case "x", "u", "U", "0"..."7":
        let isOctal = ("0"..."7").contains(escape)
        let count = escape == "x" ? 2 : escape == "u" ? 4 : escape == "U" ? 8 : 2
        let digits = rest.prefix(count)
        rest = rest.dropFirst(count)
        let written = (isOctal ? String(escape) : "") + String(String.UnicodeScalarView(digits))
        guard digits.count == count, let code = UInt32(written, radix: isOctal ? 8 : 16),
          let decoded = Unicode.Scalar(code)
        else { return nil }
        unquoted.append(decoded)
      default: return nil
      }
    }
    return String(unquoted)
  }
}
