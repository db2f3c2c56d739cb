import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Connections that send one request after another over TLS and measure each answer.
final class LoadClient {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let security: NIOSSLContext
  private let port: Int

  struct Figures {
    var perSecond: Double
    /// The time within which 99 of 100 were answered, in milliseconds.
    var slowest: Double
  }

  init(port: Int, certificate: String, key: String) throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
      .map { .certificate($0) }
    configuration.privateKey = .privateKey(
      try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
    security = try NIOSSLContext(configuration: configuration)
    self.port = port
  }

  deinit { try? group.syncShutdownGracefully() }

  /// Sends `count` requests over each of the connections.
  func run(
    connections: Int, count: Int,
    request: @escaping @Sendable (_ connection: Int, _ number: Int) -> (HTTPMethod, String, String)
  ) throws -> Figures {
    let (loop, security) = (group.next(), security)
    var ends: [EventLoopFuture<[Int64]>] = []
    let start = NIODeadline.now()
    for connection in 0..<connections {
      let done = loop.makePromise(of: [Int64].self)
      ends.append(done.futureResult)
      _ = try ClientBootstrap(group: group).channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(NIOSSLClientHandler(context: security, serverHostname: nil))
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(
            Sender(count: count, done: done) { request(connection, $0) })
        }
      }.connect(host: "127.0.0.1", port: port).wait()
    }
    let times = try EventLoopFuture.whenAllSucceed(ends, on: loop).wait().joined().sorted()
    let spent = Double((NIODeadline.now() - start).nanoseconds) / 1e9
    let slow = times.isEmpty ? 0 : times[min(times.count - 1, times.count * 99 / 100)]
    return Figures(perSecond: Double(times.count) / spent, slowest: Double(slow) / 1e6)
  }

  /// Opens watches, each over a connection of its own, and returns when all are answered.
  func watch(_ path: String, count: Int) throws {
    let security = security
    for _ in 0..<count {
      let begun = group.next().makePromise(of: Void.self)
      _ = try ClientBootstrap(group: group).channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(NIOSSLClientHandler(context: security, serverHostname: nil))
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(Watcher(path, begun))
        }
      }.connect(host: "127.0.0.1", port: port).wait()
      try begun.futureResult.wait()
    }
  }

  private final class Watcher: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart
    private let path: String
    private var begun: EventLoopPromise<Void>?

    init(_ path: String, _ begun: EventLoopPromise<Void>?) {
      self.path = path
      self.begun = begun
    }

    func channelActive(context: ChannelHandlerContext) {
      var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path + "?watch=true")
      head.headers = ["Host": "x", "Accept": "application/json"]
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      begun?.succeed()
      begun = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
      begun?.fail(ChannelError.alreadyClosed)
      begun = nil
    }
  }

  private final class Sender: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart
    private let count: Int
    private let done: EventLoopPromise<[Int64]>
    private let request: (Int) -> (HTTPMethod, String, String)
    private var times: [Int64] = []
    private var sent = NIODeadline.now()

    init(
      count: Int, done: EventLoopPromise<[Int64]>,
      request: @escaping (Int) -> (HTTPMethod, String, String)
    ) {
      self.count = count
      self.done = done
      self.request = request
    }

    func channelActive(context: ChannelHandlerContext) { send(context) }

    private func send(_ context: ChannelHandlerContext) {
      let (method, path, body) = request(times.count)
      var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
      head.headers = ["Host": "x", "Accept": "application/json"]
      if !body.isEmpty {
        head.headers.add(name: "Content-Type", value: "application/json")
        head.headers.add(name: "Content-Length", value: String(body.utf8.count))
      }
      sent = .now()
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      if !body.isEmpty {
        context.write(
          wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
      }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        if head.status.code >= 300 { context.close(promise: nil) }
      case .body: break
      case .end:
        times.append((NIODeadline.now() - sent).nanoseconds)
        if times.count < count { return send(context) }
        done.succeed(times)
        context.close(promise: nil)
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      done.fail(ChannelError.alreadyClosed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
