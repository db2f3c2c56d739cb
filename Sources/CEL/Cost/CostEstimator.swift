/// Estimates what a program costs before it runs, from what is known of the sizes of its input.
package struct CostEstimator {
  /// The sizes of an element of a container, where they are known.
  private struct Entries {
    var key: CostEstimate
    var value: CostEstimate

    func union(_ other: Entries) -> Entries {
      Entries(key: key.union(other.key), value: value.union(other.value))
    }
  }

  private struct Local {
    let path: [String]?
    let size: CostEstimate?
    let entries: Entries?
  }

  private let program: Program
  /// The size of what a path of fields, @items, @keys and @values leads to.
  private let size: ([String], Type) -> CostEstimate?
  private var paths: [Int: [String]] = [:]
  private var sizes: [Int: CostEstimate] = [:]
  private var entries: [Int: Entries] = [:]
  private var locals: [String: [Local]] = [:]

  private init(_ program: Program, _ size: @escaping ([String], Type) -> CostEstimate?) {
    self.program = program
    self.size = size
  }

  package static func estimate(
    _ program: Program, size: ([String], Type) -> CostEstimate?
  ) -> CostEstimate {
    withoutActuallyEscaping(size) { size in
      var estimator = CostEstimator(program, size)
      return estimator.cost(program.root)
    }
  }

  private func type(_ expression: Expression) -> Type { program.types[expression.id] ?? .dyn }

  private mutating func cost(_ expression: Expression) -> CostEstimate {
    switch expression.form {
    case .literal: return .zero
    case .identifier(let name):
      paths[expression.id] = locals[name]?.last.map { $0.path ?? [] } ?? [name]
      return .fixed(1)
    case .select where program.qualified[expression.id] != nil:
      // A name with dots is one identifier.
      paths[expression.id] = program.qualified[expression.id].map { [$0] }
      return .fixed(1)
    case .select(let operand, let field, let isTest):
      var sum = cost(operand)
      if isTest { return sum }
      switch type(operand) {
      case .map, .structure: sum = sum + .fixed(1)
      default: break
      }
      paths[expression.id] = path(operand) + [field]
      return sum
    case .call(let name, let target, let arguments):
      return call(expression, name, target, arguments)
    case .list(let elements, _):
      var sum = CostEstimate.fixed(10)
      var item = CostEstimate(elements.isEmpty ? 0 : .max, 0)
      for element in elements {
        sum = sum + cost(element)
        item = item.union(sizeOrUnknown(element))
      }
      entries[expression.id] = Entries(key: .fixed(1), value: item)
      return sum
    case .map(let pairs): return map(expression, pairs)
    case .structure(_, let fields):
      return fields.reduce(.fixed(40)) { sum, field in sum + cost(field.value) }
    case .comprehension(let fold): return comprehension(expression, fold)
    }
  }

  private mutating func map(
    _ expression: Expression, _ pairs: [Expression.MapEntry]
  ) -> CostEstimate {
    var sum = CostEstimate.fixed(30)
    var found = Entries(
      key: CostEstimate(pairs.isEmpty ? 0 : .max, 0),
      value: CostEstimate(pairs.isEmpty ? 0 : .max, 0))
    for pair in pairs {
      sum = sum + cost(pair.key) + cost(pair.value)
      found.key = found.key.union(sizeOrUnknown(pair.key))
      found.value = found.value.union(sizeOrUnknown(pair.value))
    }
    entries[expression.id] = found
    return sum
  }

  // MARK: sizes

  private func path(_ expression: Expression) -> [String] {
    if let name = expression.identifier, let local = locals[name]?.last { return local.path ?? [] }
    return paths[expression.id] ?? []
  }

  private func sizeOrUnknown(_ expression: Expression) -> CostEstimate {
    computedSize(expression) ?? .unknown
  }

  private func computedSize(_ expression: Expression) -> CostEstimate? {
    if let known = sizes[expression.id] { return known }
    switch expression.form {
    case .literal(let value): return .fixed(value.cost)
    case .list(let elements, _): return .fixed(UInt64(elements.count))
    case .map(let pairs): return .fixed(UInt64(pairs.count))
    default: break
    }
    let path = path(expression)
    if !path.isEmpty, let found = size(path, type(expression)) { return found }
    if type(expression).isScalar { return .fixed(1) }
    if let name = expression.identifier { return locals[name]?.last?.size }
    return nil
  }

  private func entrySizes(_ expression: Expression) -> Entries? {
    if let known = entries[expression.id] { return known }
    if let name = expression.identifier { return locals[name]?.last?.entries }
    return nil
  }

  /// The size of an element of a list, which only a declared list tells (listElementNode).
  private func itemSize(_ list: Expression, _ element: Type) -> CostEstimate {
    let path = path(list)
    if !path.isEmpty, let found = size(path + ["@items"], element) { return found }
    return .unknown
  }

  // MARK: comprehensions

  private mutating func comprehension(
    _ expression: Expression, _ fold: Expression.Comprehension
  ) -> CostEstimate {
    var sum = cost(fold.range) + cost(fold.start)
    locals[fold.accumulator, default: []].append(
      Local(path: path(fold.start), size: computedSize(fold.start), entries: entrySizes(fold.start))
    )
    if fold.variable == "#unused" {
      sum = sum + cost(fold.result)
      locals[fold.accumulator]?.removeLast()
      if let size = computedSize(fold.result) { sizes[expression.id] = size }
      return sum
    }
    let known = entrySizes(fold.range)
    let outer = path(fold.range)
    let isList = if case .map = type(fold.range) { false } else { true }
    func below(_ step: String) -> [String]? { outer.isEmpty ? nil : outer + [step] }
    if let second = fold.secondVariable {
      locals[fold.variable, default: []].append(
        Local(path: below(isList ? "@indices" : "@keys"), size: known?.key, entries: nil))
      locals[second, default: []].append(
        Local(path: below(isList ? "@items" : "@values"), size: known?.value, entries: nil))
    } else {
      locals[fold.variable, default: []].append(
        Local(
          path: below(isList ? "@items" : "@keys"), size: isList ? known?.value : known?.key,
          entries: nil))
    }
    let loop = cost(fold.condition) + cost(fold.step)
    locals[fold.variable]?.removeLast()
    if let second = fold.secondVariable { locals[second]?.removeLast() }
    sum = sum + cost(fold.result)
    locals[fold.accumulator]?.removeLast()
    let count = sizeOrUnknown(fold.range)
    sum = sum + count * loop
    switch fold.start.form {
    case .literal: sizes[expression.id] = computedSize(fold.start)
    case .list, .map:
      sizes[expression.id] = count
      if let found = entrySizes(fold.step) { entries[expression.id] = found }
    default: break
    }
    return sum
  }

  // MARK: calls

  private mutating func call(
    _ expression: Expression, _ name: String, _ target: Expression?, _ arguments: [Expression]
  ) -> CostEstimate {
    if name == "dyn", let only = arguments.first {
      let sum = CostEstimate.fixed(1) + cost(only)
      sizes[expression.id] = computedSize(only)
      entries[expression.id] = entrySizes(only)
      return sum
    }
    let costs = arguments.map { cost($0) }
    let isMember = target != nil && program.qualified[expression.id] == nil
    let before = isMember ? target.map { cost($0) } ?? .zero : .zero
    var total: CostEstimate?
    var result: CostEstimate?
    for overload in program.overloads[expression.id] ?? [] {
      let (found, size) = call(
        expression, name, overload, isMember ? target : nil, arguments, costs)
      total = total.map { $0.union(found) } ?? found
      if let size { result = result.map { $0.union(size) } ?? size }
      if overload == "index_list", let list = arguments.first {
        result = entrySizes(list)?.value
        paths[expression.id] = path(list) + (path(list).isEmpty ? [] : ["@items"])
      } else if overload == "index_map", let map = arguments.first {
        result = entrySizes(map)?.value
        paths[expression.id] = path(map) + (path(map).isEmpty ? [] : ["@values"])
      }
    }
    if let size = result ?? computedSize(expression) { sizes[expression.id] = size }
    return before + (total ?? .zero)
  }

  private mutating func call(
    _ expression: Expression, _ name: String, _ overload: String, _ target: Expression?,
    _ arguments: [Expression], _ costs: [CostEstimate]
  ) -> (cost: CostEstimate, size: CostEstimate?) {
    let sum = costs.reduce(.zero, +)
    switch overload {
    case "logical_and", "logical_or":
      guard costs.count == 2 else { break }
      return (CostEstimate(costs[0].least, (costs[0] + costs[1]).most), nil)
    case "conditional":
      guard arguments.count == 3 else { break }
      if let one = entrySizes(arguments[1]), let other = entrySizes(arguments[2]) {
        entries[expression.id] = one.union(other)
      }
      let size = sizeOrUnknown(arguments[1]).union(sizeOrUnknown(arguments[2]))
      return (costs[0] + costs[1].union(costs[2]), size)
    case "add_list":
      if let one = entrySizes(arguments[0]), let other = entrySizes(arguments[1]) {
        entries[expression.id] = one.union(other)
      }
      let size = sizeOrUnknown(arguments[0]) + sizeOrUnknown(arguments[1])
      return (.fixed(1) + sum, size)
    default: break
    }
    let sized = SizedCall(
      name: name, overload: overload, target: target.map { sizeOrUnknown($0) },
      targetType: target.map { type($0) }, item: item(of: target),
      arguments: arguments.map { sizeOrUnknown($0) }, isOfOpaques: isOfOpaques(arguments),
      limit: limit(arguments))
    let (own, size) = sized.cost
    return (own + sum, size)
  }

  private func isOfOpaques(_ arguments: [Expression]) -> Bool {
    guard let first = arguments.first, case .opaque = type(first) else { return false }
    return arguments.allSatisfy { type($0) == type(first) }
  }

  private func limit(_ arguments: [Expression]) -> UInt64? {
    guard arguments.count > 1, case .literal(.int(let limit))? = arguments.last?.form else {
      return nil
    }
    return UInt64(exactly: limit)
  }

  private func item(of target: Expression?) -> CostEstimate? {
    guard let target, case .list(let element) = type(target) else { return nil }
    return itemSize(target, element)
  }
}
