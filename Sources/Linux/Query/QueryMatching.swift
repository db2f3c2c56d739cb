/// Regular expressions of jq.
enum QueryMatching {
  private static func expression(
    _ pattern: QueryValue, _ flags: QueryValue
  ) throws -> (RegularExpression, isGlobal: Bool) {
    guard case .string(let text) = pattern else {
      throw QueryError("\(QueryArithmetic.shown(pattern)) cannot be matched, as it is not a string")
    }
    var letters = ""
    if case .string(let own) = flags { letters = own }
    for letter in letters where !"gimnpslx".contains(letter) {
      throw QueryError("\(letters) is not a valid modifier string")
    }
    do {
      let expression = try RegularExpression(
        Array(text.utf8), .perl, ignoringCase: letters.contains("i"))
      return (expression, letters.contains("g"))
    } catch {
      throw QueryError("\(text) (at offset 0) is not a valid regex: \(error.text)")
    }
  }

  /// What `match` gives, one object per match.
  static func matches(
    _ input: QueryValue, _ pattern: QueryValue, _ flags: QueryValue, all: Bool = true
  ) throws -> [QueryValue] {
    guard case .string(let text) = input else {
      throw QueryError("\(QueryArithmetic.shown(input)) cannot be matched, as it is not a string")
    }
    let (expression, isGlobal) = try expression(pattern, flags)
    let bytes = Array(text.utf8)
    var found: [QueryValue] = []
    var from = 0
    while from <= bytes.count, let match = expression.find(in: bytes, from: from) {
      found.append(object(match, expression, bytes))
      if !isGlobal { break }
      from = match.range.isEmpty ? match.range.upperBound + 1 : match.range.upperBound
    }
    return found
  }

  private static func object(
    _ match: RegularExpression.Match, _ expression: RegularExpression, _ bytes: [UInt8]
  ) -> QueryValue {
    func part(_ range: Range<Int>?) -> QueryObject {
      var object = QueryObject()
      let offset = range.map { AwkRuntime.characters(Array(bytes[..<$0.lowerBound])) } ?? -1
      object["offset"] = .number(Double(offset))
      object["length"] = .number(Double(range.map { AwkRuntime.characters(Array(bytes[$0])) } ?? 0))
      object["string"] = range.map { .string(String(decoding: bytes[$0], as: UTF8.self)) } ?? .null
      return object
    }
    var whole = part(match.range)
    whole["captures"] = .array(
      match.groups.enumerated().dropFirst().map { index, range in
        var object = part(range)
        object["name"] = expression.names.first { $0.1 == index }.map { .string($0.0) } ?? .null
        return .object(object)
      })
    return .object(whole)
  }

  static func split(_ text: String, _ pattern: QueryValue, _ flags: QueryValue) throws -> [String] {
    let (expression, _) = try expression(pattern, flags)
    let bytes = Array(text.utf8)
    var parts: [String] = []
    var start = 0
    var from = 0
    while from <= bytes.count, let match = expression.find(in: bytes, from: from) {
      parts.append(String(decoding: bytes[start..<match.range.lowerBound], as: UTF8.self))
      start = match.range.upperBound
      from = match.range.isEmpty ? start + 1 : start
    }
    return parts + [String(decoding: bytes[start...], as: UTF8.self)]
  }
}
