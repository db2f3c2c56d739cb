package import Linux
package import Shell
package import Simulation

/// An interactive shell on a machine, as a terminal sees it: lines go in, bytes come out.
package final class ShellSession {
  package enum Channel: Sendable { case output, errors }

  /// Everything that programs print, as it happens.
  package var onOutput: ((Channel, [UInt8]) -> Void)?
  /// While a line runs.
  package private(set) var isRunning = false
  /// Of the last line.
  package private(set) var exitStatus: ExitStatus = 0
  /// The size that programs are told; columns and rows.
  package var size = (columns: 80, rows: 24)

  private let machine: Machine

  init(machine: Machine) { self.machine = machine }

  /// PS1, expanded; colours stand between \u{1} marks when wanted.
  package var prompt: String { preconditionFailure("arrives with the shell") }

  /// Whether `text` is a whole command, or the prompt to continue it with (open quote, here-document).
  package func continuation(of text: String) -> String? {
    preconditionFailure("arrives with the shell")
  }

  /// Whether a running program waits for a line to be typed; until then typed lines are for later.
  package var isAwaitingInput: Bool { preconditionFailure("arrives with the shell") }

  /// Starts a line (or a whole script). Drive the timeline until `isRunning` is false.
  package func start(_ line: String) { preconditionFailure("arrives with the shell") }

  /// Ctrl-C: ends the running line.
  package func interrupt() { preconditionFailure("arrives with the shell") }

  /// What is typed while a line runs goes to the program that reads the terminal.
  package func type(_ bytes: [UInt8]) { preconditionFailure("arrives with the shell") }
  /// Ctrl-D.
  package func endInput() { preconditionFailure("arrives with the shell") }

  /// Runs a line to its end in virtual time and returns what it printed. Ends it (as Ctrl-C does)
  /// when it takes longer than `limit` of virtual time.
  package func run(
    _ line: String, limit: Span = .hours(1)
  ) -> (status: ExitStatus, output: String, errors: String) {
    preconditionFailure("arrives with the shell")
  }

  /// What Tab offers for the text before the cursor: the start of the word concerned and the
  /// candidates for it, each whole and quoted as needed.
  package func completions(of text: String) -> (wordStart: String.Index, candidates: [String]) {
    preconditionFailure("arrives with the shell")
  }

  /// Adds a builtin of drydock's own (`learn`, `why`…), as an ordinary program of the machine.
  package func add(_ program: any Program) { preconditionFailure("arrives with the shell") }
}
