import Shell

/// Prints by a format.
struct Printf: Program {
  let name = "printf"

  func run(_ process: Process) async throws -> ExitStatus {
    var arguments = process.arguments[...]
    if arguments.first == "--" { arguments = arguments.dropFirst() }
    guard let format = arguments.popFirst() else { throw UsageError("missing operand") }
    var values = FormatArguments(Array(arguments))
    let bytes = Array(format.utf8)
    while true {
      let before = values.position
      let result = PrintfFormat.render(bytes, &values)
      if let excess = values.excess { throw HostError.budget(excess) }
      try await process.write(result.bytes)
      if let problem = result.problem {
        try await process.complain(problem)
        return 1
      }
      if result.stops || values.isAtEnd || values.position == before { break }
    }
    for problem in values.problems { try await process.complain(problem) }
    return values.problems.isEmpty ? 0 : 1
  }
}
