import NIOCore

/// What the streams of a SPDY connection are used for.
protocol SPDYStreams: AnyObject {
  /// The client opened a stream; false refuses it.
  func opened(_ stream: UInt32, _ headers: [String: String]) -> Bool
  /// Bytes of a stream, its last ones perhaps.
  func received(_ stream: UInt32, _ bytes: [UInt8], isLast: Bool)
  func reset(_ stream: UInt32)
  /// Called when `take` has something new.
  var onReady: (() -> Void)? { get set }
  /// What is to be sent, in order.
  func take() -> [(stream: UInt32, bytes: [UInt8], isLast: Bool)]
  /// Whether the server has no more to say on any stream.
  var isEnded: Bool { get }
  func cancel()
}

/// A connection that speaks SPDY/3.1, bare or inside a WebSocket.
final class SPDYHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let streams: any SPDYStreams
  private let served: ServedCluster
  private var reader = SPDYReader()
  private var writer = SPDYWriter()
  private var isPumping = false
  private var isClosing = false

  private static let frameSize = 16 * 1024

  init(_ streams: any SPDYStreams, served: ServedCluster) {
    self.streams = streams
    self.served = served
  }

  func handlerAdded(context: ChannelHandlerContext) {
    streams.onReady = { [weak self] in
      guard let self, !isPumping else { return }
      isPumping = true
      context.eventLoop.assumeIsolated().execute {
        self.isPumping = false
        self.pump(context)
      }
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    reader.append(Array(buffer: unwrapInboundIn(data)))
    while let frame = reader.next() { obey(frame, context) }
    if reader.isBroken { return context.close(promise: nil) }
    served.settleSoon()
    pump(context)
  }

  private func obey(_ frame: SPDYReader.Frame, _ context: ChannelHandlerContext) {
    switch frame {
    case .open(let stream, let headers, let isLast):
      guard streams.opened(stream, headers) else {
        return write(context, SPDYWriter.reset(stream: stream))
      }
      write(context, writer.reply(stream: stream))
      if isLast { streams.received(stream, [], isLast: true) }
    case .data(let stream, let bytes, let isLast):
      streams.received(stream, bytes, isLast: isLast)
    case .reset(let stream): streams.reset(stream)
    case .ping(let number): write(context, SPDYWriter.ping(number))
    case .goAway: context.close(promise: nil)
    case .other: break
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { pump(context) }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    streams.onReady = nil
    streams.cancel()
    served.settleSoon()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func pump(_ context: ChannelHandlerContext) {
    guard !isClosing, context.channel.isWritable else { return context.flush() }
    for (stream, bytes, isLast) in streams.take() {
      var rest = bytes[...]
      repeat {
        let piece = rest.prefix(Self.frameSize)
        rest = rest.dropFirst(Self.frameSize)
        write(
          context, SPDYWriter.data(stream: stream, piece, isLast: isLast && rest.isEmpty))
      } while !rest.isEmpty
    }
    if streams.isEnded {
      isClosing = true
      let sent = context.eventLoop.makePromise(of: Void.self)
      sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
      context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
    } else {
      context.flush()
    }
  }

  private func write(_ context: ChannelHandlerContext, _ bytes: [UInt8]) {
    context.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
  }
}
