import KubeAPIServer

/// What an exec or attach request asks for (PodExecOptions, PodAttachOptions).
package struct ConsoleRequest: Hashable, Sendable {
  /// Empty for attach.
  package var command: [String] = []
  package var hasInput = false
  package var hasOutput = false
  package var hasErrors = false
  package var isTerminal = false

  package init(command: [String]) {
    self.command = command
    hasOutput = true
    hasErrors = true
  }

  init(_ query: [(name: String, value: String)]) {
    for (name, value) in query {
      let isTrue = value == "true" || value == "1"
      switch name {
      case "command": command.append(value)
      case "stdin": hasInput = isTrue
      case "stdout": hasOutput = isTrue
      case "stderr": hasErrors = isTrue
      case "tty": isTerminal = isTrue
      default: break
      }
    }
    // A terminal has one stream for both.
    if isTerminal { hasErrors = false }
  }
}
