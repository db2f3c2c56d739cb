extension Interpreter {
  func run(_ command: CommandNode) async throws {
    line = command.line
    if case .simple(let simple) = command.kind {
      try await run(simple, command.redirections)
      try await deliverSignals()
      return
    }
    if command.redirections.isEmpty {
      try await runCompound(command)
      return
    }
    let opened = substitutedFiles.count
    guard let saved = try await redirect(command.redirections) else {
      status = 1
      return
    }
    do {
      try await runCompound(command)
    } catch {
      restore(saved)
      closeSubstitutedFiles(from: opened)
      throw error
    }
    restore(saved)
    closeSubstitutedFiles(from: opened)
  }

  private func runCompound(_ command: CommandNode) async throws {
    switch command.kind {
    case .simple: break
    case .group(let statements): try await run(statements)
    case .subshell(let statements): status = try await runInSubshell(statements)
    case .conditional(let arms, let otherwise):
      for arm in arms where try await runCondition(arm.condition) {
        try await run(arm.body)
        return
      }
      status = 0
      try await run(otherwise)
    case .loop(let condition, let body, let isUntil):
      try await runLoop(condition, body, isUntil: isUntil)
    case .forEach(let name, let words, let body): try await runForEach(name, words, body)
    case .select(let name, let words, let body): try await runSelect(name, words, body)
    case .forCounting(let start, let condition, let step, let body):
      try await runCounting(start, condition, step, body)
    case .choice(let subject, let arms): try await runChoice(subject, arms)
    case .arithmetic(let expression):
      do {
        status = try await evaluateWaiting(expression) != 0 ? 0 : 1
      } catch Interruption.failed(let text) {
        await complain("((: \(text)")
        status = 1
      }
    case .test(let expression):
      if options.contains(.xtrace) { await trace(["[[", "...", "]]"]) }
      do {
        status = try await evaluate(expression) ? 0 : 1
      } catch Interruption.failed(let text) {
        await complain("[[: \(text)")
        status = 1
      }
    case .function(let name, let body):
      functions[name] = body
      status = 0
    case .coprocess(let name, let command, let text):
      try await startCoprocess(name, command, text)
    }
  }

  func evaluateWaiting(_ expression: ArithmeticExpansion) async throws -> Int64 {
    let value = try evaluate(try await resolve(expression))
    try checkInterruption()
    return value
  }

  // MARK: Loops

  /// Runs a loop's body once; false when the loop is to end.
  func turn(_ body: [Statement]) async throws -> Bool {
    do {
      try await run(body)
    } catch Interruption.breakLoop(let count) {
      if count > 1 { throw Interruption.breakLoop(count - 1) }
      return false
    } catch Interruption.continueLoop(let count) {
      if count > 1 { throw Interruption.continueLoop(count - 1) }
    }
    return true
  }

  private func runLoop(_ condition: [Statement], _ body: [Statement], isUntil: Bool) async throws {
    loopDepth += 1
    defer { loopDepth -= 1 }
    var last: ExitStatus = 0
    while true {
      try await host.step()
      try await deliverSignals()
      do {
        guard try await runCondition(condition) != isUntil else { break }
      } catch Interruption.breakLoop(let count) {
        if count > 1 { throw Interruption.breakLoop(count - 1) }
        break
      } catch Interruption.continueLoop(let count) {
        if count > 1 { throw Interruption.continueLoop(count - 1) }
        continue
      }
      let goesOn = try await turn(body)
      last = status
      if !goesOn { break }
    }
    status = last
  }

  private func runForEach(_ name: String, _ words: [Word]?, _ body: [Statement]) async throws {
    let values: [String]
    if let words { values = try await fields(words) } else { values = positional }
    loopDepth += 1
    defer { loopDepth -= 1 }
    status = 0
    for value in values {
      try await host.step()
      try await deliverSignals()
      if options.contains(.xtrace) { await trace(["for", name, "in", value]) }
      try assign(name, value)
      if try await !turn(body) { break }
    }
  }

  private func runCounting(
    _ start: ArithmeticExpansion?, _ condition: ArithmeticExpansion?,
    _ step: ArithmeticExpansion?, _ body: [Statement]
  ) async throws {
    loopDepth += 1
    defer { loopDepth -= 1 }
    if let start { _ = try await evaluateWaiting(start) }
    status = 0
    while true {
      try await host.step()
      try await deliverSignals()
      if let condition, try await evaluateWaiting(condition) == 0 { break }
      if try await !turn(body) { break }
      if let step { _ = try await evaluateWaiting(step) }
    }
  }

  private func runChoice(_ subject: Word, _ arms: [CaseArm]) async throws {
    let text = try await stringWaiting(subject)
    if options.contains(.xtrace) { await trace(["case", text, "in"]) }
    status = 0
    var fallsThrough = false
    for arm in arms {
      var isChosen = fallsThrough
      if !isChosen {
        for word in arm.patterns {
          let pattern = try pattern(word.hasCommands ? try await resolve(word) : word)
          if matches(pattern, text) {
            isChosen = true
            break
          }
        }
      }
      guard isChosen else { continue }
      try await run(arm.body)
      switch arm.ending {
      case .stop: return
      case .fallThrough: fallsThrough = true
      case .testNext: fallsThrough = false
      }
    }
  }

  func matches(_ pattern: String, _ text: String, extended: Bool? = nil) -> Bool {
    if shopt.contains("nocasematch") {
      return GlobPattern(pattern, extended: extended ?? extendedGlobs, ignoringCase: true)
        .matches(text)
    }
    if extended == true, !extendedGlobs {
      return GlobPattern(pattern, extended: true).matches(text)
    }
    return glob(pattern).matches(text)
  }

  // MARK: Functions

  func call(_ body: FunctionBody, named function: String, _ arguments: [String]) async throws {
    guard callStack.count < Interpreter.functionDepthLimit else {
      await complain(
        "\(function): maximum function nesting level exceeded (\(Interpreter.functionDepthLimit))")
      throw Interruption.abandoned(1)
    }
    let outer = (positional, loopDepth)
    positional = arguments
    loopDepth = 0
    callStack.append(function)
    variables.enterFunction()
    defer {
      variables.leaveFunction()
      callStack.removeLast()
      (positional, loopDepth) = outer
    }
    do {
      try await run(body.command)
    } catch Interruption.leaveFunction(let code) {
      status = code
    }
    if let action = traps[.leave], options.contains(.functrace) { try await runTrap(action) }
  }
}
