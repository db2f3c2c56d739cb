import KubeAPIServer

/// exec and attach over SPDY: a stream for each channel.
final class ConsoleStreams: SPDYStreams {
  private let conversation: any StreamConnection
  private var streams: [UInt8: UInt32] = [:]
  /// The channels without which nothing is said: the client opens their streams one by one.
  private let expected: Set<UInt8>
  private var isClosed = false

  init(_ conversation: any StreamConnection, expecting expected: Set<UInt8>) {
    self.conversation = conversation
    self.expected = expected.union([3])
  }

  var onReady: (() -> Void)? {
    get { conversation.onReady }
    set { conversation.onReady = newValue }
  }

  var isEnded: Bool { isClosed }

  func opened(_ stream: UInt32, _ headers: [String: String]) -> Bool {
    let channels: [String: UInt8] = ["stdin": 0, "stdout": 1, "stderr": 2, "error": 3, "resize": 4]
    guard let channel = headers["streamtype"].flatMap({ channels[$0] }), streams[channel] == nil
    else { return false }
    streams[channel] = stream
    return true
  }

  func received(_ stream: UInt32, _ bytes: [UInt8], isLast: Bool) {
    guard let channel = streams.first(where: { $0.value == stream })?.key, [0, 4].contains(channel)
    else { return }
    if !bytes.isEmpty { conversation.send(bytes, channel: channel) }
    if isLast { conversation.closeInput(channel: channel) }
  }

  func reset(_ stream: UInt32) { received(stream, [], isLast: true) }

  func take() -> [(stream: UInt32, bytes: [UInt8], isLast: Bool)] {
    guard expected.isSubset(of: streams.keys) else { return [] }
    var out: [(stream: UInt32, bytes: [UInt8], isLast: Bool)] = []
    for (channel, bytes) in conversation.take() {
      guard let stream = streams[channel] else { continue }
      out.append((stream, bytes, channel == 3))
    }
    if conversation.isEnded {
      for channel in [UInt8(1), 2] {
        if let stream = streams[channel] { out.append((stream, [], true)) }
      }
      isClosed = true
    }
    return out
  }

  func cancel() { conversation.cancel() }
}
