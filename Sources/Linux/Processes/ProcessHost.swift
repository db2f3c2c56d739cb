package import Shell
import Simulation

/// A machine as one shell process of it sees it.
package final class ProcessHost: ShellHost {
  package let process: Process
  private var machine: Machine { process.machine }

  package init(_ process: Process) { self.process = process }

  package func open(_ path: String, _ mode: OpenMode, in directory: String) throws(HostError)
    -> any OpenFile
  {
    do throws(HostError) {
      let file = try machine.files.open(
        path, mode, in: directory, permissions: 0o666 & ~fileMask, process.caller)
      process.trace(open: path, mode, nil)
      machine.tell(opened: path, mode, process)
      return file
    } catch {
      process.trace(open: path, mode, error)
      throw error
    }
  }

  package func connect(
    to host: String, port: String, isDatagram: Bool
  ) async throws -> any OpenFile {
    func refuse(_ text: String, _ reason: String) -> ConnectionRefusal {
      ConnectionRefusal(text: text, reason: reason)
    }
    guard let number = ServiceNames.port(port), (0...65535).contains(number) else {
      throw refuse("\(port): Servname not supported for ai_socktype", "Invalid argument")
    }
    guard let address = try? Resolver(machine).lookUp(host).addresses.first else {
      throw refuse("\(host): Name or service not known", "Invalid argument")
    }
    do {
      guard let network = machine.network else { throw NetworkFailure.unreachable }
      let connection = try await network.connect(
        from: machine, to: address, port: number, transport: isDatagram ? .udp : .tcp,
        timeout: .seconds(130))
      return ConnectionFile(connection)
    } catch let failure as NetworkFailure {
      let reason = Netcat.reason(failure)
      throw refuse("connect: \(reason)", reason)
    }
  }

  package func pipe() -> (read: any OpenFile, write: any OpenFile) {
    let ends = Pipe.make()
    return (ends.read, ends.write)
  }

  package func status(_ path: String, in directory: String, followingLinks: Bool) -> FileStatus? {
    machine.files.status(path, in: directory, process.caller, followingLinks: followingLinks)
  }

  package func names(in path: String, of directory: String) throws(HostError) -> [String] {
    try machine.files.names(in: path, of: directory, process.caller)
  }

  package func canonical(_ path: String, in directory: String, physically: Bool)
    throws(HostError) -> String
  {
    try machine.files.canonical(path, in: directory, process.caller, physically: physically)
  }

  package func may(_ access: Access, _ path: String, in directory: String) -> Bool {
    machine.files.may(access, path, in: directory, process.caller)
  }

  package func run(_ command: Command) async throws -> ExitStatus {
    try await process.step(16)
    try process.charge(Self.fork)
    let child = try machine.start(
      command, parentID: process.id, caller: process.caller, fileMask: process.fileMask)
    while true {
      // A shell that handles signals does so when the program in front has ended.
      if let status = child.status {
        process.trace(
          "wait4", "-1, [{WIFEXITED(s) && WEXITSTATUS(s) == \(status)}], 0, NULL", "\(child.id)")
        return status
      }
      child.exitWaiters.append(process.waiter)
      defer { child.exitWaiters.removeAll { $0 === process.waiter } }
      try await process.wait()
    }
  }

  /// What starting a program costs beside a builtin.
  private static let fork = 512

  package func replace(_ command: Command) async throws -> ExitStatus {
    try await process.step(16)
    try process.charge(Self.fork)
    let (program, name, arguments) = try machine.resolve(command, process.caller)
    process.become(name, arguments, command)
    if process.tracer != nil {
      process.trace(
        start: machine.path(of: command, process.caller), [command.path] + command.arguments)
    }
    machine.tell(.execute, process, name)
    return await Machine.run(program, process)
  }

  package func locate(_ program: String, path: String, in directory: String) -> String? {
    try? machine.locate(program, path: path, in: directory, process.caller)
  }

  package func spawn(_ title: String, _ body: @escaping (any ShellHost) async -> ExitStatus)
    -> any ShellChild
  {
    let child = Process(
      machine: machine, name: process.name, arguments: process.arguments,
      environment: process.environment, directory: process.directory, files: [:],
      caller: process.caller, parentID: process.id)
    child.fileMask = process.fileMask
    child.title = process.title
    process.trace(child: child)
    let parent = process
    let isForbidden = machine.processes.count >= machine.budgets.processes
    machine.launch(child) { child in
      if isForbidden {
        try? await parent.writeError(
          "\(parent.called): fork: retry: Resource temporarily unavailable\n")
        return 254
      }
      return await body(ProcessHost(child))
    }
    return ProcessChild(child, of: process)
  }

  package func step() async throws { try await process.step() }
  package func charge(_ steps: Int) throws { try process.charge(steps) }

  package func sleep(nanoseconds: Int64) async throws {
    try await process.sleep(Span(nanoseconds: nanoseconds))
  }

  package var now: Int64 { machine.now.nanoseconds }
  package func random() -> UInt32 { UInt32(truncatingIfNeeded: machine.randomBits()) }
  package var processID: Int { process.id }
  package var parentID: Int { process.parentID }
  package var userID: Int { process.caller.user }
  package var userName: String { machine.accounts.userName(process.caller.user) }
  package var hostName: String { machine.hostName }
  package func home(of user: String) -> String? { machine.accounts.user(user)?.home }

  package func signal(_ number: Int32, process id: Int) throws(HostError) {
    try machine.signal(number, to: id, from: process)
  }

  package func takePendingSignals() -> [Int32] { process.takeSignals() }
  package func setTrapped(_ signals: Set<Int32>) { process.handle(signals) }

  package var fileMask: Int {
    get { process.fileMask }
    set { process.fileMask = newValue }
  }
}

/// A child process of a shell.
final class ProcessChild: ShellChild {
  private let child: Process
  private let parent: Process

  init(_ child: Process, of parent: Process) {
    self.child = child
    self.parent = parent
  }

  var processID: Int { child.id }
  var status: ExitStatus? { child.status }

  func wait() async throws -> ExitStatus {
    let waiting = Process.current ?? parent
    while true {
      if let status = child.status { return status }
      if !waiting.pendingSignals.isEmpty { throw HostError.interrupted }
      child.exitWaiters.append(waiting.waiter)
      defer { child.exitWaiters.removeAll { $0 === waiting.waiter } }
      try await waiting.wait()
    }
  }

  /// A job is a process group.
  func signal(_ number: Int32) {
    for member in child.family.reversed() { member.signal(number) }
  }
}

extension Machine {
  /// kill(2): 0 only asks; -1 means everybody but the caller and process 1.
  package func signal(_ number: Int32, to id: Int, from sender: Process) throws(HostError) {
    let name = Signals.name(of: number).map { "SIG\($0)" } ?? "\(number)"
    do throws(HostError) {
      try deliver(number, to: id, from: sender)
      sender.trace("kill", "\(id), \(name)", "0")
    } catch {
      sender.trace("kill", "\(id), \(name)", CallTrace.failure(error))
      throw error
    }
  }

  private func deliver(
    _ number: Int32, to id: Int, from sender: Process
  ) throws(HostError) {
    if id == -1 {
      for other in table.ordered where other.id != 1 && other.id != sender.id {
        other.signal(number)
      }
      return
    }
    guard let target = table.process(Int(clamping: id.magnitude)) else { throw .noSuchProcess }
    guard
      sender.caller.capabilities.contains(.kill) || sender.caller.user == target.caller.user
    else { throw .notPermitted }
    // Process 1 of a container obeys SIGKILL from outside of it.
    target.signal(number, byMachine: target.machine.table !== sender.machine.table)
  }
}
