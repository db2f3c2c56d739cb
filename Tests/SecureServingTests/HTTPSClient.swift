import NIOCore
import NIOPosix
import NIOSSL

/// A connection that sends raw HTTP over TLS and shows all that comes back.
final class HTTPSClient {
  private let channel: any Channel
  private let received: NIOLoopBound<Received>

  final class Received {
    var text = ""
    var wait: (wanted: String, promise: EventLoopPromise<String>)?
    var hasEnded = false

    func check() {
      guard let wait, hasEnded || text.contains(wait.wanted) else { return }
      self.wait = nil
      wait.promise.succeed(text)
      text = ""
    }
  }

  init(
    port: Int, certificate: String? = nil, key: String? = nil, protocols: [String] = []
  ) throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    configuration.applicationProtocols = protocols
    if let certificate, let key {
      configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        .map { .certificate($0) }
      configuration.privateKey = .privateKey(
        try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
    }
    let context = try NIOSSLContext(configuration: configuration)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let received = try loop.submit { NIOLoopBound(Received(), eventLoop: loop) }.wait()
    channel = try ClientBootstrap(group: loop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
          try pipeline.addHandler(Collector(received.value))
        }
      }
      .connect(host: "127.0.0.1", port: port).wait()
    self.received = received
  }

  /// Sends, and returns all received once it holds `wanted`, or when the server hangs up.
  func send(_ text: String, until wanted: String) throws -> String {
    try send(Array(text.utf8), until: wanted)
  }

  func send(_ bytes: [UInt8], until wanted: String) throws -> String {
    let channel = channel
    let received = received
    return try channel.eventLoop.flatSubmit {
      let promise = channel.eventLoop.makePromise(of: String.self)
      received.value.wait = (wanted, promise)
      received.value.check()
      channel.eventLoop.assumeIsolated().scheduleTask(in: .seconds(60)) {
        promise.fail(ChannelError.connectTimeout(.seconds(60)))
      }
      channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
      return promise.futureResult
    }.wait()
  }

  func get(_ path: String, headers: String = "", until wanted: String = "}\n") throws -> String {
    try send("GET \(path) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n", until: wanted)
  }

  /// Opens a conversation over a WebSocket in one of the protocols.
  func converse(_ path: String, by name: String) throws -> String {
    try get(
      path,
      headers: "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: \(name)\r\n",
      until: "\r\n\r\n")
  }

  /// A WebSocket's message with text for a channel, shorter than 125 bytes and masked by zeros.
  static func message(_ text: String, channel: UInt8) -> [UInt8] {
    [0x82, 0x80 | UInt8(text.utf8.count + 1), 0, 0, 0, 0, channel] + Array(text.utf8)
  }

  /// Reads nothing from here on, or goes on.
  func reads(_ isReading: Bool) throws {
    try channel.setOption(.autoRead, value: isReading).wait()
  }

  /// Ends the connection without a goodbye, as a client does that is killed.
  func hangUp() {
    let channel = channel
    try? channel.eventLoop.flatSubmit {
      let promise = channel.eventLoop.makePromise(of: Void.self)
      do {
        // From TLS on outwards: its own closing would wait for the server's.
        try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
          .close(mode: .all, promise: promise)
      } catch {
        promise.fail(error)
      }
      return promise.futureResult
    }.wait()
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let received: Received

    init(_ received: Received) { self.received = received }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received.text += String(buffer: unwrapInboundIn(data))
      received.check()
    }

    func channelInactive(context: ChannelHandlerContext) {
      received.hasEnded = true
      received.check()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
