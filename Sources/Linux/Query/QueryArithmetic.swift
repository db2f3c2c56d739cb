import Shell

/// jq's operators on two values.
enum QueryArithmetic {
  static func shown(_ value: QueryValue) -> String { "\(value.kind) (\(cut(value)))" }

  static func kindAndText(_ value: QueryValue) -> String {
    if case .null = value { return "null (null)" }
    return shown(value)
  }

  /// A value's text for messages, cut as jq cuts it.
  static func cut(_ value: QueryValue) -> String {
    let text = QueryText.compact(value)
    return text.utf8.count > 11 ? String(text.prefix(10)) + "..." : text
  }

  static func compute(
    _ operation: String, _ a: QueryValue, _ b: QueryValue, _ limits: Budgets
  ) throws -> QueryValue {
    switch operation {
    case "==": return .bool(QueryValue.compare(a, b) == 0)
    case "!=": return .bool(QueryValue.compare(a, b) != 0)
    case "<": return .bool(QueryValue.compare(a, b) < 0)
    case "<=": return .bool(QueryValue.compare(a, b) <= 0)
    case ">": return .bool(QueryValue.compare(a, b) > 0)
    case ">=": return .bool(QueryValue.compare(a, b) >= 0)
    case "+": return try add(a, b)
    default: return try other(operation, a, b, limits)
    }
  }

  static func add(_ a: QueryValue, _ b: QueryValue) throws -> QueryValue {
    switch (a, b) {
    case (.null, _): return b
    case (_, .null): return a
    case (.number(let x), .number(let y)): return .number(x + y)
    case (.string(let x), .string(let y)): return .string(x + y)
    case (.array(let x), .array(let y)): return .array(x + y)
    case (.object(var x), .object(let y)):
      for key in y.keys { x[key] = y[key] }
      return .object(x)
    default: throw QueryError("\(shown(a)) and \(shown(b)) cannot be added")
    }
  }

  private static func other(
    _ operation: String, _ a: QueryValue, _ b: QueryValue, _ limits: Budgets
  ) throws -> QueryValue {
    switch (operation, a, b) {
    case ("-", .number(let x), .number(let y)): return .number(x - y)
    case ("-", .array(let x), .array(let y)):
      return .array(x.filter { item in !y.contains { QueryValue.compare(item, $0) == 0 } })
    case ("*", .number(let x), .number(let y)): return .number(x * y)
    case ("*", .string(let text), .number(let count)),
      ("*", .number(let count), .string(let text)):
      guard count > 0 else { return .null }
      let times = max(1, Int(clamped: count))
      guard times <= limits.text / max(1, text.utf8.count) else {
        throw QueryBudget.excess(limits)
      }
      return .string(String(repeating: text, count: times))
    case ("*", .object(let x), .object(let y)): return .object(merged(x, y, 0))
    case ("/", .number(let x), .number(let y)):
      guard y != 0 else {
        throw QueryError(
          "\(shown(a)) and \(shown(b)) cannot be divided because the divisor is zero")
      }
      return .number(x / y)
    case ("/", .string(let x), .string(let y)):
      return .array(QueryFormats.split(x, y).map { .string($0) })
    case ("%", .number(let x), .number(let y)):
      let divisor = Int(clamped: y)
      guard divisor != 0 else {
        throw QueryError(
          "\(shown(a)) and \(shown(b)) cannot be divided because the divisor is zero")
      }
      return .number(divisor == -1 ? 0 : Double(Int(clamped: x) % divisor))
    default:
      let words = [
        "-": "subtracted", "*": "multiplied", "/": "divided", "%": "divided",
      ]
      throw QueryError("\(shown(a)) and \(shown(b)) cannot be \(words[operation] ?? "combined")")
    }
  }

  private static func merged(_ a: QueryObject, _ b: QueryObject, _ depth: Int) -> QueryObject {
    var result = a
    for key in b.keys {
      if depth < 200, case .object(let x)? = a[key], case .object(let y)? = b[key] {
        result[key] = .object(merged(x, y, depth + 1))
      } else {
        result[key] = b[key]
      }
    }
    return result
  }
}
