import Documents
import KubeAPIServer
import KubeCluster
import KubeObjects
import NIOCore
import NIOHTTP1

extension RequestHandler {
  func answer(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ body: [UInt8]) {
    let credential = connection.credential(head.headers.first(name: "authorization"))
    let request = APIRequest(head, body: body, credential: credential)
    let answer: APIResponse
    if isTooLarge {
      answer = Self.refusal(
        StatusError(
          code: 413, reason: "RequestEntityTooLarge",
          message: "Request entity too large: limit is \(Self.bodyLimit)"))
    } else {
      if request.isConversation { return converse(context, head, request) }
      answer = connection.served.handle(request)
    }
    write(context, head, answer, to: request)
  }

  private func write(
    _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ answer: APIResponse,
    to request: APIRequest
  ) {
    switch answer.body {
    case .value(let value):
      write(context, head, answer, bytes: bytes(value, answer, request))
    case .bytes(let bytes): write(context, head, answer, bytes: bytes)
    case .watch(let stream):
      begin(
        context, head, answer,
        WatchOutflow(stream, remembering: connection.served.written))
    case .connect(let connection): begin(context, head, answer, LogOutflow(connection))
    case .proxied(let later):
      let finish: () -> Void = { [weak self] in
        context.eventLoop.assumeIsolated().execute {
          guard context.channel.isActive, let self, let response = later.response else { return }
          self.write(context, head, response, to: request)
        }
      }
      later.onReady = finish
      if later.response != nil { finish() }
    }
  }

  static func refusal(_ error: StatusError) -> APIResponse {
    APIResponse(
      code: error.code, headers: [("Content-Type", "application/json")], body: .value(error.value))
  }

  private func bytes(_ value: Value, _ answer: APIResponse, _ request: APIRequest) -> [UInt8] {
    let type = answer.headers.first { $0.name.lowercased() == "content-type" }?.value ?? ""
    if type.hasPrefix("application/yaml") { return Array(YAMLWriter.text(value).utf8) }
    // What was just written is not what others ask for.
    let parts = request.method == "GET" ? connection.served.written : nil
    return WireForm.bytes(value, for: request, remembering: parts)
  }

  static func line(_ value: Value) -> [UInt8] {
    var bytes = JSON.bytes(value)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private func heading(_ head: HTTPRequestHead, _ answer: APIResponse) -> HTTPResponseHead {
    var headers = HTTPHeaders()
    headers.add(
      name: "Audit-Id",
      value: head.headers.first(name: "audit-id") ?? connection.served.nextAuditID())
    headers.add(name: "Cache-Control", value: "no-cache, private")
    // A line break in what a user wrote must not begin a header of its own.
    for (name, value) in answer.headers where value.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }) {
      headers.add(name: name, value: value)
    }
    headers.add(name: "Date", value: connection.served.date)
    if isTooLarge, head.version.major == 1 {
      headers.replaceOrAdd(name: "Connection", value: "close")
    }
    return HTTPResponseHead(
      version: head.version, status: .init(statusCode: answer.code), headers: headers)
  }

  func write(
    _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ answer: APIResponse,
    bytes: [UInt8]
  ) {
    var heading = heading(head, answer)
    var bytes = bytes
    if bytes.count >= Gzip.threshold, answer.code == 200,
      head.headers[canonicalForm: "accept-encoding"].contains("gzip"),
      let smaller = Gzip.compress(bytes)
    {
      bytes = smaller
      heading.headers.add(name: "Content-Encoding", value: "gzip")
      heading.headers.add(name: "Vary", value: "Accept-Encoding")
    }
    heading.headers.replaceOrAdd(name: "Content-Length", value: String(bytes.count))
    context.write(wrapOutboundOut(.head(heading)), promise: nil)
    if head.method != .HEAD, !bytes.isEmpty {
      let buffer = context.channel.allocator.buffer(bytes: bytes)
      context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }
    end(context)
  }

  private func end(_ context: ChannelHandlerContext) {
    // A stream of HTTP/2 ends with its answer; the connection stays.
    let isStream = (head?.version.major ?? 1) > 1
    let closes = !isStream && (isTooLarge || head.map { !$0.isKeepAlive } ?? true)
    head = nil
    outflow = nil
    guard closes else {
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      return expectMore(context, connection.served.idleTime)
    }
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
  }

  // MARK: what goes on

  private func begin(
    _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ answer: APIResponse,
    _ outflow: any Outflow
  ) {
    self.outflow = outflow
    var heading = heading(head, answer)
    if head.version == .http1_1 {
      heading.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
    }
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
  func pump(_ context: ChannelHandlerContext) {
    guard let outflow, context.channel.isWritable else { return }
    let bytes = outflow.take()
    if !bytes.isEmpty {
      let buffer = context.channel.allocator.buffer(bytes: bytes)
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }
    if outflow.isEnded { end(context) }
  }
}
