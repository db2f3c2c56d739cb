/// The macros of the language and of its optional parts.
package enum Macros {
  package static let all: [Macro] = standard + twoVariables + optionals + lists

  private static let standard: [Macro] = [
    Macro("has", isMember: false, 1) { use in
      guard case .select(let operand, let field, isTest: false) = use.arguments[0].form else {
        return use.fail(use.arguments[0], "invalid argument to has() macro")
      }
      return use.node(.select(operand, field: field, isTest: true))
    },
    Macro("all", 2) { use in quantifier(&use, isAll: true) },
    Macro("exists", 2) { use in quantifier(&use, isAll: false) },
    Macro("exists_one", 2) { use in exactlyOne(&use) },
    Macro("existsOne", 2) { use in exactlyOne(&use) },
    Macro("map", 2) { use in collect(&use, filter: nil, use.arguments[1]) },
    Macro("map", 3) { use in collect(&use, filter: use.arguments[1], use.arguments[2]) },
    Macro("filter", 2) { use in collect(&use, filter: use.arguments[1], use.arguments[0]) },
  ]

  private static let twoVariables: [Macro] = [
    Macro("all", 3) { use in quantifier(&use, isAll: true) },
    Macro("exists", 3) { use in quantifier(&use, isAll: false) },
    Macro("exists_one", 3) { use in exactlyOne(&use) },
    Macro("existsOne", 3) { use in exactlyOne(&use) },
    Macro("transformList", 3) { use in transformList(&use, filter: nil, use.arguments[2]) },
    Macro("transformList", 4) { use in
      transformList(&use, filter: use.arguments[2], use.arguments[3])
    },
    Macro("transformMap", 3) { use in transformMap(&use, filter: nil, use.arguments[2]) },
    Macro("transformMap", 4) { use in
      transformMap(&use, filter: use.arguments[2], use.arguments[3])
    },
    Macro("transformMapEntry", 3) { use in
      transformMap(&use, filter: nil, use.arguments[2], isEntry: true)
    },
    Macro("transformMapEntry", 4) { use in
      transformMap(&use, filter: use.arguments[2], use.arguments[3], isEntry: true)
    },
  ]

  private static let optionals: [Macro] = [
    Macro("optMap", 2) { use in optionalMap(&use, isFlat: false) },
    Macro("optFlatMap", 2) { use in optionalMap(&use, isFlat: true) },
  ]

  private static let lists: [Macro] = [
    Macro("sortBy", 2) { use in
      guard let target = use.target else { return nil }
      switch target.form {
      case .list, .select, .identifier, .comprehension, .call: break
      default:
        return use.fail(
          target,
          "sortBy can only be applied to a list, identifier, comprehension, call or select "
            + "expression")
      }
      let keys = collect(&use, filter: nil, use.arguments[1])
      return keys.map { use.node(.call("@sortByAssociatedKeys", target: target, [$0])) }
    }
  ]

  private static func variables(_ use: inout Macro.Expansion, _ count: Int) -> [String]? {
    var names: [String] = []
    for index in 0..<count {
      guard let name = use.variable(index) else { return nil }
      if names.contains(name) {
        _ = use.fail(use.arguments[index], "duplicate variable name: \(name)")
        return nil
      }
      names.append(name)
    }
    return names
  }

  private static func quantifier(_ use: inout Macro.Expansion, isAll: Bool) -> Expression? {
    let count = use.arguments.count - 1
    guard let names = variables(&use, count) else { return nil }
    let goesOn =
      isAll
      ? use.call("@not_strictly_false", use.accumulator)
      : use.call("@not_strictly_false", use.call("!_", use.accumulator))
    let step = use.call(isAll ? "_&&_" : "_||_", use.accumulator, use.arguments[count])
    return use.fold(
      names[0], count > 1 ? names[1] : nil, start: use.literal(.bool(isAll)), condition: goesOn,
      step: step, result: use.accumulator)
  }

  private static func exactlyOne(_ use: inout Macro.Expansion) -> Expression? {
    let count = use.arguments.count - 1
    guard let names = variables(&use, count) else { return nil }
    let more = use.call("_+_", use.accumulator, use.literal(.int(1)))
    let step = use.call("_?_:_", use.arguments[count], more, use.accumulator)
    return use.fold(
      names[0], count > 1 ? names[1] : nil, start: use.literal(.int(0)),
      condition: use.literal(.bool(true)), step: step,
      result: use.call("_==_", use.accumulator, use.literal(.int(1))))
  }

  private static func collect(
    _ use: inout Macro.Expansion, filter: Expression?, _ element: Expression
  ) -> Expression? {
    guard let name = use.arguments[0].identifier else {
      return use.fail(use.arguments[0], "argument is not an identifier")
    }
    return append(&use, [name], filter: filter, element)
  }

  private static func append(
    _ use: inout Macro.Expansion, _ names: [String], filter: Expression?, _ element: Expression
  ) -> Expression? {
    let one = use.node(.list([element], optional: []))
    var step = use.call("_+_", use.accumulator, one)
    if let filter { step = use.call("_?_:_", filter, step, use.accumulator) }
    return use.fold(
      names[0], names.count > 1 ? names[1] : nil, start: use.node(.list([], optional: [])),
      condition: use.literal(.bool(true)), step: step, result: use.accumulator)
  }

  private static func transformList(
    _ use: inout Macro.Expansion, filter: Expression?, _ element: Expression
  ) -> Expression? {
    guard let names = variables(&use, 2) else { return nil }
    return append(&use, names, filter: filter, element)
  }

  private static func transformMap(
    _ use: inout Macro.Expansion, filter: Expression?, _ value: Expression, isEntry: Bool = false
  ) -> Expression? {
    guard let names = variables(&use, 2) else { return nil }
    var step =
      isEntry
      ? use.call("cel.@mapInsert", use.accumulator, value)
      : use.call("cel.@mapInsert", use.accumulator, use.name(names[0]), value)
    if let filter { step = use.call("_?_:_", filter, step, use.accumulator) }
    return use.fold(
      names[0], names[1], start: use.node(.map([])), condition: use.literal(.bool(true)),
      step: step, result: use.accumulator)
  }

  private static func optionalMap(_ use: inout Macro.Expansion, isFlat: Bool) -> Expression? {
    guard let target = use.target else { return nil }
    guard let name = use.arguments[0].identifier else {
      return use.fail(
        use.arguments[0],
        "\(isFlat ? "optFlatMap" : "optMap")() variable name must be a simple identifier")
    }
    let value = use.node(.call("value", target: target, []))
    let bound = use.node(
      .comprehension(
        .init(
          variable: "#unused", secondVariable: nil,
          range: use.node(.list([], optional: [])), accumulator: name, start: value,
          condition: use.literal(.bool(false)), step: use.name(name),
          result: use.arguments[1])))
    let full = isFlat ? bound : use.call("optional.of", bound)
    let test = use.node(.call("hasValue", target: target, []))
    return use.call("_?_:_", test, full, use.call("optional.none"))
  }
}
