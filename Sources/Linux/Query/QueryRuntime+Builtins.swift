import Shell
import Simulation

extension QueryRuntime {
  func builtin(
    _ name: String, _ arguments: [Query], _ input: QueryValue, _ path: [QueryValue]?,
    _ scope: Scope?, _ emit: Emit
  ) throws {
    switch (name, arguments.count) {
    case ("empty", 0): return
    case ("error", 0): throw QueryError(input)
    case ("error", 1):
      for value in try values(arguments[0], input, scope) { throw QueryError(value) }
    case ("not", 0): try emit(nil, .bool(!input.isTrue))
    case ("path", 1):
      for found in try paths(arguments[0], input, scope) { try emit(nil, .array(found)) }
    case ("getpath", 1):
      for value in try values(arguments[0], input, scope) {
        guard case .array(let keys) = value else {
          throw QueryError("Path must be specified as an array")
        }
        try emit(path.map { $0 + keys }, try QueryPaths.get(input, keys[...]))
      }
    case ("match", 2):
      try combine(arguments[...], [], input, scope) { parameters in
        for found in try QueryMatching.matches(input, parameters[0], parameters[1]) {
          try emit(nil, found)
        }
      }
    case ("range", 3): try range(arguments, input, scope, emit)
    case ("input", 0):
      guard let value = try inputs() else { throw QueryError("No more inputs") }
      try emit(nil, value)
    case ("inputs", 0): while let value = try inputs() { try emit(nil, value) }
    case ("debug", 0), ("stderr", 0):
      debugging.append(
        name == "debug" ? "[\"DEBUG:\",\(QueryText.compact(input))]\n" : QueryText.compact(input))
      try emit(path, input)
    case ("halt", 0): throw QueryHalt(status: 0, text: "")
    case ("halt_error", 1):
      let status = try values(arguments[0], input, scope).first
      var text = QueryText.compact(input) + "\n"
      if case .string(let own) = input { text = own }
      if case .number(let number)? = status {
        throw QueryHalt(status: Int32(truncatingIfNeeded: Int(clamped: number)), text: text)
      }
    default:
      // Every combination of the arguments' values, the last argument varying slowest.
      try combine(arguments[...], [], input, scope) { parameters in
        guard let value = try QueryFunctions.call(name, input, parameters, process) else {
          throw QueryProblem("\(name)/\(arguments.count) is not defined")
        }
        try emit(nil, value)
      }
    }
  }

  private func combine(
    _ arguments: ArraySlice<Query>, _ found: [QueryValue], _ input: QueryValue, _ scope: Scope?,
    _ body: ([QueryValue]) throws -> Void
  ) throws {
    guard let last = arguments.last else { return try body(found) }
    for value in try values(last, input, scope) {
      try combine(arguments.dropLast(), [value] + found, input, scope, body)
    }
  }

  private func range(
    _ arguments: [Query], _ input: QueryValue, _ scope: Scope?, _ emit: Emit
  ) throws {
    try combine(arguments[...], [], input, scope) { parameters in
      guard case .number(let from) = parameters[0], case .number(let to) = parameters[1],
        case .number(let step) = parameters[2]
      else { throw QueryError("Range bounds must be numeric") }
      guard step != 0 else { return }
      var value = from
      while step > 0 ? value < to : value > to {
        try emit(nil, .number(value))
        value += step
      }
    }
  }
}

/// `halt` ends the program.
struct QueryHalt: Error {
  let status: Int32
  let text: String
}
