/// jq's string formats: @base64, @csv and their kin.
enum QueryFormats {
  static func text(_ name: String, _ value: QueryValue) throws -> String {
    switch name {
    case "text":
      if case .string(let text) = value { return text }
      return QueryText.compact(value)
    case "json": return QueryText.compact(value)
    case "base64": return Base64.encode(Array(try text("text", value).utf8))
    case "base64d":
      let bytes = Array(try text("text", value).utf8)
      let (decoded, _) = Base64.decode(bytes.filter { $0 != 61 } + padding(bytes))
      guard !decoded.isEmpty || bytes.isEmpty else {
        throw QueryError("\(QueryArithmetic.shown(value)) is not valid base64 data")
      }
      return String(decoding: decoded, as: UTF8.self)
    case "uri": return PercentCoding.encode(try text("text", value))
    case "html":
      return try text("text", value).map { letter in
        switch letter {
        case "<": "&lt;"
        case ">": "&gt;"
        case "&": "&amp;"
        case "'": "&#39;"
        case "\"": "&quot;"
        default: String(letter)
        }
      }.joined()
    case "sh":
      if case .array(let items) = value {
        return try items.map(shell).joined(separator: " ")
      }
      return try shell(value)
    case "csv", "tsv": return try row(name, value)
    default: throw QueryProblem("\(name) is not a valid format")
    }
  }

  private static func padding(_ bytes: [UInt8]) -> [UInt8] {
    let digits = bytes.reduce(0) { $0 + ($1 == 61 || $1.isSpace ? 0 : 1) }
    return [UInt8](repeating: 61, count: (4 - digits % 4) % 4)
  }

  private static func shell(_ value: QueryValue) throws -> String {
    switch value {
    case .string(let text):
      return "'" + split(text, "'").joined(separator: "'\\''") + "'"
    case .array, .object:
      throw QueryError("\(QueryArithmetic.shown(value)) can not be escaped for shell")
    default: return QueryText.compact(value)
    }
  }

  private static func row(_ name: String, _ value: QueryValue) throws -> String {
    guard case .array(let items) = value else {
      throw QueryError(
        "\(QueryArithmetic.shown(value)) cannot be \(name)-formatted, only an array can be")
    }
    return try items.map { item in
      switch item {
      case .null: return ""
      case .string(let text):
        if name == "csv" { return "\"" + split(text, "\"").joined(separator: "\"\"") + "\"" }
        return text.map { letter in
          switch letter {
          case "\t": "\\t"
          case "\n": "\\n"
          case "\r": "\\r"
          case "\\": "\\\\"
          default: String(letter)
          }
        }.joined()
      case .array, .object:
        throw QueryError("\(QueryArithmetic.shown(item)) is not valid in a csv row")
      default: return QueryText.compact(item)
      }
    }.joined(separator: name == "csv" ? "," : "\t")
  }

  /// A text cut at every occurrence of another; by characters when that is empty.
  static func split(_ text: String, _ separator: String) -> [String] {
    if text.isEmpty { return [] }
    if separator.isEmpty { return text.unicodeScalars.map { String($0) } }
    let bytes = Array(text.utf8)
    let wanted = Array(separator.utf8)
    var parts: [String] = []
    var start = 0
    bytes.withUnsafeBufferPointer { all in
      while let found = all.firstRange(of: wanted, from: start) {
        parts.append(String(decoding: all[start..<found.lowerBound], as: UTF8.self))
        start = found.upperBound
      }
    }
    return parts + [String(decoding: bytes[start...], as: UTF8.self)]
  }
}
