import Documents
import KubeAPIServer
import KubeObjects
import PKI
import Simulation

/// What a client written in Go says of a server's certificate (crypto/x509's Verify).
enum ServerTrust {
  /// nil: it is to be believed. `chain` has the server's own certificate first.
  static func refusal(
    of chain: [CertificateFacts], by roots: [CertificateFacts], for host: String, at moment: Moment
  ) -> String? {
    guard let leaf = chain.first else { return "remote error: tls: internal error" }
    let problem =
      dates(leaf, moment) ?? names(leaf, host) ?? issuer(leaf, chain, roots)
      ?? (leaf.isGood(for: .server) ? nil : "certificate specifies an incompatible key usage")
    return problem.map { "tls: failed to verify certificate: x509: " + $0 }
  }

  private static func dates(_ leaf: CertificateFacts, _ moment: Moment) -> String? {
    let prefix = "certificate has expired or is not yet valid: current time "
    let now = Moment(seconds: moment.seconds).rfc3339
    if moment.seconds < leaf.notBefore {
      return "\(prefix)\(now) is before \(Moment(seconds: leaf.notBefore).rfc3339)"
    }
    if moment.seconds > leaf.notAfter {
      return "\(prefix)\(now) is after \(Moment(seconds: leaf.notAfter).rfc3339)"
    }
    return nil
  }

  /// x509.HostnameError's words.
  private static func names(_ leaf: CertificateFacts, _ host: String) -> String? {
    let all = leaf.alternativeNames
    guard !all.isEmpty else {
      if leaf.subject.commonName.lowercased() == host.lowercased() {
        return "certificate relies on legacy Common Name field, use SANs instead"
      }
      return IPAddress(host) == nil
        ? "certificate is not valid for any names, but wanted to match \(host)"
        : "cannot validate certificate for \(host) because it doesn't contain any IP SANs"
    }
    if CertificateJudge.names(leaf, hold: host) { return nil }
    let valid = all.compactMap { name -> String? in
      switch name {
      case .dns(let text): IPAddress(host) == nil ? text : nil
      case .address(let bytes): IPAddress(host) == nil ? nil : Self.text(of: bytes)
      }
    }
    guard valid.isEmpty else {
      return "certificate is valid for \(valid.joined(separator: ", ")), not \(host)"
    }
    return IPAddress(host) == nil
      ? "certificate is not valid for any names, but wanted to match \(host)"
      : "cannot validate certificate for \(host) because it doesn't contain any IP SANs"
  }

  private static func text(of bytes: [UInt8]) -> String {
    if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
    let words = stride(from: 0, to: bytes.count - 1, by: 2).map {
      String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16)
    }.joined(separator: ":")
    return IPAddress(words)?.description ?? words
  }

  private static func issuer(
    _ leaf: CertificateFacts, _ chain: [CertificateFacts], _ roots: [CertificateFacts]
  ) -> String? {
    guard CertificateJudge.distrust(leaf, chain, roots) != nil else { return nil }
    let unknown = "certificate signed by unknown authority"
    // A root of the right name that did not sign is told of as a hint.
    guard let candidate = roots.first(where: { $0.subject == leaf.issuer }) else { return unknown }
    let why =
      switch (leaf.signer, candidate.publicKey.kind) {
      case (.rsa, .rsa): "crypto/rsa: verification error"
      case (.ecdsa, .ecdsa): "x509: ECDSA verification failure"
      case (.ed25519, .ed25519): "x509: Ed25519 verification failure"
      case (let signer, let key):
        "x509: signature algorithm specifies an \(signer.name) public key, but have public key of "
          + "type \(key.goType)"
      }
    return "\(unknown) (possibly because of \(why.goQuoted) while trying to verify candidate "
      + "authority certificate \(candidate.subject.commonName.goQuoted))"
  }
}

extension KeyKind {
  fileprivate var name: String {
    switch self {
    case .rsa: "RSA"
    case .ecdsa: "ECDSA"
    case .ed25519: "Ed25519"
    }
  }

  fileprivate var goType: String {
    switch self {
    case .rsa: "*rsa.PublicKey"
    case .ecdsa: "*ecdsa.PublicKey"
    case .ed25519: "ed25519.PublicKey"
    }
  }
}

/// A certificate with its key, as a server loads them (tls.X509KeyPair).
struct ServingPair {
  struct Refusal: Error { var message: String }

  /// The server's own certificate first.
  let chain: [CertificateFacts]
  let certificateText: String
  private let keyText: String

  init(certificate: String, key: String) throws(Refusal) {
    guard certificate.contains("-----BEGIN ") else {
      throw Refusal(message: "tls: failed to find any PEM data in certificate input")
    }
    let blocks = PEM.blocks(in: certificate)
    guard let first = blocks.first(where: { $0.label == "CERTIFICATE" }) else {
      let labels = blocks.map(\.label).joined(separator: " ")
      throw Refusal(
        message: "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after "
          + "skipping PEM blocks of the following types: [\(labels)]")
    }
    guard let leaf = CertificateFacts(der: first.bytes) else {
      throw Refusal(message: "x509: malformed certificate")
    }
    guard key.contains("-----BEGIN ") else {
      throw Refusal(message: "tls: failed to find any PEM data in key input")
    }
    guard let pair = KeyPair(pem: key) else {
      throw Refusal(message: "tls: failed to parse private key")
    }
    guard pair.publicKey.pem == leaf.publicKey.pem else {
      throw Refusal(
        message: pair.publicKey.kind == leaf.publicKey.kind
          ? "tls: private key does not match public key"
          : "tls: private key type does not match public key type")
    }
    chain = CertificateJudge.certificates(certificate)
    certificateText = certificate
    keyText = key
  }

  func isMade(of certificate: String, _ key: String) -> Bool {
    certificateText == certificate && keyText == key
  }
}

/// Who a component is and whom it believes, as the current context of its kubeconfig says.
struct KubeconfigClient {
  let server: String
  /// Authorities that it believes.
  let roots: [CertificateFacts]
  let skipsVerification: Bool
  /// DER of its own certificate.
  let certificate: [UInt8]?

  /// nil when the text names no server. `file` reads what it refers to.
  init?(_ text: String, file: (String) -> String?) {
    guard let config = try? YAML.parse(text), let server = Kubeconfigs.server(of: text) else {
      return nil
    }
    func part(_ list: String, _ name: String?, _ member: String) -> Value? {
      let all = config[list]?.array
      return (all?.first { $0["name"]?.string == name } ?? all?.first)?[member]
    }
    func pem(_ place: Value?, _ member: String) -> String {
      if let data = place?[member + "-data"]?.string, let bytes = Base64.decode(data) {
        return String(decoding: bytes, as: UTF8.self)
      }
      return place?[member]?.string.flatMap(file) ?? ""
    }
    let context = part("contexts", config["current-context"]?.string, "context")
    let cluster = part("clusters", context?["cluster"]?.string, "cluster")
    let user = part("users", context?["user"]?.string, "user")
    self.server = server
    skipsVerification = cluster?["insecure-skip-tls-verify"]?.bool == true
    roots = CertificateJudge.certificates(pem(cluster, "certificate-authority"))
    certificate =
      PEM.blocks(in: pem(user, "client-certificate")).first {
        $0.label == "CERTIFICATE"
      }?.bytes
  }
}

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
    if isUntouched, host != "localhost", host != "127.0.0.1" { return nil }
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
  func refusal(of client: KubeconfigClient) -> ServerRefusal? {
    if let why = refusal(of: client.server) { return ServerRefusal(text: why) }
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
    if let why = refusal(of: server) ?? distrust(of: server, by: [own]) {
      return ServerRefusal(text: why)
    }
    return cluster.keys.believes(own)
      ? nil : ServerRefusal(text: "Unauthorized", isAnswer: true)
  }
}
