import Shell

/// Computes an expression of words: `expr`.
struct ExpressionProgram: Program {
  let name = "expr"

  func run(_ process: Process) async throws -> ExitStatus {
    guard !process.arguments.isEmpty else {
      throw UsageError("missing operand", status: 2, busyBox: "too few arguments")
    }
    var words = Words(rest: process.arguments[...])
    let value = try words.or(0)
    if let extra = words.rest.first {
      throw UsageError("syntax error: unexpected argument '\(extra)'", hint: false, status: 2)
    }
    try await process.write(value + "\n")
    return Words.isTrue(value) ? 0 : 1
  }

  private struct Words {
    var rest: ArraySlice<String>

    static func isTrue(_ text: String) -> Bool { !text.isEmpty && Int(text) != 0 }

    mutating func or(_ depth: Int) throws -> String {
      guard depth < 100 else { throw UsageError("syntax error", hint: false, status: 2) }
      var left = try and(depth)
      while rest.first == "|" {
        rest.removeFirst()
        let right = try and(depth)
        left = Self.isTrue(left) ? left : Self.isTrue(right) ? right : "0"
      }
      return left
    }

    private mutating func and(_ depth: Int) throws -> String {
      var left = try comparison(depth)
      while rest.first == "&" {
        rest.removeFirst()
        let right = try comparison(depth)
        left = Self.isTrue(left) && Self.isTrue(right) ? left : "0"
      }
      return left
    }

    private mutating func comparison(_ depth: Int) throws -> String {
      var left = try sum(depth)
      while let operation = rest.first, ["<", "<=", "=", "==", "!=", ">=", ">"].contains(operation)
      {
        rest.removeFirst()
        let right = try sum(depth)
        let way: Int
        if let a = Int(left), let b = Int(right) {
          way = a < b ? -1 : a > b ? 1 : 0
        } else {
          way = left < right ? -1 : left > right ? 1 : 0
        }
        let holds =
          switch operation {
          case "<": way < 0
          case "<=": way <= 0
          case "=", "==": way == 0
          case "!=": way != 0
          case ">=": way >= 0
          default: way > 0
          }
        left = holds ? "1" : "0"
      }
      return left
    }

    private mutating func sum(_ depth: Int) throws -> String {
      var left = try product(depth)
      while let operation = rest.first, operation == "+" || operation == "-" {
        rest.removeFirst()
        let (a, b) = (try number(left), try number(product(depth)))
        let (value, over) =
          operation == "+" ? a.addingReportingOverflow(b) : a.subtractingReportingOverflow(b)
        if over { throw UsageError("Numerical result out of range", hint: false, status: 3) }
        left = "\(value)"
      }
      return left
    }

    private mutating func product(_ depth: Int) throws -> String {
      var left = try match(depth)
      while let operation = rest.first, ["*", "/", "%"].contains(operation) {
        rest.removeFirst()
        let (a, b) = (try number(left), try number(match(depth)))
        if operation != "*", b == 0 {
          throw UsageError("division by zero", hint: false, status: 2)
        }
        let (value, over) =
          switch operation {
          case "*": a.multipliedReportingOverflow(by: b)
          case "/": a.dividedReportingOverflow(by: b)
          default: a.remainderReportingOverflow(dividingBy: b)
          }
        if over { throw UsageError("Numerical result out of range", hint: false, status: 3) }
        left = "\(value)"
      }
      return left
    }

    private func number(_ text: String) throws -> Int {
      guard let value = Int(text) else {
        throw UsageError("non-integer argument", hint: false, status: 2)
      }
      return value
    }

    private mutating func match(_ depth: Int) throws -> String {
      var left = try primary(depth)
      while rest.first == ":" {
        rest.removeFirst()
        left = try Self.match(left, primary(depth))
      }
      return left
    }

    private static func match(_ text: String, _ pattern: String) throws -> String {
      let expression: RegularExpression
      do {
        expression = try RegularExpression(Array("^".utf8) + Array(pattern.utf8), .basic)
      } catch { throw UsageError(error.text, hint: false, status: 2) }
      let bytes = Array(text.utf8)
      let found = expression.find(in: bytes)
      if expression.groupCount > 0 {
        return found?.groups[1].map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
      }
      return "\(found?.range.count ?? 0)"
    }

    private mutating func primary(_ depth: Int) throws -> String {
      guard let word = rest.popFirst() else {
        throw UsageError(
          "syntax error: missing argument", hint: false, status: 2, busyBox: "syntax error")
      }
      switch word {
      case "(":
        let value = try or(depth + 1)
        guard rest.popFirst() == ")" else {
          throw UsageError("syntax error: expecting ')'", hint: false, status: 2)
        }
        return value
      case "length" where !rest.isEmpty: return "\(try primary(depth + 1).count)"
      case "match" where rest.count >= 2:
        return try Self.match(primary(depth + 1), primary(depth + 1))
      case "index" where rest.count >= 2:
        let (text, set) = (try primary(depth + 1), try primary(depth + 1))
        let at = text.firstIndex { set.contains($0) }
        return "\(at.map { text.distance(from: text.startIndex, to: $0) + 1 } ?? 0)"
      case "substr" where rest.count >= 3:
        let text = try primary(depth + 1)
        let (start, length) = (try number(primary(depth + 1)), try number(primary(depth + 1)))
        guard start > 0, length > 0 else { return "" }
        return String(text.dropFirst(start - 1).prefix(length))
      default: return word
      }
    }
  }
}
