import NIOHTTP1

/// How a client wants to hold a conversation, by the headers of its request.
enum ConversationForm: Hashable {
  /// Messages with channel numbers over a WebSocket.
  case channels(ChannelProtocol)
  /// SPDY's frames inside a WebSocket of that protocol, as kubectl forwards ports.
  case tunnel(String)
  /// SPDY itself, as clients before 1.30 speak it, with the version of the streams' use.
  case spdy(String)

  static let tunnelName = "SPDY/3.1+portforward.k8s.io"

  /// Nil when the client asks for nothing that is known.
  init?(_ headers: HTTPHeaders, isForwarding: Bool) {
    let upgrades = headers[canonicalForm: "upgrade"].map { $0.lowercased() }
    if upgrades.contains("websocket") {
      let offers = headers[canonicalForm: "sec-websocket-protocol"].map(String.init)
      if isForwarding {
        guard offers.contains(Self.tunnelName) else { return nil }
        self = .tunnel(Self.tunnelName)
      } else {
        guard let form = ChannelProtocol.chosen(of: offers) else { return nil }
        self = .channels(form)
      }
    } else if upgrades.contains("spdy/3.1") {
      let offers = headers[canonicalForm: "x-stream-protocol-version"].map(String.init)
      let known =
        isForwarding ? ["portforward.k8s.io"] : ["v5.channel.k8s.io", "v4.channel.k8s.io"]
      guard let version = known.first(where: { offers.contains($0) }) else { return nil }
      self = .spdy(version)
    } else {
      return nil
    }
  }
}
