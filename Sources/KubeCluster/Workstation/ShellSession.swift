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
  /// The last lines (or scripts) that were started, oldest first.
  package private(set) var recentLines: [String] = []
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

  /// Starts a line (or a whole script). Drive the timeline until `isRunning` is false.
  package func start(_ line: String) {
    mark = machine.processes.keys.max() ?? 0
    isRunning = true
    lines.append(line)
    recentLines = recentLines.suffix(19) + [line]
    lineArrived.wake()
  }

  /// Ctrl-C: ends the running line and what it started.
  package func interrupt() {
    guard isRunning else { return }
    // A program that took the terminal over (ssh, kubectl exec -it) passes the key on.
    if let takeOver = terminal.onSignal { return takeOver(Signal.interrupt) }
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
    let line = PartialLine(text)
    let start = text.utf8.index(text.startIndex, offsetBy: line.wordStart)
    var words = line.words
    if let first = words.first, words.count > 1, let alias = interpreter.aliases[first] {
      words = alias.split(separator: " ").map(String.init) + words.dropFirst()
    }
    if line.isCommandPosition, !line.current.contains("/") {
      return (start, commands(line.current))
    }
    if line.quoting != .single, let variables = variables(line.current) {
      return (start, variables)
    }
    if words.first == "kubectl", !line.isRedirectionTarget {
      switch kubectlCandidates(Array(words.dropFirst())) {
      case .words(let words) where !words.isEmpty: return (start, words)
      case .filesEnding(let endings):
        return (
          start,
          files(line.current).filter { name in
            name.hasSuffix("/") || endings.contains { name.dropLast().hasSuffix("." + $0) }
          }
        )
      default: break
      }
    }
    return (start, files(line.current))
  }

  /// The names of variables that a word ending in `$NAME` or `${NAME` may go on with.
  private func variables(_ word: String) -> [String]? {
    guard let dollar = word.lastIndex(of: "$") else { return nil }
    var name = word[word.index(after: dollar)...]
    let isBraced = name.first == "{"
    if isBraced { name = name.dropFirst() }
    guard name.allSatisfy({ $0 == "_" || $0.isLetter || $0.isNumber }) else { return nil }
    let head = word[..<dollar] + (isBraced ? "${" : "$")
    return interpreter.variableNames.filter { $0.hasPrefix(name) }
      .map { head + $0 + (isBraced ? "}" : "") }
  }

  private enum Offer {
    case words([String])
    case filesEnding([String])
  }

  private func commands(_ beginning: String) -> [String] {
    let names = Set(machine.programs.keys).union(interpreter.builtins.keys)
      .union(interpreter.aliases.keys).union(interpreter.functions.keys)
    return names.filter { $0.hasPrefix(beginning) }.sorted().map { $0 + " " }
  }

  /// What kubectl's own completion says, as its bash script would use it.
  private func kubectlCandidates(_ words: [String]) -> Offer {
    var answer: Machine.Outcome?
    machine.run(
      ["kubectl", "__completeNoDesc"] + words, environment: process.environment,
      directory: interpreter.directory
    ) { answer = $0 }
    machine.timeline.settle()
    var lines = (answer?.output ?? "").split(separator: "\n").map(String.init)
    guard let last = lines.popLast(), last.hasPrefix(":"), let code = Int(last.dropFirst()) else {
      return .words([])
    }
    // cobra's directives: bit 3 means that the lines are endings of files, bit 1 no blank after the
    // word.
    if code & 8 != 0 { return .filesEnding(lines) }
    let end = code & 2 == 0 ? " " : ""
    let current = words.last ?? ""
    return .words(
      lines.filter { $0.hasPrefix(current) }.map { $0.hasSuffix("=") ? $0 : $0 + end })
  }

  private func files(_ beginning: String) -> [String] {
    let folder = beginning.lastIndex(of: "/").map { String(beginning[...$0]) } ?? ""
    let name = beginning.dropFirst(folder.count)
    var path = folder.isEmpty ? "." : folder
    if path.hasPrefix("~/") { path = "/root/" + path.dropFirst(2) }
    let names = (try? machine.files.names(in: path, of: interpreter.directory)) ?? []
    return names.filter { $0.hasPrefix(name) && (!$0.hasPrefix(".") || name.hasPrefix(".")) }.map {
      let status = machine.files.status(path + "/" + $0, in: interpreter.directory)
      return folder + $0 + (status?.kind == .directory ? "/" : " ")
    }
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
