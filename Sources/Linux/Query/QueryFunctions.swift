import Simulation

/// jq's functions of values; nil means that there is none of that name.
enum QueryFunctions {
  static func call(
    _ name: String, _ input: QueryValue, _ parameters: [QueryValue], _ process: Process
  ) throws -> QueryValue? {
    switch parameters.count {
    case 0: return try plain(name, input, process) ?? ordering(name, input)
    case 1: return try one(name, input, parameters[0])
    case 2: return try two(name, input, parameters[0], parameters[1])
    default: return nil
    }
  }

  private static func plain(
    _ name: String, _ input: QueryValue, _ process: Process
  ) throws -> QueryValue? {
    switch name {
    case "length": return try length(input)
    case "utf8bytelength":
      guard case .string(let text) = input else {
        throw QueryError("\(QueryArithmetic.shown(input)) only strings have UTF-8 byte length")
      }
      return .number(Double(text.utf8.count))
    case "keys", "keys_unsorted":
      switch input {
      case .object(let object):
        return .array((name == "keys" ? object.sortedKeys : object.keys).map { .string($0) })
      case .array(let items): return .array(items.indices.map { .number(Double($0)) })
      default: throw QueryError("\(QueryArithmetic.kindAndText(input)) has no keys")
      }
    case "type": return .string(input.kind)
    case "tostring": return .string(try QueryFormats.text("text", input))
    case "tojson": return .string(QueryText.compact(input))
    case "fromjson":
      var reader = QueryReader(Array(try text(input, name).utf8))
      return try reader.next() ?? .null
    case "tonumber":
      if case .number = input { return input }
      if case .string(let text) = input {
        let (value, isWhole) = AwkNumber.scan(Array(text.utf8)[...])
        if isWhole { return .number(value) }
      }
      throw QueryError("\(QueryArithmetic.shown(input)) cannot be parsed as a number")
    case "reverse":
      switch input {
      case .null: return .array([])
      case .string(let text):
        return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
      case .array(let items): return .array(items.reversed())
      default: throw QueryError("Cannot reverse \(QueryArithmetic.shown(input))")
      }
    case "ascii_downcase", "ascii_upcase":
      let bytes = try text(input, name).utf8.map {
        name == "ascii_downcase" ? $0.lowered : $0.raised
      }
      return .string(String(decoding: bytes, as: UTF8.self))
    case "trim", "ltrim", "rtrim":
      var bytes = Array(try text(input, name).utf8)[...]
      if name != "rtrim" { bytes = bytes.drop { $0.isSpace } }
      if name != "ltrim" { while bytes.last?.isSpace == true { bytes.removeLast() } }
      return .string(String(decoding: bytes, as: UTF8.self))
    case "explode":
      return .array(try text(input, name).unicodeScalars.map { .number(Double($0.value)) })
    case "implode":
      guard case .array(let items) = input else {
        throw QueryError("implode input must be an array")
      }
      var scalars = String.UnicodeScalarView()
      for case .number(let number) in items {
        scalars.append(Unicode.Scalar(UInt32(clamping: Int(clamped: number))) ?? "\u{FFFD}")
      }
      return .string(String(scalars))
    case "now": return .number(Double(process.machine.now.nanoseconds) / 1e9)
    case "input_filename": return .null
    case "infinite": return .number(.infinity)
    case "nan": return .number(.nan)
    case "fromdateiso8601": return .number(Double(try moment(input).seconds))
    case "mktime", "gmtime": return try brokenTime(name, input)
    default: return try mathematics(name, input)
    }
  }

  private static func mathematics(_ name: String, _ input: QueryValue) throws -> QueryValue? {
    let known: [String: (Double) -> Double] = [
      "floor": { $0.rounded(.down) }, "ceil": { $0.rounded(.up) }, "round": { $0.rounded() },
      "sqrt": { $0.squareRoot() }, "fabs": { $0.magnitude }, "trunc": { $0.rounded(.towardZero) },
      "exp": AwkMath.exponential, "log": AwkMath.logarithm, "log2": AwkMath.logarithm2,
      "log10": AwkMath.logarithm10, "sin": AwkMath.sine, "cos": AwkMath.cosine,
    ]
    if let function = known[name] { return .number(function(try number(input, name))) }
    switch name {
    case "isnan": return .bool(try number(input, name).isNaN)
    case "isinfinite": return .bool(try number(input, name).isInfinite)
    case "isnormal": return .bool(try number(input, name).isNormal)
    default: return nil
    }
  }

  private static func number(_ value: QueryValue, _ name: String) throws -> Double {
    guard case .number(let number) = value else {
      throw QueryError("\(QueryArithmetic.shown(value)) number required")
    }
    return number
  }

  private static func text(_ value: QueryValue, _ name: String) throws -> String {
    guard case .string(let text) = value else {
      throw QueryError("\(name) input must be a string")
    }
    return text
  }

  private static func length(_ input: QueryValue) throws -> QueryValue {
    switch input {
    case .null: return .number(0)
    case .number(let number): return .number(number.magnitude)
    case .string(let text): return .number(Double(text.unicodeScalars.count))
    case .array(let items): return .number(Double(items.count))
    case .object(let object): return .number(Double(object.count))
    case .bool: throw QueryError("\(QueryArithmetic.shown(input)) has no length")
    }
  }

  /// sort, and what sort_by and group_by leave to do: pairs of keys and values.
  private static func ordering(_ name: String, _ input: QueryValue) throws -> QueryValue? {
    guard ["sort", "sort_keyed", "group_keyed"].contains(name) else { return nil }
    guard case .array(let items) = input else {
      throw QueryError("\(QueryArithmetic.shown(input)) cannot be sorted, as it is not an array")
    }
    let sorted = items.enumerated().sorted { a, b in
      let way = QueryValue.compare(key(a.element, name), key(b.element, name))
      return way == 0 ? a.offset < b.offset : way < 0
    }.map(\.element)
    if name == "sort" { return .array(sorted) }
    if name == "sort_keyed" { return .array(sorted.map(item)) }
    var groups: [[QueryValue]] = []
    var last: QueryValue?
    for pair in sorted {
      let own = key(pair, name)
      if let last, QueryValue.compare(last, own) == 0 {
        groups[groups.count - 1].append(item(pair))
      } else {
        groups.append([item(pair)])
      }
      last = own
    }
    return .array(groups.map { .array($0) })
  }

  private static func key(_ value: QueryValue, _ name: String) -> QueryValue {
    guard name != "sort", case .array(let pair) = value, let first = pair.first else {
      return value
    }
    return first
  }

  private static func item(_ value: QueryValue) -> QueryValue {
    guard case .array(let pair) = value, let last = pair.last else { return value }
    return last
  }

  private static func one(
    _ name: String, _ input: QueryValue, _ a: QueryValue
  ) throws -> QueryValue? {
    switch (name, input, a) {
    case ("has", .object(let object), .string(let key)): return .bool(object[key] != nil)
    case ("has", .array(let items), .number(let index)):
      return .bool(index >= 0 && index < Double(items.count))
    case ("has", _, _):
      throw QueryError(
        "Cannot check whether \(input.kind) has a \(a.kind == "string" ? "string" : a.kind) key")
    case ("contains", _, _): return .bool(try contains(input, a, 0))
    case ("split", .string(let text), .string(let separator)):
      return .array(QueryFormats.split(text, separator).map { .string($0) })
    case ("split", _, _): throw QueryError("split input and separator must be strings")
    case ("startswith", .string(let text), .string(let part)): return .bool(text.hasPrefix(part))
    case ("endswith", .string(let text), .string(let part)): return .bool(text.hasSuffix(part))
    case ("startswith", _, _), ("endswith", _, _):
      throw QueryError("\(name)() requires string inputs")
    case ("ltrimstr", .string(let text), .string(let part)):
      return .string(text.hasPrefix(part) ? String(text.dropFirst(part.count)) : text)
    case ("rtrimstr", .string(let text), .string(let part)):
      return .string(
        text.hasSuffix(part) && !part.isEmpty ? String(text.dropLast(part.count)) : text)
    case ("ltrimstr", _, _), ("rtrimstr", _, _): return input
    case ("delpaths", _, .array(let paths)):
      return try QueryPaths.delete(
        input, paths.compactMap { if case .array(let keys) = $0 { keys } else { nil } })
    case ("indices", .string(let text), .string(let part)):
      let scalars = Array(text.unicodeScalars)
      let wanted = Array(part.unicodeScalars)
      guard !wanted.isEmpty, scalars.count >= wanted.count else { return .null }
      return .array(
        (0...(scalars.count - wanted.count)).filter {
          scalars[$0..<$0 + wanted.count].elementsEqual(wanted)
        }
        .map { .number(Double($0)) })
    case ("indices", .array(let items), .array): return try QueryPaths.member(.array(items), a)
    case ("indices", .array(let items), _):
      return .array(
        items.indices.filter { QueryValue.compare(items[$0], a) == 0 }.map { .number(Double($0)) })
    case ("indices", .null, _): return .null
    case ("strftime", _, .string(let format)):
      return .string(Calendar(try moment(input)).formatted(format))
    case ("strptime", .string, .string):
      return try brokenTime("gmtime", .number(Double(moment(input).seconds)))
    case ("tojson", _, _): return nil
    default: return nil
    }
  }

  private static func contains(_ a: QueryValue, _ b: QueryValue, _ depth: Int) throws -> Bool {
    guard depth < 200 else { return false }
    switch (a, b) {
    case (.object(let x), .object(let y)):
      return try y.keys.allSatisfy { key in
        guard let left = x[key], let right = y[key] else { return false }
        return try contains(left, right, depth + 1)
      }
    case (.array(let x), .array(let y)):
      return try y.allSatisfy { wanted in
        try x.contains { $0.kind == wanted.kind ? try contains($0, wanted, depth + 1) : false }
      }
    case (.string(let x), .string(let y)):
      return y.isEmpty
        || Array(x.utf8).withUnsafeBufferPointer {
          $0.firstRange(of: Array(y.utf8), from: 0) != nil
        }
    default:
      guard a.kind == b.kind else {
        throw QueryError(
          "\(QueryArithmetic.shown(a)) and \(QueryArithmetic.shown(b)) "
            + "cannot have their containment checked"
        )
      }
      return QueryValue.compare(a, b) == 0
    }
  }

  private static func moment(_ value: QueryValue) throws -> Moment {
    switch value {
    case .number(let number): return Moment(seconds: Int64(Int(clamped: number)))
    case .string(let text):
      guard let moment = DateText.parse(text, now: Moment(seconds: 0)) else {
        throw QueryError("date \"\(text)\" does not match format \"%Y-%m-%dT%H:%M:%SZ\"")
      }
      return moment
    case .array(let parts):
      let numbers = parts.map {
        if case .number(let number) = $0 { Int(clamped: number) } else { 0 }
      }
      guard numbers.count >= 6 else {
        throw QueryError("strftime/1 requires parsed datetime inputs")
      }
      return Calendar(
        year: numbers[0], month: numbers[1] + 1, day: numbers[2], hour: numbers[3],
        minute: numbers[4], second: numbers[5]
      ).moment
    default: throw QueryError("strftime/1 requires parsed datetime inputs")
    }
  }

  private static func brokenTime(_ name: String, _ input: QueryValue) throws -> QueryValue {
    let time = try moment(input)
    if name == "mktime" { return .number(Double(time.seconds)) }
    let calendar = Calendar(time)
    return .array(
      [
        calendar.year, calendar.month - 1, calendar.day, calendar.hour, calendar.minute,
        calendar.second, calendar.weekday, calendar.dayOfYear - 1,
      ].map { .number(Double($0)) })
  }

  private static func two(
    _ name: String, _ input: QueryValue, _ a: QueryValue, _ b: QueryValue
  ) throws -> QueryValue? {
    switch name {
    case "setpath":
      guard case .array(let keys) = a else {
        throw QueryError("Path must be specified as an array")
      }
      return try QueryPaths.set(input, keys[...], b)
    case "pow": return .number(AwkRuntime.compute(.power, try number(a, name), try number(b, name)))
    case "test": return .bool(try !QueryMatching.matches(input, a, b, all: false).isEmpty)
    case "split":
      guard case .string(let text) = input else { throw QueryError("split input must be a string") }
      return .array(try QueryMatching.split(text, a, b).map { .string($0) })
    default: return nil
    }
  }
}
