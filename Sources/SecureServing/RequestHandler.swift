import Documents
import KubeAPIServer
import KubeObjects
import NIOCore
import NIOHTTP1
import NIOSSL

/// One client's connection: reads requests, asks the API server, writes the answers.
final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let served: ServedCluster
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var isTooLarge = false
  private var certificate: [UInt8]?
  private var hasAskedForCertificate = false
  private var outflow: (any Outflow)?
  private var deadline: Scheduled<Void>?

  /// The largest body that upstream reads.
  static let bodyLimit = 3_145_728
  /// How long a connection may stay without a request, as upstream's server allows.
  private static let idleTime = TimeAmount.seconds(180)
  /// How long a request may take to arrive.
  private static let arrivalTime = TimeAmount.seconds(60)

  init(served: ServedCluster) { self.served = served }

  func handlerAdded(context: ChannelHandlerContext) { expectMore(context, Self.idleTime) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
      isTooLarge = false
      expectMore(context, Self.arrivalTime)
      if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
        let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
      }
    case .body(var buffer):
      if isTooLarge || body.count + buffer.readableBytes > Self.bodyLimit {
        isTooLarge = true
        body = []
      } else {
        body += buffer.readBytes(length: buffer.readableBytes) ?? []
      }
    case .end:
      deadline?.cancel()
      deadline = nil
      answer(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    outflow?.cancel()
    outflow = nil
    context.fireChannelInactive()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { pump(context) }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func expectMore(_ context: ChannelHandlerContext, _ time: TimeAmount) {
    deadline?.cancel()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
      context.close(promise: nil)
    }
  }

  // MARK: answering

  private func answer(_ context: ChannelHandlerContext) {
    guard let head else { return }
    let answer: APIResponse
    if isTooLarge {
      let error = StatusError(
        code: 413, reason: "RequestEntityTooLarge",
        message: "Request entity too large: limit is \(Self.bodyLimit)")
      answer = APIResponse(
        code: 413, headers: [("Content-Type", "application/json")], body: .value(error.value))
    } else {
      let request = APIRequest(head, body: body, credential: credential(context, head))
      body = []
      answer = request.isConversation ? Self.unsimulated : served.cluster.server.handle(request)
      served.settleSoon()
    }
    switch answer.body {
    case .value(let value):
      write(context, head, answer, bytes: Self.bytes(value, answer))
    case .bytes(let bytes): write(context, head, answer, bytes: bytes)
    case .watch(let stream): begin(context, head, answer, WatchOutflow(stream))
    case .connect(let connection): begin(context, head, answer, LogOutflow(connection))
    }
  }

  private static var unsimulated: APIResponse {
    let error = StatusError(
      code: 400, reason: "BadRequest",
      message: "drydock: not simulated: exec, attach and port-forward over HTTPS; "
        + "use the kubectl inside drydock")
    return APIResponse(
      code: 400, headers: [("Content-Type", "application/json")], body: .value(error.value))
  }

  /// As upstream's union of authenticators: a good certificate, else the bearer token.
  private func credential(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) -> Credential {
    if !hasAskedForCertificate {
      hasAskedForCertificate = true
      certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes()
    }
    let token = Self.bearerToken(head.headers.first(name: "authorization"))
    guard let certificate else { return token.map { .bearer($0) } ?? .anonymous }
    if let token, served.cluster.keys.user(of: .certificate(certificate)) == nil {
      return .bearer(token)
    }
    return .certificate(certificate)
  }

  static func bearerToken(_ authorization: String?) -> String? {
    let parts = (authorization ?? "").split(separator: " ")
    guard parts.count >= 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }

  private static func bytes(_ value: Value, _ answer: APIResponse) -> [UInt8] {
    let type = answer.headers.first { $0.name.lowercased() == "content-type" }?.value ?? ""
    if type.hasPrefix("application/yaml") { return Array(YAMLWriter.text(value).utf8) }
    return JSON.bytes(value) + [UInt8(ascii: "\n")]
  }

  private func heading(_ head: HTTPRequestHead, _ answer: APIResponse) -> HTTPResponseHead {
    var headers = HTTPHeaders()
    headers.add(name: "Cache-Control", value: "no-cache, private")
    for (name, value) in answer.headers { headers.add(name: name, value: value) }
    if isTooLarge { headers.replaceOrAdd(name: "Connection", value: "close") }
    return HTTPResponseHead(
      version: head.version, status: .init(statusCode: answer.code), headers: headers)
  }

  private func write(
    _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ answer: APIResponse,
    bytes: [UInt8]
  ) {
    var heading = heading(head, answer)
    heading.headers.replaceOrAdd(name: "Content-Length", value: String(bytes.count))
    context.write(wrapOutboundOut(.head(heading)), promise: nil)
    if head.method != .HEAD, !bytes.isEmpty {
      let buffer = context.channel.allocator.buffer(bytes: bytes)
      context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }
    end(context)
  }

  private func end(_ context: ChannelHandlerContext) {
    let closes = isTooLarge || head.map { !$0.isKeepAlive } ?? true
    head = nil
    outflow = nil
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    if closes { context.close(promise: nil) } else { expectMore(context, Self.idleTime) }
  }

  // MARK: what goes on

  private func begin(
    _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ answer: APIResponse,
    _ outflow: any Outflow
  ) {
    self.outflow = outflow
    var heading = heading(head, answer)
    heading.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
    context.writeAndFlush(wrapOutboundOut(.head(heading)), promise: nil)
    var isWaiting = false
    outflow.onReady { [weak self] in
      // Many events of one moment go out in one piece.
      guard !isWaiting else { return }
      isWaiting = true
      context.eventLoop.assumeIsolated().execute {
        isWaiting = false
        self?.pump(context)
      }
    }
    pump(context)
  }

  /// Writes what has come, as long as the client reads; the rest waits in the bounded stream.
  private func pump(_ context: ChannelHandlerContext) {
    guard let outflow, context.channel.isWritable else { return }
    let bytes = outflow.take()
    if !bytes.isEmpty {
      let buffer = context.channel.allocator.buffer(bytes: bytes)
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }
    if outflow.isEnded { end(context) }
  }
}
