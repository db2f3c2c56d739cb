/// The functions of Go's templates.
enum TemplateFunctions {
  typealias Failure = GoTemplate.Failure

  static let names: Set<String> = [
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len",
    "lt", "ne", "not", "or", "print", "printf", "println", "slice", "urlquery",
  ]

  /// What is wrong with a number of arguments, or nil.
  static func arity(_ name: String, _ count: Int) -> String? {
    switch name {
    case "not", "len": count == 1 ? nil : "want 1 got \(count)"
    case "ne", "lt", "le", "gt", "ge": count == 2 ? nil : "want 2 got \(count)"
    case "eq", "index", "slice", "call", "printf":
      count >= 1 ? nil : "want at least 1 got 0"
    default: nil
    }
  }

  static func call(_ name: String, _ given: [Value?]) throws(Failure) -> Value? {
    switch name {
    case "not": return .bool(!TemplateRun.isTrue(given[0]))
    case "len": return .int(try length(given[0]))
    case "index": return try index(given)
    case "slice": return try slice(given)
    case "eq": return .bool(try equal(given))
    case "ne": return .bool(!(try equal(given)))
    case "lt": return .bool(try less(given[0], given[1]))
    case "ge": return .bool(!(try less(given[0], given[1])))
    case "le": return .bool(try lessOrEqual(given))
    case "gt": return .bool(!(try lessOrEqual(given)))
    case "print": return .string(GoFormat.joined(given))
    case "println": return .string(given.map(GoFormat.text).joined(separator: " ") + "\n")
    case "printf":
      guard case .string(let format) = given[0] else {
        throw Failure(
          message: "wrong type for value; expected string; got \(GoFormat.type(given[0]))")
      }
      return .string(GoFormat.format(format, Array(given.dropFirst())))
    case "html": return .string(html(GoFormat.joined(given)))
    case "js": return .string(script(GoFormat.joined(given)))
    case "urlquery": return .string(escaped(GoFormat.joined(given)))
    default: throw Failure(message: "call of nil")
    }
  }

  private static func length(_ value: Value?) throws(Failure) -> Int64 {
    switch value {
    case .string(let text): return Int64(text.utf8.count)
    case .array(let elements): return Int64(elements.count)
    case .object(let members): return Int64(members.count)
    case nil, .null: throw Failure(message: "reflect: call of reflect.Value.Type on zero Value")
    case let other?: throw Failure(message: "len of type \(GoFormat.type(other))")
    }
  }

  /// Keys are mostly written in the template, where whole numbers are ints.
  private static func literal(_ key: Value?) -> String {
    if case .int = key { "int" } else { GoFormat.type(key) }
  }

  private static func place(_ key: Value?, _ limit: Int) throws(Failure) -> Int {
    guard let key, !key.isNull else { throw Failure(message: "cannot index slice/array with nil") }
    guard case .int(let number) = key else {
      throw Failure(message: "cannot index slice/array with type \(literal(key))")
    }
    guard number >= 0, number < Int64(limit) else {
      throw Failure(message: "index out of range: \(number)")
    }
    return Int(number)
  }

  private static func index(_ given: [Value?]) throws(Failure) -> Value? {
    guard var value = given[0], !value.isNull else {
      throw Failure(message: "index of untyped nil")
    }
    for key in given.dropFirst() {
      switch value {
      case .array(let elements): value = elements[try place(key, elements.count)]
      case .string(let text):
        let bytes = Array(text.utf8)
        value = .int(Int64(bytes[try place(key, bytes.count)]))
      case .object(let members):
        guard case .string(let name) = key else {
          throw Failure(
            message: key == nil
              ? "value is nil; should be of type string"
              : "value has type \(literal(key)); should be string")
        }
        value = members[name] ?? .null
      case .null: throw Failure(message: "index of nil pointer")
      default: throw Failure(message: "can't index item of type \(GoFormat.type(value))")
      }
    }
    return value
  }

  private static func slice(_ given: [Value?]) throws(Failure) -> Value? {
    guard let value = given[0], !value.isNull else {
      throw Failure(message: "slice of untyped nil")
    }
    func bounds(_ count: Int) throws(Failure) -> Range<Int> {
      var ends = [0, count]
      for (number, key) in given.dropFirst().prefix(2).enumerated() {
        ends[number] = try place(key, count + 1)
      }
      guard ends[0] <= ends[1] else {
        throw Failure(message: "invalid slice index: \(ends[0]) > \(ends[1])")
      }
      return ends[0]..<ends[1]
    }
    switch value {
    case .array(let elements): return .array(Array(elements[try bounds(elements.count)]))
    case .string(let text):
      let bytes = Array(text.utf8)
      return .string(String(decoding: bytes[try bounds(bytes.count)], as: UTF8.self))
    default: throw Failure(message: "can't slice item of type \(GoFormat.type(value))")
    }
  }

  private static func equal(_ given: [Value?]) throws(Failure) -> Bool {
    guard given.count > 1 else { throw Failure(message: "missing argument for comparison") }
    let left = given[0] ?? .null
    for right in given.dropFirst().map({ $0 ?? .null }) {
      switch (left, right) {
      case (.null, .null): return true
      case (.null, _), (_, .null): continue
      case (.array, .array), (.object, .object):
        throw Failure(
          message: "non-comparable type \(GoFormat.format("%s", [right])): \(GoFormat.type(right))")
      case (.bool, .bool), (.int, .int), (.double, .double), (.string, .string):
        if left == right { return true }
      default: throw Failure(message: "incompatible types for comparison")
      }
    }
    return false
  }

  private static func less(_ left: Value?, _ right: Value?) throws(Failure) -> Bool {
    switch (left, right) {
    case (.int(let a), .int(let b)): return a < b
    case (.double(let a), .double(let b)): return a < b
    case (.string(let a), .string(let b)):
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.bool, .bool), (nil, _), (_, nil), (.array, _), (.object, _), (.null, _):
      throw Failure(message: "invalid type for comparison")
    default: throw Failure(message: "incompatible types for comparison")
    }
  }

  private static func lessOrEqual(_ given: [Value?]) throws(Failure) -> Bool {
    if try less(given[0], given[1]) { return true }
    return try equal(given)
  }

  private static func html(_ text: String) -> String {
    text.map { character -> String in
      switch character {
      case "\"": "&#34;"
      case "'": "&#39;"
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: String(character)
      }
    }.joined()
  }

  private static func script(_ text: String) -> String {
    text.map { character -> String in
      switch character {
      case "\\": "\\\\"
      case "'": "\\'"
      case "\"": "\\\""
      case "<": "\\u003C"
      case ">": "\\u003E"
      case "&": "\\u0026"
      case "=": "\\u003D"
      case "\n": "\\u000A"
      default: String(character)
      }
    }.joined()
  }

  /// Percent-encoding for queries, blanks as `+`.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: " "): out += "+"
      default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }
}
