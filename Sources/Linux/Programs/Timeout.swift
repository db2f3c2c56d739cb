import Shell
import Simulation

/// Runs a program for at most so long.
struct Timeout: Program {
  let name = "timeout"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "s,signal= k,kill-after= preserve-status foreground v,verbose t=",
      stopsEarly: true, status: 125)
    var words = options.operands
    // Old BusyBox: `timeout -t SECONDS command`.
    if let seconds = options["t"] { words.insert(seconds, at: 0) }
    guard words.count >= 2 else { throw UsageError("missing operand", status: 125) }
    guard let limit = Span(interval: words[0]) else {
      throw UsageError(
        "invalid time interval '\(words[0])'", status: 125,
        busyBox: "invalid number '\(words[0])'")
    }
    guard let number = Signal.number(options["s"] ?? "TERM") else {
      throw UsageError(
        "'\(options["s"] ?? "")': invalid signal", status: 125,
        busyBox: "bad signal name '\(options["s"] ?? "")'")
    }
    let child: Process
    do { child = try process.start(Array(words.dropFirst())) } catch {
      try await process.complain(
        "failed to run command '\(words[1])': \(error.text)",
        busyBox: "can't execute '\(words[1])': \(error.text)")
      return error == .notFound ? 127 : 126
    }
    let timeline = process.machine.timeline
    var isLate = false
    let timer =
      limit == .zero
      ? nil
      : timeline.after(limit) {
        isLate = true
        child.signal(number)
      }
    var killTimer: Timeline.Timer?
    if let after = options["k"].flatMap({ Span(interval: $0) }) {
      killTimer = timeline.after(limit + after) { child.signal(Signal.kill) }
    }
    defer {
      if let timer { timeline.cancel(timer) }
      if let killTimer { timeline.cancel(killTimer) }
    }
    let status = try await process.wait(for: child)
    if isLate, !options.has("preserve-status") {
      // BusyBox's ends as what it ended.
      if process.isBusyBox {
        // It became the program that the signal ended, and the shell says so.
        try await process.writeError(status == 137 ? "Killed\n" : "Terminated\n")
      }
      return status == 137 ? 137 : process.machine.shellDialect == .ash ? 143 : 124
    }
    return status
  }
}

/// Runs a program and tells how long it took: `time`.
struct Time: Program {
  let name = "time"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "p v f= o= a", stopsEarly: true)
    guard !options.operands.isEmpty else { throw UsageError("missing command") }
    let start = process.machine.timeline.now
    let status = try await process.run(options.operands)
    let elapsed = Double((process.machine.timeline.now - start).nanoseconds) / 1e9
    if options.has("p") {
      try await process.writeError(
        "real \(DecimalText.fixed(elapsed, 2))\nuser 0.00\nsys 0.00\n")
      return status
    }
    if process.isBusyBox {
      let seconds = DecimalText.fixed(elapsed.truncatingRemainder(dividingBy: 60), 2)
      try await process.writeError(
        "real\t\(Int(elapsed) / 60)m \(seconds)s\nuser\t0m 0.00s\nsys\t0m 0.00s\n")
      return status
    }
    try await process.writeError(
      "real\t\(Int(elapsed) / 60)m"
        + "\(DecimalText.fixed(elapsed.truncatingRemainder(dividingBy: 60), 3))s\n"
        + "user\t0m0.000s\nsys\t0m0.000s\n")
    return status
  }
}

/// Runs a program again and again: `watch`.
struct Watch: Program {
  let name = "watch"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "n,interval= d,differences? t,no-title e,errexit g,chgexit x,exec c,color b p",
      stopsEarly: true)
    guard !options.operands.isEmpty else { throw UsageError("missing command") }
    let interval = options["n"].flatMap { Span(interval: $0) } ?? .seconds(2)
    let line = options.operands.joined(separator: " ")
    var previous: [UInt8]?
    process.handle([Signal.interrupt, Signal.terminate])
    while process.pendingSignals.isEmpty {
      let output = MemoryFile()
      var files = process.files
      files[1] = output
      files[2] = output
      let status = try await process.run(
        options.has("x") ? options.operands : ["sh", "-c", line], files: files)
      if !options.has("t") {
        let head = "Every \(DecimalText.fixed(Double(interval.nanoseconds) / 1e9, 1))s: \(line)"
        let tail = "\(process.machine.hostName): \(Calendar(process.machine.now).formatted("%c"))"
        let gap = String(repeating: " ", count: max(1, process.width - head.count - tail.count))
        try await process.write("\(head)\(gap)\(tail)\n\n")
      }
      try await process.write(output.bytes)
      if options.has("e"), status != 0 { return 8 }
      if options.has("g"), let previous, previous != output.bytes { return 0 }
      previous = output.bytes
      try await process.sleep(max(interval, .milliseconds(100)))
    }
    return 0
  }
}
