extension Builtin {
  static let wait = Builtin("wait") { call in
    let shell = call.shell
    var operands = call.arguments[...]
    if operands.first == "-n" {
      operands.removeFirst()
      guard let job = call.jobs(operands).min(by: { call.comesFirst($0, $1) }) else { return 127 }
      let code = try await job.child.wait()
      shell.jobs.remove(number: job.number)
      return code
    }
    if operands.first == "-f" { operands.removeFirst() }
    guard !operands.isEmpty else {
      for job in shell.jobs.list {
        _ = try await job.child.wait()
        shell.jobs.remove(number: job.number)
      }
      return 0
    }
    var result: ExitStatus = 0
    for operand in operands {
      if let job = shell.jobs.job(operand) {
        result = try await job.child.wait()
        shell.jobs.remove(number: job.number)
        shell.finished[job.child.processID] = result
      } else if let known = Int(operand).flatMap({ shell.finished[$0] }) {
        result = known
      } else if operand.hasPrefix("%") {
        await call.complain(
          shell.dialect.family == .dash ? "No such job: \(operand)" : "\(operand): no such job")
        if !shell.dialect.isBash { return 2 }
        result = 127
      } else if let id = Int(operand) {
        if shell.dialect.isBash {
          await call.complain("pid \(id) is not a child of this shell")
        }
        result = 127
      } else {
        await call.complain(
          shell.dialect.isBash
            ? "`\(operand)': not a pid or valid job spec" : "Illegal number: \(operand)")
        if !shell.dialect.isBash { return 2 }
        result = 1
      }
    }
    return result
  }

  static let jobs = Builtin("jobs") { call in
    let scanner = OptionScanner(call.arguments, "lnprs")
    let table = call.shell.jobs.list.isEmpty ? call.shell.inheritedJobs : call.shell.jobs
    for job in table.list {
      if !scanner.operands.isEmpty,
        !scanner.operands.contains(where: { table.job($0)?.number == job.number })
      {
        continue
      }
      if scanner.flags.contains("r"), job.child.status != nil { continue }
      if scanner.flags.contains("s") { continue }
      if scanner.flags.contains("p") {
        try await call.print("\(job.child.processID)\n")
      } else {
        try await call.print(
          table.line(of: job, withID: scanner.flags.contains("l")))
      }
      if job.child.status != nil { call.shell.jobs.remove(number: job.number) }
    }
    return 0
  }

  static let foreground = Builtin("fg") { call in
    guard let job = call.shell.jobs.job(call.arguments.first ?? "%%") else {
      await call.refuseJob()
      return call.shell.dialect.isBash ? 1 : 2
    }
    try await call.print(job.text + "\n")
    let code = try await job.child.wait()
    call.shell.jobs.remove(number: job.number)
    return code
  }

  static let background = Builtin("bg") { call in
    guard let job = call.shell.jobs.job(call.arguments.first ?? "%%") else {
      await call.refuseJob()
      return call.shell.dialect.isBash ? 1 : 2
    }
    await call.complain("job \(job.number) already in background")
    return 0
  }

  static let disown = Builtin("disown") { call in
    let scanner = OptionScanner(call.arguments, "ahr")
    if scanner.flags.contains("a") {
      for job in call.shell.jobs.list { call.shell.jobs.remove(number: job.number) }
      return 0
    }
    for operand in scanner.operands.isEmpty ? ["%%"] : scanner.operands {
      guard let job = call.shell.jobs.job(operand) else {
        await call.complain("\(operand == "%%" ? "current" : operand): no such job")
        return 1
      }
      call.shell.jobs.remove(number: job.number)
    }
    return 0
  }

  static let kill = Builtin("kill") { call in
    var arguments = call.arguments[...]
    var signal: Int32 = 15
    if let first = arguments.first, first.utf8.first == UInt8(ascii: "-"), first.utf8.count > 1 {
      arguments.removeFirst()
      switch first {
      case "-l", "-L": return try await call.listSignals(arguments)
      case "-s", "-n":
        let name = arguments.popFirst() ?? ""
        guard let number = Signals.number(of: name) else {
          return await call.refuseSignal(name)
        }
        signal = number
      case "--": break
      default:
        guard let number = Signals.number(of: String(first.dropFirst())) else {
          return await call.refuseSignal(String(first.dropFirst()))
        }
        signal = number
      }
    }
    if arguments.first == "--" { arguments.removeFirst() }
    guard !arguments.isEmpty else {
      switch call.shell.dialect.family {
      case .bash: break
      case .dash:
        await call.complain(
          "Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]")
        return 2
      case .ash:
        await call.complainAsApplet("you need to specify whom to kill")
        return 1
      }
      await call.shell.writeError(
        "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n"
      )
      return 2
    }
    var result: ExitStatus = 0
    for target in arguments where try await !call.kill(target, signal) {
      result = call.shell.dialect.family == .dash && Int(target) == nil ? 2 : 1
    }
    try await call.shell.host.step()
    return result
  }
}

extension BuiltinCall {
  fileprivate func refuseJob() async {
    let wanted = arguments.first
    switch shell.dialect.family {
    case .bash: await complain("\(wanted ?? "current"): no such job")
    case .dash: await complain(wanted.map { "No such job: \($0)" } ?? "No current job")
    case .ash: await complain(wanted.map { "\($0): no such job" } ?? "No current job")
    }
  }

  fileprivate func jobs(_ operands: ArraySlice<String>) -> [JobTable.Job] {
    operands.isEmpty ? shell.jobs.list : operands.compactMap { shell.jobs.job($0) }
  }

  /// One that has ended comes before one that runs.
  fileprivate func comesFirst(_ left: JobTable.Job, _ right: JobTable.Job) -> Bool {
    if (left.child.status == nil) != (right.child.status == nil) { return left.child.status != nil }
    return left.number < right.number
  }

  fileprivate func kill(_ target: String, _ signal: Int32) async throws -> Bool {
    if target.hasPrefix("%") {
      guard let job = shell.jobs.job(target) else {
        await complain("\(target): no such job")
        return false
      }
      job.child.signal(signal)
      return true
    }
    guard let id = Int(target) else {
      if shell.dialect.family == .ash {
        await complainAsApplet("invalid number '\(target)'")
        return false
      }
      await complain(
        shell.dialect.isBash
          ? "\(target): arguments must be process or job IDs" : "Illegal number: \(target)")
      return false
    }
    do {
      try shell.host.signal(signal, process: id)
      return true
    } catch {
      if shell.dialect.family == .ash {
        await complainAsApplet("can't kill pid \(id): \(error.text)")
      } else {
        // dash ends its line twice.
        await complain(shell.dialect.isBash ? "(\(id)) - \(error.text)" : error.text + "\n")
      }
      return false
    }
  }

  fileprivate func refuseSignal(_ name: String) async -> ExitStatus {
    switch shell.dialect.family {
    case .bash: await complain("\(name): invalid signal specification")
    case .dash:
      await complain("Illegal option -\(name.prefix(1))")
      return 2
    case .ash: await complainAsApplet("bad signal name '\(name)'")
    }
    return 1
  }

  fileprivate func listSignals(_ operands: ArraySlice<String>) async throws -> ExitStatus {
    guard !operands.isEmpty else {
      try await print(
        shell.dialect.isBash ? SignalList.text : SignalList.plain(isNumbered: shell.dialect == .ash)
      )
      return 0
    }
    for operand in operands {
      if let number = Int32(operand) {
        guard let name = Signals.name(of: number > 128 ? number - 128 : number) else {
          await complain("\(operand): invalid signal specification")
          return 1
        }
        try await print(name + "\n")
      } else if let number = Signals.number(of: operand) {
        try await print("\(number)\n")
      } else {
        await complain("\(operand): invalid signal specification")
        return 1
      }
    }
    return 0
  }
}
