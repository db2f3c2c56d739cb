package import KubeCluster
import NIOCore
import NIOHTTP2
import NIOPosix
import NIOSSL

/// A cluster whose API is open over HTTPS; the cluster lives on this server's one event loop.
package final class SecureServer: Sendable {
  package let port: Int
  /// The kubeconfig with which its administrators reach it.
  package let kubeconfig: String
  private let group: MultiThreadedEventLoopGroup
  private let loop: any EventLoop
  private let served: NIOLoopBound<ServedCluster>

  /// Boots the cluster, or takes one that is up, and listens. From then on a shared cluster is
  /// touched in `onLoop` only.
  package init(_ configuration: ServingConfiguration, sharing shared: Cluster? = nil) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let loop = group.next()
      // The caller waits until the loop has it.
      nonisolated(unsafe) let shared = shared
      let served = try loop.submit {
        NIOLoopBound(
          ServedCluster(configuration, sharing: shared, loop: loop), eventLoop: loop)
      }.wait()
      let security = try loop.submit {
        try TransportSecurity.context(keys: served.value.cluster.keys, host: configuration.host)
      }.wait()
      let channel = try Self.bootstrap(group, served, security)
        .bind(host: configuration.host, port: configuration.port).wait()
      let port = channel.localAddress?.port ?? configuration.port
      kubeconfig = try loop.submit {
        try AdministratorKubeconfig.text(
          keys: served.value.cluster.keys, host: configuration.host, port: port)
      }.wait()
      try loop.submit {
        served.value.listener = ServingPort(
          channel, Self.bootstrap(group, served, security), host: configuration.host, port: port)
        served.value.replay()
        served.value.startClock()
      }.wait()
      self.port = port
      self.loop = loop
      self.served = served
      self.group = group
    } catch {
      try? group.syncShutdownGracefully()
      throw error
    }
  }

  private static func bootstrap(
    _ group: MultiThreadedEventLoopGroup, _ served: NIOLoopBound<ServedCluster>,
    _ security: NIOSSLContext
  ) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 512)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Most requests come in one piece: asking for a second costs a system call each.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard served.value.admit(channel) else { throw ConnectionRefusal.tooMany }
          try channel.pipeline.syncOperations.addHandler(TransportSecurity.handler(security))
        }.flatMap {
          channel.configureHTTP2SecureUpgrade(
            h2ChannelConfigurator: { channel in
              channel.eventLoop.makeCompletedFuture {
                try ClientConnection(channel, served.value).speakHTTP2()
              }
            },
            http1ChannelConfigurator: { channel in
              channel.eventLoop.makeCompletedFuture {
                try ClientConnection(channel, served.value).speakHTTP1()
              }
            })
        }
      }
  }

  /// Does something on the thread where the cluster lives, and waits for it.
  package func onLoop(_ action: @escaping @Sendable () -> Void) throws {
    try loop.submit(action).wait()
  }

  /// Does something with the cluster where it lives.
  package func withCluster<Answer: Sendable>(
    _ action: @escaping @Sendable (Cluster) throws -> Answer
  ) throws -> Answer {
    let served = served
    return try loop.submit { try action(served.value.cluster) }.wait()
  }

  /// How many clients are connected.
  package var connections: Int {
    get throws {
      let served = served
      return try loop.submit { served.value.connections }.wait()
    }
  }

  /// Ends all conversations and the listening.
  package func stop() throws {
    let served = served
    try loop.submit { served.value.stop() }.wait()
    try group.syncShutdownGracefully()
  }
}

/// Why a connection is closed before a word was said.
enum ConnectionRefusal: Error { case tooMany }
