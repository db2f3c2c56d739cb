extension Interpreter {
  func run(_ statements: [Statement]) async throws {
    for statement in statements {
      if runQuickly(statement) {
        if !queuedComplaints.isEmpty { await flushComplaints() }
        try checkInterruption()
        continue
      }
      try await run(statement)
    }
  }

  func run(_ statement: Statement) async throws {
    if statement.inBackground {
      try await runInBackground(statement)
      return
    }
    try await runForeground(statement)
  }

  func runForeground(_ statement: Statement) async throws {
    guard !statement.rest.isEmpty else {
      try await run(statement.first, countsFailure: true)
      return
    }
    try await run(statement.first, countsFailure: false)
    for (index, (connector, pipeline)) in statement.rest.enumerated() {
      guard (status == 0) == (connector == .and) else { continue }
      try await run(pipeline, countsFailure: index + 1 == statement.rest.count)
    }
  }

  /// Runs statements whose failure is an answer, not an error.
  func runCondition(_ statements: [Statement]) async throws -> Bool {
    toleratedFailures += 1
    defer { toleratedFailures -= 1 }
    try await run(statements)
    return status == 0
  }

  private func run(_ pipeline: Pipeline, countsFailure: Bool) async throws {
    if pipeline.timed != nil { return try await runTimed(pipeline) }
    if !countsFailure || pipeline.isNegated { toleratedFailures += 1 }
    do {
      if pipeline.commands.isEmpty {
        status = 0
      } else if pipeline.commands.count == 1 {
        try await run(pipeline.commands[0])
        pipeStatuses = [status]
      } else {
        try await runConcurrently(pipeline.commands)
      }
    } catch {
      if !countsFailure || pipeline.isNegated { toleratedFailures -= 1 }
      throw error
    }
    if !countsFailure || pipeline.isNegated { toleratedFailures -= 1 }
    if pipeline.isNegated {
      status = status == 0 ? 1 : 0
    } else if countsFailure, status != 0, toleratedFailures == 0,
      pipeline.commands.count > 1 || pipeline.commands[0].countsForErrexit
    {
      try await failed()
    }
  }

  /// What a failure that counts sets off: the ERR trap and `set -e`.
  func failed() async throws {
    if let action = traps[.error], callStack.isEmpty || options.contains(.errtrace) {
      try await runTrap(action)
    }
    if options.contains(.errexit) { throw Interruption.exit(status) }
  }

  private func runTimed(_ pipeline: Pipeline) async throws {
    let start = host.now
    if !pipeline.commands.isEmpty {
      let inner = Pipeline(
        commands: pipeline.commands, isNegated: pipeline.isNegated, timed: nil)
      try await run(inner, countsFailure: true)
    }
    let millis = (host.now - start) / 1_000_000
    func shown(_ millis: Int64) -> String {
      let rest = String(millis % 1000)
      return String(repeating: "0", count: 3 - rest.utf8.count) + rest
    }
    if pipeline.timed == .posix {
      await writeError("real \(millis / 1000).\(shown(millis).prefix(2))\nuser 0.00\nsys 0.00\n")
    } else {
      let real = "\(millis / 60000)m\(millis / 1000 % 60).\(shown(millis))s"
      await writeError("\nreal\t\(real)\nuser\t0m0.000s\nsys\t0m0.000s\n")
    }
  }

  // MARK: Concurrency

  private func runConcurrently(_ commands: [CommandNode]) async throws {
    var children: [any ShellChild] = []
    var input: (any OpenFile)?
    for command in commands.dropLast() {
      let (read, write) = host.pipe()
      let part = fork()
      part.replace(1, with: write)
      if let input { part.replace(0, with: input) }
      input = read
      children.append(
        host.spawn(command.title) { await part.runAlone(command, on: $0, isChild: true) })
    }
    let last = fork()
    if let input { last.replace(0, with: input) }
    var statuses: [ExitStatus] = []
    let lastStatus = await last.runAlone(commands[commands.count - 1], on: host)
    for child in children { statuses.append(try await child.wait()) }
    statuses.append(lastStatus)
    try await host.step()
    pipeStatuses = statuses
    status = lastStatus
    if options.contains(.pipefail) { status = statuses.last { $0 != 0 } ?? 0 }
  }

  /// Puts an open file, whose reference is given away, at a descriptor.
  func replace(_ descriptor: Int, with file: any OpenFile) {
    files[descriptor]?.release()
    files[descriptor] = file
  }

  /// Runs one command as this (forked) shell's whole life.
  func runAlone(
    _ command: CommandNode, on host: any ShellHost, isChild: Bool = false
  ) async -> ExitStatus {
    self.host = host
    if isChild { expectToEnd(with: command) }
    let status = await finish { try await self.run(command) }
    close()
    return status
  }

  func expectToEnd(with command: CommandNode) {
    if case .simple = command.kind, traps.isEmpty { endsWithCommand = true }
  }

  private func runInBackground(_ statement: Statement) async throws {
    let part = fork()
    if !isInteractive, let null = try? host.open("/dev/null", .read, in: directory) {
      part.replace(0, with: null)
    }
    let child = host.spawn(statement.text) { host in
      part.host = host
      let pipeline = statement.first
      if statement.rest.isEmpty, pipeline.commands.count == 1, !pipeline.isNegated,
        pipeline.timed == nil
      {
        part.expectToEnd(with: pipeline.commands[0])
      }
      let status = await part.finish { try await part.runForeground(statement) }
      part.close()
      return status
    }
    let number = jobs.add(child, text: statement.text)
    lastBackgroundID = child.processID
    if isInteractive, dialect.isBash, !isSubshell {
      await writeError("[\(number)] \(child.processID)\n")
    }
    status = 0
  }

  /// Runs statements in a copy of this shell and gives their status.
  func runInSubshell(_ statements: [Statement], output: (any OpenFile)? = nil) async throws
    -> ExitStatus
  {
    let child = fork()
    if let output {
      output.retain()
      child.replace(1, with: output)
    }
    let mask = host.fileMask
    defer { host.fileMask = mask }
    child.subshellLevel = subshellLevel + 1
    if output == nil { child.inheritedJobs = JobTable() }
    child.substitutionDepth = substitutionDepth + 1
    guard child.substitutionDepth <= Interpreter.substitutionDepthLimit else {
      child.close()
      throw Interruption.fatal("subshells nested too deeply")
    }
    if output != nil, dialect.isBash, !shopt.contains("inherit_errexit") {
      child.options.remove(.errexit)
    }
    var failure: (any Error)?
    let result = await child.finish {
      do {
        try await child.run(statements)
      } catch let error where !(error is Interruption) {
        failure = error
        throw error
      }
    }
    child.close()
    if let output = output as? CaptureFile {
      for job in child.jobs.list where output.references > 1 { _ = try await job.child.wait() }
    }
    if !traps.isEmpty { host.setTrapped(trappedSignals) }
    if let failure, !(failure as? HostError == .brokenPipe) { throw failure }
    return result
  }

  /// Runs `$( )` and gives what it wrote, without the newlines at the end.
  func output(of substitution: CommandSubstitution) async throws -> String {
    if let word = substitution.fileToRead {
      let text = try await contents(of: try await stringWaiting(word))
      return text
    }
    if substitution.script.isEmpty {
      substitutionStatus = 0
      return ""
    }
    let capture = CaptureFile(limit: host.captureLimit)
    let result = try await runInSubshell(substitution.script, output: capture)
    substitutionStatus = result
    status = result
    return capture.text
  }

  private func contents(of path: String) async throws -> String {
    let capture = CaptureFile(limit: host.captureLimit)
    do {
      let file = try openFile(path, .read)
      defer { file.release() }
      while true {
        let bytes = try await file.read(upTo: 1 << 16)
        if bytes.isEmpty { break }
        try await capture.write(bytes)
      }
      substitutionStatus = 0
    } catch let error as HostError {
      await complain("\(path): \(error.text)")
      substitutionStatus = 1
    }
    return capture.text
  }

  /// Starts `<( )` and gives the path at which its other end can be opened.
  func path(of substitution: ProcessSubstitution) async throws -> String {
    let (read, write) = host.pipe()
    let part = fork()
    part.replace(substitution.isInput ? 1 : 0, with: substitution.isInput ? write : read)
    let child = host.spawn("process substitution") { host in
      part.host = host
      let status = await part.finish { try await part.run(substitution.script) }
      part.close()
      return status
    }
    lastBackgroundID = child.processID
    var number = 63
    while files[number] != nil { number -= 1 }
    files[number] = substitution.isInput ? read : write
    substitutedFiles.append(number)
    return "/dev/fd/\(number)"
  }

  /// Closes the ends of the process substitutions that a command used.
  func closeSubstitutedFiles(from count: Int) {
    while substitutedFiles.count > count, let number = substitutedFiles.popLast() {
      files.removeValue(forKey: number)?.release()
    }
  }
}

extension CommandNode {
  var countsForErrexit: Bool {
    switch kind {
    case .simple, .subshell, .arithmetic, .test: true
    default: false
    }
  }

  /// For the process list.
  var title: String {
    guard case .simple(let simple) = kind else { return "sh" }
    return simple.literalName ?? "sh"
  }
}
