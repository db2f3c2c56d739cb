import Shell

/// Evaluates jq filters: every filter gives any number of values, each with its path when asked.
final class QueryRuntime {
  /// What names mean at a place of a filter: variables, functions, arguments and labels.
  final class Scope {
    enum Entry {
      case variable(String, QueryValue)
      case function(QueryFunction)
      /// An argument: a filter with the scope it was written in.
      case closure(String, Query, Scope?)
      case label(String, Int)
    }
    let entry: Entry
    let parent: Scope?
    init(_ entry: Entry, _ parent: Scope?) {
      self.entry = entry
      self.parent = parent
    }
  }

  struct Leave: Error { let label: Int }
  /// Where a filter's values go. An object and not a closure: the optimizer makes a copy of the
  /// whole evaluator for each closure that it is handed, and copies of those copies without end.
  final class Emit {
    private let body: ([QueryValue]?, QueryValue) throws -> Void
    init(_ body: @escaping ([QueryValue]?, QueryValue) throws -> Void) {
      self.body = body
    }
    func callAsFunction(_ path: [QueryValue]?, _ value: QueryValue) throws {
      try body(path, value)
    }
  }

  let process: Process
  var inputs: () throws -> QueryValue? = { nil }
  var debugging: [String] = []
  var budget: QueryBudget
  private var depth = 0
  private var labels = 0
  let library: [String: QueryFunction]

  init(_ process: Process) throws {
    self.process = process
    budget = QueryBudget(process)
    library = Dictionary(
      try QueryParser.definitions(QueryLibrary.text).map {
        ("\($0.name)/\($0.parameters.count)", $0)
      },
      uniquingKeysWith: { $1 })
  }

  /// All values of a filter, without their paths.
  func values(_ query: Query, _ input: QueryValue, _ scope: Scope?) throws -> [QueryValue] {
    var found: [QueryValue] = []
    try run(query, input, nil, scope) {
      try budget.collect(found.count)
      found.append($1)
    }
    return found
  }

  func run(
    _ query: Query, _ input: QueryValue, _ path: [QueryValue]?, _ scope: Scope?,
    _ body: ([QueryValue]?, QueryValue) throws -> Void
  ) throws {
    try withoutActuallyEscaping(body) { try run(query, input, path, scope, Emit($0)) }
  }

  /// Runs a filter; `path` is nil when nobody asks where values come from.
  func run(
    _ query: Query, _ input: QueryValue, _ path: [QueryValue]?, _ scope: Scope?,
    _ emit: Emit
  ) throws {
    try budget.step()
    depth += 1
    defer { depth -= 1 }
    guard depth < 1200 else { throw QueryError("drydock: the filter recurses too deeply") }
    switch query {
    case .identity: try emit(path, input)
    case .literal(let value): try emit(nil, value)
    case .pipe(let left, let right):
      try run(left, input, path, scope) { try run(right, $1, $0, scope, emit) }
    case .comma(let left, let right):
      try run(left, input, path, scope, emit)
      try run(right, input, path, scope, emit)
    case .index(let target, let key):
      try run(target, input, path, scope) { place, value in
        try run(key, input, nil, scope) { _, key in
          try emit(place.map { $0 + [key] }, QueryPaths.member(value, key))
        }
      }
    case .slice(let target, let from, let to):
      try run(target, input, path, scope) { place, value in
        for end in try to.map({ try values($0, input, scope) }) ?? [.null] {
          for start in try from.map({ try values($0, input, scope) }) ?? [.null] {
            var range = QueryObject()
            range["start"] = start
            range["end"] = end
            let key = QueryValue.object(range)
            try emit(place.map { $0 + [key] }, QueryPaths.member(value, key))
          }
        }
      }
    case .iterate(let target):
      try run(target, input, path, scope) { place, value in
        for (key, item) in try QueryPaths.members(value) {
          try emit(place.map { $0 + [key] }, item)
        }
      }
    case .recurse: try descend(input, path, emit)
    default: try runMore(query, input, path, scope, emit)
    }
  }

  private func descend(_ value: QueryValue, _ path: [QueryValue]?, _ emit: Emit) throws {
    depth += 1
    defer { depth -= 1 }
    guard depth < 1200 else { throw QueryError("drydock: the filter recurses too deeply") }
    try emit(path, value)
    guard let members = try? QueryPaths.members(value) else { return }
    for (key, item) in members { try descend(item, path.map { $0 + [key] }, emit) }
  }

  private func runMore(
    _ query: Query, _ input: QueryValue, _ path: [QueryValue]?, _ scope: Scope?, _ emit: Emit
  ) throws {
    switch query {
    case .array(let inner):
      let items = try inner.map { try values($0, input, scope) } ?? []
      try emit(nil, budget.hold(.array(items)))
    case .object(let members): try object(members[...], QueryObject(), input, scope, emit)
    case .negate(let operand):
      try run(operand, input, nil, scope) { _, value in
        guard case .number(let number) = value else {
          throw QueryError("\(QueryArithmetic.shown(value)) cannot be negated")
        }
        try emit(nil, .number(-number))
      }
    case .binary(let operation, let left, let right):
      try run(right, input, nil, scope) { _, b in
        try run(left, input, nil, scope) { _, a in
          try emit(nil, budget.hold(QueryArithmetic.compute(operation, a, b, budget.limits)))
        }
      }
    case .and(let left, let right):
      try run(left, input, nil, scope) { _, a in
        guard a.isTrue else { return try emit(nil, .bool(false)) }
        try run(right, input, nil, scope) { try emit(nil, .bool($1.isTrue)) }
      }
    case .or(let left, let right):
      try run(left, input, nil, scope) { _, a in
        if a.isTrue { return try emit(nil, .bool(true)) }
        try run(right, input, nil, scope) { try emit(nil, .bool($1.isTrue)) }
      }
    case .alternative(let left, let right):
      var found: [([QueryValue]?, QueryValue)] = []
      do {
        try run(left, input, path, scope) { if $1.isTrue { found.append(($0, $1)) } }
      } catch is QueryError {}
      if found.isEmpty { return try run(right, input, path, scope, emit) }
      for (place, value) in found { try emit(place, value) }
    case .conditional(let condition, let then, let otherwise):
      try run(condition, input, nil, scope) { _, value in
        try run(value.isTrue ? then : otherwise ?? .identity, input, path, scope, emit)
      }
    case .string(let parts, let format): try string(parts[...], "", format, input, scope, emit)
    case .format(let name): try emit(nil, .string(try QueryFormats.text(name, input)))
    case .assign(let operation, let left, let right):
      try assign(operation, left, right, input, scope) { try emit(nil, budget.hold($0)) }
    default: try runBinding(query, input, path, scope, emit)
    }
  }

  private func runBinding(
    _ query: Query, _ input: QueryValue, _ path: [QueryValue]?, _ scope: Scope?, _ emit: Emit
  ) throws {
    switch query {
    case .attempt(let body, let handler):
      try attempt(body, handler, input, path, scope, emit)
    case .bind(let source, let pattern, let body):
      try run(source, input, nil, scope) { _, value in
        for inner in try scopes(pattern, value, input, scope) {
          try run(body, input, path, inner, emit)
        }
      }
    case .reduce(let source, let pattern, let start, let update):
      try run(start, input, path, scope) { startPath, first in
        var state: (path: [QueryValue]?, value: QueryValue)? = (startPath, first)
        try run(source, input, nil, scope) { _, item in
          for inner in try scopes(pattern, item, input, scope) {
            guard let current = state else { continue }
            state = nil
            try run(update, current.value, current.path, inner) { state = ($0, $1) }
          }
        }
        if let state { try emit(state.path, state.value) } else { try emit(nil, .null) }
      }
    case .foreach(let source, let pattern, let start, let update, let extract):
      try run(start, input, path, scope) { startPath, first in
        var state: (path: [QueryValue]?, value: QueryValue) = (startPath, first)
        try run(source, input, nil, scope) { _, item in
          for inner in try scopes(pattern, item, input, scope) {
            let before = state
            try run(update, before.value, before.path, inner) { place, value in
              state = (place, value)
              if let extract {
                try run(extract, value, place, inner, emit)
              } else {
                try emit(place, value)
              }
            }
          }
        }
      }
    case .define(let function, let body):
      try run(body, input, path, Scope(.function(function), scope), emit)
    case .label(let name, let body):
      labels += 1
      let label = labels
      do {
        try run(body, input, path, Scope(.label(name, label), scope), emit)
      } catch let leave as Leave where leave.label == label {}
    case .leave(let name): try leave(name, scope)
    case .variable(let name): try emit(nil, try variable(name, scope))
    case .call(let name, let arguments): try call(name, arguments, input, path, scope, emit)
    default: break
    }
  }

  private func attempt(
    _ body: Query, _ handler: Query?, _ input: QueryValue, _ path: [QueryValue]?, _ scope: Scope?,
    _ emit: Emit
  ) throws {
    // What fails behind the try is not its affair.
    struct Outer: Error { let error: any Error }
    do {
      try run(body, input, path, scope) { place, value in
        do { try emit(place, value) } catch { throw Outer(error: error) }
      }
    } catch let outer as Outer {
      throw outer.error
    } catch let error as QueryError {
      if let handler { try run(handler, error.value, nil, scope, emit) }
    }
  }

  private func leave(_ name: String, _ scope: Scope?) throws {
    var here = scope
    while let current = here {
      if case .label(name, let label) = current.entry { throw Leave(label: label) }
      here = current.parent
    }
    throw QueryProblem("$*label-\(name) is not defined")
  }

  private func variable(_ name: String, _ scope: Scope?) throws -> QueryValue {
    var here = scope
    while let current = here {
      if case .variable(name, let value) = current.entry { return value }
      here = current.parent
    }
    if name == "ENV" { return environment }
    if name == "__loc__" {
      var place = QueryObject()
      place["file"] = .string("<top-level>")
      place["line"] = .number(1)
      return .object(place)
    }
    throw QueryProblem("$\(name) is not defined")
  }

  var environment: QueryValue {
    var object = QueryObject()
    for key in process.environment.keys.sorted() {
      object[key] = .string(process.environment[key] ?? "")
    }
    return .object(object)
  }

  private func object(
    _ members: ArraySlice<(key: Query, value: Query)>, _ made: QueryObject, _ input: QueryValue,
    _ scope: Scope?, _ emit: Emit
  ) throws {
    guard let first = members.first else { return try emit(nil, budget.hold(.object(made))) }
    try run(first.key, input, nil, scope) { _, key in
      guard case .string(let name) = key else {
        throw QueryError("Object keys must be strings")
      }
      try run(first.value, input, nil, scope) { _, value in
        var next = made
        next[name] = value
        try object(members.dropFirst(), next, input, scope, emit)
      }
    }
  }

  private func string(
    _ parts: ArraySlice<QueryPart>, _ text: String, _ format: String, _ input: QueryValue,
    _ scope: Scope?, _ emit: Emit
  ) throws {
    guard let first = parts.first else { return try emit(nil, budget.hold(.string(text))) }
    switch first {
    case .text(let own):
      try string(parts.dropFirst(), text + own, format, input, scope, emit)
    case .query(let query):
      try run(query, input, nil, scope) { _, value in
        let shown = try QueryFormats.text(format, value)
        try string(parts.dropFirst(), text + shown, format, input, scope, emit)
      }
    }
  }

  /// The scopes that a pattern makes of a value: one for each combination of its keys' values.
  private func scopes(
    _ pattern: QueryPattern, _ value: QueryValue, _ input: QueryValue, _ scope: Scope?
  ) throws -> [Scope?] {
    switch pattern {
    case .variable(let name): return [Scope(.variable(name, value), scope)]
    case .array(let parts):
      var found = [scope]
      for (index, part) in parts.enumerated() {
        let item = try QueryPaths.member(value, .number(Double(index)))
        found = try found.flatMap { try scopes(part, item, input, $0) }
      }
      return found
    case .object(let members):
      var found = [scope]
      for member in members {
        found = try found.flatMap { outer in
          try values(member.key, input, outer).flatMap { key -> [Scope?] in
            let item = try QueryPaths.member(value, key)
            let inner = member.variable.map { Scope(.variable($0, item), outer) } ?? outer
            guard let pattern = member.value else { return [inner] }
            return try scopes(pattern, item, input, inner)
          }
        }
      }
      return found
    }
  }
}
