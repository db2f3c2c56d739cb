import Shell

/// A shell's prompt as the terminal of the person at it sees it.
final class ShellLine: PromptingShell {
  private let shell: Interpreter
  private let process: Process

  init(_ shell: Interpreter, _ process: Process) {
    self.shell = shell
    self.process = process
  }

  var pastLines: [String] { shell.history.lines }

  func completions(of text: String) -> (wordStart: String.Index, candidates: [String]) {
    switch shell.dialect {
    case .bash: ShellCompletion(shell, process).candidates(for: text)
    case .ash: ShellCompletion(shell, process).candidates(for: text, programsAnswer: false)
    // Debian's sh is built without an editor.
    default: (text.endIndex, [])
    }
  }
}
