package import Shell
package import Simulation

/// systemd as far as services go: reads units, starts what they name, starts it again when it ends.
package final class ServiceManager {
  package enum Activity: String, Sendable {
    case inactive, activating, active, deactivating, failed
  }

  /// What is known of one unit beyond its files.
  package struct State {
    package var activity = Activity.inactive
    package var since: Moment?
    package var process: Process?
    /// How its last process ended: `exited`/1, `killed`/9.
    package var ending: (code: String, status: Int32)?
    package var restarts = 0
    /// Of a timer: when it elapses next, and when it did last.
    package internal(set) var next: Moment?
    package internal(set) var elapsed: Moment?
    var lastProcessID = 0
    var isStopping = false
    var timer: Timeline.Timer?
    var startTimes: [Moment] = []
  }

  unowned let machine: Machine
  package let journal = Journal()
  package private(set) var states: [String: State] = [:]
  /// Units as they were when the manager last read them.
  private var loaded: [String: UnitFile] = [:]

  /// `running` are the units that have been up since the machine was; their programs are started
  /// now, and their journals begin with the boot of that id.
  package init(_ machine: Machine, running: [String], boot: String) {
    self.machine = machine
    journal.noteBoot(at: machine.booted, boot)
    for name in running {
      guard let unit = unit(name) else { continue }
      say(unit.name, "Started \(unit.title).", at: machine.booted)
      states[name, default: State()].since = machine.booted
      begin(unit, isBoot: true)
    }
  }

  private var timeline: Timeline { machine.timeline }

  // MARK: the machine's end and beginning

  /// The machine goes down: nothing is started again, and only the journal stays.
  func halt() {
    for (name, state) in states.sorted(by: { $0.key < $1.key }) {
      if let timer = state.timer { timeline.cancel(timer) }
      state.process?.onExit = nil
      if state.process != nil, let unit = unit(name) { say(name, "Stopped \(unit.title).") }
    }
    states = [:]
    loaded = [:]
  }

  /// Starts what is enabled, as multi-user.target wants it.
  package func boot(id: String) {
    journal.noteBoot(at: timeline.now, id)
    loadModules()
    machine.run(["sysctl", "-q", "--system"]) { _ in }
    let names = wantsFolders.flatMap { (try? machine.files.names(in: $0))?.sorted() ?? [] }
    for name in names {
      guard let unit = unit(name), !unit.isMasked else { continue }
      start(unit)
    }
  }

  // MARK: units

  /// The unit of a name, with `.service` added where nothing else is said.
  package static func fullName(_ name: String) -> String {
    kinds.contains { name.hasSuffix($0) } ? name : name + ".service"
  }
  private static let kinds = [
    ".service", ".socket", ".target", ".timer", ".mount", ".slice", ".path", ".scope",
  ]

  func change(_ name: String, _ body: (inout State) -> Void) {
    body(&states[name, default: State()])
  }

  package func unit(_ name: String) -> UnitFile? {
    if let known = loaded[name] { return known }
    let read = UnitFile(name, in: machine.files)
    loaded[name] = read
    return read
  }

  /// Whether a unit's files are no longer what was read.
  package func isStale(_ name: String) -> Bool {
    guard let known = loaded[name] else { return false }
    return UnitFile(name, in: machine.files) != known
  }

  /// Reads all units again.
  package func reload() { loaded = [:] }

  /// Units of a kind, such as `.timer`, or of every kind.
  package func allNames(_ kind: String = ".service") -> [String] {
    var names: Set<String> = []
    for folder in UnitFile.folders {
      for name in (try? machine.files.names(in: folder)) ?? []
      where Self.kinds.contains(where: name.hasSuffix) && name.hasSuffix(kind) {
        names.insert(name)
      }
    }
    return names.sorted()
  }

  /// systemd-modules-load.
  private func loadModules() {
    let files = machine.files
    let folder = "/etc/modules-load.d"
    let names = ((try? files.names(in: folder)) ?? []).filter { $0.hasSuffix(".conf") }.sorted()
    for path in ["/etc/modules"] + names.map({ "\(folder)/\($0)" }) {
      for line in (files.text(path) ?? "").split(separator: "\n") {
        let module = line.trimmedSides
        guard let first = module.first, first != "#", first != ";" else { continue }
        machine.run(["modprobe", String(module)]) { _ in }
      }
    }
  }

  // MARK: journal

  package func say(_ unit: String, _ text: String, at moment: Moment? = nil) {
    journal.write(
      .init(
        moment: moment ?? timeline.now, unit: unit, identifier: "systemd", processID: 1, text: text)
    )
  }

  // MARK: starting and stopping

  /// Starts a unit that does not run; false when its process could not be made.
  @discardableResult
  package func start(_ unit: UnitFile) -> Bool {
    let state = states[unit.name, default: State()]
    if state.activity == .active { return true }
    if let timer = state.timer { timeline.cancel(timer) }
    states[unit.name, default: State()].timer = nil
    states[unit.name]?.restarts = 0
    return begin(unit, isBoot: false)
  }

  @discardableResult
  private func begin(_ unit: UnitFile, isBoot: Bool) -> Bool {
    let name = unit.name
    guard name.hasSuffix(".service") else { return activate(unit) }
    var state = states[name, default: State()]
    let now = timeline.now
    guard mayStart(unit, &state) else { return false }
    let output = JournalFile(self, name)
    var command: [String] = []
    var refusal: String?
    do {
      let environment = try unit.environment(machine.files)
      command = unit.command(environment)
      let words = Command(
        path: command.first ?? "", arguments: Array(command.dropFirst()),
        environment: ["PATH": Machine.standardPath].merging(environment) { $1 }, directory: "/",
        files: [0: EndedFile(), 1: output, 2: output])
      if !isBoot { say(name, "Started \(unit.title).") }
      let process = try machine.start(
        words, parentID: 1, lateness: isBoot ? now - machine.booted : .zero)
      output.process = process
      state.process = process
      state.lastProcessID = process.id
      process.onExit = { [weak self] in self?.ended(name, process, $0) }
      state.activity = .active
      state.ending = nil
      if !isBoot { state.since = now }
      states[name] = state
      return true
    } catch let missing as UnitFile.MissingFile {
      refusal = "Failed to load environment files: No such file or directory"
      say(name, "\(name): Failed to load environment files: \(missing.path)")
    } catch let error as HostError {
      refusal = error == .notFound ? "No such file or directory" : error.text
    } catch { refusal = "\(error)" }
    states[name] = state
    failToExecute(name, command.first ?? "", refusal ?? "")
    return false
  }

  /// The start limit: five starts within ten seconds, unless the unit says otherwise.
  private func mayStart(_ unit: UnitFile, _ state: inout State) -> Bool {
    let interval =
      unit["Unit", "StartLimitIntervalSec"] ?? unit["Unit", "StartLimitInterval"]
      ?? unit["Service", "StartLimitInterval"]
    if interval == "0" { return true }
    let now = timeline.now
    state.startTimes = state.startTimes.filter { now - $0 < .seconds(10) } + [now]
    guard state.startTimes.count > 5 else { return true }
    say(unit.name, "\(unit.name): Start request repeated too quickly.")
    say(unit.name, "\(unit.name): Failed with result 'start-limit-hit'.")
    say(unit.name, "Failed to start \(unit.title).")
    state.activity = .failed
    state.since = now
    states[unit.name] = state
    return false
  }

  private func failToExecute(_ name: String, _ path: String, _ why: String) {
    let id = machine.table.takeID()
    states[name]?.lastProcessID = id
    let identifier = "(\(String(path.split(separator: "/").last ?? "").prefix(15)))"
    for text in [
      "\(name): Failed to locate executable \(path): \(why)",
      "\(name): Failed at step EXEC spawning \(path): \(why)",
    ] {
      journal.write(
        .init(moment: timeline.now, unit: name, identifier: identifier, processID: id, text: text))
    }
    finish(name, code: "exited", status: 203)
  }

  private func ended(_ name: String, _ process: Process, _ status: Int32) {
    guard states[name]?.process === process else { return }
    states[name]?.process = nil
    if states[name]?.isStopping == true { return stopped(name) }
    // A process that ends by a signal ends a shell with 128 more.
    let isSignal = status > 128 && status < 160
    finish(name, code: isSignal ? "killed" : "exited", status: isSignal ? status - 128 : status)
  }

  private func stopped(_ name: String) {
    states[name]?.isStopping = false
    states[name]?.activity = .inactive
    states[name]?.since = timeline.now
    states[name]?.ending = ("exited", 0)
    say(name, "\(name): Deactivated successfully.")
    if let unit = unit(name) { say(name, "Stopped \(unit.title).") }
  }

  static let exitNames: [Int32: String] = [
    0: "SUCCESS", 1: "FAILURE", 2: "INVALIDARGUMENT", 203: "EXEC", 200: "CHDIR",
  ]

  private func finish(_ name: String, code: String, status: Int32) {
    guard let unit = unit(name) else { return }
    states[name]?.process = nil
    states[name]?.ending = (code, status)
    states[name]?.since = timeline.now
    let isClean =
      code == "exited" && status == 0 || code == "killed" && [1, 2, 13, 15].contains(status)
    if isClean {
      say(name, "\(name): Deactivated successfully.")
    } else {
      let shown =
        code == "killed"
        ? Signal.names[max(0, min(Int(status) - 1, Signal.names.count - 1))]
        : Self.exitNames[status] ?? "n/a"
      say(name, "\(name): Main process exited, code=\(code), status=\(status)/\(shown)")
      say(name, "\(name): Failed with result '\(code == "killed" ? "signal" : "exit-code")'.")
    }
    let policy = unit["Service", "Restart"] ?? "no"
    let restarts =
      policy == "always" || policy == "on-failure" && !isClean
      || policy == "on-success" && isClean || policy == "on-abnormal" && code == "killed"
    guard restarts else {
      let remains = isClean && unit["Service", "RemainAfterExit"] == "yes"
      states[name]?.activity = remains ? .active : isClean ? .inactive : .failed
      return
    }
    states[name]?.activity = .activating
    let wait = unit["Service", "RestartSec"].flatMap { Span(interval: $0) } ?? .milliseconds(100)
    states[name]?.timer = timeline.after(wait) { [weak self] in self?.startAgain(name) }
  }

  private func startAgain(_ name: String) {
    guard states[name]?.activity == .activating, let unit = unit(name) else { return }
    states[name]?.timer = nil
    let count = (states[name]?.restarts ?? 0) + 1
    states[name]?.restarts = count
    say(name, "\(name): Scheduled restart job, restart counter is at \(count).")
    begin(unit, isBoot: false)
  }

  /// Asks a unit's process to end; nil when there is none to wait for.
  package func stop(_ unit: UnitFile) -> Process? {
    let name = unit.name
    guard var state = states[name] else { return nil }
    if let timer = state.timer { timeline.cancel(timer) }
    state.timer = nil
    state.startTimes = []
    if let process = state.process {
      state.isStopping = true
      state.activity = .deactivating
      states[name] = state
      say(name, "Stopping \(unit.title)...")
      process.signal(Signal.terminate)
      timeline.after(.seconds(90)) { [weak process] in
        process?.signal(Signal.kill, byMachine: true)
      }
      return process
    }
    if state.activity != .inactive {
      if state.activity != .failed { say(name, "Stopped \(unit.title).") }
      state.activity = .inactive
      state.since = timeline.now
    }
    states[name] = state
    return nil
  }
}

/// Standard output and error of a service: lines of the journal.
final class JournalFile: OpenFile {
  private unowned let manager: ServiceManager
  private let unit: String
  weak var process: Process?
  private var partial: [UInt8] = []

  init(_ manager: ServiceManager, _ unit: String) {
    self.manager = manager
    self.unit = unit
  }

  var isTerminal: Bool { false }
  func read(upTo count: Int) async throws -> [UInt8] { [] }
  func write(_ bytes: [UInt8]) async throws {
    for byte in bytes {
      if byte == 0x0A || partial.count > 16_384 {
        let speaker = process ?? Process.current
        manager.journal.write(
          .init(
            moment: manager.machine.timeline.now, unit: unit,
            identifier: speaker?.called ?? "", processID: speaker?.id ?? 0,
            text: String(decoding: partial, as: UTF8.self)))
        partial = byte == 0x0A ? [] : [byte]
      } else {
        partial.append(byte)
      }
    }
  }
  func retain() {}
  func release() {}
}

/// A standard input that is at its end.
final class EndedFile: OpenFile {
  var isTerminal: Bool { false }
  func read(upTo count: Int) async throws -> [UInt8] { [] }
  func write(_ bytes: [UInt8]) async throws { throw HostError.badDescriptor }
  func retain() {}
  func release() {}
}

/// A service that does nothing but be there until it is asked to end.
package struct Daemon: Program {
  package let name: String

  package init(_ name: String) { self.name = name }

  package func run(_ process: Process) async throws -> ExitStatus {
    process.handle([Signal.terminate, Signal.interrupt, Signal.hangUp])
    while true {
      try await process.wait()
      if process.takeSignals().contains(where: { $0 != Signal.hangUp }) { return 0 }
    }
  }
}
