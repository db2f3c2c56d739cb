import Linux
import Shell

/// One of drydock's own words as a program of the workstation: it asks the session and prints.
struct ClassroomWord: Program {
  let name: String
  // Used on the cluster's one thread only.
  nonisolated(unsafe) let desk: Desk

  func run(_ process: Process) async throws -> ExitStatus {
    let answer = try await desk.ask(.word(name, process.arguments))
    guard case .words(let status, let output) = answer else { return 1 }
    try await process.write(output)
    return status
  }
}
