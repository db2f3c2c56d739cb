import Linux
import Shell
import Simulation

/// Bytes that a client sends to a process; it may take them at its leisure, within a budget.
final class ConsoleInput: OpenFile {
  private var pending: [UInt8] = []
  private var head = 0
  private var isClosed = false
  private var waiting: [Waiter] = []
  private static let budget = 64 << 20

  var isTerminal: Bool { false }

  func put(_ bytes: [UInt8]) {
    guard !isClosed, pending.count - head + bytes.count <= Self.budget else { return }
    pending += bytes
    wake()
  }

  func close() {
    isClosed = true
    wake()
  }

  private func wake() {
    let waking = waiting
    waiting = []
    for waiter in waking { waiter.wake() }
  }

  private func fill() async throws {
    let process = Linux.Process.current
    let waiter = process?.waiter ?? Waiter()
    while pending.count == head, !isClosed {
      waiting.append(waiter)
      defer { waiting.removeAll { $0 === waiter } }
      if let process { try await process.wait() } else { try await waiter.wait() }
    }
  }

  func read(upTo count: Int) async throws -> [UInt8] {
    try await fill()
    return take(min(count, pending.count - head))
  }

  func read(through delimiter: UInt8, upTo count: Int) async throws -> [UInt8] {
    var found: [UInt8] = []
    while found.count < count {
      try await fill()
      let waiting = pending[head...].prefix(count - found.count)
      if waiting.isEmpty { break }
      if let end = waiting.firstIndex(of: delimiter) { return found + take(end - head + 1) }
      found += take(waiting.count)
    }
    return found
  }

  private func take(_ count: Int) -> [UInt8] {
    let taken = Array(pending[head..<head + count])
    head += count
    if head == pending.count {
      pending = []
      head = 0
    }
    return taken
  }

  func write(_ bytes: [UInt8]) async throws { throw HostError.badDescriptor }
  func retain() {}
  func release() {}
}

/// Standard output or error of a command run by exec.
final class ConsoleOutput: OpenFile {
  private let console: ContainerConsole
  private let channel: UInt8

  init(_ console: ContainerConsole, channel: UInt8) {
    self.console = console
    self.channel = channel
  }

  var isTerminal: Bool { false }
  func read(upTo count: Int) async throws -> [UInt8] { [] }
  func write(_ bytes: [UInt8]) async throws { try await console.write(bytes, channel: channel) }
  func retain() {}
  func release() {}
}

/// Takes what nobody asked to see.
final class DiscardedOutput: OpenFile {
  var isTerminal: Bool { false }
  func read(upTo count: Int) async throws -> [UInt8] { [] }
  func write(_ bytes: [UInt8]) async throws {}
  func retain() {}
  func release() {}
}
