import Shell

/// Prints the working directory.
struct PrintWorkingDirectory: Program {
  let name = "pwd"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "L,logical P,physical")
    let path = options.has("L") ? process.environment["PWD"] ?? process.directory : nil
    let physical = try process.machine.files.canonical(
      ".", in: process.directory, process.caller, physically: true)
    try await process.write((path ?? physical) + "\n")
    return 0
  }
}
