import KubeAPIServer
import NIOCore
import NIOWebSocket

/// A conversation with a container over a WebSocket: exec and attach.
final class WebSocketConversation: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private let conversation: any StreamConnection
  private let form: ChannelProtocol
  /// The channel on which an empty message says that the conversation is open.
  private let greeting: UInt8
  private let served: ServedCluster
  private var isPumping = false
  private var isClosing = false

  /// The most that one message carries.
  private static let messageSize = 32 * 1024

  init(
    _ conversation: any StreamConnection, form: ChannelProtocol, greeting: UInt8,
    served: ServedCluster
  ) {
    self.conversation = conversation
    self.form = form
    self.greeting = greeting
    self.served = served
  }

  func handlerAdded(context: ChannelHandlerContext) {
    send(context, form.message([], channel: greeting))
    context.flush()
    conversation.onReady = { [weak self] in
      guard let self, !isPumping else { return }
      isPumping = true
      context.eventLoop.assumeIsolated().execute {
        self.isPumping = false
        self.pump(context)
      }
    }
    pump(context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    let bytes = Array(buffer: frame.unmaskedData)
    switch frame.opcode {
    case .binary, .text: receive(bytes)
    case .ping:
      let pong = WebSocketFrame(fin: true, opcode: .pong, data: ByteBuffer(bytes: bytes))
      context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
    case .connectionClose: close(context)
    default: break
    }
  }

  private func receive(_ message: [UInt8]) {
    switch form.read(message) {
    case .data(let channel, let bytes) where channel == 0 || channel == 4:
      conversation.send(bytes, channel: channel)
    case .close(let channel): conversation.closeInput(channel: channel)
    case .data, nil: return
    }
    served.settleSoon()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { pump(context) }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    conversation.onReady = nil
    conversation.cancel()
    served.settleSoon()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func pump(_ context: ChannelHandlerContext) {
    guard !isClosing, context.channel.isWritable else { return }
    for (channel, bytes) in conversation.take() {
      var rest = bytes[...]
      while !rest.isEmpty {
        send(context, form.message(rest.prefix(Self.messageSize), channel: channel))
        rest = rest.dropFirst(Self.messageSize)
      }
    }
    context.flush()
    if conversation.isEnded { close(context) }
  }

  private func send(_ context: ChannelHandlerContext, _ message: [UInt8]) {
    let frame = WebSocketFrame(
      fin: true, opcode: form.isText ? .text : .binary, data: ByteBuffer(bytes: message))
    context.write(wrapOutboundOut(frame), promise: nil)
  }

  private func close(_ context: ChannelHandlerContext) {
    guard !isClosing else { return }
    isClosing = true
    // 1000: a normal end.
    let frame = WebSocketFrame(
      fin: true, opcode: .connectionClose, data: ByteBuffer(bytes: [0x03, 0xE8]))
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(frame), promise: sent)
  }
}
