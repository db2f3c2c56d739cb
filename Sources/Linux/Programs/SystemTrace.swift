import Shell
import Simulation

/// Shows the system calls of a program that it starts or of processes that run: `strace`.
///
/// It shows what the simulation does through its kernel: programs started, files opened, output,
/// connections, signals and sleeping.
struct SystemTrace: Program {
  let name = "strace"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "f,follow-forks c,summary-only C,summary e,trace= o,output= p,attach= t tt ttt r T q,quiet "
        + "qq y s,string-limit= v i k n S,summary-sort-by= w ff V,version z Z", stopsEarly: true)
    if options.has("V") {
      try await process.write("strace -- version 6.8\n")
      return 0
    }
    let ids = options.values("p").flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }) }
    guard !options.operands.isEmpty || !ids.isEmpty else {
      try await process.writeError(
        "strace: must have PROG [ARGS] or -p PID\nTry 'strace -h' for more information.\n")
      return 1
    }
    let run = SystemTraceRun(process, options)
    if !ids.isEmpty { return try await run.attach(ids.map(String.init)) }
    return try await run.start()
  }
}

/// One run of strace.
private final class SystemTraceRun {
  private let process: Process
  private let options: Options
  private let wanted: Set<String>?
  private var lines: [String] = []
  private var dropped = 0
  private var counts: [String: (calls: Int, errors: Int)] = [:]
  private var output: [UInt8] = []
  /// The only process that is watched; its calls are shown without its id.
  private var only: Process?
  private var isAttached = false

  /// Calls by what they concern, as `-e trace=` groups them.
  private static let groups: [String: [String]] = [
    "file": ["openat", "execve", "access", "unlinkat", "mkdir"],
    "process": ["execve", "clone", "wait4", "exit_group"],
    "network": ["connect"], "signal": ["kill"], "desc": ["openat", "read", "write", "close"],
    "memory": ["brk"],
  ]

  init(_ process: Process, _ options: Options) {
    self.process = process
    self.options = options
    var names: [String] = []
    for text in options.values("e") {
      let list = text.hasPrefix("trace=") ? text.dropFirst(6) : text[...]
      for name in list.split(separator: ",").map(String.init) {
        let plain = name.first == "%" ? String(name.dropFirst()) : name
        names += Self.groups[plain] ?? [plain == "open" ? "openat" : plain]
      }
    }
    wanted = names.isEmpty || names == ["all"] ? nil : Set(names)
  }

  private lazy var trace = CallTrace(follows: options.has("f") || options.has("ff")) {
    [weak self] in self?.hear($0)
  }

  private func hear(_ call: CallTrace.Call) {
    // A program's first call comes before its process is known here.
    if !isAttached, only == nil { only = call.process }
    if !call.name.isEmpty {
      if let wanted, !wanted.contains(call.name) { return }
      counts[call.name, default: (0, 0)].calls += 1
      if call.result.hasPrefix("-1") { counts[call.name, default: (0, 0)].errors += 1 }
    }
    guard !options.has("c") else { return }
    guard lines.count < 10_000 else {
      dropped += 1
      return
    }
    var line = ""
    if only !== call.process {
      line = options.has("o") ? "\(call.process.id) " : "[pid \(padded(call.process.id))] "
    }
    line += stamp
    if call.name.isEmpty {
      guard !options.has("q"), !options.has("qq") else { return }
      line += "+++ \(call.arguments) +++"
    } else {
      let text = "\(call.name)(\(call.arguments))"
      line += text + String(repeating: " ", count: max(1, 40 - text.count)) + "= \(call.result)"
    }
    lines.append(line + "\n")
    process.waiter.wake()
  }

  private func padded(_ id: Int) -> String {
    let text = String(id)
    return String(repeating: " ", count: max(0, 5 - text.count)) + text
  }

  private var stamp: String {
    guard options.has("t") || options.has("tt") || options.has("ttt") else { return "" }
    let now = process.machine.now
    let micro = String(1_000_000 + now.nanoseconds / 1000 % 1_000_000).dropFirst()
    if options.has("ttt") { return "\(now.seconds).\(micro) " }
    let clock = Calendar(now).formatted("%H:%M:%S")
    return options.has("tt") ? "\(clock).\(micro) " : "\(clock) "
  }

  /// Hands on what was heard; the traced do not wait for it.
  private func tell() async throws {
    let text = lines.joined()
    lines = []
    try await tell(text)
  }

  private func tell(_ text: String) async throws {
    guard !text.isEmpty else { return }
    if options["o"] != nil {
      output += Array(text.utf8)
    } else {
      try await process.writeError(text)
    }
  }

  private func finish() async throws {
    try await tell()
    if dropped > 0 {
      try await process.writeError("drydock: \(dropped) further calls are not shown\n")
    }
    if options.has("c") || options.has("C") { try await tell(summary) }
    if let path = options["o"] { try process.replace(path, with: output) }
  }

  // MARK: Programs

  func start() async throws -> ExitStatus {
    process.handle([Signal.interrupt])
    let child: Process
    do {
      child = try process.start(options.operands, tracer: trace)
    } catch {
      try await process.writeError(
        "strace: Cannot find executable '\(options.operands[0])'\n")
      return 1
    }
    while child.status == nil {
      try await tell()
      guard child.status == nil, lines.isEmpty else { continue }
      child.exitWaiters.append(process.waiter)
      defer { child.exitWaiters.removeAll { $0 === process.waiter } }
      try await process.wait()
      if !process.takeSignals().isEmpty { child.signal(Signal.interrupt) }
    }
    try await finish()
    return child.status ?? 0
  }

  // MARK: Processes that run

  func attach(_ ids: [String]) async throws -> ExitStatus {
    var targets: [(id: String, process: Process)] = []
    for id in ids {
      guard let number = Int(id), let target = process.machine.table.process(number) else {
        try await process.writeError(
          "strace: attach: ptrace(PTRACE_SEIZE, \(id)): No such process\n")
        continue
      }
      let caller = process.caller
      guard
        caller.capabilities.contains(Capabilities(name: "SYS_PTRACE") ?? [])
          || caller.user == target.caller.user, target !== process
      else {
        try await process.writeError(
          "strace: attach: ptrace(PTRACE_SEIZE, \(id)): Operation not permitted\n")
        continue
      }
      targets.append((id, target))
    }
    guard !targets.isEmpty else { return 1 }
    isAttached = true
    only = targets.count == 1 ? targets[0].process : nil
    for target in targets { attach(target.process) }
    for target in targets where !options.has("q") {
      try await process.writeError("strace: Process \(target.id) attached\n")
    }
    process.handle([Signal.interrupt, Signal.terminate])
    defer { for target in targets { detach(target.process) } }
    while process.takeSignals().isEmpty, targets.contains(where: { $0.process.status == nil }) {
      try await tell()
      guard lines.isEmpty else { continue }
      for target in targets { target.process.exitWaiters.append(process.waiter) }
      defer {
        for target in targets {
          target.process.exitWaiters.removeAll { $0 === process.waiter }
        }
      }
      try await process.wait()
    }
    for target in targets where target.process.status == nil && !options.has("q") {
      try await process.writeError("strace: Process \(target.id) detached\n")
    }
    try await finish()
    return 0
  }

  /// A process and, with -f, what it has started already.
  private func members(_ target: Process) -> [Process] { trace.follows ? target.family : [target] }

  private func attach(_ target: Process) { for member in members(target) { member.tracer = trace } }

  private func detach(_ target: Process) {
    for member in target.family where member.tracer === trace { member.tracer = nil }
  }

  // MARK: Counting

  private var summary: String {
    var text =
      "% time     seconds  usecs/call     calls    errors syscall\n"
      + "------ ----------- ----------- --------- --------- ----------------\n"
    func row(_ calls: Int, _ errors: Int, _ name: String, _ share: String) -> String {
      func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
      }
      return right(share, 6) + "    0.000000           0 " + right("\(calls)", 9) + " "
        + right(errors == 0 ? "" : "\(errors)", 9) + " \(name)\n"
    }
    let ordered = counts.sorted { ($1.value.calls, $0.key) < ($0.value.calls, $1.key) }
    for (name, count) in ordered { text += row(count.calls, count.errors, name, "0.00") }
    text += "------ ----------- ----------- --------- --------- ----------------\n"
    let all = counts.values.reduce((0, 0)) { ($0.0 + $1.calls, $0.1 + $1.errors) }
    return text + row(all.0, all.1, "total", "100.00")
  }
}
