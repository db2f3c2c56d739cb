extension Interpreter {
  func run(_ command: SimpleCommand, _ redirections: [Redirection]) async throws {
    let endsShell = endsWithCommand
    endsWithCommand = false
    try await host.step()
    if !coprocesses.isEmpty { dropEndedCoprocesses() }
    let opened = substitutedFiles.count
    defer { closeSubstitutedFiles(from: opened) }
    substitutionStatus = 0
    if let name = command.literalName, Parser.declarations.contains(name),
      functions[name] == nil, builtins[name] != nil
    {
      try await runDeclaration(command, redirections)
      return
    }
    let words =
      command.hasCommands ? try await fields(command.words) : try fieldsNow(command.words)
    if !queuedComplaints.isEmpty { await flushComplaints() }
    guard let name = words.first else {
      try await assignOnly(command, redirections)
      return
    }
    var assignments: [PreparedAssignment] = []
    for assignment in command.assignments { assignments.append(try await prepare(assignment)) }
    if options.contains(.xtrace) { await trace(words, assignments) }
    lastArgument = words[words.count - 1]
    let arguments = Array(words.dropFirst())
    endsWithCommand = endsShell && functions[name] == nil && builtins[name] == nil
    try await invoke(name, arguments, assignments, redirections)
  }

  private func assignOnly(_ command: SimpleCommand, _ redirections: [Redirection]) async throws {
    let saved = try await redirect(redirections)
    if let saved { restore(saved) }
    for assignment in command.assignments {
      let prepared = try await prepare(assignment)
      if options.contains(.xtrace) { await trace([], [prepared]) }
      try apply(prepared)
    }
    status = saved == nil ? 1 : substitutionStatus
  }

  /// Runs a function, builtin or program with redirections and assignments of its own.
  func invoke(
    _ name: String, _ arguments: [String], _ assignments: [PreparedAssignment],
    _ redirections: [Redirection], skippingFunctions: Bool = false
  ) async throws {
    if name == "exec", builtins["exec"] != nil, functions["exec"] == nil {
      try await runExec(arguments, redirections)
      return
    }
    var saved: SavedFiles?
    if !redirections.isEmpty {
      guard let found = try await redirect(redirections) else {
        status = dialect.family == .dash ? 2 : 1
        if !dialect.isBash, builtins[name]?.isSpecial ?? false { throw Interruption.exit(2) }
        return
      }
      saved = found
    }
    do {
      try await dispatch(name, arguments, assignments, skippingFunctions: skippingFunctions)
    } catch {
      if let saved { restore(saved) }
      throw error
    }
    if let saved { restore(saved) }
  }

  private func dispatch(
    _ name: String, _ arguments: [String], _ assignments: [PreparedAssignment],
    skippingFunctions: Bool
  ) async throws {
    if !skippingFunctions, let function = functions[name] {
      let hidden = try bind(assignments)
      defer { unbind(hidden) }
      try await call(function, named: name, arguments)
    } else if let builtin = builtins[name] {
      if builtin.isSpecial, !dialect.isBash {
        for assignment in assignments { try apply(assignment) }
        status = try await run(builtin, name, arguments)
      } else {
        let hidden = try bind(assignments)
        defer { unbind(hidden) }
        status = try await run(builtin, name, arguments)
      }
    } else {
      try await runProgram(name, arguments, assignments)
    }
    if !queuedComplaints.isEmpty { await flushComplaints() }
  }

  private func run(_ builtin: Builtin, _ name: String, _ arguments: [String]) async throws
    -> ExitStatus
  {
    do {
      return try await builtin.run(BuiltinCall(shell: self, name: name, arguments: arguments))
    } catch Interruption.builtinFailed(let code) {
      return code
    }
  }

  /// Sets exported variables for one command; gives back what they hide.
  func bind(_ assignments: [PreparedAssignment]) throws -> [(String, Variable?)] {
    var hidden: [(String, Variable?)] = []
    for assignment in assignments {
      hidden.append((assignment.name, variables[assignment.name]))
      try apply(assignment)
      variables[assignment.name]?.attributes.insert(.exported)
    }
    return hidden
  }

  func unbind(_ hidden: [(String, Variable?)]) {
    for (name, variable) in hidden.reversed() { variables[name] = variable }
  }

  func runProgram(
    _ name: String, _ arguments: [String], _ assignments: [PreparedAssignment]
  ) async throws {
    let hidden = try bind(assignments)
    defer { unbind(hidden) }
    let replaces = endsWithCommand
    endsWithCommand = false
    status = try await runProgram(name, arguments, replacing: replaces)
  }

  /// `exec` says so of itself when there is no such program; a shell's last command does not.
  func runProgram(
    _ name: String, _ arguments: [String], replacing: Bool = false, byExec: Bool = false
  ) async throws -> ExitStatus {
    var environment = variables.exported
    if environment["PATH"] == nil, let path = variables["PATH"]?.scalar {
      environment["PATH"] = path
    }
    if dialect.isBash { environment["_"] = name }
    if name.isEmpty {
      await complain(notFound(name))
      return 127
    }
    do {
      let command = Command(
        path: name, arguments: arguments, environment: environment, directory: directory,
        files: files)
      // The learner's own shell outlives an exec: its terminal has no other.
      return replacing && (source != .session || isSubshell)
        ? try await host.replace(command) : try await host.run(command)
    } catch let error as HostError {
      switch error {
      case .notFound:
        if functions["command_not_found_handle"] != nil, !name.utf8.contains(0x2f) {
          try await invoke("command_not_found_handle", [name] + arguments, [], [])
          return status
        }
        if byExec, dialect.family == .ash {
          await flushComplaints()
          await writeError("\(ashPrefix(of: "exec"))\(name): not found\n")
          return 127
        }
        await complain(
          byExec
            ? "exec: \(name): not found"
            : name.utf8.contains(0x2f) ? missingFile(name) : notFound(name))
        return 127
      case .brokenPipe, .budget: throw error
      default:
        // execve refuses directories as it refuses files that may not be run; bash looks.
        let text =
          error == .isDirectory && !dialect.isBash
          ? HostError.permissionDenied.text
          : host.status(name, in: directory, followingLinks: true)?.kind == .directory
            && dialect.isBash ? HostError.isDirectory.text : error.text
        await complain("\(name): \(text)")
        return 126
      }
    }
  }

  private func notFound(_ name: String) -> String {
    dialect.isBash ? "\(name): command not found" : "\(name): not found"
  }

  private func missingFile(_ name: String) -> String {
    dialect.isBash ? "\(name): \(HostError.notFound.text)" : "\(name): not found"
  }

  private func runExec(_ arguments: [String], _ redirections: [Redirection]) async throws {
    guard let saved = try await redirect(redirections) else {
      status = 1
      if !isInteractive, !dialect.isBash { throw Interruption.exit(2) }
      return
    }
    keep(saved)
    var arguments = arguments
    while let first = arguments.first, first.utf8.first == UInt8(ascii: "-") {
      arguments.removeFirst()
      if first == "-a" || first == "-la", !arguments.isEmpty { arguments.removeFirst() }
      if first == "--" { break }
    }
    guard let name = arguments.first else {
      status = 0
      return
    }
    traps[.exit] = nil
    let code = try await runProgram(
      name, Array(arguments.dropFirst()), replacing: true, byExec: true)
    status = code
    if code == 126 || code == 127, isInteractive { return }
    throw Interruption.exit(code)
  }

  // MARK: Tracing

  func trace(_ words: [String], _ assignments: [PreparedAssignment] = []) async {
    var pieces: [String] = []
    for assignment in assignments {
      let mark = assignment.appends ? "+=" : "="
      switch assignment.value {
      case .text(let text):
        let index = assignment.index.map { "[\($0.text.unexpandedText)]" } ?? ""
        pieces.append(
          assignment.name + index + mark + (text.isEmpty ? "" : ShellQuoting.whenNeeded(text)))
      case .list(let elements):
        let values = elements.flatMap(\.values).map(ShellQuoting.whenNeeded)
        pieces.append("\(assignment.name)\(mark)(\(values.joined(separator: " ")))")
      }
    }
    // Debian's dash quotes nothing.
    if !words.isEmpty {
      pieces += dialect.family == .dash ? words : words.map(ShellQuoting.whenNeeded)
    }
    var prompt = expandedPrompt(variables["PS4"]?.scalar ?? "+ ")
    if subshellLevel > 0, dialect.isBash, let first = prompt.first {
      prompt = String(repeating: first, count: min(subshellLevel, 50)) + prompt
    }
    let lines = dialect.isBash && !assignments.isEmpty && !words.isEmpty
    if lines {
      let split = assignments.count
      for piece in pieces[..<split] { await writeError("\(prompt)\(piece)\n") }
      pieces.removeFirst(split)
    }
    await writeError(prompt + pieces.joined(separator: " ") + "\n")
  }
}
