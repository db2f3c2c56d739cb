package import Shell

/// An executable file's behaviour: `cat`, `kubectl`, nginx.
package protocol Program: Sendable {
  /// The name it is called by.
  var name: String { get }
  /// Whether it answers cobra's hidden `__complete`.
  var completesItself: Bool { get }
  /// Runs to the end; what it throws ends the process: `Killed`, `HostError.brokenPipe` as 141,
  /// `UsageError` with its message.
  func run(_ process: Process) async throws -> ExitStatus
}

extension Program {
  package var completesItself: Bool { false }
}

/// Stands for a program that an image has and drydock does not simulate.
struct UnknownProgram: Program {
  let name: String

  func run(_ process: Process) async throws -> ExitStatus {
    try await process.writeError("drydock: not simulated: the program \(name)\n")
    return 127
  }
}

/// Wrong options or operands: what to print, and the exit status.
package struct UsageError: Error {
  let message: String
  let hint: Bool
  let status: ExitStatus
  /// What BusyBox's applet says instead.
  let busyBox: String?

  /// `hint` adds the line `Try 'x --help' for more information.`
  package init(
    _ message: String, hint: Bool = true, status: ExitStatus = 1, busyBox: String? = nil
  ) {
    self.message = message
    self.hint = hint
    self.status = status
    self.busyBox = busyBox
  }

  /// BusyBox's text: its own words, or how the applet is used; of options it names the wrong one.
  func text(_ name: String, of applet: BusyBoxApplet, _ version: String) -> String {
    if let busyBox { return "\(name): \(busyBox)\n" }
    guard hint else { return "\(name): \(message)\n" }
    let isOfOption = ["invalid option", "unrecognized option", "option requires"]
      .contains(where: message.hasPrefix)
    return (isOfOption ? "\(name): \(message)\n" : "") + applet.help(version)
  }

  func text(_ name: String) -> String {
    "\(name): \(message)\n" + (hint ? "Try '\(name) --help' for more information.\n" : "")
  }
}
