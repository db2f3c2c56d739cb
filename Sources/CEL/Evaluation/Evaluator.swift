/// Runs an expression once.
struct Evaluator {
  let program: Program
  let variables: (String) -> Datum?
  var budget: UInt64
  private(set) var isExhausted = false
  private var locals: [(name: String, value: Datum)] = []

  init(program: Program, variables: @escaping (String) -> Datum?, budget: UInt64) {
    self.program = program
    self.variables = variables
    self.budget = budget
  }

  private mutating func charge(_ cost: UInt64) {
    if cost > budget {
      isExhausted = true
      budget = 0
    } else {
      budget -= cost
    }
  }

  mutating func evaluate(_ expression: Expression) -> Datum {
    if isExhausted { return .failure("operation cancelled: actual cost limit exceeded") }
    switch expression.form {
    case .literal(let value): return value
    case .identifier(let name):
      charge(1)
      return identifier(name)
    case .select(let operand, let field, let isTest):
      if let name = program.qualified[expression.id] { return identifier(name) }
      let value = evaluate(operand)
      if !isTest { charge(1) }
      return isTest ? Self.test(value, field) : Self.select(value, field)
    case .call(let name, let target, let arguments):
      return call(expression, name, target, arguments)
    case .list(let elements, let optional):
      charge(10)
      return list(elements, optional)
    case .map(let entries):
      charge(30)
      return map(entries)
    case .structure(let name, let fields):
      charge(40)
      return structure(name, fields)
    case .comprehension(let fold): return comprehension(fold)
    }
  }

  private func identifier(_ name: String) -> Datum {
    if let local = locals.last(where: { $0.name == name }) { return local.value }
    if let value = variables(name) { return value }
    if let type = Environment.types[name] { return .type(Self.typeName(type)) }
    if program.environment.isStructure(name) { return .type(name) }
    return .failure("no such attribute(s): \(name)")
  }

  private static func typeName(_ type: Type) -> String {
    switch type {
    case .list: "list"
    case .map: "map"
    case .null: "null_type"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .optional: "optional_type"
    default: "\(type)"
    }
  }

  // MARK: fields

  private static func select(_ value: Datum, _ field: String) -> Datum {
    switch value {
    case .failure: return value
    case .map(let map): return map[field] ?? .failure("no such key: \(field)")
    case .optional(let inner):
      guard let inner else { return .optional(nil) }
      return optionalField(inner, field)
    default: return .failure("no such overload")
    }
  }

  private static func optionalField(_ value: Datum, _ field: String) -> Datum {
    switch value {
    case .failure: return value
    case .map(let map): return .optional(map[field])
    case .optional(let inner): return inner.map { optionalField($0, field) } ?? .optional(nil)
    default: return .failure("no such overload")
    }
  }

  private static func test(_ value: Datum, _ field: String) -> Datum {
    switch value {
    case .failure: return value
    case .map(let map): return .bool(map[field] != nil)
    case .optional(let inner): return inner.map { test($0, field) } ?? .bool(false)
    default: return .failure("no such overload")
    }
  }

  // MARK: calls

  private mutating func call(
    _ expression: Expression, _ name: String, _ target: Expression?, _ arguments: [Expression]
  ) -> Datum {
    switch name {
    case "_&&_" where arguments.count == 2: return logical(true, arguments)
    case "_||_" where arguments.count == 2: return logical(false, arguments)
    case "_?_:_" where arguments.count == 3:
      let condition = evaluate(arguments[0])
      switch condition {
      case .bool(let flag): return evaluate(arguments[flag ? 1 : 2])
      case .failure: return condition
      default: return .failure("no such overload")
      }
    case "@not_strictly_false":
      guard let only = arguments.first, case .bool(false) = evaluate(only) else {
        return .bool(true)
      }
      return .bool(false)
    default: break
    }
    var values: [Datum] = []
    if let target, program.qualified[expression.id] == nil { values.append(evaluate(target)) }
    for argument in arguments { values.append(evaluate(argument)) }
    if let failure = values.first(where: \.isFailure) { return failure }
    let function = program.qualified[expression.id] ?? name
    charge(FunctionCosts.running(function, values))
    if function == "_?._", let field = values.last?.string {
      return Self.optionalField(values[0], field)
    }
    if let result = program.environment.functions[function]?.evaluate(values) {
      if function == "join" { charge(result.cost / 5) }
      return result
    }
    let shown = values.map(\.typeName).joined(separator: ", ")
    return .failure(
      function.hasPrefix("_") ? "no such overload" : "no such overload: \(function)(\(shown))")
  }

  /// Either side may decide, whatever the other is.
  private mutating func logical(_ isAnd: Bool, _ arguments: [Expression]) -> Datum {
    let left = evaluate(arguments[0])
    if case .bool(let flag) = left, flag != isAnd { return left }
    let right = evaluate(arguments[1])
    if case .bool(let flag) = right, flag != isAnd { return right }
    if case .bool = left, case .bool = right { return .bool(isAnd) }
    if left.isFailure { return left }
    if right.isFailure { return right }
    return .failure("no such overload")
  }

  // MARK: literals of several parts

  private mutating func list(_ elements: [Expression], _ optional: Set<Int>) -> Datum {
    var values: [Datum] = []
    for (index, element) in elements.enumerated() {
      let value = evaluate(element)
      if value.isFailure { return value }
      if optional.contains(index), case .optional(let inner) = value {
        if let inner { values.append(inner) }
      } else {
        values.append(value)
      }
    }
    return .list(values)
  }

  private mutating func map(_ entries: [Expression.MapEntry]) -> Datum {
    var map = MapDatum()
    for entry in entries {
      let key = evaluate(entry.key)
      if key.isFailure { return key }
      var value = evaluate(entry.value)
      if value.isFailure { return value }
      if entry.isOptional, case .optional(let inner) = value {
        guard let inner else { continue }
        value = inner
      }
      switch key {
      case .bool, .int, .uint, .string: break
      default: return .failure("unsupported key type")
      }
      if !map.insert(key, value) {
        return .failure("Failed with repeated key")
      }
    }
    return .map(map)
  }

  private mutating func structure(_ name: String, _ fields: [Expression.FieldEntry]) -> Datum {
    var map = MapDatum()
    map.structure = name
    for field in fields {
      var value = evaluate(field.value)
      if value.isFailure { return value }
      if field.isOptional, case .optional(let inner) = value {
        guard let inner else { continue }
        value = inner
      }
      _ = map.insert(.string(field.name), value)
    }
    return .map(map)
  }

  // MARK: comprehensions

  private mutating func comprehension(_ fold: Expression.Comprehension) -> Datum {
    let range = evaluate(fold.range)
    var accumulator = evaluate(fold.start)
    let depth = locals.count
    defer { locals.removeLast(locals.count - depth) }
    let pairs: [(Datum, Datum)]
    switch range {
    case .failure: return range
    case .list(let list):
      pairs =
        fold.secondVariable == nil
        ? list.elements.map { ($0, .null) }
        : list.elements.enumerated().map { (.int(Int64($0.offset)), $0.element) }
    case .map(let map): pairs = map.keys.map { ($0, map[$0] ?? .null) }
    default: return .failure("no such overload")
    }
    for (first, second) in pairs {
      locals.append((fold.accumulator, accumulator))
      locals.append((fold.variable, first))
      if let name = fold.secondVariable { locals.append((name, second)) }
      let goesOn = evaluate(fold.condition)
      if case .bool(false) = goesOn {
        locals.removeLast(locals.count - depth)
        break
      }
      accumulator = .null
      let next = evaluate(fold.step)
      locals.removeLast(locals.count - depth)
      accumulator = next
      if isExhausted { break }
    }
    locals.append((fold.accumulator, accumulator))
    return evaluate(fold.result)
  }
}
