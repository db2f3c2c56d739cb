/// Finds the types of an expression's parts, and what is wrong with them.
struct Checker {
  let environment: Environment
  private(set) var issues: [Issue] = []
  private(set) var types: [Int: Type] = [:]
  /// The overloads that a call may mean.
  private(set) var overloads: [Int: [String]] = [:]
  /// Calls of functions whose names have dots.
  private(set) var qualified: [Int: String] = [:]
  private var bindings = TypeBindings()
  private var scopes: [(name: String, type: Type)] = []

  init(_ environment: Environment) { self.environment = environment }

  /// The type of the whole.
  mutating func check(root: Expression) -> Type {
    let type = check(root)
    for (id, found) in types { types[id] = bindings.resolve(found, isFinal: true) }
    return bindings.resolve(type, isFinal: true)
  }

  @discardableResult private mutating func check(_ expression: Expression) -> Type {
    let type = find(expression)
    types[expression.id] = type
    return type
  }

  private mutating func issue(_ expression: Expression, _ message: String) {
    issues.append(Issue(expression.offset, message))
  }

  private func shown(_ type: Type) -> Type { bindings.resolve(type, isFinal: true) }

  private mutating func find(_ expression: Expression) -> Type {
    switch expression.form {
    case .literal(let value): return Self.type(of: value)
    case .identifier(let name): return identifier(name, expression)
    case .select(let operand, let field, let isTest):
      return select(expression, operand, field, isTest: isTest)
    case .call(let name, let target, let arguments):
      return call(expression, name, target, arguments)
    case .list(let elements, let optional): return list(elements, optional)
    case .map(let entries): return map(entries)
    case .structure(let name, let fields): return structure(expression, name, fields)
    case .comprehension(let fold): return comprehension(fold)
    }
  }

  private static func type(of value: Datum) -> Type {
    switch value {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    default: .dyn
    }
  }

  private func lookUp(_ name: String) -> Type? {
    if let local = scopes.last(where: { $0.name == name }) { return local.type }
    if let variable = environment.variables[name] { return variable }
    if let type = Environment.types[name] { return .type(type) }
    return environment.isStructure(name) ? .type(.structure(name)) : nil
  }

  private mutating func identifier(_ name: String, _ expression: Expression) -> Type {
    if let type = lookUp(name) { return type }
    issue(expression, "undeclared reference to '\(name)' (in container '')")
    return .error
  }

  // MARK: fields

  private mutating func select(
    _ expression: Expression, _ operand: Expression, _ field: String, isTest: Bool
  ) -> Type {
    if !isTest, let name = expression.qualifiedName, let type = lookUp(name) {
      qualified[expression.id] = name
      return type
    }
    let operandType = check(operand)
    let found = fieldType(expression, operandType, field, isOptional: false)
    return isTest ? .bool : bindings.resolve(found, isFinal: false)
  }

  private mutating func fieldType(
    _ expression: Expression, _ operandType: Type, _ field: String, isOptional: Bool
  ) -> Type {
    var target = bindings.resolve(operandType, isFinal: false)
    var isOptional = isOptional
    if case .optional(let wrapped) = target {
      target = wrapped
      isOptional = true
    }
    var result = Type.error
    switch target {
    case .map(_, let value): result = value
    case .structure(let name):
      if let type = environment.field(name, field) {
        result = type
      } else if environment.isStructure(name) {
        issue(expression, "undefined field '\(field)'")
      } else {
        issue(expression, "unexpected failed resolution of '\(name)'")
      }
    case .variable:
      _ = bindings.assign(.dyn, to: target)
      result = .dyn
    default:
      if !target.isDynamicOrError {
        issue(expression, "type '\(target)' does not support field selection")
      }
      result = .dyn
    }
    return isOptional ? .optional(result) : result
  }

  // MARK: calls

  private mutating func call(
    _ expression: Expression, _ name: String, _ target: Expression?, _ arguments: [Expression]
  ) -> Type {
    if name == "_?._", arguments.count == 2, case .literal(.string(let field)) = arguments[1].form {
      let operand = check(arguments[0])
      check(arguments[1])
      overloads[expression.id] = ["select_optional_field"]
      let found = fieldType(expression, operand, field, isOptional: true)
      return bindings.resolve(found, isFinal: false)
    }
    for argument in arguments { check(argument) }
    guard let target else {
      guard let function = environment.functions[name] else {
        issue(expression, "undeclared reference to '\(name)' (in container '')")
        return .error
      }
      return resolve(expression, function, nil, arguments)
    }
    // a.b.f() may be the function "a.b.f".
    if let prefix = target.qualifiedName, let function = environment.functions["\(prefix).\(name)"]
    {
      qualified[expression.id] = function.name
      return resolve(expression, function, nil, arguments)
    }
    check(target)
    guard let function = environment.functions[name] else {
      issue(expression, "undeclared reference to '\(name)' (in container '')")
      return .error
    }
    return resolve(expression, function, target, arguments)
  }

  private mutating func resolve(
    _ expression: Expression, _ function: Function, _ target: Expression?,
    _ arguments: [Expression]
  ) -> Type {
    let all = (target.map { [$0] } ?? []) + arguments
    let given = all.map { types[$0.id] ?? .dyn }
    if function.name == "_&&_" || function.name == "_||_" {
      return logical(expression, function, all, given)
    }
    var result: Type?
    for overload in function.overloads where overload.isMember == (target != nil) {
      let (parameters, declared) = bindings.instantiate(overload)
      guard bindings.assign(given, to: parameters) else { continue }
      overloads[expression.id, default: []].append(overload.id)
      let found = bindings.resolve(declared, isFinal: false)
      if let known = result {
        if known != .dyn, known != found { result = .dyn }
      } else {
        result = found
      }
    }
    if let result { return result }
    let shown = given.map { "\(self.shown($0))" }
    let text =
      target == nil
      ? "(\(shown.joined(separator: ", ")))"
      : "\(shown.first ?? "").(\(shown.dropFirst().joined(separator: ", ")))"
    issue(expression, "found no matching overload for '\(function.name)' applied to '\(text)'")
    return .error
  }

  private mutating func logical(
    _ expression: Expression, _ function: Function, _ arguments: [Expression], _ given: [Type]
  ) -> Type {
    overloads[expression.id] = function.overloads.map(\.id)
    var result = Type.bool
    for (argument, type) in zip(arguments, given) where !bindings.assign(type, to: .bool) {
      issue(argument, "expected type 'bool' but found '\(shown(type))'")
      result = .error
    }
    return result
  }

  // MARK: literals of several parts

  private mutating func list(_ elements: [Expression], _ optional: Set<Int>) -> Type {
    var joined: Type?
    for (index, element) in elements.enumerated() {
      var type = check(element)
      if optional.contains(index) { type = unwrapped(type, element) }
      joined = join(element, joined, type)
    }
    return .list(joined ?? bindings.fresh())
  }

  private mutating func unwrapped(_ type: Type, _ expression: Expression) -> Type {
    switch bindings.resolve(type, isFinal: false) {
    case .optional(let wrapped): return wrapped
    case .dyn: return .dyn
    case .error: return .error
    case let other:
      issue(
        expression, "expected type 'optional_type(\(shown(other)))' but found '\(shown(other))'")
      return .error
    }
  }

  private mutating func join(_ expression: Expression, _ previous: Type?, _ type: Type) -> Type {
    guard let previous else { return type }
    if bindings.assign(previous, to: type) { return TypeBindings.mostGeneral(previous, type) }
    issue(expression, "expected type '\(shown(previous))' but found '\(shown(type))'")
    return .error
  }

  private mutating func map(_ entries: [Expression.MapEntry]) -> Type {
    var key: Type?
    var value: Type?
    for entry in entries {
      let keyType = check(entry.key)
      key = join(entry.key, key, keyType)
      var type = check(entry.value)
      if entry.isOptional { type = unwrapped(type, entry.value) }
      value = join(entry.value, value, type)
    }
    return .map(key ?? bindings.fresh(), value ?? bindings.fresh())
  }

  private mutating func structure(
    _ expression: Expression, _ name: String, _ fields: [Expression.FieldEntry]
  ) -> Type {
    guard environment.isStructure(name) else {
      let known = lookUp(name)
      issue(
        expression,
        known == nil
          ? "undeclared reference to '\(name)' (in container '')"
          : "'\(name)' is not a message type")
      for field in fields { check(field.value) }
      return .error
    }
    for field in fields {
      var type = check(field.value)
      if field.isOptional { type = unwrapped(type, field.value) }
      guard let declared = environment.field(name, field.name) else {
        issues.append(Issue(field.offset, "undefined field '\(field.name)'"))
        continue
      }
      if !bindings.assign(declared, to: type) {
        issues.append(
          Issue(
            field.offset,
            "expected type of field '\(field.name)' is '\(declared)' but provided type is "
              + "'\(shown(type))'"))
      }
    }
    return .structure(name)
  }

  // MARK: comprehensions

  private mutating func comprehension(_ fold: Expression.Comprehension) -> Type {
    let rangeType = bindings.resolve(check(fold.range), isFinal: false)
    let start = check(fold.start)
    var (first, second) = (Type.error, Type.error)
    let hasTwo = fold.secondVariable != nil
    switch rangeType {
    case .list(let element): (first, second) = hasTwo ? (.int, element) : (element, .error)
    case .map(let key, let value): (first, second) = (key, value)
    case .dyn, .error, .variable:
      if case .variable = rangeType { _ = bindings.assign(.dyn, to: rangeType) }
      (first, second) = (.dyn, .dyn)
    default:
      issue(
        fold.range,
        "expression of type '\(shown(rangeType))' cannot be range of a comprehension "
          + "(must be list, map, or dynamic)")
    }
    scopes.append((fold.accumulator, start))
    scopes.append((fold.variable, first))
    if let name = fold.secondVariable { scopes.append((name, second)) }
    expect(.bool, fold.condition, check(fold.condition))
    expect(start, fold.step, check(fold.step))
    scopes.removeLast(hasTwo ? 2 : 1)
    let result = check(fold.result)
    scopes.removeLast()
    return bindings.resolve(result, isFinal: false)
  }

  private mutating func expect(_ wanted: Type, _ expression: Expression, _ type: Type) {
    if !bindings.assign(wanted, to: type) {
      issue(expression, "expected type '\(shown(wanted))' but found '\(shown(type))'")
    }
  }
}
