import KubeAPIServer
import KubeObjects
import Linux
import PKI
import Simulation

/// Why a component cannot use the API server.
struct ServerRefusal {
  var text: String
  /// The server itself answered so; else no request reached it.
  var isAnswer = false

  /// As client-go tells of it after a request: `Get "https://…": text`.
  func words(_ verb: String, _ url: String) -> String {
    isAnswer ? text : "\(verb) \(url.goQuoted): \(text)"
  }
}

extension ControlPlane {
  /// The certificates that a part shows; nil: those that kubeadm made, and nobody has looked yet.
  func presented(by part: Part, to host: String) -> [CertificateFacts]? {
    let year = Int64(365 * 86400)
    let isUntouched =
      self.host?.hasFiles != true && timeline.now.seconds < cluster.keys.born.seconds + year
    if isUntouched, cluster.transport.isCalled(host) { return nil }
    return servingPair(of: part)?.chain
  }

  /// Why a client with these authorities does not believe the API server.
  func distrust(of server: String, by roots: [CertificateFacts]) -> String? {
    let host = URLParts(server).host
    if let chain = presented(by: .apiServer, to: host) {
      return ServerTrust.refusal(of: chain, by: roots, for: host, at: timeline.now)
    }
    let own = cluster.keys.authority.facts.der
    return roots.contains { $0.der == own }
      ? nil : "tls: failed to verify certificate: x509: certificate signed by unknown authority"
  }

  /// Why the API server and a client do not come together; nil: they do.
  func refusal(of client: KubeconfigClient, from machine: Machine?) -> ServerRefusal? {
    if let why = refusal(of: client.server, from: machine) { return ServerRefusal(text: why) }
    if !client.skipsVerification, let why = distrust(of: client.server, by: client.roots) {
      return ServerRefusal(text: why)
    }
    guard let certificate = client.certificate,
      cluster.keys.user(of: .certificate(certificate)) != nil
    else { return ServerRefusal(text: "Unauthorized", isAnswer: true) }
    return nil
  }

  /// The same for a client that is as kubeadm made it.
  func refusalOfOwn() -> ServerRefusal? {
    let server = "https://\(address):6443"
    let own = cluster.keys.authority.facts
    if let why = refusal(of: server, from: nil) ?? distrust(of: server, by: [own]) {
      return ServerRefusal(text: why)
    }
    return cluster.keys.believes(own)
      ? nil : ServerRefusal(text: "Unauthorized", isAnswer: true)
  }
}
