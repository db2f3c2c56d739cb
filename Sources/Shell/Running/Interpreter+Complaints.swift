extension Interpreter {
  /// `bash: line 3: `, as this shell begins its complaints.
  func complaintPrefix(line: Int? = nil) -> String {
    let line = line ?? self.line
    switch (dialect.family, source) {
    case (.bash, .session): return "\(name): "
    // Functions of a command string have no file: bash calls it so.
    case (.bash, .commandString) where !callStack.isEmpty: return "environment: line \(line): "
    case (.bash, _): return "\(name): line \(line): "
    case (.dash, _): return "\(name): \(line): "
    case (.ash, .script): return "\(name): line \(line): "
    case (.ash, _): return "\(name): "
    }
  }

  /// BusyBox tells lines of builtins only (ash_vmsg); those of a command string count from 0.
  func ashPrefix(of builtin: String) -> String {
    switch source {
    case .session: "\(name): \(builtin): "
    case .commandString: "\(name): \(builtin): line \(max(0, line - 1)): "
    case .script: "\(name): \(builtin): line \(line): "
    }
  }

  /// Writes a complaint to standard error.
  func complain(_ text: String, line: Int? = nil) async {
    await flushComplaints()
    await writeError(complaintPrefix(line: line) + text + "\n")
  }

  func queueComplaint(_ text: String) { queuedComplaints += complaintPrefix() + text + "\n" }

  func flushComplaints() async {
    guard !queuedComplaints.isEmpty else { return }
    let text = queuedComplaints
    queuedComplaints = ""
    await writeError(text)
  }

  func writeError(_ text: String) async {
    // Nowhere to complain of a complaint that cannot be written.
    try? await files[2]?.write(Array(text.utf8))
  }

  func complainSyntax(_ problem: SyntaxProblem, _ parser: Parser, _ firstLine: Int) async {
    let message = problem.message(in: dialect)
    guard dialect.isBash else {
      if evalDepth > 0, dialect.family == .ash {
        await flushComplaints()
        await writeError(ashPrefix(of: "eval") + message + "\n")
        return
      }
      await complain(evalDepth > 0 ? "eval: \(message)" : message, line: problem.line)
      return
    }
    let option = source == .commandString && evalDepth == 0 && sourceDepth == 0 ? "-c: " : ""
    let prefix =
      isInteractive && evalDepth == 0
      ? "\(name): "
      : "\(name): \(evalDepth > 0 && trapDepth == 0 ? "eval: " : option)line \(problem.line): "
    await writeError(prefix + message + "\n")
    if case .unexpected = problem.reason {
      let text = parser.text(ofLine: problem.line, startingAt: firstLine)
      if !isInteractive || evalDepth > 0 { await writeError("\(prefix)`\(text)'\n") }
    }
  }
}
