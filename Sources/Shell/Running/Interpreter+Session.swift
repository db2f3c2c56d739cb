/// Whether a text can be run as it stands.
package enum Completeness: Hashable, Sendable {
  case complete
  /// Something is open; the prompt for its next line is PS2.
  case needsMore
}

extension Interpreter {
  /// Whether a typed text is a whole command, or waits for its quote, `done` or here-document.
  package func completeness(of text: String) -> Completeness {
    let parser = Parser(
      text, dialect: dialect, allowsExtendedGlobs: extendedGlobs,
      alias: { [unowned self] in self.aliases[$0] })
    do {
      while try parser.nextLine() != nil {}
      return parser.endsOpen ? .needsMore : .complete
    } catch {
      return error.isIncomplete ? .needsMore : .complete
    }
  }

  /// COLUMNS and LINES, which bash brings up to date beside every command (`checkwinsize`).
  package func tellSize(_ size: (columns: Int, rows: Int)) {
    try? assign("COLUMNS", String(size.columns))
    try? assign("LINES", String(size.rows))
  }

  /// From now on the lines are a script's, as bash reads one, not a person's: no history, no
  /// notices of jobs, no word at `exit`. Aliases stay.
  package func readAsScript(named name: String, _ source: Source) {
    self.name = name
    self.source = source
    options.subtract([.monitor, .histexpand, .history, .emacs])
    shopt.insert("expand_aliases")
  }

  /// Runs what was typed at the prompt and keeps the shell's state; a failure ends only the line.
  /// After `exit` the session's `exitStatus` is set.
  package func runInteractive(_ text: String) async -> ExitStatus {
    await announceJobs()
    guard let line = await expandHistory(text) else {
      status = 1
      return 1
    }
    let trimmed = line.drop { $0 == " " || $0 == "\t" || $0 == "\n" }
    if !trimmed.isEmpty, !(line.first == " " && ignoresBlankLines) { remember(line) }
    do {
      try await execute(line)
      try checkInterruption()
    } catch let killed as Killed where killed.signal == 2 {
      status = 130
    } catch {
      status = await ended(by: error)
    }
    await flushComplaints()
    await announceJobs()
    if exitStatus != nil { await runExitTrap() }
    return exitStatus ?? status
  }

  private var ignoresBlankLines: Bool {
    variables["HISTCONTROL"]?.scalar.map { $0.contains("ignorespace") || $0.contains("ignoreboth") }
      ?? false
  }

  private func remember(_ line: String) {
    let text = line.last == "\n" ? String(line.dropLast()) : line
    let control = variables["HISTCONTROL"]?.scalar ?? ""
    if control.contains("ignoredups") || control.contains("ignoreboth"),
      history.lines.last == text
    {
      return
    }
    if let size = variables["HISTSIZE"]?.scalar.flatMap({ Int($0) }), size >= 0 {
      history.limit = size
    }
    history.add(text)
  }

  /// The line with its `!` words replaced and shown; nil, with a complaint, when one means nothing.
  private func expandHistory(_ text: String) async -> String? {
    guard dialect.isBash, options.contains(.histexpand) else { return text }
    do {
      guard let expanded = try history.expand(text) else { return text }
      await writeError(expanded.last == "\n" ? expanded : expanded + "\n")
      return expanded
    } catch {
      await writeError("\(name): \(error.event): event not found\n")
      return nil
    }
  }

  /// Says which background jobs have ended, as bash does before a prompt.
  private func announceJobs() async {
    guard isInteractive else { return }
    for job in jobs.list where job.child.status != nil {
      await writeError(jobs.line(of: job))
      finished[job.child.processID] = job.child.status
      jobs.remove(number: job.number)
    }
  }
}
