import Documents
import KubeAPIServer
import KubeObjects
import NIOCore
import NIOHTTP1
import NIOWebSocket
import PKI

// Conversations (exec, attach, port-forward): the HTTP parts make way for a WebSocket or SPDY.
extension RequestHandler {
  /// The largest frame and message that a client may send.
  private static let messageLimit = 1 << 22

  func converse(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ request: APIRequest) {
    guard let parts, let form = ConversationForm(head.headers, isForwarding: request.isForwarding)
    else {
      // What is wrong with the Pod is told before how one has to ask.
      var look = request
      look.looksOnly = true
      let answer = connection.served.handle(look)
      guard case .value(let value) = answer.body else {
        return refuse(context, head, "Upgrade request required")
      }
      return write(context, head, answer, bytes: Self.line(value))
    }
    let answer = connection.served.handle(request)
    guard case .connect(let conversation) = answer.body else {
      if case .value(let value) = answer.body {
        return write(context, head, answer, bytes: Self.line(value))
      }
      return refuse(context, head, "drydock: not simulated: this conversation")
    }
    let streams: () -> any SPDYStreams = { [connection] in
      guard request.isForwarding else {
        return ConsoleStreams(conversation, expecting: Self.channels(request))
      }
      conversation.cancel()
      return ForwardedPorts { port in
        var dial = request
        dial.query.append(("ports", String(port)))
        return connection.served.handle(dial)
      }
    }
    switch form {
    case .channels(let form):
      let handler = WebSocketConversation(
        conversation, form: form, greeting: Self.greeting(request), served: connection.served)
      upgrade(context, head, parts, protocolName: form.name) {
        try Self.addWebSocket($0)
        try $0.addHandler(handler)
      }
    case .tunnel(let name):
      let handler = SPDYHandler(streams(), served: connection.served)
      upgrade(context, head, parts, protocolName: name) {
        try Self.addWebSocket($0)
        try $0.addHandler(WebSocketBytes())
        try $0.addHandler(handler)
      }
    case .spdy(let version):
      let handler = SPDYHandler(streams(), served: connection.served)
      let headers: HTTPHeaders = [
        "Connection": "Upgrade", "Upgrade": "SPDY/3.1", "X-Stream-Protocol-Version": version,
      ]
      makeWay(context, parts, headers) { try $0.addHandler(handler) }
    }
  }

  private func refuse(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ why: String) {
    let error = StatusError.badRequest(why)
    write(context, head, Self.refusal(error), bytes: Self.line(error.value))
  }

  /// Upstream greets on the first stream that the client reads.
  private static func greeting(_ request: APIRequest) -> UInt8 {
    let wanted = channels(request)
    return wanted.contains(1) ? 1 : wanted.contains(2) ? 2 : 3
  }

  /// The channels that the client asks for; a terminal has one for both outputs.
  private static func channels(_ request: APIRequest) -> Set<UInt8> {
    let wants = { (name: String) in ["true", "1"].contains(request.parameter(name) ?? "") }
    var channels: Set<UInt8> = []
    if wants("stdin") { channels.insert(0) }
    if wants("stdout") { channels.insert(1) }
    if wants("stderr"), !wants("tty") { channels.insert(2) }
    return channels
  }

  private static func addWebSocket(_ pipeline: ChannelPipeline.SynchronousOperations) throws {
    try pipeline.addHandler(WebSocketFrameEncoder())
    try pipeline.addHandler(
      ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: messageLimit)))
    try pipeline.addHandler(WebSocketProtocolErrorHandler())
    try pipeline.addHandler(
      NIOWebSocketFrameAggregator(
        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024,
        maxAccumulatedFrameSize: messageLimit))
  }

  private func upgrade(
    _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ parts: HTTP1Parts,
    protocolName: String,
    _ install: @escaping (ChannelPipeline.SynchronousOperations) throws -> Void
  ) {
    guard head.headers.first(name: "sec-websocket-version") == "13",
      let key = head.headers.first(name: "sec-websocket-key")
    else { return refuse(context, head, "Upgrade request required") }
    var headers: HTTPHeaders = [
      "Upgrade": "websocket", "Connection": "Upgrade",
      "Sec-WebSocket-Accept": WebSocketKey.accept(key),
    ]
    if !protocolName.isEmpty { headers.add(name: "Sec-WebSocket-Protocol", value: protocolName) }
    makeWay(context, parts, headers, install)
  }

  /// The decoder goes last: what it still holds belongs to the conversation.
  private func makeWay(
    _ context: ChannelHandlerContext, _ parts: HTTP1Parts, _ headers: HTTPHeaders,
    _ install: @escaping (ChannelPipeline.SynchronousOperations) throws -> Void
  ) {
    let heading = HTTPResponseHead(
      version: .http1_1, status: .switchingProtocols, headers: headers)
    context.write(wrapOutboundOut(.head(heading)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    let channel = context.channel
    // Later: this is called from within the decoder, which cannot go before it returns.
    context.eventLoop.assumeIsolated().execute {
      let pipeline = channel.pipeline.syncOperations
      _ = pipeline.removeHandler(parts.pipelining)
      _ = pipeline.removeHandler(parts.errors)
      _ = pipeline.removeHandler(parts.encoder)
      _ = pipeline.removeHandler(self)
      do { try install(pipeline) } catch { return channel.close(promise: nil) }
      _ = pipeline.removeHandler(parts.decoder)
    }
  }
}

/// How a client and the server agree on a WebSocket.
enum WebSocketKey {
  /// The answer to `Sec-WebSocket-Key` (RFC 6455, 4.2.2).
  static func accept(_ key: String) -> String {
    let digits = Array(Digest.sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)).utf8)
    let halves = digits.map { $0 < 0x3A ? $0 &- 0x30 : $0 &- 0x57 }
    return Base64.encode(
      stride(from: 0, to: halves.count - 1, by: 2).map { halves[$0] << 4 | halves[$0 + 1] })
  }
}
