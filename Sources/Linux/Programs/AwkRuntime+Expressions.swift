import Shell

extension AwkRuntime {
  func evaluate(_ expression: AwkExpression) throws -> AwkValue {
    switch expression {
    case .number(let value): return .number(value)
    case .string(let bytes): return .string(bytes)
    case .pattern(let pattern): return truth(pattern.contains(currentRecord[...]))
    case .variable(let variable): return try value(variable)
    case .element(let array, let keys): return try self.array(array).touch(key(keys))
    case .field(let number): return try field(Int(clamped: evaluate(number).number))
    case .assign(let target, let value):
      let value = try plain(evaluate(value))
      try assign(target, value)
      return value
    case .modify(let operation, let target, let value):
      let right = try evaluate(value).number
      let result = AwkValue.number(
        Self.compute(operation, try evaluate(target).number, right))
      try assign(target, result)
      return result
    case .step(let target, let delta, let isPostfix):
      let old = try evaluate(target).number
      try assign(target, .number(old + delta))
      return .number(isPostfix ? old : old + delta)
    case .binary(let operation, let left, let right):
      return try binary(operation, evaluate(left), evaluate(right))
    case .negate(let operand): return .number(-(try evaluate(operand).number))
    case .plus(let operand): return .number(try evaluate(operand).number)
    case .not(let operand): return truth(try !evaluate(operand).isTrue)
    case .and(let left, let right):
      return truth(try evaluate(left).isTrue && evaluate(right).isTrue)
    case .or(let left, let right):
      return truth(try evaluate(left).isTrue || evaluate(right).isTrue)
    case .conditional(let condition, let then, let otherwise):
      return try evaluate(condition).isTrue ? evaluate(then) : evaluate(otherwise)
    case .concatenate(let left, let right):
      let first = bytes(try evaluate(left))
      return try made(first + bytes(try evaluate(right)))
    case .match(let text, let pattern, let isNegated):
      let subject = bytes(try evaluate(text))
      return truth(try self.pattern(pattern).contains(subject[...]) != isNegated)
    case .contains(let keys, let array): return truth(try self.array(array)[key(keys)] != nil)
    case .call(let function, let arguments): return try call(function, arguments)
    case .builtin(let name, let arguments): return try builtin(name, arguments)
    case .grouping(let inner):
      guard let last = inner.last else { return .unset }
      return try evaluate(last)
    case .getline(let target, let file, _):
      return try readFile(into: target, file)
    }
  }

  func truth(_ value: Bool) -> AwkValue { .number(value ? 1 : 0) }

  private func plain(_ value: AwkValue) throws -> AwkValue {
    if case .array = value {
      throw UsageError("attempt to use array in a scalar context", hint: false, status: 2)
    }
    return value
  }

  func pattern(_ expression: AwkExpression) throws -> RegularExpression {
    if case .pattern(let pattern) = expression { return pattern }
    return try self.expression(bytes(try evaluate(expression)))
  }

  func assign(_ target: AwkExpression, _ value: AwkValue) throws {
    switch target {
    case .variable(let variable): try set(variable, value)
    case .element(let array, let keys):
      let key = try key(keys)
      try self.array(array)[key] = value
    case .field(let number): try setField(Int(clamped: evaluate(number).number), value)
    case .grouping(let inner) where inner.count == 1: try assign(inner[0], value)
    default: throw UsageError("assignment to what is no variable", hint: false, status: 2)
    }
  }

  static func compute(_ operation: AwkOperator, _ a: Double, _ b: Double) -> Double {
    switch operation {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .modulo: a.truncatingRemainder(dividingBy: b)
    default: power(a, b)
    }
  }

  private static func power(_ base: Double, _ exponent: Double) -> Double {
    guard exponent == exponent.rounded(), exponent.magnitude < 1024 else {
      return AwkMath.power(base, exponent)
    }
    var result = 1.0
    var factor = base
    var left = Int(exponent.magnitude)
    while left > 0 {
      if left & 1 == 1 { result *= factor }
      factor *= factor
      left >>= 1
    }
    return exponent < 0 ? 1 / result : result
  }

  private func binary(_ operation: AwkOperator, _ a: AwkValue, _ b: AwkValue) throws -> AwkValue {
    switch operation {
    case .divide, .modulo:
      let divisor = b.number
      guard divisor != 0 else {
        throw UsageError(
          operation == .divide ? "division by zero" : "division by zero in %", hint: false,
          status: 2, busyBox: "cmd. line:1: Division by zero")
      }
      return .number(Self.compute(operation, a.number, divisor))
    case .add, .subtract, .multiply, .power:
      return .number(Self.compute(operation, a.number, b.number))
    default: break
    }
    if let x = a.comparedNumber, let y = b.comparedNumber {
      switch operation {
      case .less: return truth(x < y)
      case .lessEqual: return truth(x <= y)
      case .equal: return truth(x == y)
      case .notEqual: return truth(x != y)
      case .greater: return truth(x > y)
      default: return truth(x >= y)
      }
    }
    let (x, y) = (bytes(a), bytes(b))
    switch operation {
    case .less: return truth(x.lexicographicallyPrecedes(y))
    case .lessEqual: return truth(!y.lexicographicallyPrecedes(x))
    case .equal: return truth(x == y)
    case .notEqual: return truth(x != y)
    case .greater: return truth(y.lexicographicallyPrecedes(x))
    default: return truth(!x.lexicographicallyPrecedes(y))
    }
  }

  /// Fills a function's frame; arrays go by reference, also those that are not yet arrays.
  func frame(
    _ function: AwkFunction, _ arguments: [AwkExpression]
  ) throws -> (frame: [AwkValue], later: [(AwkVariable, AwkArray)]) {
    guard arguments.count <= function.parameters else {
      throw UsageError(
        "function \(function.name) called with too many arguments", hint: false, status: 2)
    }
    guard frames.count < 200 else {
      throw UsageError("function \(function.name) recurses too deeply", hint: false, status: 2)
    }
    var frame: [AwkValue] = []
    var later: [(AwkVariable, AwkArray)] = []
    for argument in arguments {
      let value = try evaluate(argument)
      if case .variable(let variable) = argument, case .unset = value {
        let array = AwkArray(ledger)
        later.append((variable, array))
        frame.append(.array(array))
      } else {
        frame.append(value)
      }
    }
    while frame.count < function.parameters { frame.append(.unset) }
    return (frame, later)
  }

  private func call(_ number: Int, _ arguments: [AwkExpression]) throws -> AwkValue {
    let function = program.functions[number]
    let (frame, later) = try frame(function, arguments)
    frames.append(frame)
    returned = .unset
    defer { frames.removeLast() }
    _ = try execute(function.body)
    settle(later)
    return returned
  }

  func settle(_ later: [(AwkVariable, AwkArray)]) {
    guard frames.count > 0 else { return }
    for (variable, array) in later where array.count > 0 {
      switch variable {
      case .global(let slot): globals[slot] = .array(array)
      case .local(let slot):
        if frames.count > 1 { frames[frames.count - 2][slot] = .array(array) }
      }
    }
  }

  /// `getline < file`: files are read at once.
  private func readFile(into target: AwkExpression?, _ file: AwkExpression?) throws -> AwkValue {
    guard let file else {
      throw UsageError("drydock: not simulated: getline here", hint: false, status: 2)
    }
    let name = bytes(try evaluate(file))
    let key = [0] + name
    if readFiles[key] == nil {
      guard
        let bytes = try? process.machine.files.read(
          String(decoding: name, as: UTF8.self), in: process.directory, process.caller)
      else { return .number(-1) }
      readFiles[key] = lines(of: bytes)[...]
    }
    guard let line = readFiles[key]?.popFirst() else { return .number(0) }
    if let target {
      try assign(target, .input(Array(line)))
    } else {
      setRecord(Array(line))
      if case .number(let count) = globals[Slot.recordNumber] {
        globals[Slot.recordNumber] = .number(count + 1)
      }
    }
    return .number(1)
  }
}
