extension Builtin {
  static let exit = Builtin("exit", isSpecial: true) { call in
    if call.shell.isInteractive, call.shell.dialect.isBash, !call.shell.isSubshell {
      await call.shell.writeError(call.shell.farewell)
    }
    if call.arguments.count > 1, Int(call.arguments[0]) != nil {
      await call.complain("too many arguments")
      return 1
    }
    let code = await call.statusArgument()
    if !call.shell.isSubshell { call.shell.exitStatus = code }
    throw Interruption.exit(code)
  }

  static let logout = Builtin("logout") { call in
    guard call.shell.isLogin else {
      await call.complain("not login shell: use `exit'")
      return 1
    }
    await call.shell.writeError(call.shell.farewell)
    let code = await call.statusArgument()
    call.shell.exitStatus = code
    throw Interruption.exit(code)
  }

  static let returning = Builtin("return", isSpecial: true) { call in
    let shell = call.shell
    if shell.callStack.isEmpty, shell.sourceDepth == 0 {
      guard shell.dialect.isBash else { throw Interruption.exit(await call.statusArgument()) }
      await call.complain("can only `return' from a function or sourced script")
      return 2
    }
    throw Interruption.leaveFunction(await call.statusArgument())
  }

  static let breaking = Builtin("break", isSpecial: true) { call in
    guard let count = try await call.loopCount() else { return 0 }
    throw Interruption.breakLoop(count)
  }

  static let continuing = Builtin("continue", isSpecial: true) { call in
    guard let count = try await call.loopCount() else { return 0 }
    throw Interruption.continueLoop(count)
  }

  static let shift = Builtin(
    "shift", isSpecial: true,
    immediate: { shell, arguments in
      guard arguments.count <= 1 else { return nil }
      let count = arguments.isEmpty ? 1 : Int(arguments[0]) ?? -1
      guard count >= 0, count <= shell.positional.count else { return nil }
      shell.positional.removeFirst(count)
      return 0
    },
    run: { call in
      let count = call.arguments.first.map { Int($0) } ?? 1
      guard let count else {
        await call.complain("\(call.arguments[0]): numeric argument required")
        return 1
      }
      guard count >= 0 else {
        await call.complain("\(count): shift count out of range")
        return 1
      }
      guard count <= call.shell.positional.count else {
        if call.shell.dialect.family == .dash {
          await call.complain("can't shift that many")
          throw Interruption.exit(2)
        }
        return 1
      }
      call.shell.positional.removeFirst(count)
      return 0
    })

  static let eval = Builtin("eval", isSpecial: true) { call in
    let shell = call.shell
    var arguments = call.arguments[...]
    if arguments.first == "--" { arguments.removeFirst() }
    guard shell.evalDepth < 100 else {
      await call.complain("maximum eval nesting level exceeded (100)")
      throw Interruption.abandoned(1)
    }
    shell.evalDepth += 1
    defer { shell.evalDepth -= 1 }
    shell.status = 0
    try await shell.execute(arguments.joined(separator: " "), firstLine: shell.line)
    return shell.status
  }

  static let letting = Builtin("let") { call in
    guard !call.arguments.isEmpty else {
      await call.complain("expression expected")
      return call.shell.dialect.isBash ? 1 : 2
    }
    var value: Int64 = 0
    do {
      for argument in call.arguments {
        value = try call.shell.evaluate(text: argument)
        try call.shell.checkInterruption()
      }
    } catch Interruption.failed(let text) {
      await call.complain(text)
      return 1
    }
    return value != 0 ? 0 : 1
  }

  /// Its redirections are the shell's own affair; this runs only as `command exec`.
  static let exec = Builtin("exec", isSpecial: true) { call in
    guard let name = call.arguments.first else { return 0 }
    throw Interruption.exit(
      try await call.shell.runProgram(name, Array(call.arguments.dropFirst())))
  }
}

extension BuiltinCall {
  func statusArgument() async -> ExitStatus {
    guard let first = arguments.first else { return shell.status }
    guard let number = Int(first) else {
      if shell.dialect.isBash {
        await complain("\(first): numeric argument required")
      } else {
        await complain("Illegal number: \(first)")
      }
      return 2
    }
    return ExitStatus(number & 0xff)
  }

  /// How many loops `break` or `continue` leaves; nil outside of any.
  func loopCount() async throws -> Int? {
    guard shell.loopDepth > 0 else {
      if shell.dialect.isBash {
        await complain("only meaningful in a `for', `while', or `until' loop")
      }
      return nil
    }
    var count = 1
    if let first = arguments.first {
      guard let given = Int(first) else {
        await complain("\(first): numeric argument required")
        throw Interruption.exit(shell.dialect.isBash ? 128 : 2)
      }
      guard given > 0 else {
        await complain("\(first): loop count out of range")
        throw Interruption.breakLoop(max(1, shell.loopDepth))
      }
      count = given
    }
    return min(count, shell.loopDepth)
  }
}
