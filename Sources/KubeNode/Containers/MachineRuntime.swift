import KubeObjects
package import Linux
import Shell
package import Simulation

/// The container runtime of one node: containers are small Linux machines, made when something
/// happens in them. A plain server that nobody looks into costs no more than its record.
package final class MachineRuntime: ContainerRuntime {
  let timeline: Timeline
  private let seed: UInt64
  let node: Machine?
  let storage: VolumeStorage
  private var machines: [String: Machine] = [:]
  private var servers: [String: QuietServer] = [:]
  /// The pause processes of Pods whose containers share their processes, by the Pods' uids.
  private var sandboxes: [String: Machine] = [:]
  /// Programs that images have and that need to know the cluster, by name.
  package var programs: [String: any Program] = [:]
  /// Images that were built and pushed here.
  package var registry = ImageRegistry()
  /// The network of a container's Pod.
  package var networks: (ContainerPlan) -> (any NetworkStack)? = { _ in nil }
  /// Makes the process of a container that is a part of the cluster itself; nil for others.
  package var components: (ContainerPlan) throws(RuntimeFailure) -> (any ContainerProcess)? = {
    _ in nil
  }
  private var chance: SeededRandom

  package init(timeline: Timeline, seed: UInt64, node: Machine?, storage: VolumeStorage) {
    self.timeline = timeline
    self.seed = seed
    self.node = node
    self.storage = storage
    chance = SeededRandom(seed: seed, for: "runtime/\(node?.hostName ?? "")")
  }

  /// The machines inside of containers that somebody has looked into.
  var containersInside: Dictionary<String, Machine>.Values { machines.values }

  /// containerd's name for a command run by exec.
  func newExecID() -> String { HexadecimalName.make(64, &chance) }

  /// The machine inside of a running container.
  package func machine(of plan: ContainerPlan) -> Machine {
    if let known = machines[plan.id] { return known }
    let made = ContainerMachine(
      plan: plan, timeline: timeline, seed: seed, node: node, storage: storage,
      network: networks(plan), programs: programs, profile: profile(for: plan.security),
      table: table(of: plan)
    ).make()
    made.files.filter = filter(for: plan.security)
    // With hostPID the node counts its processes already.
    if case .node = plan.processes {} else { made.outerProcessID = plan.outerProcessID }
    machines[plan.id] = made
    if let server = servers[plan.id] {
      // Its server was there all the time; now somebody looks.
      if let process = begin(plan, on: made, since: server.started) {
        server.embody(process, machine: made)
      }
    }
    return made
  }

  /// The processes that a container shares with others; nil: it has its own.
  private func table(of plan: ContainerPlan) -> ProcessTable? {
    switch plan.processes {
    case .own: return nil
    case .container(let target): return machine(of: target).table
    case .node:
      node?.files.awaken()
      return node?.table
    case .pod:
      if let known = sandboxes[plan.podUID] { return known.table }
      let sandbox = Machine(
        hostName: plan.hostName, timeline: timeline, seed: seed,
        files: MountNamespace(root: FileSystem(timeline: timeline)), programs: [:],
        budgets: .container)
      sandboxes[plan.podUID] = sandbox
      let pause = Linux.Process(
        machine: sandbox, name: "/pause", arguments: [], caller: Caller(user: 65535, group: 65535))
      sandbox.launch(pause) { pause in
        while true { do { try await pause.wait() } catch { return 137 } }
      }
      return sandbox.table
    }
  }

  /// Starts what a quiet server stands for; for an image that nobody knows, something that accepts
  /// connections on its ports.
  private func begin(
    _ plan: ContainerPlan, on machine: Machine, since: Moment
  ) -> Linux.Process? {
    let command = Shell.Command(plan, files: mainFiles(plan))
    guard plan.image.isUnknown else {
      return try? machine.start(command, caller: plan.caller, lateness: timeline.now - since)
    }
    // On its node's network nobody knows which of the ports are its own.
    let application: any Program =
      plan.isOnHostNetwork && plan.ports.isEmpty
      ? ServerProgram(name: plan.name)
      : UnknownApplication(name: plan.name, title: plan.imageName, ports: plan.ports)
    let process = Linux.Process(
      machine: machine, name: plan.command.first ?? plan.name,
      arguments: Array(plan.command.dropFirst()), environment: command.environment,
      directory: command.directory, files: command.files, caller: plan.caller)
    machine.launch(process) { process in
      do { return try await application.run(process) } catch { return 137 }
    }
    return process
  }

  /// The machine inside of a container, if there is one yet.
  func embodied(_ plan: ContainerPlan) -> Machine? { machines[plan.id] }

  /// Whether a machine is the inside of a container.
  package func isInside(_ machine: Machine, of plan: ContainerPlan) -> Bool {
    machines[plan.id] === machine
  }

  /// Whether it serves and nobody has looked into it yet.
  package func isQuiet(_ plan: ContainerPlan) -> Bool {
    servers[plan.id] != nil && machines[plan.id] == nil
  }

  package func start(_ plan: ContainerPlan) throws(RuntimeFailure) -> any ContainerProcess {
    if let component = try components(plan) { return component }
    if Self.isQuietServer(plan) {
      let server = QuietServer(timeline: timeline)
      servers[plan.id] = server
      return server
    }
    let machine = machine(of: plan)
    let command = Shell.Command(plan, files: mainFiles(plan))
    if let problem = plan.mountProblem {
      machines[plan.id] = nil
      throw RuntimeFailure(Self.creationFailure + problem)
    }
    do {
      let process = try machine.start(command, caller: plan.caller)
      plan.streams.terminal?.signalForeground = { [weak process] in process?.signalFamily($0) }
      return MachineProcess(process, machine: machine)
    } catch {
      machines[plan.id] = nil
      throw RuntimeFailure(Self.refusal(plan, error))
    }
  }

  private func mainFiles(_ plan: ContainerPlan) -> [Int: any OpenFile] {
    let log = plan.log
    if let terminal = plan.streams.terminal {
      terminal.onOutput = { [weak log, timeline] bytes in
        log?.write(bytes, isError: false, at: timeline.now)
      }
      return [0: terminal, 1: terminal, 2: terminal]
    }
    return [
      0: plan.streams.input ?? EmptyInput(),
      1: LogFile(log, isError: false, timeline), 2: LogFile(log, isError: true, timeline),
    ]
  }

  /// runc's words, as containerd passes them on.
  private static func refusal(_ plan: ContainerPlan, _ error: HostError) -> String {
    creationFailure + "exec: \(reason(plan.command.first ?? "", error))"
  }

  private static let creationFailure =
    "failed to create containerd task: failed to create shim task: OCI runtime create "
    + "failed: runc create failed: unable to start container process: error during container "
    + "init: "

  /// containerd's words for a command that cannot be started in a container.
  static func execRefusal(_ program: String, _ error: HostError, id: String) -> String {
    "failed to exec in container: failed to start exec \"\(id)\": OCI runtime exec failed: exec "
      + "failed: unable to start container process: exec: \(reason(program, error))"
  }

  static func reason(_ program: String, _ error: HostError) -> String {
    let why =
      error != .notFound
      ? error.text.lowercased()
      : program.contains("/")
        ? "stat \(program): no such file or directory" : "executable file not found in $PATH"
    return "\"\(program)\": \(why)"
  }

  /// Whether the container does nothing but serve: its image's own server, or what an unknown
  /// image runs, unless that is a tool which drydock has.
  private static func isQuietServer(_ plan: ContainerPlan) -> Bool {
    let image = plan.image
    // What was built here is run as it is.
    if image.files != nil { return false }
    func name(_ word: String) -> String { word.split(separator: "/").last.map(String.init) ?? word }
    if image.isUnknown {
      return plan.command.first.map { Programs.byName[name($0)] == nil } ?? true
    }
    guard plan.command == image.entrypoint + image.command else { return plan.command.isEmpty }
    let words = plan.command.filter { !$0.hasSuffix("entrypoint.sh") }
    // A server that reads its files, or may find its port taken, starts for real.
    if !plan.isPlain, words.first.map({ Servers.byName[name($0)] != nil }) ?? false {
      return false
    }
    return words.first.map {
      // These look at their environment before they start.
      let looks = ["mysqld", "mariadbd", "postgres", "http-echo"]
      return ServerProgram.names.contains(name($0)) && !looks.contains(name($0))
    } ?? true
  }

  package func execute(
    _ command: [String], in plan: ContainerPlan, timeout: Span,
    done: @escaping (Result<ExecutedCommand, RuntimeFailure>) -> Void
  ) {
    afterLook(into: plan) { [self] in execute(command, within: plan, timeout: timeout, done: done) }
  }

  private func execute(
    _ command: [String], within plan: ContainerPlan, timeout: Span,
    done: @escaping (Result<ExecutedCommand, RuntimeFailure>) -> Void
  ) {
    let machine = machine(of: plan)
    var isOver = false
    var timer: Timeline.Timer?
    let environment = Shell.Command(plan, files: [:]).environment
    do {
      _ = try machine.locate(
        command.first ?? "", path: environment["PATH"] ?? Machine.standardPath,
        in: plan.workingDirectory, plan.caller)
    } catch {
      let words = Self.execRefusal(command.first ?? "", error, id: newExecID())
      timeline.after(.zero) { done(.failure(RuntimeFailure(words))) }
      return
    }
    let process = machine.run(
      command, environment: environment, directory: plan.workingDirectory, caller: plan.caller
    ) { [timeline] outcome in
      guard !isOver else { return }
      isOver = true
      if let timer { timeline.cancel(timer) }
      done(.success(.init(status: outcome.status, output: outcome.output + outcome.errors)))
    }
    guard let process, !isOver else { return }
    timer = timeline.after(timeout) {
      guard !isOver else { return }
      isOver = true
      process.signal(Signal.kill, byMachine: true)
      let words =
        "command timed out: \"\(command.joined(separator: " "))\" timed out after "
        + timeout.goText
      done(.success(.init(status: 137, output: words)))
    }
  }

  package func pull(
    _ reference: ImageReference, with logins: [RegistryLogin]
  ) -> Result<Image, PullFailure> {
    registry.pull(reference, with: logins)
  }

  package func content(of reference: ImageReference) -> Result<Image, PullFailure> {
    registry.content(of: reference)
  }

  package func discard(_ plan: ContainerPlan) {
    servers[plan.id] = nil
    machines.removeValue(forKey: plan.id)?.killAll()
  }

  package func remove(_ plan: ContainerPlan) {
    discard(plan)
    storage.forget(pod: plan.podUID)
    sandboxes.removeValue(forKey: plan.podUID)?.killAll()
  }

  package func storageUse(of volume: String, pod: String) -> Int {
    storage.used(by: volume, pod: pod)
  }

  package func shutDown() {
    for id in machines.keys.sorted() { machines[id]?.killAll() }
    for id in sandboxes.keys.sorted() { sandboxes[id]?.killAll() }
    machines = [:]
    servers = [:]
    sandboxes = [:]
  }

  package func refresh(_ volume: Volume, pod: String) { storage.refresh(volume, pod: pod) }
}

extension Shell.Command {
  /// A container's main command, or with `words` another one in it.
  init(_ plan: ContainerPlan, words: [String]? = nil, files: [Int: any OpenFile]) {
    let words = words ?? plan.command
    var environment = ["PATH": Machine.standardPath, "HOSTNAME": plan.hostName]
    environment["HOME"] = plan.caller.user == 0 ? "/root" : "/"
    // As containerd adds it to whatever has a terminal.
    if files[0]?.isTerminal ?? false { environment["TERM"] = "xterm" }
    for variable in plan.environment { environment[variable.name] = variable.value }
    self.init(
      path: words.first ?? "", arguments: Array(words.dropFirst()), environment: environment,
      directory: plan.workingDirectory, files: files)
  }
}

/// A server without a machine: it waits for its stop signal.
final class QuietServer: ContainerProcess {
  var onExit: ((Int32, ContainerProcessEnd) -> Void)?
  let started: Moment
  private let timeline: Timeline
  private var isOver = false
  private var process: Linux.Process?

  init(timeline: Timeline) {
    self.timeline = timeline
    started = timeline.now
  }

  /// From now on a process of a machine stands for it.
  func embody(_ process: Linux.Process, machine: Machine) {
    self.process = process
    process.onExit = { [weak self] status in
      machine.killAll()
      self?.end(status)
    }
  }

  func signal(_ number: Int32) {
    if let process { return process.signal(number, byMachine: true) }
    timeline.after(.milliseconds(50)) { [weak self] in
      self?.end(number == Signal.kill ? 137 : 0)
    }
  }

  private func end(_ status: Int32) {
    guard !isOver else { return }
    isOver = true
    timeline.after(.zero) { [weak self] in self?.onExit?(status, .exit) }
  }
}

/// The first process of a container's machine.
final class MachineProcess: ContainerProcess {
  var onExit: ((Int32, ContainerProcessEnd) -> Void)?
  private let process: Linux.Process

  init(_ process: Linux.Process, machine: Machine) {
    self.process = process
    process.onExit = { [weak self] status in
      machine.killAll()
      let end: ContainerProcessEnd = machine.ranOutOfMemory ? .outOfMemory : .exit
      machine.timeline.after(.zero) { self?.onExit?(status, end) }
    }
  }

  func signal(_ number: Int32) { process.signal(number, byMachine: true) }
}

/// Standard output or error of a container: lines of its log.
final class LogFile: OpenFile {
  private let log: ContainerLog
  private let isError: Bool
  private let timeline: Timeline

  init(_ log: ContainerLog, isError: Bool, _ timeline: Timeline) {
    self.log = log
    self.isError = isError
    self.timeline = timeline
  }

  var isTerminal: Bool { false }
  func read(upTo count: Int) async throws -> [UInt8] { [] }
  func write(_ bytes: [UInt8]) async throws {
    // The runtime's shim reads and stamps lines one by one, about a million in a second.
    let lines = bytes.count { $0 == 0x0A }
    if lines > 1 { try await Process.current?.step(lines) }
    let lateness = Process.current?.lateness ?? .zero
    log.write(bytes, isError: isError, at: timeline.now + -lateness)
  }
  func retain() {}
  func release() {}
}

/// Standard input of a container that nobody types to.
final class EmptyInput: OpenFile {
  var isTerminal: Bool { false }
  func read(upTo count: Int) async throws -> [UInt8] { [] }
  func write(_ bytes: [UInt8]) async throws { throw HostError.badDescriptor }
  func retain() {}
  func release() {}
}
