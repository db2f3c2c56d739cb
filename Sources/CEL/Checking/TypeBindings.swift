/// What the types to be found out turned out to be.
struct TypeBindings {
  private var bound: [Int: Type] = [:]
  private var next = 0

  mutating func fresh() -> Type {
    next += 1
    return .variable(next)
  }

  /// The type with what is known of its variables; the unknown become dyn when `isFinal`.
  func resolve(_ type: Type, isFinal: Bool) -> Type {
    switch type {
    case .variable(let number):
      if let found = bound[number] { return resolve(found, isFinal: isFinal) }
      return isFinal ? .dyn : type
    case .list(let element): return .list(resolve(element, isFinal: isFinal))
    case .map(let key, let value):
      return .map(resolve(key, isFinal: isFinal), resolve(value, isFinal: isFinal))
    case .optional(let wrapped): return .optional(resolve(wrapped, isFinal: isFinal))
    case .type(let inner?): return .type(resolve(inner, isFinal: isFinal))
    default: return type
    }
  }

  /// All or nothing is bound.
  mutating func assign(_ from: [Type], to: [Type]) -> Bool {
    guard from.count == to.count else { return false }
    var trial = self
    for (one, other) in zip(from, to) where !trial.unify(one, other) { return false }
    self = trial
    return true
  }

  mutating func assign(_ from: Type, to: Type) -> Bool { assign([from], to: [to]) }

  private mutating func unify(_ a: Type, _ b: Type) -> Bool {
    if case .variable(let number) = b {
      let (isValid, isKnown) = substitute(a, for: number)
      if isValid { return true }
      if isKnown { return false }
    }
    if case .variable(let number) = a { return substitute(b, for: number).isValid }
    if a.isDynamicOrError || b.isDynamicOrError { return true }
    if a == .null { return Self.mayBeNull(b) }
    if b == .null { return Self.mayBeNull(a) }
    switch (a, b) {
    case (.list(let one), .list(let other)): return unify(one, other)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      return unify(key, otherKey) && unify(value, otherValue)
    case (.optional(let one), .optional(let other)): return unify(one, other)
    case (.type, .type): return true
    default: return a == b
    }
  }

  private static func mayBeNull(_ type: Type) -> Bool {
    switch type {
    case .null, .duration, .timestamp, .structure, .opaque, .optional: true
    default: false
    }
  }

  private mutating func substitute(_ type: Type, for number: Int) -> (isValid: Bool, isKnown: Bool)
  {
    if type == .variable(number) { return (true, true) }
    if let known = bound[number] {
      if type == known { return (true, true) }
      guard unify(type, known) else { return (false, true) }
      let general = Self.mostGeneral(type, known)
      if !refers(general, to: number) { bound[number] = general }
      return (true, true)
    }
    guard !refers(type, to: number) else { return (false, false) }
    bound[number] = type
    return (true, false)
  }

  static func mostGeneral(_ a: Type, _ b: Type) -> Type { isAsGeneral(a, b) ? a : b }

  private static func isAsGeneral(_ a: Type, _ b: Type) -> Bool {
    if a.isDynamicOrError { return true }
    if case .variable = a { return true }
    if b.isDynamicOrError { return false }
    if case .variable = b { return false }
    switch (a, b) {
    case (.list(let one), .list(let other)): return isAsGeneral(one, other)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      return isAsGeneral(key, otherKey) && isAsGeneral(value, otherValue)
    case (.optional(let one), .optional(let other)): return isAsGeneral(one, other)
    case (.type, .type): return true
    default: return a == b
    }
  }

  private func refers(_ type: Type, to number: Int) -> Bool {
    switch type {
    case .variable(let other):
      if other == number { return true }
      return bound[other].map { refers($0, to: number) } ?? false
    case .list(let element): return refers(element, to: number)
    case .map(let key, let value): return refers(key, to: number) || refers(value, to: number)
    case .optional(let wrapped): return refers(wrapped, to: number)
    case .type(let inner): return inner.map { refers($0, to: number) } ?? false
    default: return false
    }
  }

  /// A declaration's types with fresh variables for its parameters.
  mutating func instantiate(
    _ overload: Function.Overload
  ) -> (parameters: [Type], result: Type) {
    var names: [String: Type] = [:]
    let parameters = overload.parameters.map { fresh($0, &names) }
    return (parameters, fresh(overload.result, &names))
  }

  private mutating func fresh(_ type: Type, _ names: inout [String: Type]) -> Type {
    switch type {
    case .parameter(let name):
      if let known = names[name] { return known }
      let made = fresh()
      names[name] = made
      return made
    case .list(let element): return .list(fresh(element, &names))
    case .map(let key, let value): return .map(fresh(key, &names), fresh(value, &names))
    case .optional(let wrapped): return .optional(fresh(wrapped, &names))
    case .type(let inner?): return .type(fresh(inner, &names))
    default: return type
    }
  }
}
