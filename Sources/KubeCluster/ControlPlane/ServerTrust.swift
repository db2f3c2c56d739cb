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
      case .address(let bytes):
        IPAddress(host) == nil ? nil : IPAddress(octets: bytes)?.description
      case .email, .uri: nil
      }
    }
    guard valid.isEmpty else {
      return "certificate is valid for \(valid.joined(separator: ", ")), not \(host)"
    }
    return IPAddress(host) == nil
      ? "certificate is not valid for any names, but wanted to match \(host)"
      : "cannot validate certificate for \(host) because it doesn't contain any IP SANs"
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
