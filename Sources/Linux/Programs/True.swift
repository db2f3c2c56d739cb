import Shell

/// Succeeds.
struct True: Program {
  let name = "true"
  func run(_ process: Process) async throws -> ExitStatus { 0 }
}

/// Fails.
struct False: Program {
  let name = "false"
  func run(_ process: Process) async throws -> ExitStatus { 1 }
}
