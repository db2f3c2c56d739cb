import Documents

/// How the messages of a WebSocket carry the numbered channels of a conversation.
struct ChannelProtocol: Hashable {
  /// As `Sec-WebSocket-Protocol` names it.
  var name: String
  /// Whether a message is a digit and base64 text instead of a byte and bytes.
  var isText = false
  /// Whether message 255 closes a channel.
  var closesChannels = false

  // wsstream and remotecommand of upstream; without any offer the oldest is spoken.
  static let all = [
    ChannelProtocol(name: "v5.channel.k8s.io", closesChannels: true),
    ChannelProtocol(name: "v4.channel.k8s.io"),
    ChannelProtocol(name: "channel.k8s.io"),
    ChannelProtocol(name: "v4.base64.channel.k8s.io", isText: true),
    ChannelProtocol(name: "base64.channel.k8s.io", isText: true),
  ]

  /// The first offer that is known; nil when none is.
  static func chosen(of offers: [String]) -> ChannelProtocol? {
    if offers.isEmpty { return ChannelProtocol(name: "") }
    for offer in offers {
      if let known = all.first(where: { $0.name == offer }) { return known }
    }
    return nil
  }

  enum Message: Hashable {
    case data(channel: UInt8, bytes: [UInt8])
    case close(channel: UInt8)
  }

  /// What a client's message says; nil for one that says nothing.
  func read(_ message: [UInt8]) -> Message? {
    guard let first = message.first else { return nil }
    if isText {
      guard (0x30...0x39).contains(first) else { return nil }
      let text = String(decoding: message.dropFirst(), as: UTF8.self)
      guard let bytes = Base64.decode(text) else { return nil }
      return .data(channel: first - 0x30, bytes: bytes)
    }
    if closesChannels, first == 255 {
      return message.count == 2 ? .close(channel: message[1]) : nil
    }
    return .data(channel: first, bytes: Array(message.dropFirst()))
  }

  /// A message with bytes of a channel.
  func message(_ bytes: some Collection<UInt8>, channel: UInt8) -> [UInt8] {
    if isText { return [0x30 + channel % 10] + Array(Base64.encode(Array(bytes)).utf8) }
    return [channel] + bytes
  }
}
