import Documents
import KubeAPIServer

/// An answer that goes on: bytes come until it ends or the client leaves.
protocol Outflow: AnyObject {
  var isEnded: Bool { get }
  func onReady(_ action: @escaping () -> Void)
  func take() -> [UInt8]
  func cancel()
}

/// A watch as lines of JSON.
final class WatchOutflow: Outflow {
  private let stream: WatchStream
  private let parts: WrittenParts

  init(_ stream: WatchStream, remembering parts: WrittenParts) {
    self.stream = stream
    self.parts = parts
  }

  var isEnded: Bool { stream.isEnded }
  func onReady(_ action: @escaping () -> Void) { stream.onReady = action }

  func take() -> [UInt8] {
    stream.take().flatMap { WireForm.line($0, remembering: parts) }
  }

  func cancel() {
    stream.onReady = nil
    stream.cancel()
  }
}

/// A followed log as plain text.
final class LogOutflow: Outflow {
  private let connection: any StreamConnection

  init(_ connection: any StreamConnection) { self.connection = connection }

  var isEnded: Bool { connection.isEnded }
  func onReady(_ action: @escaping () -> Void) { connection.onReady = action }

  func take() -> [UInt8] {
    // Both of a container's outputs are in its log; the rest are words between programs.
    connection.take().filter { $0.channel == 1 || $0.channel == 2 }.flatMap(\.bytes)
  }

  func cancel() {
    connection.onReady = nil
    connection.cancel()
  }
}
