import Shell

/// A shell: runs a script, a command string, or what is typed or piped in.
struct ShellProgram: Program {
  let name: String

  init(_ name: String) { self.name = name }

  private func dialect(_ machine: Machine) -> Dialect {
    switch name {
    case "bash": .bash
    case "dash": .dash
    case "ash": .ash
    default: machine.shellDialect
    }
  }

  private struct Request {
    var options: [String] = []
    var isCommand = false
    var readsInput = false
    var isInteractive = false
    var isLogin = false
    var rest: ArraySlice<String> = []
  }

  func run(_ process: Process) async throws -> ExitStatus {
    let dialect = dialect(process.machine)
    if dialect == .ash, process.arguments.first == "--help" { throw ManualRequest() }
    if dialect != .bash, let words = refusal(of: process.arguments, dialect) {
      try await process.writeError(words)
      return 2
    }
    guard let request = Self.parse(process.arguments) else {
      throw UsageError("option requires an argument", hint: false, status: 2)
    }
    var rest = request.rest
    var shownName = process.name
    var source = Interpreter.Source.script
    var text: String?
    if request.isCommand {
      guard let command = rest.popFirst() else {
        try await process.complain(
          dialect == .bash
            ? "-c: option requires an argument"
            : dialect == .dash ? "0: -c requires an argument" : "-c requires an argument")
        return 2
      }
      source = .commandString
      text = command
      if let own = rest.popFirst() { shownName = own }
    } else if !request.readsInput, let script = rest.popFirst() {
      shownName = script
      do {
        text = String(decoding: try await contents(script, process), as: UTF8.self)
      } catch let error as HostError where !error.isBudget {
        guard dialect == .bash else {
          let reason = error == .notFound && dialect == .dash ? "No such file" : error.text
          try await process.complain(
            dialect == .dash
              ? "0: cannot open \(script): \(reason)" : "can't open '\(script)': \(reason)")
          return 2
        }
        try await process.complain("\(script): \(error.text)")
        return error == .notFound ? 127 : 126
      }
    } else if request.isInteractive || process.standardInput.isTerminal {
      source = .session
    }
    let files = process.files
    for number in files.keys.sorted() { files[number]?.retain() }
    let shell = Interpreter(
      host: ProcessHost(process), dialect: dialect, environment: process.environment,
      arguments: Array(rest), name: shownName, directory: process.directory, files: files,
      source: source)
    defer { shell.close() }
    shell.isLogin = request.isLogin
    for option in request.options { _ = await shell.runInteractive("set \(option)") }
    await readSettings(shell, process, request, isSession: text == nil && source == .session)
    if let text { return await shell.run(text) }
    if source == .session { return try await converse(shell, process) }
    return try await follow(shell, process)
  }

  /// What a POSIX shell says to options that it does not have.
  private func refusal(of arguments: [String], _ dialect: Dialect) -> String? {
    let known = "abcCefhiIlmnoqsuvxVEp"
    for word in arguments {
      guard word.count > 1, word.hasPrefix("-") || word.hasPrefix("+"), word != "--" else {
        return nil
      }
      for letter in word.dropFirst() where !known.contains(letter) {
        return dialect == .dash
          ? "\(name): 0: Illegal option \(word.prefix(1))\(letter)\n"
          : word == "--help" ? nil : "\(name): illegal option \(word.prefix(1))\(letter)\n"
      }
      if word.dropFirst().contains(where: { $0 == "o" || $0 == "c" }) { return nil }
    }
    return nil
  }

  private func contents(_ script: String, _ process: Process) async throws -> [UInt8] {
    if process.status(script) == nil, !script.contains("/") {
      let path = process.environment["PATH"] ?? Machine.standardPath
      if let found = try? process.machine.locate(
        script, path: path, in: process.directory, process.caller)
      {
        return try await process.contents(of: found)
      }
    }
    return try await process.contents(of: script)
  }

  private static func parse(_ arguments: [String]) -> Request? {
    var request = Request()
    var rest = arguments[...]
    while let word = rest.first, word.count > 1, word.hasPrefix("-") || word.hasPrefix("+") {
      rest.removeFirst()
      if word == "--" || word == "-" { break }
      if word.hasPrefix("--") {
        if word == "--login" { request.isLogin = true }
        if word == "--rcfile" || word == "--init-file" { _ = rest.popFirst() }
        continue
      }
      let sign = word.prefix(1)
      for letter in word.dropFirst() {
        switch letter {
        case "c": request.isCommand = true
        case "s": request.readsInput = true
        case "i": request.isInteractive = true
        case "l": request.isLogin = true
        case "o":
          guard let name = rest.popFirst() else { return nil }
          request.options.append("\(sign)o \(name)")
        default: request.options.append("\(sign)\(letter)")
        }
      }
    }
    request.rest = rest
    return request
  }

  /// What bash reads first: a login shell its profiles, another one at a terminal ~/.bashrc.
  private func readSettings(
    _ shell: Interpreter, _ process: Process, _ request: Request, isSession: Bool
  ) async {
    guard shell.dialect == .bash, request.isLogin || isSession else { return }
    let home = process.environment["HOME"] ?? "/"
    // Debian's bash is built to read /etc/bash.bashrc, too.
    for path in request.isLogin
      ? ["/etc/profile", "\(home)/.profile"] : ["/etc/bash.bashrc", "\(home)/.bashrc"]
    {
      if let script = try? process.machine.files.read(path, process.caller) {
        _ = await shell.runInteractive(String(decoding: script, as: UTF8.self))
      }
    }
  }

  /// Commands piped in: run as they come, so that a command may read the lines behind it.
  private func follow(_ shell: Interpreter, _ process: Process) async throws -> ExitStatus {
    var text = ""
    while let line = try await process.readLine() {
      text += line + "\n"
      guard shell.completeness(of: text) == .complete else { continue }
      _ = await shell.runInteractive(text)
      text = ""
      if let status = shell.exitStatus { return status }
      try await process.step()
    }
    return await shell.run(text)
  }

  /// A prompt, a line, and so on, until the input ends.
  private func converse(
    _ shell: Interpreter, _ process: Process
  ) async throws -> ExitStatus {
    process.isInteractiveShell = true
    await shell.beginHistory()
    let reader = ShellLine(shell, process)
    var text = ""
    while true {
      process.resetBudget()
      let prompt = shell.prompt(isContinuation: !text.isEmpty).filter {
        $0 != "\u{1}" && $0 != "\u{2}"
      }
      // GNU and BusyBox shells prompt on the standard error.
      try await process.writeError(prompt)
      do {
        process.terminal?.promptingShell = reader
        defer { process.terminal?.promptingShell = nil }
        guard let line = try await process.readLine() else { break }
        text += line + "\n"
      } catch let killed as Killed where killed.signal == Signal.interrupt {
        process.surviveSignal()
        text = ""
        continue
      }
      if shell.completeness(of: text) == .needsMore { continue }
      if shell.dialect == .bash, let size = process.terminal?.size { shell.tellSize(size) }
      _ = await shell.runInteractive(text)
      if process.killedBy == Signal.interrupt { process.surviveSignal() }
      await shell.keepHistoryOfLine()
      text = ""
      if let status = shell.exitStatus {
        await shell.endHistory()
        return status
      }
    }
    try await process.writeError(shell.farewell)
    await shell.endHistory()
    return shell.status
  }
}
