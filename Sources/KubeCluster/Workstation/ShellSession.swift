package import Linux
package import Shell
package import Simulation

/// An interactive shell on a machine, as a terminal sees it: lines go in, bytes come out.
package final class ShellSession {
  package enum Channel: Sendable { case output, errors }

  /// Everything that programs print, as it happens.
  package var onOutput: ((Channel, [UInt8]) -> Void)?
  /// While a line runs.
  package private(set) var isRunning = false
  /// Of the last line.
  package private(set) var exitStatus: ExitStatus = 0
  /// Whether `exit` ended the shell.
  package var hasExited: Bool { interpreter.exitStatus != nil }
  /// The size that programs are told; columns and rows.
  package var size: (columns: Int, rows: Int) {
    get { terminal.size }
    set { terminal.size = newValue }
  }
  /// Whether a person sits there: programs then see a terminal, and may ask.
  package var isTerminal = false {
    didSet { for screen in screens { screen.isTerminal = isTerminal } }
  }

  private let machine: Machine
  private let process: Linux.Process
  private let interpreter: Interpreter
  private let terminal = Terminal()
  private let screens: [Screen]
  private var lines: [String] = []
  /// The last lines (or scripts) that were started and their numbers, oldest first.
  package private(set) var recentLines: [(number: Int, line: String)] = []
  /// The number of the line that was started last.
  package private(set) var lineNumber = 0
  private let lineArrived = Waiter()
  /// Processes with higher ids belong to the running line.
  private var mark = 0

  init(machine: Machine, readsProfile: Bool = true) {
    self.machine = machine
    // The kernel keeps signals from the first process; a login shell is a later one.
    machine.table.reserveIDs(through: 1000)
    screens = [Screen(.output), Screen(.errors)]
    let input = Keyboard(terminal)
    let environment = [
      "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/bash",
      "PATH": Machine.standardPath, "TERM": "xterm-256color", "LANG": "C.UTF-8",
    ]
    process = Linux.Process(
      machine: machine, name: "bash", arguments: [], environment: environment, directory: "/root",
      files: [0: input, 1: screens[0], 2: screens[1]])
    interpreter = Interpreter(
      host: ProcessHost(process), dialect: .bash, environment: environment, arguments: [],
      name: "bash", directory: "/root", files: [0: input, 1: screens[0], 2: screens[1]],
      source: .session)
    input.session = self
    for screen in screens { screen.session = self }
    machine.launch(process) { [weak self] _ in
      await self?.serve()
      return 0
    }
    if readsProfile { readProfile() }
  }

  /// The shell's own life: it waits for lines and runs them one after another.
  private func serve() async {
    while true {
      while lines.isEmpty {
        do { try await lineArrived.wait() } catch { return }
      }
      let line = lines.removeFirst()
      process.resetBudget()
      if isTerminal { interpreter.tellSize(terminal.size) }
      exitStatus = await interpreter.runInteractive(line)
      process.surviveSignal()
      isRunning = false
    }
  }

  /// The lines are a script's (or `-c`'s, without a name), not a person's.
  package func readAsScript(named name: String?) {
    interpreter.readAsScript(named: name ?? "bash", name == nil ? .commandString : .script)
  }

  /// The shell waits for no more lines.
  package func end() { lineArrived.cancel() }

  private func readProfile() {
    guard let profile = machine.files.text("/root/.bashrc") else { return }
    start(profile)
    machine.timeline.settle()
    interpreter.history = History()
  }

  /// PS1, expanded; colours stand between \u{1} marks.
  package var prompt: String {
    String(interpreter.prompt().map { $0 == "\u{2}" ? "\u{1}" : $0 })
  }

  /// nil when `text` is a whole command, or the prompt to continue it with (open quote,
  /// here-document).
  package func continuation(of text: String) -> String? {
    interpreter.completeness(of: text) == .needsMore
      ? interpreter.prompt(isContinuation: true) : nil
  }

  /// Whether a running program waits for a line to be typed; until then typed lines are for later.
  package var isAwaitingInput: Bool { isRunning && terminal.isAwaitingInput }

  /// The shell inside the running line's conversation that waits at its prompt, on whatever machine.
  package var promptingShell: (any PromptingShell)? {
    isRunning && isTerminal ? terminal.shellAtPrompt : nil
  }
  /// Whether what is typed to the running line shows; passwords do not.
  package var showsTyping: Bool { terminal.showsTyping }

  /// Starts a line (or a whole script). Drive the timeline until `isRunning` is false.
  package func start(_ line: String) {
    mark = machine.processes.keys.max() ?? 0
    isRunning = true
    lines.append(line)
    lineNumber += 1
    recentLines = recentLines.suffix(19) + [(lineNumber, line)]
    lineArrived.wake()
  }

  /// Ctrl-C: ends the running line and what it started.
  package func interrupt() {
    guard isRunning else { return }
    // A program that took the terminal over (ssh, kubectl exec -it) passes the key on.
    if let takeOver = terminal.onSignal { return takeOver(Signal.interrupt) }
    let started = machine.processes.keys.filter { $0 > mark }.sorted()
    let shells = started.compactMap { machine.processes[$0] }.filter(\.isInteractiveShell)
    // A shell inside has what it runs in front; nobody around it hears the key.
    if let inner = shells.last { return inner.signalFamily(Signal.interrupt) }
    endLine(by: Signal.interrupt)
  }

  private func endLine(by signal: Int32, byMachine: Bool = false) {
    for id in machine.processes.keys.sorted() where id > mark {
      machine.processes[id]?.signal(signal, byMachine: byMachine)
    }
    process.signal(Signal.interrupt, byMachine: true)
  }

  /// The terminal is gone: ends the running line and what it started, whatever holds the terminal.
  /// `settle` lets what is due happen.
  package func hangUp(_ settle: () -> Void) {
    guard isRunning else { return }
    terminal.endInput()
    for signal in [Signal.hangUp, Signal.kill] where isRunning {
      endLine(by: signal, byMachine: true)
      settle()
    }
  }

  /// What is typed while a line runs goes to the program that reads the terminal.
  package func type(_ bytes: [UInt8]) { terminal.type(String(decoding: bytes, as: UTF8.self)) }
  /// Ctrl-D.
  package func endInput() { terminal.endInput() }

  /// Runs a line to its end in virtual time and returns what it printed. Ends it (as Ctrl-C does)
  /// when it takes longer than `limit` of virtual time, or waits for input that nobody types.
  package func run(
    _ line: String, limit: Span = .hours(1)
  ) -> (status: ExitStatus, output: String, errors: String) {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    let previous = onOutput
    onOutput = { channel, bytes in
      if channel == .output { output += bytes } else { errors += bytes }
    }
    defer { onOutput = previous }
    start(line)
    finish(by: machine.timeline.now + limit)
    return (
      exitStatus, String(decoding: output, as: UTF8.self), String(decoding: errors, as: UTF8.self)
    )
  }

  /// Drives the timeline until the running line has ended.
  package func finish(by limit: Moment) {
    let timeline = machine.timeline
    timeline.settle()
    while isRunning {
      if isAwaitingInput { terminal.endInput() }
      if !timeline.step(until: limit) {
        interrupt()
        timeline.settle()
        break
      }
      timeline.fibers.run()
    }
    timeline.settle()
  }

  /// Adds a word of drydock's own (`learn`, `why`…), as an ordinary program of the machine.
  package func add(_ program: any Program) {
    machine.programs[program.name] = program
    // Its name comes first, as `help` does.
    interpreter.builtins[program.name] = nil
    try? StandardFiles.install(
      program: program.name, at: "/usr/local/bin/" + program.name, into: machine.files)
  }

  // MARK: completion

  /// What Tab offers for the text before the cursor: the start of the word concerned and the
  /// candidates for it, each whole and quoted as needed.
  package func completions(of text: String) -> (wordStart: String.Index, candidates: [String]) {
    if let reader = promptingShell { return reader.completions(of: text) }
    return ShellCompletion(interpreter, process).candidates(for: text)
  }

  fileprivate func show(_ channel: Channel, _ bytes: [UInt8]) { onOutput?(channel, bytes) }
}

/// One of the two streams that a terminal shows.
private final class Screen: OpenFile {
  weak var session: ShellSession?
  var isTerminal = false
  private let channel: ShellSession.Channel

  init(_ channel: ShellSession.Channel) { self.channel = channel }

  func read(upTo count: Int) async throws -> [UInt8] { [] }
  func write(_ bytes: [UInt8]) async throws { session?.show(channel, bytes) }
  func retain() {}
  func release() {}
}

/// What is typed; without a person there is nothing to read.
private final class Keyboard: ControllingTerminal {
  weak var session: ShellSession?
  private let terminal: Terminal

  init(_ terminal: Terminal) { self.terminal = terminal }

  var isTerminal: Bool { session?.isTerminal ?? false }
  var size: (columns: Int, rows: Int) {
    get { terminal.size }
    set { terminal.size = newValue }
  }
  var onSignal: ((Int32) -> Void)? {
    get { terminal.onSignal }
    set { terminal.onSignal = newValue }
  }
  var promptingShell: (any PromptingShell)? {
    get { terminal.promptingShell }
    set { terminal.promptingShell = newValue }
  }
  var farEnd: (any ControllingTerminal)? {
    get { terminal.farEnd }
    set { terminal.farEnd = newValue }
  }
  var echoes: Bool {
    get { terminal.echoes }
    set { terminal.echoes = newValue }
  }
  func read(upTo count: Int) async throws -> [UInt8] {
    isTerminal ? try await terminal.read(upTo: count) : []
  }
  func read(through delimiter: UInt8, upTo count: Int) async throws -> [UInt8] {
    isTerminal ? try await terminal.read(through: delimiter, upTo: count) : []
  }
  func waitReadable(nanoseconds: Int64) async throws -> Bool {
    isTerminal ? try await terminal.waitReadable(nanoseconds: nanoseconds) : true
  }
  func write(_ bytes: [UInt8]) async throws { session?.show(.output, bytes) }
  func retain() {}
  func release() {}
}
