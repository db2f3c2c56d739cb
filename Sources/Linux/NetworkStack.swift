package import Simulation

/// The wires of a machine, plugged in by the cluster: where names lead and what connections do.
package protocol NetworkStack: AnyObject {
  /// Resolves a name as the machine's resolv.conf and hosts file say; never empty.
  func resolve(_ name: String, on machine: Machine) throws(NetworkFailure) -> [String]
  /// Opens a connection from the machine; the far side's handler answers on it.
  func connect(
    from machine: Machine, to address: String, port: Int, transport: Transport, timeout: Span?
  ) async throws -> any Connection
  /// Makes a process's listening socket reachable; the handler is called for each connection.
  func listen(
    on machine: Machine, address: String, port: Int, transport: Transport,
    accept: @escaping (any Connection) -> Void
  ) throws(NetworkFailure) -> any Listener
}

package enum Transport: String, Sendable {
  case tcp = "TCP"
  case udp = "UDP"
  case sctp = "SCTP"
}

package protocol Listener: AnyObject { func close() }

/// A stream of bytes in both directions.
package protocol Connection: AnyObject {
  var localAddress: String { get }
  var remoteAddress: String { get }
  var remotePort: Int { get }
  /// Empty at the end.
  func read(upTo count: Int) async throws -> [UInt8]
  func write(_ bytes: [UInt8]) async throws
  func close()
}

/// Why a name or a connection failed, as the C library would tell.
package enum NetworkFailure: Error, Hashable, Sendable {
  /// No such name (NXDOMAIN), or the server did not answer.
  case unknownName(String)
  case resolverTimeout(String)
  case noResolver(String)
  case refused, timedOut, unreachable, reset, addressInUse
}
