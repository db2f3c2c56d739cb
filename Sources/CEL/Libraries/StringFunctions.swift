import Documents

/// The extended string functions, version 2.
package enum StringFunctions {
  package static let all: [Function] = [
    member("charAt", "string_char_at_int", [.string, .int], .string) { values in
      guard let text = values[0].string, let index = values[1].int else { return nil }
      let scalars = Array(text.unicodeScalars)
      guard index >= 0, index <= scalars.count else {
        return .failure("index out of range: \(index)")
      }
      return .string(index == scalars.count ? "" : String(scalars[Int(index)]))
    },
    Function(
      "indexOf",
      [
        Function.Overload("string_index_of_string", isMember: true, [.string, .string], .int),
        Function.Overload(
          "string_index_of_string_int", isMember: true, [.string, .string, .int], .int),
      ]
    ) { indexOf($0) },
    Function(
      "lastIndexOf",
      [
        Function.Overload("string_last_index_of_string", isMember: true, [.string, .string], .int),
        Function.Overload(
          "string_last_index_of_string_int", isMember: true, [.string, .string, .int], .int),
      ]
    ) { lastIndexOf($0) },
    member("lowerAscii", "string_lower_ascii", [.string], .string) {
      $0[0].string.map { .string(ascii($0, lower: true)) }
    },
    member("upperAscii", "string_upper_ascii", [.string], .string) {
      $0[0].string.map { .string(ascii($0, lower: false)) }
    },
    Function(
      "replace",
      [
        Function.Overload(
          "string_replace_string_string", isMember: true, [.string, .string, .string], .string),
        Function.Overload(
          "string_replace_string_string_int", isMember: true, [.string, .string, .string, .int],
          .string),
      ]
    ) { values in
      guard let text = values[0].string, let old = values[1].string, let new = values[2].string
      else { return nil }
      let limit = values.count > 3 ? values[3].int.map { Int(clamping: $0) } ?? -1 : -1
      return .string(TextSearch.replace(text, old, new, limit: limit))
    },
    Function(
      "split",
      [
        Function.Overload(
          "string_split_string", isMember: true, [.string, .string], .list(.string)),
        Function.Overload(
          "string_split_string_int", isMember: true, [.string, .string, .int], .list(.string)),
      ]
    ) { values in
      guard let text = values[0].string, let separator = values[1].string else { return nil }
      let limit = values.count > 2 ? values[2].int.map { Int(clamping: $0) } ?? -1 : -1
      return .list(TextSearch.split(text, separator, limit: limit).map { .string($0) })
    },
    Function(
      "substring",
      [
        Function.Overload("string_substring_int", isMember: true, [.string, .int], .string),
        Function.Overload(
          "string_substring_int_int", isMember: true, [.string, .int, .int], .string),
      ]
    ) { substring($0) },
    member("trim", "string_trim", [.string], .string) { values in
      guard let text = values[0].string else { return nil }
      let scalars = Array(text.unicodeScalars)
      let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.count
      let end = scalars.lastIndex { !$0.properties.isWhitespace } ?? start - 1
      return .string(TextSearch.text(scalars[start..<max(end + 1, start)]))
    },
    Function(
      "join",
      [
        Function.Overload("list_join", isMember: true, [.list(.string)], .string),
        Function.Overload("list_join_string", isMember: true, [.list(.string), .string], .string),
      ]
    ) { values in
      guard let elements = values[0].elements else { return nil }
      var texts: [String] = []
      for element in elements {
        guard let text = element.string else { return nil }
        texts.append(text)
      }
      return .string(texts.joined(separator: values.count > 1 ? values[1].string ?? "" : ""))
    },
    Function("strings.quote", [Function.Overload("strings_quote", [.string], .string)]) {
      $0[0].string.map { .string(quoted($0)) }
    },
    member("format", "string_format", [.string, .list(.dyn)], .string) { values in
      guard let text = values[0].string, let arguments = values[1].elements else { return nil }
      return FormatText.format(text, arguments)
    },
  ]

  private static func member(
    _ name: String, _ id: String, _ parameters: [Type], _ result: Type,
    _ evaluate: @escaping @Sendable ([Datum]) -> Datum?
  ) -> Function {
    Function(name, [Function.Overload(id, isMember: true, parameters, result)], evaluate)
  }

  private static func indexOf(_ values: [Datum]) -> Datum? {
    guard let text = values[0].string, let part = values[1].string else { return nil }
    let start = values.count > 2 ? values[2].int ?? 0 : 0
    let scalars = Array(text.unicodeScalars)
    let mark = Array(part.unicodeScalars)
    if mark.isEmpty { return .int(start) }
    guard start >= 0 else { return .failure("index out of range: \(start)") }
    guard start < scalars.count else { return .int(-1) }
    return .int(Int64(TextSearch.first(mark, in: scalars, from: Int(start)) ?? -1))
  }

  private static func lastIndexOf(_ values: [Datum]) -> Datum? {
    guard let text = values[0].string, let part = values[1].string else { return nil }
    let scalars = Array(text.unicodeScalars)
    let mark = Array(part.unicodeScalars)
    let start = values.count > 2 ? values[2].int ?? 0 : Int64(scalars.count)
    if mark.isEmpty { return .int(min(start, Int64(scalars.count))) }
    if values.count > 2, start >= scalars.count { return .int(-1) }
    guard start >= 0 else { return .failure("index out of range: \(start)") }
    return .int(Int64(TextSearch.last(mark, in: scalars, before: Int(clamping: start)) ?? -1))
  }

  private static func substring(_ values: [Datum]) -> Datum? {
    guard let text = values[0].string, let start = values[1].int else { return nil }
    let scalars = Array(text.unicodeScalars)
    let end = values.count > 2 ? values[2].int ?? 0 : Int64(scalars.count)
    if values.count > 2, start > end {
      return .failure("invalid substring range. start: \(start), end: \(end)")
    }
    guard start >= 0, start <= scalars.count else {
      return .failure("index out of range: \(start)")
    }
    guard end >= 0, end <= scalars.count else { return .failure("index out of range: \(end)") }
    return .string(TextSearch.text(scalars[Int(start)..<Int(end)]))
  }

  private static func ascii(_ text: String, lower: Bool) -> String {
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 65...90 where lower: view.append(Unicode.Scalar(UInt8(scalar.value + 32)))
      case 97...122 where !lower: view.append(Unicode.Scalar(UInt8(scalar.value - 32)))
      default: view.append(scalar)
      }
    }
    return String(view)
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{07}": quoted += "\\a"
      case "\u{08}": quoted += "\\b"
      case "\u{0C}": quoted += "\\f"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0B}": quoted += "\\v"
      case "\\": quoted += "\\\\"
      case "\"": quoted += "\\\""
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
