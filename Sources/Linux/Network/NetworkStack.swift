package import Simulation

/// The wires of a machine, plugged in by the cluster: where names lead and what connections do.
package protocol NetworkStack: AnyObject {
  /// What the name server at that address answers. /etc/hosts, search lists and numbers are
  /// `Resolver`'s affair. Throws `resolverTimeout` when no answer comes, without waiting for it.
  func ask(
    _ question: NameQuestion, of server: String, from machine: Machine
  ) throws(NetworkFailure) -> NameAnswer
  /// Opens a connection from the machine; the far side's handler answers on it.
  func connect(
    from machine: Machine, to address: String, port: Int, transport: Transport, timeout: Span?
  ) async throws -> any Connection
  /// Makes a process's listening socket reachable; the handler is called for each connection.
  func listen(
    on machine: Machine, address: String, port: Int, transport: Transport,
    accept: @escaping (any Connection) -> Void
  ) throws(NetworkFailure) -> any Listener
  /// How long an echo request took to come back; throws when it did not.
  func echo(from machine: Machine, to address: String, timeout: Span) async throws -> Span
  /// What `ip address` shows.
  func interfaces(of machine: Machine) -> [NetworkInterface]
  /// What `ss -l` shows.
  func listeners(on machine: Machine) -> [ListeningSocket]
  /// What `ss` shows of connections that stand.
  func connections(on machine: Machine) -> [ConnectedSocket]
  /// The routes of `ip route`, one line each; nil where the interfaces tell all of them.
  func routes(of machine: Machine) -> [String]?
  /// Who judges certificates.
  var trust: (any CertificateTrust)? { get }
}

/// Judges what a server presents in a TLS handshake.
package protocol CertificateTrust: AnyObject {
  /// `pem` is the server's certificate and its chain.
  func outcome(
    of request: SecurityRequest, presenting pem: String, at moment: Moment
  ) -> SecurityOutcome
  /// What a certificate says of itself; nil: it is none.
  func summary(of pem: String) -> CertificateSummary?
}

/// What a certificate says of itself.
package struct CertificateSummary: Hashable, Sendable {
  /// As `CN=web; O=shop`.
  package var subject: String
  package var issuer: String
  /// Seconds since the epoch.
  package var notBefore: Int64
  package var notAfter: Int64

  package init(subject: String, issuer: String, notBefore: Int64, notAfter: Int64) {
    self.subject = subject
    self.issuer = issuer
    self.notBefore = notBefore
    self.notAfter = notAfter
  }
}

extension NetworkStack {
  package func echo(from machine: Machine, to address: String, timeout: Span) async throws -> Span {
    throw NetworkFailure.timedOut
  }
  package func interfaces(of machine: Machine) -> [NetworkInterface] { [.loopback] }
  package func listeners(on machine: Machine) -> [ListeningSocket] { [] }
  package func connections(on machine: Machine) -> [ConnectedSocket] { [] }
  package func routes(of machine: Machine) -> [String]? { nil }
  package var trust: (any CertificateTrust)? { nil }
}

/// A network interface of a machine.
package struct NetworkInterface: Hashable, Sendable {
  package var name: String
  /// IPv4, without its prefix length; empty where it has none.
  package var address: String
  package var prefixLength: Int
  package var hardwareAddress: String
  package var mtu: Int
  /// The router for everything else, where this interface leads to one.
  package var gateway: String?
  /// The other end of a wire: `if3`.
  package var peer: String?
  /// The bridge that it belongs to.
  package var master: String?
  /// Where its other end is.
  package var peerNamespace: String?
  package var isUp = true
  /// Whether something answers at the other end of its wire.
  package var hasCarrier = true
  /// Its number, where it has one that does not follow from its place.
  package var index: Int?
  /// `veth`, `bridge`, `dummy` of those that were made by hand.
  package var kind: String?
  /// Further addresses, with their lengths.
  package var more: [String] = []
  /// How many packets may wait to be sent; 0 where it was made without a queue.
  package var queueLength = 1000

  package init(
    name: String, address: String, prefixLength: Int, hardwareAddress: String, mtu: Int = 1500,
    gateway: String? = nil
  ) {
    self.name = name
    self.address = address
    self.prefixLength = prefixLength
    self.hardwareAddress = hardwareAddress
    self.mtu = mtu
    self.gateway = gateway
  }

  /// Its addresses with their lengths.
  var all: [String] { (address.isEmpty ? [] : ["\(address)/\(prefixLength)"]) + more }

  func isAt(_ wanted: String) -> Bool {
    address == wanted || more.contains { $0.prefix { $0 != "/" } == wanted }
  }

  package static let loopback = NetworkInterface(
    name: "lo", address: "127.0.0.1", prefixLength: 8, hardwareAddress: "00:00:00:00:00:00",
    mtu: 65536)
}

/// A socket that waits for connections.
package struct ListeningSocket: Hashable, Sendable {
  package var transport: Transport
  /// `::` where it takes both families at every address, as Go's servers do.
  package var address: String
  package var port: Int
  package var processID: Int?
  package var program: String?

  package init(
    transport: Transport, address: String, port: Int, processID: Int? = nil,
    program: String? = nil
  ) {
    self.transport = transport
    self.address = address
    self.port = port
    self.processID = processID
    self.program = program
  }
}

/// One end of a connection that stands.
package struct ConnectedSocket: Hashable, Sendable {
  package var transport: Transport
  package var localAddress: String
  package var localPort: Int
  package var remoteAddress: String
  package var remotePort: Int
  package var processID: Int?
  package var program: String?
  /// Whether a socket for both families accepted it.
  package var isDual: Bool

  package init(
    transport: Transport = .tcp, local: (address: String, port: Int),
    remote: (address: String, port: Int), processID: Int?, program: String?, isDual: Bool = false
  ) {
    self.transport = transport
    (localAddress, localPort) = local
    (remoteAddress, remotePort) = remote
    self.processID = processID
    self.program = program
    self.isDual = isDual
  }
}

package enum Transport: String, Sendable {
  case tcp = "TCP"
  case udp = "UDP"
  case sctp = "SCTP"
  /// Echo requests have no ports.
  case icmp = "ICMP"
}

package protocol Listener: AnyObject { func close() }

/// A stream of bytes in both directions.
package protocol Connection: AnyObject {
  var localAddress: String { get }
  var remoteAddress: String { get }
  var remotePort: Int { get }
  /// Empty at the end.
  func read(upTo count: Int) async throws -> [UInt8]
  /// Lets the next reader have bytes that were read already.
  func putBack(_ bytes: [UInt8])
  func write(_ bytes: [UInt8]) async throws
  func close()
  /// Says that nothing more will be written; reading goes on.
  func finishWriting()
  /// Reads after that moment throw `timedOut`.
  var deadline: Moment? { get set }
  /// The accepting side: what a TLS handshake of the far side comes to.
  func offerSecurity(_ answer: @escaping (SecurityRequest) async throws -> SecurityOutcome)
  /// Whether a handshake has been made.
  var isSecured: Bool { get }
  /// What somebody on the way answers in the server's place; nil where he lets a request pass.
  var screen: ((WebRequest) -> WebResponse?)? { get }
  /// Agrees on TLS with the far side; afterwards the bytes are the plain text again.
  func secure(_ request: SecurityRequest) async throws -> SecurityOutcome
}

extension Connection {
  package func finishWriting() {}
  package func putBack(_ bytes: [UInt8]) {}
  package var deadline: Moment? {
    get { nil }
    set { _ = newValue }
  }
  package func offerSecurity(
    _ answer: @escaping (SecurityRequest) async throws -> SecurityOutcome
  ) {}
  package var isSecured: Bool { false }
  package var screen: ((WebRequest) -> WebResponse?)? { nil }
  package func secure(_ request: SecurityRequest) async throws -> SecurityOutcome { .unsupported }
}

/// What a client brings to a TLS handshake.
package struct SecurityRequest: Hashable, Sendable {
  package var serverName: String
  /// PEM of the authorities to trust; nil trusts everybody.
  package var authorities: String?
  /// PEM of the client's own certificate and key.
  package var certificate: String?
  package var key: String?
  /// Whether the client only wants to see what the server presents, as `openssl s_client` does.
  package var asksForChain = false
  /// The newest version of TLS that it speaks: 13 is 1.3.
  package var newestVersion = 13
  /// The oldest that it puts up with.
  package var oldestVersion = 10

  package init(serverName: String, authorities: String?, certificate: String?, key: String?) {
    self.serverName = serverName
    self.authorities = authorities
    self.certificate = certificate
    self.key = key
  }
}

package enum SecurityOutcome: Hashable, Sendable {
  case established
  /// Established, and what the server presented: PEM.
  case presented(String)
  /// The certificate does not convince, in OpenSSL's words.
  case untrusted(String)
  /// The server speaks no version so old.
  case refusedVersion
  /// The far side does not speak TLS.
  case unsupported
}

/// Why a name or a connection failed, as the C library would tell.
package enum NetworkFailure: Error, Hashable, Sendable {
  /// No such name (NXDOMAIN), or the server did not answer.
  case unknownName(String)
  case resolverTimeout(String)
  case noResolver(String)
  /// The server answered that it cannot answer.
  case serverFailed(String)
  case refused, timedOut, unreachable, reset, addressInUse
}
