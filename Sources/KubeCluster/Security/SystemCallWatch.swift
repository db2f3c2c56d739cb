import Linux
import Simulation

/// Listens to the system calls of a node and its containers while a tool runs. What is heard waits
/// as lines, since those who call must not wait for the tool's output.
final class SystemCallWatch {
  private let host: NodeHost
  private let process: Linux.Process
  /// What is told of an event; nil: nothing.
  private let line: (FalcoEvent) -> String?
  private var waiting: [String] = []

  init(host: NodeHost, process: Linux.Process, line: @escaping (FalcoEvent) -> String?) {
    self.host = host
    self.process = process
    self.line = line
  }

  /// Until a signal comes, `duration` (a text of seconds) is over or `most` lines are told.
  func run(
    duration: String?, most: Int = .max, tell: (String) async throws -> Void
  ) async throws {
    let machine = host.machine
    let timeline = machine.timeline
    let before = machine.witness
    machine.witness = { [weak self] call in
      before?(call)
      self?.hear(call)
    }
    defer { machine.witness = before }
    process.handle([Signal.terminate, Signal.interrupt])
    let end = duration.flatMap { Int64($0) }.map {
      timeline.now + .seconds(min(max($0, 0), 1_000_000))
    }
    let timer = end.map { timeline.at($0) { [process] in process.waiter.wake() } }
    defer { if let timer { timeline.cancel(timer) } }
    var told = 0
    while process.takeSignals().isEmpty, told < most {
      let lines = waiting
      waiting = []
      for line in lines where told < most {
        told += 1
        try await tell(line)
      }
      if let end, timeline.now >= end { break }
      if waiting.isEmpty, told < most { try await process.wait() }
    }
  }

  private func hear(_ call: SystemCall) {
    // Its own reading and writing is no news.
    guard call.process !== process, waiting.count < 10_000,
      let line = self.line(FalcoEvent(call, host))
    else { return }
    waiting.append(line)
    process.waiter.wake()
  }
}
