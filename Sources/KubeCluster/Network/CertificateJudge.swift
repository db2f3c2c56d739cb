import KubeObjects
import Linux
import PKI
import Simulation

/// Judges certificates as OpenSSL does for curl: chain, names, dates.
final class CertificateJudge: CertificateTrust {
  func outcome(
    of request: SecurityRequest, presenting pem: String, at moment: Moment
  ) -> SecurityOutcome {
    if request.asksForChain { return .presented(pem) }
    guard let authorities = request.authorities else { return .established }
    let chain = Self.certificates(pem)
    guard let leaf = chain.first else {
      return .untrusted("unable to get local issuer certificate")
    }
    if let why = Self.distrust(leaf, chain, Self.certificates(authorities)) {
      return .untrusted(why)
    }
    if moment.seconds < leaf.notBefore { return .untrusted("certificate is not yet valid") }
    if moment.seconds > leaf.notAfter { return .untrusted("certificate has expired") }
    guard Self.names(leaf, hold: request.serverName) else {
      let subject =
        leaf.alternativeNames.isEmpty
        ? "certificate subject name '\(leaf.subject.commonName)' does not match"
        : "no alternative certificate subject name matches"
      return .untrusted("\(subject) target host name '\(request.serverName)'")
    }
    return .established
  }

  func summary(of pem: String) -> CertificateSummary? {
    guard let facts = CertificateFacts(pem: pem) else { return nil }
    func text(_ name: Subject) -> String {
      (name.organizations.map { "O=\($0)" } + ["CN=\(name.commonName)"]).joined(separator: "; ")
    }
    return CertificateSummary(
      subject: text(facts.subject), issuer: text(facts.issuer), notBefore: facts.notBefore,
      notAfter: facts.notAfter)
  }

  static func certificates(_ pem: String) -> [CertificateFacts] {
    PEM.blocks(in: pem).filter { $0.label == "CERTIFICATE" }.prefix(200).compactMap {
      CertificateFacts(der: $0.bytes)
    }
  }

  /// OpenSSL's words for a chain that leads to no trusted authority.
  static func distrust(
    _ leaf: CertificateFacts, _ chain: [CertificateFacts], _ trusted: [CertificateFacts]
  ) -> String? {
    var current = leaf
    for _ in 0..<8 {
      if trusted.contains(where: { $0.der == current.der }) { return nil }
      if trusted.contains(where: { current.isSigned(by: $0) }) { return nil }
      if current.isSigned(by: current) {
        return current.der == leaf.der
          ? "self-signed certificate" : "self-signed certificate in certificate chain"
      }
      guard let next = chain.first(where: { $0.der != current.der && current.isSigned(by: $0) })
      else { return "unable to get local issuer certificate" }
      current = next
    }
    return "unable to get local issuer certificate"
  }

  /// Whether a certificate is for that name or address.
  static func names(_ leaf: CertificateFacts, hold name: String) -> Bool {
    if let address = IPAddress(name) {
      let bytes = stride(from: address.width - 8, through: 0, by: -8).map {
        UInt8(truncatingIfNeeded: address.bits >> $0)
      }
      return leaf.alternativeNames.contains(.address(bytes))
    }
    let wanted = name.lowercased()
    var names = leaf.alternativeNames.compactMap { name -> String? in
      if case .dns(let text) = name { text.lowercased() } else { nil }
    }
    // Without alternative names OpenSSL still looks at the common name.
    if leaf.alternativeNames.isEmpty { names = [leaf.subject.commonName.lowercased()] }
    return names.contains { pattern in
      guard pattern.hasPrefix("*.") else { return pattern == wanted }
      guard let dot = wanted.firstIndex(of: ".") else { return false }
      return wanted[dot...] == pattern.dropFirst()
    }
  }
}
