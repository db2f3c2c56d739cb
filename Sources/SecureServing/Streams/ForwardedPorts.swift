import KubeAPIServer
import KubeObjects

/// Ports of a Pod over SPDY: for each connection a stream for its bytes and one for what goes wrong.
final class ForwardedPorts: SPDYStreams {
  private struct Connection {
    var data: UInt32?
    var errors: UInt32?
    var conversation: (any StreamConnection)?
    var isDone = false
  }

  var onReady: (() -> Void)?
  private let dial: (Int) -> APIResponse
  private var connections: [String: Connection] = [:]
  private var names: [UInt32: String] = [:]
  private var queue: [(stream: UInt32, bytes: [UInt8], isLast: Bool)] = []

  /// How many connections one client may have open at a time.
  private static let limit = 256

  /// `dial` opens a connection to a port of the Pod.
  init(dial: @escaping (Int) -> APIResponse) { self.dial = dial }

  // The client ends it.
  var isEnded: Bool { false }

  func opened(_ stream: UInt32, _ headers: [String: String]) -> Bool {
    guard let name = headers["requestid"], let port = headers["port"].flatMap({ Int($0) }),
      (1...65535).contains(port), connections.count < Self.limit || connections[name] != nil
    else { return false }
    var connection = connections[name] ?? Connection()
    switch headers["streamtype"] {
    case "error" where connection.errors == nil: connection.errors = stream
    case "data" where connection.data == nil && connection.errors != nil:
      connection.data = stream
      if case .connect(let conversation) = dial(port).body {
        connection.conversation = conversation
        conversation.onReady = { [weak self] in self?.onReady?() }
      } else if let errors = connection.errors {
        queue.append(
          (errors, Array("drydock: not simulated: forwarding port \(port)".utf8), true))
        queue.append((stream, [], true))
        connection.isDone = true
      }
    default: return false
    }
    connections[name] = connection
    names[stream] = name
    return true
  }

  func received(_ stream: UInt32, _ bytes: [UInt8], isLast: Bool) {
    guard let name = names[stream], let connection = connections[name], connection.data == stream
    else { return }
    if !bytes.isEmpty { connection.conversation?.send(bytes, channel: 0) }
    if isLast { connection.conversation?.closeInput(channel: 0) }
  }

  func reset(_ stream: UInt32) {
    guard let name = names[stream] else { return }
    drop(name)
  }

  func take() -> [(stream: UInt32, bytes: [UInt8], isLast: Bool)] {
    for name in connections.keys.sorted() {
      guard let connection = connections[name], let conversation = connection.conversation,
        let data = connection.data, let errors = connection.errors
      else { continue }
      for (channel, bytes) in conversation.take() {
        queue.append((channel == 1 ? data : errors, bytes, false))
      }
      if conversation.isEnded {
        queue.append((data, [], true))
        queue.append((errors, [], true))
        drop(name)
      }
    }
    for (name, connection) in connections where connection.isDone { drop(name) }
    defer { queue = [] }
    return queue
  }

  private func drop(_ name: String) {
    guard let connection = connections.removeValue(forKey: name) else { return }
    connection.conversation?.onReady = nil
    connection.conversation?.cancel()
    if let stream = connection.data { names[stream] = nil }
    if let stream = connection.errors { names[stream] = nil }
  }

  func cancel() {
    for name in connections.keys.sorted() { drop(name) }
  }
}
