extension Interpreter {
  /// The value of an expression whose commands have been run.
  func evaluate(_ expression: ArithmeticExpansion) throws -> Int64 {
    if let compiled = expression.compiled, canUse(compiled) {
      do {
        return try evaluate(compiled.node, depth: 0, text: compiled.text)
      } catch let failure {
        let text = compiled.text.isEmpty ? try string(expression.text) : compiled.text
        throw complaint(about: failure, in: text)
      }
    }
    return try evaluate(text: try string(expression.text))
  }

  private func canUse(_ compiled: CompiledArithmetic) -> Bool {
    for name in compiled.substituted {
      guard let value = parameter(name), ArithmeticNumber.plain(value) != nil else { return false }
    }
    return true
  }

  func evaluate(text: String) throws -> Int64 {
    do {
      return try evaluate(text: text, depth: 0)
    } catch let failure {
      throw complaint(about: failure, in: text)
    }
  }

  private func evaluate(text: String, depth: Int) throws(ArithmeticFailure) -> Int64 {
    if let plain = ArithmeticNumber.plain(text) { return plain }
    if depth > 64 { throw ArithmeticFailure(reason: .tooDeep, token: text, text: text) }
    var parser = ArithmeticParser(Array(text.utf8))
    do {
      return try evaluate(try parser.parse(), depth: depth, text: text)
    } catch {
      var failure = error
      if depth > 0, failure.text == nil { failure.text = text }
      throw failure
    }
  }

  private func complaint(about failure: ArithmeticFailure, in text: String) -> Interruption {
    let shown = failure.text ?? text
    let trimmed = shown.drop { $0 == " " || $0 == "\t" || $0 == "\n" }
    switch dialect.family {
    case .bash:
      return .failed(
        "\(trimmed): \(failure.reason.rawValue) (error token is \"\(failure.token)\")")
    case .dash:
      if failure.reason == .notNumber { return .fatal("Illegal number: \(shown)") }
      let what =
        switch failure.reason {
        case .divisionByZero: "division by zero"
        case .operandExpected, .badOperator: "expecting primary"
        case .missingParenthesis: "expecting ')'"
        default: "expecting EOF"
        }
      return .failed("arithmetic expression: \(what): \"\(shown)\"")
    case .ash:
      return .failed(
        failure.reason == .divisionByZero ? "divide by zero" : "arithmetic syntax error")
    }
  }

  private func evaluate(_ node: ArithmeticNode, depth: Int, text: String = "")
    throws(ArithmeticFailure) -> Int64
  {
    switch node {
    case .number(let value): return value
    case .variable(let name, let index): return try value(of: name, index, depth: depth)
    case .substituted(let name):
      return parameter(name).flatMap(ArithmeticNumber.plain) ?? 0
    case .unary(let op, let operand):
      let value = try evaluate(operand, depth: depth, text: text)
      switch op {
      case UInt8(ascii: "-"): return 0 &- value
      case UInt8(ascii: "!"): return value == 0 ? 1 : 0
      case UInt8(ascii: "~"): return ~value
      default: return value
      }
    case .binary(let op, let left, let right, let position):
      return try evaluate(op, left, right, position, depth: depth, text: text)
    case .choice(let condition, let first, let second):
      return try evaluate(condition, depth: depth, text: text) != 0
        ? try evaluate(first, depth: depth, text: text)
        : try evaluate(second, depth: depth, text: text)
    case .assign(let op, let name, let index, let right):
      var result = try evaluate(right, depth: depth, text: text)
      if let op {
        let old = try value(of: name, index, depth: depth)
        result = try apply(op, old, result, token: text)
      }
      try store(result, in: name, index, depth: depth)
      return result
    case .step(let amount, let isPrefix, let name, let index):
      if dialect.family == .dash {
        throw ArithmeticFailure(reason: .operandExpected, token: text)
      }
      let old = try value(of: name, index, depth: depth)
      try store(old &+ amount, in: name, index, depth: depth)
      return isPrefix ? old &+ amount : old
    }
  }

  private func evaluate(
    _ op: ArithmeticOperator, _ left: ArithmeticNode, _ right: ArithmeticNode, _ position: Int,
    depth: Int, text: String
  ) throws(ArithmeticFailure) -> Int64 {
    // dash has C's operators that POSIX names, and no others.
    if dialect.family == .dash, op == .power || op == .comma {
      throw ArithmeticFailure(
        reason: op == .power ? .operandExpected : .inExpression, token: text)
    }
    let first = try evaluate(left, depth: depth, text: text)
    switch op {
    case .and where first == 0: return 0
    case .or where first != 0: return 1
    default: break
    }
    let second = try evaluate(right, depth: depth, text: text)
    if (op == .divide || op == .remainder) && second == 0 || op == .power && second < 0 {
      let token = text.isEmpty ? String(second) : String(text.utf8.dropFirst(position)) ?? text
      throw ArithmeticFailure(
        reason: op == .power ? .negativeExponent : .divisionByZero, token: token)
    }
    return try apply(op, first, second, token: text)
  }

  private func apply(_ op: ArithmeticOperator, _ left: Int64, _ right: Int64, token: String)
    throws(ArithmeticFailure) -> Int64
  {
    switch op {
    case .comma: return right
    case .or: return left != 0 || right != 0 ? 1 : 0
    case .and: return left != 0 && right != 0 ? 1 : 0
    case .bitOr: return left | right
    case .bitXor: return left ^ right
    case .bitAnd: return left & right
    case .equal: return left == right ? 1 : 0
    case .notEqual: return left != right ? 1 : 0
    case .less: return left < right ? 1 : 0
    case .greater: return left > right ? 1 : 0
    case .lessOrEqual: return left <= right ? 1 : 0
    case .greaterOrEqual: return left >= right ? 1 : 0
    case .shiftLeft: return left &<< right
    case .shiftRight: return left &>> right
    case .add: return left &+ right
    case .subtract: return left &- right
    case .multiply: return left &* right
    case .divide, .remainder:
      guard right != 0 else { throw ArithmeticFailure(reason: .divisionByZero, token: token) }
      if right == -1 { return op == .divide ? 0 &- left : 0 }
      return op == .divide ? left / right : left % right
    case .power:
      guard right >= 0 else { throw ArithmeticFailure(reason: .negativeExponent, token: token) }
      var (result, base, exponent) = (Int64(1), left, right)
      while exponent > 0 {
        if exponent & 1 == 1 { result = result &* base }
        base = base &* base
        exponent >>= 1
      }
      return result
    }
  }

  private func value(of name: String, _ index: ArithmeticIndex?, depth: Int)
    throws(ArithmeticFailure) -> Int64
  {
    var text: String?
    if let index {
      if variables[name]?.isAssociative ?? false {
        text = variables[name]?.element(key: index.text)
      } else {
        text = variables[name]?.element(at: Int(try number(of: index, depth: depth)))
      }
    } else {
      text = parameter(name)
    }
    guard let text else {
      if options.contains(.nounset), index == nil {
        throw ArithmeticFailure(reason: .operandExpected, token: name, text: name)
      }
      return 0
    }
    if text.utf8.isEmpty { return 0 }
    if dialect.family == .dash, Int64(text.trimmedOfBlanks) == nil, !text.hasPrefix("0") {
      throw ArithmeticFailure(reason: .notNumber, token: text, text: text)
    }
    return try evaluate(text: text, depth: depth + 1)
  }

  private func number(of index: ArithmeticIndex, depth: Int) throws(ArithmeticFailure) -> Int64 {
    guard let node = index.node else {
      return try evaluate(text: index.text, depth: depth + 1)
    }
    return try evaluate(node, depth: depth, text: index.text)
  }

  private func store(_ value: Int64, in name: String, _ index: ArithmeticIndex?, depth: Int)
    throws(ArithmeticFailure)
  {
    do {
      guard let index else { return try assign(name, String(value)) }
      if variables[name]?.isAssociative ?? false {
        try assign(name, key: index.text, String(value), appending: false)
      } else {
        let position = Int(try number(of: index, depth: depth))
        try assign(name, at: position, String(value), appending: false)
      }
    } catch let failure as ArithmeticFailure {
      throw failure
    } catch {
      pendingInterruption = error
    }
  }
}

extension String {
  fileprivate var trimmedOfBlanks: Substring {
    let start = drop { $0 == " " || $0 == "\t" || $0 == "\n" }
    return start.prefix(start.count - start.reversed().prefix { $0 == " " || $0 == "\t" }.count)
  }
}
