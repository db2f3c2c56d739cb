package import KubeAPIServer
import KubeObjects
package import Kubectl
package import Linux
import PKI
import Simulation

/// The wire from a machine's kubectl to the cluster's API server, within one process.
package final class InProcessTransport: APITransport {
  /// nil once the cluster has been given up, while a process still ends.
  private weak var server: APIServer?
  private let authority: CertificateFacts
  /// Names and addresses that lead to the API server, with the port there.
  private let endpoints: [String: Int]
  private let address: String
  private let serviceAddress: String
  private let name: String
  /// The wires to other clusters, for addresses that are not of this one.
  var beside: [InProcessTransport] = []
  /// Whether the server takes connections, and the port of its own.
  var listening: () -> Int? = { 6443 }
  /// Whether the machine of the server is switched on.
  var isUp: () -> Bool = { true }
  /// The server's certificates for a name; nil: those that the cluster was made with.
  var presented: (String) -> [CertificateFacts]? = { _ in nil }
  /// How packet filters of nodes or policies of Pods end a machine's connections to an address and
  /// port; nil: they do not.
  var filtered: (Machine, String, Int) -> NetworkFailure? = { _, _, _ in nil }
  /// The certificate and key that were found to belong together last.
  private var pair: (certificate: [UInt8], key: [UInt8])?
  /// Whether a machine is the one that the server runs on.
  var isOwn: (Machine) -> Bool = { _ in false }

  /// `name` and `address` are the control plane node's.
  init(server: APIServer, keys: ClusterKeys, address: String, name: String) {
    self.server = server
    self.address = address
    self.name = name
    serviceAddress = server.serviceRange.host(1).description
    endpoints = [
      address: 6443, name: 6443, serviceAddress: 443,
      "kubernetes.default.svc": 443,
      "kubernetes.default": 443, "kubernetes": 443,
      "kubernetes.default.svc.cluster.local": 443,
    ]
    authority = keys.authority.facts
  }

  package func send(
    _ request: APIRequest, to address: ServerAddress, from machine: Machine?
  ) async throws(ConnectionFailure) -> APIResponse {
    if let mismatch = mismatch(address) { throw ConnectionFailure(mismatch, isOwn: true) }
    let isLocal = ["localhost", "127.0.0.1"].contains(address.host)
    let known = isLocal && machine.map(isOwn) == true ? endpoints[self.address] : nil
    let host =
      endpoints[address.host] == nil
      ? machine.flatMap { Resolver($0).listed(address.host) } ?? address.host : address.host
    guard let expected = known ?? endpoints[host] else {
      if let other = beside.first(where: { $0.leads(to: host) }) {
        return try await other.send(request, to: address, from: machine)
      }
      if address.host == "localhost" || address.host == "127.0.0.1" {
        throw ConnectionFailure("dial tcp 127.0.0.1:\(address.port): connect: connection refused")
      }
      let isNumeric = address.host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
      throw ConnectionFailure(
        isNumeric
          ? "dial tcp \(address.host):\(address.port): i/o timeout"
          : "dial tcp: lookup \(address.host) on 127.0.0.53:53: no such host")
    }
    // A Service's port leads to the server's own, whatever that is.
    let port = expected == 443 ? 443 : listening() ?? -1
    guard port == address.port, listening() != nil else {
      let shown = isLocal ? "127.0.0.1" : address.host
      throw ConnectionFailure(
        "dial tcp \(shown):\(address.port): connect: "
          + (isUp() ? "connection refused" : "no route to host"))
    }
    let target = expected == 443 ? serviceAddress : self.address
    if let machine, let failure = filtered(machine, target, address.port) {
      if failure == .timedOut { try? await Process.current?.sleep(.seconds(30)) }
      throw ConnectionFailure(
        "dial tcp \(address.host):\(address.port): "
          + (failure == .refused ? "connect: connection refused" : "i/o timeout"))
    }
    guard address.isSecure else {
      // The server answers plain HTTP on its TLS port with this text.
      return APIResponse(
        code: 400, headers: [("Content-Type", "text/plain; charset=utf-8")],
        body: .bytes(Array("Client sent an HTTP request to an HTTPS server.\n".utf8)))
    }
    if !address.skipsVerification, let why = distrust(address) { throw ConnectionFailure(why) }
    guard let server else {
      throw ConnectionFailure(
        "dial tcp \(address.host):\(address.port): connect: connection refused")
    }
    return server.handle(request)
  }

  /// Whether an address leads to this cluster's server from machines outside of it.
  func leads(to host: String) -> Bool { host == address || host == name }

  /// Whether the server is called so without anybody's doing.
  func isCalled(_ host: String) -> Bool { endpoints[host] != nil }

  /// Why the client's certificate and key are no pair.
  private func mismatch(_ address: ServerAddress) -> String? {
    guard let certificate = address.clientCertificate, let key = address.clientKey else {
      return nil
    }
    if let known = pair, known.certificate == certificate, known.key == key { return nil }
    do throws(CertificatePair.Refusal) {
      _ = try CertificatePair(
        certificate: String(decoding: certificate, as: UTF8.self),
        key: String(decoding: key, as: UTF8.self))
    } catch {
      return error.message
    }
    pair = (certificate, key)
    return nil
  }

  private func distrust(_ address: ServerAddress) -> String? {
    let name = address.serverName.isEmpty ? address.host : address.serverName
    let pem = address.certificateAuthority.map { String(decoding: $0, as: UTF8.self) } ?? ""
    if let server, let chain = presented(name) {
      return ServerTrust.refusal(
        of: chain, by: CertificateJudge.certificates(pem), for: name, at: server.timeline.now)
    }
    return PEM.blocks(in: pem).contains { $0.bytes == authority.der }
      ? nil : "tls: failed to verify certificate: x509: certificate signed by unknown authority"
  }
}
