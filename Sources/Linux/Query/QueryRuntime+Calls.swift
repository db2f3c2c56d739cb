extension QueryRuntime {
  func call(
    _ name: String, _ arguments: [Query], _ input: QueryValue, _ path: [QueryValue]?,
    _ scope: Scope?, _ emit: Emit
  ) throws {
    var here = scope
    while let current = here {
      if case .closure(name, let body, let own) = current.entry, arguments.isEmpty {
        return try run(body, input, path, own, emit)
      }
      if case .function(let function) = current.entry, function.name == name,
        function.parameters.count == arguments.count
      {
        // The function sees itself, so that it may recurse.
        return try apply(function, arguments, current, input, path, scope, emit)
      }
      here = current.parent
    }
    if let function = library["\(name)/\(arguments.count)"] {
      return try apply(
        function, arguments, Scope(.function(function), nil), input, path, scope, emit)
    }
    try builtin(name, arguments, input, path, scope, Emit { try emit($0, self.budget.hold($1)) })
  }

  func apply(
    _ function: QueryFunction, _ arguments: [Query], _ home: Scope?, _ input: QueryValue,
    _ path: [QueryValue]?, _ scope: Scope?, _ emit: Emit
  ) throws {
    func fill(_ index: Int, _ inner: Scope?) throws {
      guard index < arguments.count else {
        return try run(function.body, input, path, inner, emit)
      }
      let parameter = function.parameters[index]
      guard parameter.hasPrefix("$") else {
        return try fill(index + 1, Scope(.closure(parameter, arguments[index], scope), inner))
      }
      let name = String(parameter.dropFirst())
      try run(arguments[index], input, nil, scope) { _, value in
        let bound = Scope(.variable(name, value), inner)
        try fill(index + 1, Scope(.closure(name, .literal(value), nil), bound))
      }
    }
    try fill(0, home)
  }

  func paths(_ query: Query, _ input: QueryValue, _ scope: Scope?) throws -> [[QueryValue]] {
    var found: [[QueryValue]] = []
    try run(query, input, [], scope) { path, value in
      guard let path else {
        throw QueryError("Invalid path expression with result \(QueryArithmetic.cut(value))")
      }
      found.append(path)
    }
    return found
  }

  func assign(
    _ operation: String, _ left: Query, _ right: Query, _ input: QueryValue, _ scope: Scope?,
    _ emit: (QueryValue) throws -> Void
  ) throws {
    let places = try paths(left, input, scope)
    if operation == "|=" {
      var result = input
      var removed: [[QueryValue]] = []
      for place in places {
        let old = try QueryPaths.get(result, place[...])
        if let new = try values(right, old, scope).first {
          result = try QueryPaths.set(result, place[...], new)
        } else {
          removed.append(place)
        }
      }
      return try emit(try QueryPaths.delete(result, removed))
    }
    for value in try values(right, input, scope) {
      var result = input
      for place in places {
        var new = value
        if operation == "//=" {
          let old = try QueryPaths.get(result, place[...])
          new = old.isTrue ? old : value
        } else if operation != "=" {
          let old = try QueryPaths.get(result, place[...])
          new = try QueryArithmetic.compute(String(operation.dropLast()), old, value, budget.limits)
        }
        result = try QueryPaths.set(result, place[...], new)
      }
      try emit(result)
    }
  }
}
