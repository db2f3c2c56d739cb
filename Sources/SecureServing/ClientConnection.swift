import KubeAPIServer
import KubeCluster
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL

/// One client's TLS connection: the certificate that it showed, and the HTTP it speaks.
final class ClientConnection {
  let served: ServedCluster
  private let channel: any Channel
  private lazy var certificate: [UInt8]? = try? channel.pipeline.syncOperations
    .nioSSL_peerCertificate()?.toDERBytes()

  /// How many requests one HTTP/2 connection may have open, as upstream's server allows.
  private static let streamLimit = 100

  init(_ channel: any Channel, _ served: ServedCluster) {
    self.channel = channel
    self.served = served
    served.established(channel)
  }

  /// As upstream's union of authenticators: a good certificate, else the bearer token.
  func credential(_ authorization: String?) -> Credential {
    let token = Self.bearerToken(authorization)
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

  // The pipeline is put together by hand: a conversation takes its HTTP parts out again.
  func speakHTTP1() throws {
    let parts = HTTP1Parts()
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers(parts.encoder, parts.decoder, parts.pipelining, parts.errors)
    try pipeline.addHandler(RequestHandler(self, parts: parts))
  }

  func speakHTTP2() throws {
    var connection = NIOHTTP2Handler.ConnectionConfiguration()
    connection.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.streamLimit),
      HTTP2Setting(parameter: .maxHeaderListSize, value: 1 << 16),
    ]
    connection.targetWindowSize = 1 << 20
    var streams = NIOHTTP2Handler.StreamConfiguration()
    streams.targetWindowSize = 1 << 18
    streams.outboundBufferSizeHighWatermark = 1 << 16
    streams.outboundBufferSizeLowWatermark = 1 << 14
    // Clients end their watches by resets.
    streams.streamResetFrameRateLimit.maximumCount = 10_000
    let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
    // Says goodbye to who has no request open; who does not even answer that goes at the next ping.
    let manager = NIOHTTP2ServerConnectionManagementHandler(
      eventLoop: channel.eventLoop,
      configuration: .init(
        maxIdleTime: served.idleTime, maxAge: nil, maxGraceTime: nil,
        keepalive: .init(pingInterval: .hours(2), ackTimeout: .seconds(20))))
    let handler = NIOHTTP2Handler(
      mode: .server, eventLoop: channel.eventLoop, connectionConfiguration: connection,
      streamConfiguration: streams, streamDelegate: manager.http2StreamDelegate
    ) { stream in
      stream.eventLoop.makeCompletedFuture {
        let pipeline = stream.pipeline.syncOperations
        try pipeline.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
        try pipeline.addHandler(RequestHandler(bound.value, parts: nil))
      }
    }
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers(handler, manager)
    // Keys were agreed on before: the manager hears only now that there is a connection.
    try pipeline.context(handler: handler).fireChannelActive()
  }
}

/// The handlers that make HTTP/1.1 of bytes.
struct HTTP1Parts {
  let encoder = HTTPResponseEncoder()
  let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
  let pipelining = HTTPServerPipelineHandler()
  let errors = HTTPServerProtocolErrorHandler()
}
