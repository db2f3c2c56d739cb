import Shell
import Simulation

/// A queue of bytes between processes, 64 KiB deep; also what a fifo in a directory leads to.
package final class Pipe {
  static let capacity = 65_536
  fileprivate var buffer: [UInt8] = []
  fileprivate var head = 0
  fileprivate var readers = 0
  fileprivate var writers = 0
  private var waiting: [Waiter] = []

  package init() {}

  /// A new pipe with one reference to each end.
  package static func make() -> (read: PipeEnd, write: PipeEnd) {
    let pipe = Pipe()
    return (
      PipeEnd(pipe, reads: true, writes: false), PipeEnd(pipe, reads: false, writes: true)
    )
  }

  func open(reads: Bool, writes: Bool) -> PipeEnd {
    PipeEnd(self, reads: reads, writes: writes, awaitsOther: !(reads && writes))
  }

  fileprivate var count: Int { buffer.count - head }

  fileprivate func change(readers more: Int, writers: Int) {
    readers += more
    self.writers += writers
    wake()
  }

  fileprivate func wake() {
    let waking = waiting
    waiting = []
    for waiter in waking { waiter.wake() }
  }

  /// Waits until something about the pipe changed, or the deadline passed.
  fileprivate func wait(until deadline: Moment? = nil, _ timeline: Timeline? = nil) async throws {
    let process = Process.current
    let waiter = process?.waiter ?? Waiter()
    waiting.append(waiter)
    var timer: Timeline.Timer?
    if let deadline, let timeline { timer = timeline.at(deadline) { waiter.wake() } }
    defer {
      if let timer { timeline?.cancel(timer) }
      waiting.removeAll { $0 === waiter }
    }
    if let process { try await process.wait() } else { try await waiter.wait() }
  }

  fileprivate func take(_ wanted: Int) -> [UInt8] {
    let end = min(buffer.count, head + wanted)
    let taken: [UInt8]
    if head == 0, end == buffer.count {
      taken = buffer
      buffer = []
    } else {
      taken = Array(buffer[head..<end])
      head = end
      if head == buffer.count {
        buffer.removeAll(keepingCapacity: true)
        head = 0
      }
    }
    wake()
    return taken
  }

  fileprivate func put(_ bytes: ArraySlice<UInt8>) {
    if head > 0, head * 2 >= buffer.count {
      buffer.removeFirst(head)
      head = 0
    }
    buffer += bytes
    wake()
  }

  fileprivate var waitingBytes: ArraySlice<UInt8> { buffer[head...] }
}

/// One end of a pipe.
package final class PipeEnd: OpenFile {
  private let pipe: Pipe
  private let reads: Bool
  private let writes: Bool
  private var references = 1
  /// A fifo's opener waits for its peer; drydock lets the first read or write do that.
  private var awaitsOther: Bool

  init(_ pipe: Pipe, reads: Bool, writes: Bool, awaitsOther: Bool = false) {
    self.pipe = pipe
    self.reads = reads
    self.writes = writes
    self.awaitsOther = awaitsOther
    pipe.change(readers: reads ? 1 : 0, writers: writes ? 1 : 0)
  }

  package var isTerminal: Bool { false }

  package func read(upTo count: Int) async throws -> [UInt8] {
    guard try await fill() else { return [] }
    return pipe.take(count)
  }

  package func read(through delimiter: UInt8, upTo count: Int) async throws -> [UInt8] {
    var found: [UInt8] = []
    while found.count < count, try await fill() {
      let waiting = pipe.waitingBytes.prefix(count - found.count)
      if let end = waiting.firstIndex(of: delimiter) {
        return found + pipe.take(end - waiting.startIndex + 1)
      }
      found += pipe.take(waiting.count)
    }
    return found
  }

  /// Waits for bytes; false at the end.
  private func fill() async throws -> Bool {
    guard reads else { throw HostError.badDescriptor }
    while pipe.count == 0 {
      if pipe.writers == 0, !awaitsOther { return false }
      try await pipe.wait()
      if pipe.writers > 0 || pipe.count > 0 { awaitsOther = false }
    }
    awaitsOther = false
    return true
  }

  package func waitReadable(nanoseconds: Int64) async throws -> Bool {
    guard let timeline = Process.current?.machine.timeline else { return true }
    let deadline = timeline.now + Span(nanoseconds: nanoseconds)
    while pipe.count == 0, pipe.writers > 0 || awaitsOther {
      if timeline.now >= deadline { return false }
      try await pipe.wait(until: deadline, timeline)
    }
    return true
  }

  package func write(_ bytes: [UInt8]) async throws {
    guard writes else { throw HostError.badDescriptor }
    var rest = bytes[...]
    while !rest.isEmpty {
      if pipe.readers == 0 {
        guard awaitsOther else { throw HostError.brokenPipe }
        try await pipe.wait()
        continue
      }
      awaitsOther = false
      let room = Pipe.capacity - pipe.count
      if room <= 0 {
        try await pipe.wait()
        continue
      }
      pipe.put(rest.prefix(room))
      rest = rest.dropFirst(room)
    }
  }

  package func retain() { references += 1 }

  package func release() {
    references -= 1
    guard references == 0 else { return }
    pipe.change(readers: reads ? -1 : 0, writers: writes ? -1 : 0)
  }
}
