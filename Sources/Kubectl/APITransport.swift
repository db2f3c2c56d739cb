package import KubeAPIServer
package import Linux
package import Simulation

/// The wire between a machine's kubectl and an API server; `KubeCluster` plugs the real one in.
///
/// It finds out whether the address leads to a server from that machine, whether the server's
/// certificate satisfies `ServerAddress.certificateAuthority`, and answers as the server does.
package protocol APITransport: AnyObject {
  func send(
    _ request: APIRequest, to address: ServerAddress, from machine: Machine?
  ) async throws(ConnectionFailure) -> APIResponse
}

/// Where a kubeconfig says the API server is and how to trust and be trusted by it.
package struct ServerAddress: Hashable, Sendable {
  /// With scheme, host and port, without a slash at the end.
  package var url: String
  package var host: String
  package var port: Int
  package var isSecure: Bool
  /// PEM; nil for the machine's own trusted authorities.
  package var certificateAuthority: [UInt8]?
  package var skipsVerification = false
  package var serverName = ""
  /// PEM of the client's certificate and key; the request's credential holds the certificate.
  package var clientCertificate: [UInt8]?
  package var clientKey: [UInt8]?
  package var timeout: Span?

  package init(url: String) {
    var rest = url[...]
    var scheme = "http"
    if let mark = rest.firstRange(of: "://") {
      scheme = rest[..<mark.lowerBound].lowercased()
      rest = rest[mark.upperBound...]
    }
    let authority = String(rest.prefix { $0 != "/" })
    isSecure = scheme == "https"
    let bracketed = authority.lastIndex(of: "]") ?? authority.startIndex
    if let colon = authority[bracketed...].lastIndex(of: ":"),
      let number = Int(authority[authority.index(after: colon)...])
    {
      host = String(authority[..<colon])
      port = number
    } else {
      host = authority
      port = isSecure ? 443 : 80
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
  }
}

/// Why no answer came, in the words of Go's net package: `dial tcp 10.0.0.1:6443: connect:
/// connection refused`, `tls: failed to verify certificate: x509: certificate signed by unknown
/// authority`.
package struct ConnectionFailure: Error, Hashable, Sendable {
  package var reason: String
  /// Whether the client could not even begin, so that no server is to blame.
  package var isOwn: Bool
  package init(_ reason: String, isOwn: Bool = false) {
    self.reason = reason
    self.isOwn = isOwn
  }
}
