package import Shell
package import Simulation

extension Machine {
  /// Finds the file of a program: a path with a slash as it is, a bare name along `path`.
  package func locate(
    _ program: String, path: String, in directory: String, _ caller: Caller
  ) throws(HostError) -> String {
    guard !program.isEmpty else { throw .notFound }
    if program.contains("/") {
      let place = try files.walk(program, in: directory, caller)
      if place.last.inode.isDirectory { throw .isDirectory }
      guard place.last.inode.allows(.execute, caller) else { throw .notExecutable }
      return program.hasPrefix("/") ? program : "\(directory == "/" ? "" : directory)/\(program)"
    }
    var isForbidden = false
    for part in path.split(separator: ":", omittingEmptySubsequences: false) {
      let candidate = part.isEmpty ? "./\(program)" : "\(part)/\(program)"
      guard let place = try? files.walk(candidate, in: directory, caller),
        !place.last.inode.isDirectory
      else { continue }
      if place.last.inode.allows(.execute, caller) {
        return candidate.hasPrefix("/") ? candidate : "\(directory)/\(candidate)"
      }
      isForbidden = true
    }
    throw isForbidden ? .notExecutable : .notFound
  }

  /// Finds what to run for a command, following `#!` lines.
  func resolve(
    _ command: Command, _ caller: Caller
  ) throws(HostError) -> (program: any Program, name: String, arguments: [String]) {
    var name = command.path
    var arguments = command.arguments
    for _ in 0..<5 {
      let searched = command.environment["PATH"] ?? Self.standardPath
      let path = try locate(name, path: searched, in: command.directory, caller)
      let inode = try files.walk(path, in: "/", caller).last.inode
      let base = name.split(separator: "/").last.map(String.init) ?? name
      switch Executable(inode.bytes, called: base, programs) {
      case .program(let program): return (program, name, arguments)
      case .unknown(let wanted): return (UnknownProgram(name: wanted), name, arguments)
      case .script(let interpreter, let argument):
        // The kernel hands on the path that it was given.
        let given = name.contains("/") ? name : path
        arguments = (argument.map { [$0] } ?? []) + [given] + arguments
        name = interpreter
      }
    }
    throw .tooManyLinks
  }

  /// Starts a program in a process of its own, which takes its own references to the files.
  package func start(
    _ command: Command, parentID: Int = 0, caller: Caller = .root, fileMask: Int = 0o022,
    lateness: Span = .zero
  ) throws(HostError) -> Process {
    try start(
      command, parentID: parentID, caller: caller, fileMask: fileMask, lateness: lateness,
      tracer: nil)
  }

  /// The same under a tracer's eyes; nil: under its parent's tracer, where that goes on with children.
  func start(
    _ command: Command, parentID: Int, caller: Caller, fileMask: Int, lateness: Span = .zero,
    tracer: CallTrace?
  ) throws(HostError) -> Process {
    if files.filter?.allowsPrograms == false { throw .notPermitted }
    let (program, name, arguments) = try resolve(command, caller)
    guard processes.count < budgets.processes else { throw .tooManyProcesses }
    for number in command.files.keys.sorted() { command.files[number]?.retain() }
    let process = Process(
      machine: self, name: name, arguments: arguments, environment: command.environment,
      directory: command.directory, files: command.files, caller: caller, parentID: parentID)
    process.fileMask = fileMask
    process.lateness = lateness
    table.processes[parentID]?.trace(child: process)
    if let tracer { process.tracer = tracer }
    if process.tracer != nil {
      process.trace(start: path(of: command, caller), [command.path] + command.arguments)
    }
    tell(.execute, process, name)
    launch(process) { process in await Self.run(program, process) }
    return process
  }

  /// The file of a command that was found.
  func path(of command: Command, _ caller: Caller) -> String {
    let searched = command.environment["PATH"] ?? Self.standardPath
    return (try? locate(command.path, path: searched, in: command.directory, caller))
      ?? command.path
  }

  /// Starts a process whose behaviour is not a file's: a service, a subshell.
  package func launch(_ process: Process, _ body: @escaping (Process) async -> ExitStatus) {
    processes[process.id] = process
    table.processes[process.id] = process
    // Who has been killed starts nothing: only its coroutine has not come to its end yet.
    if let signal = table.processes[process.parentID]?.killedBy { process.signal(signal) }
    timeline.fibers.start {
      let status = await Process.$running.withValue(.init(process: process)) {
        await body(process)
      }
      self.end(process, status)
    }
  }

  /// Runs a program in its process, turning what it throws into an exit status.
  static func run(_ program: any Program, _ process: Process) async -> ExitStatus {
    do {
      if process.isBusyBox { try BusyBoxApplet.named(process.called)?.check(process.arguments) }
      return try await program.run(process)
    } catch {
      return await status(of: error, process)
    }
  }

  /// The exit status of a process that ended by an error, told on its standard error if need be.
  static func status(of error: any Error, _ process: Process) async -> ExitStatus {
    switch error {
    case let killed as Killed: return 128 + killed.signal
    case HostError.brokenPipe: return 128 + Signal.pipe
    case HostError.budget(let text) where text.hasPrefix("drydock: "):
      try? await process.writeError(text + "\n")
      return 1
    case let error as HostError:
      try? await process.writeError("\(process.called): \(error.text)\n")
      return 1
    case let usage as UsageError:
      if process.isBusyBox, let applet = BusyBoxApplet.named(process.called) {
        let text = usage.text(process.called, of: applet, process.machine.busyBoxVersion)
        try? await process.writeError(text)
        return applet.failure
      }
      try? await process.writeError(usage.text(process.called))
      return usage.status
    case is ManualRequest:
      if process.isBusyBox, let applet = BusyBoxApplet.named(process.called) {
        try? await process.writeError(applet.help(process.machine.busyBoxVersion))
        return 0
      }
      try? await process.write("Usage: \(process.called) [OPTION]... [ARGUMENT]...\n")
      return 0
    case let error as QueryError:
      try? await process.writeError("\(process.called): error: \(error.text)\n")
      return 5
    default: return 128 + Signal.kill
    }
  }

  func end(_ process: Process, _ status: ExitStatus) {
    guard process.status == nil else { return }
    process.status = process.killedBy.map { 128 + $0 } ?? status
    process.trace(end: process.status ?? status)
    process.releaseFiles()
    processes[process.id] = nil
    table.processes[process.id] = nil
    // Orphans go to the first process, as the kernel has it.
    for other in table.ordered where other.parentID == process.id { other.parentID = 1 }
    let waiting = process.exitWaiters
    process.exitWaiters = []
    for waiter in waiting { waiter.wake() }
    process.onExit?(process.status ?? status)
  }

  /// Ends every process, as when a container is stopped.
  package func killAll() {
    for id in processes.keys.sorted() { processes[id]?.signal(Signal.kill, byMachine: true) }
  }

  /// What a program printed and how it ended.
  package struct Outcome: Hashable, Sendable {
    package var status: ExitStatus
    package var output: String
    package var errors: String
  }

  /// Starts a program with an empty standard input and calls back with all it printed.
  @discardableResult
  package func run(
    _ words: [String], environment: [String: String]? = nil, directory: String = "/",
    input: String = "", caller: Caller = .root, then done: @escaping (Outcome) -> Void
  ) -> Process? {
    let output = MemoryFile()
    let errors = MemoryFile()
    let command = Command(
      path: words.first ?? "", arguments: Array(words.dropFirst()),
      environment: environment ?? standardEnvironment, directory: directory,
      files: [0: MemoryFile(Array(input.utf8)), 1: output, 2: errors])
    do {
      let process = try start(command, caller: caller)
      process.onExit = {
        done(Outcome(status: $0, output: output.text, errors: errors.text))
      }
      return process
    } catch {
      let text = "\(command.path): \(error.text)\n"
      done(Outcome(status: error == .notFound ? 127 : 126, output: "", errors: text))
      return nil
    }
  }
}
