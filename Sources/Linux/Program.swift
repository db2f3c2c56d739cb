package import Shell

/// An executable file's behaviour: `cat`, `kubectl`, nginx.
package protocol Program: Sendable {
  /// The name it is called by.
  var name: String { get }
  /// Runs to the end; what it throws ends the process (`Killed`, `HostError.brokenPipe` as 141).
  func run(_ process: Process) async throws -> ExitStatus
}
