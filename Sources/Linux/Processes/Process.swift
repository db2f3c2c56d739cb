package import Shell
package import Simulation

/// One running process: what a program sees of its machine.
package final class Process {
  package let machine: Machine
  package let id: Int
  package internal(set) var parentID: Int
  /// The name that the program was called by.
  package private(set) var name: String
  /// Without the program's own name.
  package private(set) var arguments: [String]
  package var environment: [String: String]
  package var directory: String
  package var caller: Caller
  package var fileMask = 0o022
  /// Open descriptors; the process holds one reference to each.
  package var files: [Int: any OpenFile]
  package let started: Moment
  /// Virtual processor time used.
  package internal(set) var cpuTime = Span.zero
  /// Simulated resident memory, for `ps`, `top` and limits.
  package var memory = 2 << 20
  /// From -20 to 19, as `nice` shows and changes it; it changes no turns.
  var niceness = 0
  /// How long ago what it does now was really done: a server that has been there all the time
  /// starts when somebody looks.
  package var lateness = Span.zero
  /// What `ps` shows.
  package var title: String
  package internal(set) var status: ExitStatus?
  /// Where the process's coroutine waits. A wake may come for no reason: check and wait again.
  package let waiter = Waiter()

  /// Hears of its system calls.
  var tracer: CallTrace?

  /// Called once when the process has ended.
  package var onExit: ((ExitStatus) -> Void)?

  /// The network namespace that it or a forebear went into (setns); nil: its machine's.
  var enteredNetwork: (any NetworkStack)?

  /// An interactive shell outlives Ctrl-C, and does not hear SIGTERM.
  package internal(set) var isInteractiveShell = false
  var killedBy: Int32?
  var trapped: Set<Int32> = []
  var pendingSignals: [Int32] = []
  var exitWaiters: [Waiter] = []
  var steps = 0
  private var charged = 0
  private var slices = 0
  private var slice = Span.milliseconds(1)

  /// The process whose coroutine is running.
  package static var current: Process? { running?.process }
  @TaskLocal static var running: Running?

  /// Does something on nobody's account: coroutines started in it are not the running process's.
  package static func onOwnAccount(_ body: () -> Void) { $running.withValue(nil, operation: body) }

  /// Carries a process along its coroutine; everything of a cluster stays on one thread.
  struct Running: @unchecked Sendable { let process: Process }

  package init(
    machine: Machine, name: String = "", arguments: [String],
    environment: [String: String] = [:], directory: String = "/",
    files: [Int: any OpenFile] = [:], caller: Caller = .root, parentID: Int = 0, id: Int? = nil
  ) {
    self.machine = machine
    self.name = name
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.files = files
    self.parentID = parentID
    self.id = id ?? machine.table.takeID()
    enteredNetwork = machine.processes[parentID]?.enteredNetwork
    niceness = machine.processes[parentID]?.niceness ?? 0
    started = machine.timeline.now
    title = ([name] + arguments).joined(separator: " ")
    self.caller = caller
    self.caller.processID = self.id
  }

  /// The clock as it was when what it does was really done.
  var now: Moment { machine.now + -lateness }

  /// execve: another program in the same process, with files of its own and no handled signals.
  func become(_ name: String, _ arguments: [String], _ command: Command) {
    for number in command.files.keys.sorted() { command.files[number]?.retain() }
    releaseFiles()
    files = command.files
    self.name = name
    self.arguments = arguments
    environment = command.environment
    directory = command.directory
    title = ([name] + arguments).joined(separator: " ")
    trapped = []
  }

  /// Counts work done; lets time pass and others run every thousand steps.
  package func step(_ count: Int = 1) async throws {
    if let killedBy { throw Killed(signal: killedBy) }
    let before = steps / 1024
    steps &+= max(1, count)
    let turns = steps / 1024 - before
    guard turns > 0 else { return }
    try machine.budgets.check(steps: steps)
    if !machine.isContainer { try spend(turns * 1024) }
    try await burn(turns)
  }

  /// Counts work against the budget that takes no virtual time.
  package func charge(_ count: Int) throws {
    charged &+= count
    try machine.budgets.check(steps: steps &+ charged)
    if !machine.isContainer { try spend(count) }
  }

  /// Takes steps from those that all programs together may take. What a container does for ever, a
  /// load generator perhaps, takes ever more virtual time instead.
  func spend(_ count: Int) throws {
    guard let left = machine.timeline.stepsLeft else { return }
    machine.timeline.stepsLeft = max(0, left - count)
    guard left > count else { throw Budgets.spent }
  }

  /// Forgets the steps used, when a learner's new line begins.
  package func resetBudget() {
    steps = 0
    charged = 0
    slices = 0
    slice = .milliseconds(1)
  }

  // Who burns on without ever waiting gets longer and longer slices: a container that loops for a
  // simulated day then costs little real time.
  private func burn(_ turns: Int) async throws {
    slices += turns
    if slices >= 5_000 {
      slices = 0
      slice = Span(nanoseconds: min(slice.nanoseconds * 2, Span.minutes(1).nanoseconds))
    }
    let (product, overflow) = slice.nanoseconds.multipliedReportingOverflow(by: Int64(turns))
    let span = Span(nanoseconds: overflow ? Span.hours(1).nanoseconds : product)
    try await compute(span)
  }

  /// Uses the processor for a while of virtual time, as a load generator does; with a CPU limit it
  /// takes longer.
  package func compute(_ span: Span) async throws {
    cpuTime = cpuTime + span
    machine.cpuTime = machine.cpuTime + span
    try await pause(machine.quota.take(span, at: machine.timeline.now))
  }

  /// Uses the processor for a client of this server, whose coroutine waits in a place of its own.
  func work(_ span: Span) async throws {
    cpuTime = cpuTime + span
    machine.cpuTime = machine.cpuTime + span
    let timeline = machine.timeline
    try await timeline.sleep(machine.quota.take(span, at: timeline.now), Waiter())
  }

  /// Lets virtual time pass. Returns early when a signal comes that the process handles.
  package func sleep(_ span: Span) async throws {
    slices = 0
    try await pause(span)
  }

  private func pause(_ span: Span) async throws {
    let timeline = machine.timeline
    let deadline = timeline.now + span
    let timer = timeline.at(deadline) { [waiter] in waiter.wake() }
    defer { timeline.cancel(timer) }
    repeat {
      try await wait()
      if !pendingSignals.isEmpty { return }
    } while timeline.now < deadline
  }

  /// Waits until woken; throws `Killed` when the process is to end.
  package func wait() async throws {
    if let killedBy { throw Killed(signal: killedBy) }
    do { try await waiter.wait() } catch { throw Killed(signal: killedBy ?? 9) }
    if let killedBy { throw Killed(signal: killedBy) }
  }

  /// Waits for another process to end.
  package func wait(for other: Process) async throws -> ExitStatus {
    while true {
      if let status = other.status { return status }
      other.exitWaiters.append(waiter)
      defer { other.exitWaiters.removeAll { $0 === waiter } }
      try await wait()
    }
  }
}
