package import Shell

/// A terminal that a program may take over, as an ssh or kubectl exec in raw mode does.
package protocol ControllingTerminal: OpenFile {
  /// Takes Ctrl-C (SIGINT) and changes of the size (SIGWINCH) instead of the processes in front; nil
  /// gives them back.
  var onSignal: ((Int32) -> Void)? { get set }
  var size: (columns: Int, rows: Int) { get set }
  /// The shell that waits at its prompt, while it does.
  var promptingShell: (any PromptingShell)? { get set }
  /// The terminal at the far end that whoever took this one over hands its keys to.
  var farEnd: (any ControllingTerminal)? { get set }
}

/// A shell at its prompt, where a person's own terminal may edit the line as readline does.
package protocol PromptingShell: AnyObject {
  /// The lines that the arrows find, oldest first.
  var pastLines: [String] { get }
  /// What Tab offers for the text before the cursor: the start of the word concerned and the
  /// candidates for it, each whole and quoted as needed.
  func completions(of text: String) -> (wordStart: String.Index, candidates: [String])
}

/// A connection with a terminal at its far end, such as that of an exec.
package protocol TerminalConnection: AnyObject {
  var farEnd: (any ControllingTerminal)? { get }
}

extension ControllingTerminal {
  /// The terminal whose processes read what is typed here.
  private var innermost: any ControllingTerminal {
    var found: any ControllingTerminal = self
    while let next = found.farEnd { found = next }
    return found
  }

  /// Who waits at a prompt for what is typed here, at whatever end.
  package var shellAtPrompt: (any PromptingShell)? { innermost.promptingShell }
  /// Whether what is typed here shows.
  package var showsTyping: Bool { innermost.echoes }
}
