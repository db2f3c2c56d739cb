import Shell
package import Simulation

/// One end of a connection within the simulation; what is written to it is read from its peer.
package final class StreamEnd: Connection {
  package let localAddress: String
  package let localPort: Int
  package let remoteAddress: String
  package let remotePort: Int
  package let transport: Transport
  package var deadline: Moment?
  package private(set) var isSecured = false
  private let timeline: Timeline
  private var peer: StreamEnd?
  private var buffer: [UInt8] = []
  private var head = 0
  private var isEnded = false
  private var isReset = false
  private var isClosed = false
  private var waiting: [Waiter] = []
  private var security: ((SecurityRequest) async throws -> SecurityOutcome)?
  package var screen: ((WebRequest) -> WebResponse?)?
  /// Called when this end is closed or reset.
  package var onClose: (() -> Void)?

  /// Bytes that may wait to be read before a writer has to wait.
  private static let window = 1 << 20

  /// What happens at an end, for those who watch the wire.
  package enum Event {
    case wrote([UInt8])
    case agreed, closed, reset
  }
  package var observer: ((Event) -> Void)?

  private init(
    _ local: (String, Int), _ remote: (String, Int), _ transport: Transport, _ timeline: Timeline
  ) {
    (localAddress, localPort) = local
    (remoteAddress, remotePort) = remote
    self.transport = transport
    self.timeline = timeline
  }

  /// A new connection; the server sees the client at `seenAs`, which NAT may have changed.
  package static func pair(
    client: (address: String, port: Int), seenAs: String? = nil,
    target: (address: String, port: Int), server: (address: String, port: Int),
    transport: Transport, timeline: Timeline
  ) -> (client: StreamEnd, server: StreamEnd) {
    let near = StreamEnd(client, target, transport, timeline)
    let far = StreamEnd(server, (seenAs ?? client.address, client.port), transport, timeline)
    near.peer = far
    far.peer = near
    return (near, far)
  }

  package func read(upTo count: Int) async throws -> [UInt8] {
    while head == buffer.count {
      if isReset { throw NetworkFailure.reset }
      if isEnded || isClosed { return [] }
      try await wait()
    }
    let end = min(buffer.count, head + max(1, count))
    let taken = Array(buffer[head..<end])
    head = end
    if head == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      head = 0
    }
    peer?.wake()
    return taken
  }

  package func putBack(_ bytes: [UInt8]) {
    buffer.replaceSubrange(..<head, with: bytes)
    head = 0
  }

  package func write(_ bytes: [UInt8]) async throws {
    while true {
      guard let peer, !isClosed, !isReset else { throw NetworkFailure.reset }
      if peer.buffer.count - peer.head < Self.window {
        peer.receive(bytes)
        observer?(.wrote(bytes))
        return
      }
      try await wait()
    }
  }

  private func receive(_ bytes: [UInt8]) {
    if head > 0, head * 2 >= buffer.count {
      buffer.removeFirst(head)
      head = 0
    }
    buffer += bytes
    wake()
  }

  package func finishWriting() {
    observer?(.closed)
    peer?.end()
  }

  package func close() {
    guard !isClosed else { return }
    observer?(.closed)
    isClosed = true
    let other = peer
    peer = nil
    other?.end()
    other?.peer = nil
    wake()
    let action = onClose
    onClose = nil
    action?()
  }

  /// Breaks the connection for both sides.
  package func reset() {
    guard !isClosed, !isReset else { return }
    observer?(.reset)
    let other = peer
    isReset = true
    other?.isReset = true
    close()
    other?.wake()
  }

  private func end() {
    isEnded = true
    wake()
  }

  package func offerSecurity(
    _ answer: @escaping (SecurityRequest) async throws -> SecurityOutcome
  ) {
    security = answer
  }

  package func secure(_ request: SecurityRequest) async throws -> SecurityOutcome {
    guard let peer else { throw NetworkFailure.reset }
    // Who reads requests on the way does not speak TLS.
    guard peer.screen == nil, let judge = peer.security else { return .unsupported }
    let outcome = try await judge(request)
    switch outcome {
    case .established, .presented:
      isSecured = true
      peer.isSecured = true
      observer?(.agreed)
    case .untrusted, .refusedVersion, .unsupported: break
    }
    return outcome
  }

  private func wake() {
    let waking = waiting
    waiting = []
    for waiter in waking { waiter.wake() }
  }

  private func wait() async throws {
    if let deadline, timeline.now >= deadline { throw NetworkFailure.timedOut }
    let process = Process.current
    let waiter = process?.waiter ?? Waiter()
    waiting.append(waiter)
    let timer = deadline.map { timeline.at($0) { waiter.wake() } }
    defer {
      if let timer { timeline.cancel(timer) }
      waiting.removeAll { $0 === waiter }
    }
    if let process { try await process.wait() } else { try await waiter.wait() }
  }
}
