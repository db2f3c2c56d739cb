import NIOCore
import NIOPosix

/// The port on which clients are met: closed while the API server inside is down, so that they are
/// refused as by a machine on which nothing listens.
final class ServingPort {
  private let bootstrap: ServerBootstrap
  private let host: String
  private let port: Int
  private var channel: (any Channel)?
  private var isOpening = false

  init(_ channel: any Channel, _ bootstrap: ServerBootstrap, host: String, port: Int) {
    self.channel = channel
    self.bootstrap = bootstrap
    self.host = host
    self.port = port
  }

  func close() {
    channel?.close(promise: nil)
    channel = nil
  }

  /// Listens again; when somebody else has taken the port meanwhile, the next call tries again.
  func open() {
    guard channel == nil, !isOpening else { return }
    isOpening = true
    bootstrap.bind(host: host, port: port).assumeIsolated().whenComplete { [weak self] result in
      self?.isOpening = false
      self?.channel = try? result.get()
    }
  }
}
