import Documents
import Linux

extension SprigLibrary {
  static let texts: [String: Function] = [
    "upper": text { $0.uppercased() }, "lower": text { $0.lowercased() },
    "title": text(titled), "untitle": text { $0.prefix(1).lowercased() + $0.dropFirst() },
    "trim": text { trimmed($0) { $0.isWhitespace } },
    "nospace": text { $0.filter { !$0.isWhitespace } },
    "camelcase": text { parts($0).map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() },
    "snakecase": text { parts($0).map { $0.lowercased() }.joined(separator: "_") },
    "kebabcase": text { parts($0).map { $0.lowercased() }.joined(separator: "-") },
    "quote": { _, given throws(Failure) in
      .string(
        given.compactMap { value in
          value.flatMap { $0.isNull ? nil : GoText.quote(Argument.shown($0)) }
        }.joined(separator: " "))
    },
    "squote": { _, given throws(Failure) in
      .string(
        given.compactMap { value in
          value.flatMap { $0.isNull ? nil : "'\(Argument.shown($0))'" }
        }.joined(separator: " "))
    },
    "cat": { _, given throws(Failure) in
      .string(
        given.filter { $0 != nil && $0 != .null }.map(Argument.shown).joined(separator: " "))
    },
    "indent": { _, given throws(Failure) in
      .string(indented(Argument.whole(given, 0), try Argument.text(given, 1)))
    },
    "nindent": { _, given throws(Failure) in
      .string("\n" + indented(Argument.whole(given, 0), try Argument.text(given, 1)))
    },
    "replace": { _, given throws(Failure) in
      let (old, new) = (try Argument.text(given, 0), try Argument.text(given, 1))
      let source = try Argument.text(given, 2)
      if old.isEmpty { return .string(source) }
      return .string(
        source.split(separator: old, omittingEmptySubsequences: false).joined(separator: new))
    },
    "contains": { _, given throws(Failure) in
      let part = try Argument.text(given, 0)
      let source = try Argument.text(given, 1)
      return .bool(part.isEmpty || source.contains(part))
    },
    "hasPrefix": { _, given throws(Failure) in
      .bool((try Argument.text(given, 1)).hasPrefix(try Argument.text(given, 0)))
    },
    "hasSuffix": { _, given throws(Failure) in
      .bool((try Argument.text(given, 1)).hasSuffix(try Argument.text(given, 0)))
    },
    "trimPrefix": { _, given throws(Failure) in
      let (part, source) = (try Argument.text(given, 0), try Argument.text(given, 1))
      return .string(source.hasPrefix(part) ? String(source.dropFirst(part.count)) : source)
    },
    "trimSuffix": { _, given throws(Failure) in
      let (part, source) = (try Argument.text(given, 0), try Argument.text(given, 1))
      return .string(source.hasSuffix(part) ? String(source.dropLast(part.count)) : source)
    },
    "trimAll": { _, given throws(Failure) in
      let cut = try Argument.text(given, 0)
      return .string(trimmed(try Argument.text(given, 1)) { cut.contains($0) })
    },
    "trunc": { _, given throws(Failure) in
      let count = Int(clamping: Argument.whole(given, 0))
      let source = try Argument.text(given, 1)
      if count < 0 { return .string(String(source.suffix(min(-count, source.count)))) }
      return .string(String(source.prefix(count)))
    },
    "substr": { _, given throws(Failure) in
      let source = Array(try Argument.text(given, 2))
      let start = max(0, Int(clamping: Argument.whole(given, 0)))
      let end = Int(clamping: Argument.whole(given, 1))
      let stop = end < 0 || end > source.count ? source.count : end
      return .string(start < stop ? String(source[start..<stop]) : "")
    },
    "abbrev": { _, given throws(Failure) in
      let count = Int(clamping: Argument.whole(given, 0))
      let source = try Argument.text(given, 1)
      if count < 4 || source.count <= count { return .string(source) }
      return .string(source.prefix(count - 3) + "...")
    },
    "repeat": { _, given throws(Failure) in
      let count = min(max(0, Argument.whole(given, 0)), 100_000)
      let source = try Argument.text(given, 1)
      guard source.utf8.count * Int(count) <= 1 << 20 else {
        throw Failure(message: "drydock: a text of more than a mebibyte")
      }
      return .string(String(repeating: source, count: Int(count)))
    },
    "split": { _, given throws(Failure) in
      let pieces = separated(try Argument.text(given, 1), by: try Argument.text(given, 0))
      return .object(Mapping(pieces.enumerated().map { ("_\($0.offset)", .string($0.element)) }))
    },
    "splitList": { _, given throws(Failure) in
      .array(
        separated(try Argument.text(given, 1), by: try Argument.text(given, 0)).map {
          .string($0)
        })
    },
    "join": { _, given throws(Failure) in
      let separator = try Argument.text(given, 0)
      guard given.count > 1 else { return .string("") }
      if case .array(let elements) = given[1] {
        return .string(
          elements.filter { !$0.isNull }.map(Argument.shown).joined(separator: separator))
      }
      return .string(Argument.shown(given[1]))
    },
    "regexMatch": { _, given throws(Failure) in
      .bool(try expression(given).find(in: Array(try Argument.text(given, 1).utf8)) != nil)
    },
    "regexFind": { _, given throws(Failure) in
      let bytes = Array(try Argument.text(given, 1).utf8)
      let match = try expression(given).find(in: bytes)
      return .string(match.map { String(decoding: bytes[$0.range], as: UTF8.self) } ?? "")
    },
    "regexFindAll": { _, given throws(Failure) in
      let bytes = Array(try Argument.text(given, 1).utf8)
      let limit = given.count > 2 ? Argument.whole(given, 2) : -1
      let found = try matches(try expression(given), bytes)
      let kept = limit < 0 ? found[...] : found.prefix(Int(clamping: limit))
      return .array(kept.map { .string(String(decoding: bytes[$0.range], as: UTF8.self)) })
    },
    "regexReplaceAll": { _, given throws(Failure) in
      .string(try replaced(given, isLiteral: false))
    },
    "regexReplaceAllLiteral": { _, given throws(Failure) in
      .string(try replaced(given, isLiteral: true))
    },
    "regexSplit": { _, given throws(Failure) in
      let bytes = Array(try Argument.text(given, 1).utf8)
      var pieces: [Value] = []
      var start = 0
      for match in try matches(try expression(given), bytes) {
        pieces.append(
          .string(String(decoding: bytes[start..<match.range.lowerBound], as: UTF8.self)))
        start = match.range.upperBound
      }
      pieces.append(.string(String(decoding: bytes[start...], as: UTF8.self)))
      return .array(pieces)
    },
    "plural": { _, given throws(Failure) in
      .string(try Argument.text(given, Argument.whole(given, 2) == 1 ? 0 : 1))
    },
    "wrap": { _, given throws(Failure) in .string(try Argument.text(given, 1)) },
    "toString": { _, given throws(Failure) in .string(Argument.shown(given.first ?? nil)) },
    "toStrings": { _, given throws(Failure) in
      .array(try Argument.list(given, 0).map { .string(Argument.shown($0)) })
    },
    "ternary": { _, given throws(Failure) in
      guard given.count == 3 else {
        throw Failure(message: "wrong number of args for ternary: want 3 got \(given.count)")
      }
      return given[2]?.bool == true ? given[0] : given[1]
    },
    "fail": { _, given throws(Failure) in
      throw Failure(message: try Argument.text(given, 0))
    },
    "required": { _, given throws(Failure) in
      guard given.count == 2 else {
        throw Failure(message: "wrong number of args for required: want 2 got \(given.count)")
      }
      if given[1] == nil || given[1] == .null || given[1] == .string("") {
        throw Failure(message: try Argument.text(given, 0))
      }
      return given[1]
    },
  ]

  private static func text(_ change: @escaping @Sendable (String) -> String) -> Function {
    { _, given throws(Failure) in .string(change(try Argument.text(given, 0))) }
  }

  private static func trimmed(_ text: String, _ isCut: (Character) -> Bool) -> String {
    var rest = text[...]
    while let first = rest.first, isCut(first) { rest.removeFirst() }
    while let last = rest.last, isCut(last) { rest.removeLast() }
    return String(rest)
  }

  private static func titled(_ text: String) -> String {
    var out = ""
    var starts = true
    for character in text {
      out += starts ? character.uppercased() : String(character)
      starts = !character.isLetter && !character.isNumber
    }
    return out
  }

  /// Words of `some_name`, `some-name` and `someName`.
  private static func parts(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    for character in text {
      if character == "_" || character == "-" || character == " " || character == "." {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else if character.isUppercase, let last = word.last, !last.isUppercase {
        words.append(word)
        word = String(character)
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  private static func separated(_ text: String, by separator: String) -> [String] {
    if separator.isEmpty { return text.map { String($0) } }
    return text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }

  private static func indented(_ count: Int64, _ text: String) -> String {
    let pad = String(repeating: " ", count: Int(min(max(0, count), 1000)))
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { pad + $0 }
      .joined(separator: "\n")
  }

  private static func expression(_ given: [Value?]) throws(Failure) -> RegularExpression {
    let pattern = try Argument.text(given, 0)
    guard let made = try? RegularExpression(Array(pattern.utf8), .perl) else {
      throw Failure(message: "error parsing regexp: \(pattern)")
    }
    return made
  }

  private static func matches(
    _ expression: RegularExpression, _ bytes: [UInt8]
  ) throws(Failure) -> [RegularExpression.Match] {
    var found: [RegularExpression.Match] = []
    var start = 0
    while start <= bytes.count, found.count < 10_000,
      let match = expression.find(in: bytes, from: start)
    {
      found.append(match)
      start = match.range.isEmpty ? match.range.upperBound + 1 : match.range.upperBound
    }
    return found
  }

  private static func replaced(_ given: [Value?], isLiteral: Bool) throws(Failure) -> String {
    let bytes = Array(try Argument.text(given, 1).utf8)
    let new = try Argument.text(given, 2)
    var out: [UInt8] = []
    var start = 0
    for match in try matches(try expression(given), bytes) {
      out += bytes[start..<match.range.lowerBound]
      out += (isLiteral ? new : expanded(new, match, bytes)).utf8
      start = match.range.upperBound
    }
    out += bytes[start...]
    return String(decoding: out, as: UTF8.self)
  }

  /// `${1}` and `$1` of a replacement.
  private static func expanded(
    _ text: String, _ match: RegularExpression.Match, _ bytes: [UInt8]
  ) -> String {
    var out = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "$" else {
        out.append(character)
        continue
      }
      let isBraced = rest.first == "{"
      if isBraced { rest.removeFirst() }
      let digits = rest.prefix { $0.isNumber }
      rest = rest.dropFirst(digits.count)
      if isBraced, rest.first == "}" { rest.removeFirst() }
      if let number = Int(digits), match.groups.indices.contains(number),
        let range = match.groups[number]
      {
        out += String(decoding: bytes[range], as: UTF8.self)
      }
    }
    return out
  }
}
