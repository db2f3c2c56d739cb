import Shell
import Simulation

/// A terminal that a person or a test sits at: lines come from `type`, bytes go to `onOutput`.
package final class Terminal: ControllingTerminal {
  package var size: (columns: Int, rows: Int) {
    didSet { if size != oldValue { raise(Signal.windowChange) } }
  }
  /// Whether keys show as they are pressed.
  package var echoes = true
  package var onOutput: ([UInt8]) -> Void
  /// Whether some process waits for a line that has not come.
  package var isAwaitingInput: Bool { !waiting.isEmpty }
  package var onSignal: ((Int32) -> Void)?
  package var promptingShell: (any PromptingShell)?
  package var farEnd: (any ControllingTerminal)?
  /// Gives a signal to the processes in front, unless a program takes it.
  package var signalForeground: ((Int32) -> Void)?
  /// Called when a process starts to wait for input.
  package var onAwaitingInput: (() -> Void)?
  private var pending: [UInt8] = []
  private var waiting: [Waiter] = []
  private var endings = 0
  private var discipline = LineDiscipline()

  package init(
    columns: Int = 80, rows: Int = 24, onOutput: @escaping ([UInt8]) -> Void = { _ in }
  ) {
    size = (columns, rows)
    self.onOutput = onOutput
  }

  package var isTerminal: Bool { true }

  /// What is typed, whole lines with their newlines as a rule.
  package func type(_ text: String) {
    pending += Array(text.utf8)
    wake()
  }

  /// Keys as they are pressed: edited to lines and echoed here.
  package func press(_ keys: [UInt8]) {
    for effect in discipline.take(keys) {
      switch effect {
      case .line(let bytes):
        pending += bytes
        wake()
      case .echo(let bytes): if echoes { onOutput(bytes) }
      case .interrupt: interrupt()
      case .end: endInput()
      }
    }
  }

  /// Ctrl-C.
  package func interrupt() { raise(Signal.interrupt) }

  private func raise(_ signal: Int32) {
    if let onSignal { onSignal(signal) } else { signalForeground?(signal) }
  }

  /// Ctrl-D at the start of a line.
  package func endInput() {
    endings += 1
    wake()
  }

  private func wake() {
    let waking = waiting
    waiting = []
    for waiter in waking { waiter.wake() }
  }

  /// Waits for input; false at Ctrl-D or when the deadline passed.
  private func fill(until deadline: Moment? = nil) async throws -> Bool {
    let process = Process.current
    let timeline = process?.machine.timeline
    let waiter = process?.waiter ?? Waiter()
    while pending.isEmpty {
      if endings > 0 { return true }
      if let deadline, let timeline, timeline.now >= deadline { return false }
      waiting.append(waiter)
      var timer: Timeline.Timer?
      if let deadline, let timeline { timer = timeline.at(deadline) { waiter.wake() } }
      defer {
        waiting.removeAll { $0 === waiter }
        if let timer { timeline?.cancel(timer) }
      }
      onAwaitingInput?()
      if let process { try await process.wait() } else { try await waiter.wait() }
    }
    return true
  }

  package func read(upTo count: Int) async throws -> [UInt8] {
    // A terminal gives at most one line at a time.
    try await read(through: UInt8(ascii: "\n"), upTo: count)
  }

  package func read(through delimiter: UInt8, upTo count: Int) async throws -> [UInt8] {
    _ = try await fill()
    if pending.isEmpty {
      endings = max(0, endings - 1)
      return []
    }
    let limit = min(count, pending.count)
    let end = pending.prefix(limit).firstIndex(of: delimiter).map { $0 + 1 } ?? limit
    let taken = Array(pending[..<end])
    pending.removeFirst(end)
    return taken
  }

  package func waitReadable(nanoseconds: Int64) async throws -> Bool {
    guard let now = Process.current?.machine.timeline.now else { return true }
    return try await fill(until: now + Span(nanoseconds: nanoseconds))
  }

  package func write(_ bytes: [UInt8]) async throws { onOutput(bytes) }
  package func retain() {}
  package func release() {}
}
