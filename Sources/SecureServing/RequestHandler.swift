import KubeAPIServer
import KubeObjects
import NIOCore
import NIOHTTP1

/// One client's requests, one after another: reads them, asks the API server, writes the answers.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  let connection: ClientConnection
  /// What a conversation takes out of the pipeline; nil where conversations cannot be held.
  let parts: HTTP1Parts?
  var head: HTTPRequestHead?
  var isTooLarge = false
  var outflow: (any Outflow)?
  private var body: [UInt8] = []
  private var isArriving = false
  /// Until when the client must have asked, or sent the rest of what it asks; nil: it is our turn.
  private var deadline: NIODeadline?
  private var watch: (task: Scheduled<Void>, due: NIODeadline)?

  /// The largest body that upstream reads.
  static let bodyLimit = 3_145_728

  init(_ connection: ClientConnection, parts: HTTP1Parts?) {
    self.connection = connection
    self.parts = parts
  }

  func handlerAdded(context: ChannelHandlerContext) {
    expectMore(context, connection.served.idleTime)
  }

  func handlerRemoved(context: ChannelHandlerContext) { leave() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
      isTooLarge = false
      isArriving = true
      deadline = nil
      if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
        let goOn = HTTPResponseHead(version: head.version, status: .continue)
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
      isArriving = false
      deadline = nil
      guard let head else { return }
      let bytes = body
      body = []
      answer(context, head, bytes)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // From the first of its bytes on, however many more come.
    if isArriving, deadline == nil { expectMore(context, connection.served.arrivalTime) }
    context.fireChannelReadComplete()
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { pump(context) }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func leave() {
    deadline = nil
    watch?.task.cancel()
    watch = nil
    outflow?.cancel()
    outflow = nil
  }

  func expectMore(_ context: ChannelHandlerContext, _ time: TimeAmount) {
    deadline = .now() + time
    watchDeadline(context)
  }

  /// Looks again when a deadline that was moved would have passed: cheaper than a timer a request.
  private func watchDeadline(_ context: ChannelHandlerContext) {
    guard let deadline else { return }
    if let watch {
      if watch.due <= deadline { return }
      watch.task.cancel()
    }
    let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      guard let self else { return }
      watch = nil
      guard let deadline = self.deadline else { return }
      if deadline <= .now() { context.close(promise: nil) } else { watchDeadline(context) }
    }
    watch = (task, deadline)
  }
}
