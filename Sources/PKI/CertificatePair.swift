/// A certificate with its key, as a server loads them (Go's tls.X509KeyPair).
package struct CertificatePair: Sendable {
  package struct Refusal: Error {
    /// In Go's words.
    package let message: String
  }

  /// The server's own certificate, which comes first.
  package let certificate: CertificateFacts
  package let key: KeyPair

  package init(certificate: String, key: String) throws(Refusal) {
    let certificates = PEM.blocks(in: certificate)
    if certificates.isEmpty {
      throw Refusal(message: "tls: failed to find any PEM data in certificate input")
    }
    guard let first = certificates.first(where: { $0.label == "CERTIFICATE" }) else {
      let labels = certificates.map(\.label)
      throw Refusal(
        message: labels.count == 1 && labels[0].hasSuffix("PRIVATE KEY")
          ? "tls: failed to find certificate PEM data in certificate input, but did find a private "
            + "key; PEM inputs may have been switched"
          : "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM "
            + "blocks of the following types: [\(labels.joined(separator: " "))]")
    }
    let keys = PEM.blocks(in: key)
    if keys.isEmpty { throw Refusal(message: "tls: failed to find any PEM data in key input") }
    // The certificate may stand in the same file.
    guard
      let own = keys.first(where: {
        $0.label == "PRIVATE KEY" || $0.label.hasSuffix(" PRIVATE KEY")
      })
    else {
      let skipped = keys.map(\.label)
      throw Refusal(
        message: skipped == ["CERTIFICATE"]
          ? "tls: found a certificate rather than a key in the PEM for the private key"
          : "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after "
            + "skipping PEM blocks of the following types: [\(skipped.joined(separator: " "))]")
    }
    guard let leaf = CertificateFacts(der: first.bytes) else {
      throw Refusal(message: "x509: malformed certificate")
    }
    guard let pair = KeyPair(pem: own.text) else {
      throw Refusal(message: "tls: failed to parse private key")
    }
    guard pair.publicKey.pem == leaf.publicKey.pem else {
      throw Refusal(
        message: pair.publicKey.kind == leaf.publicKey.kind
          ? "tls: private key does not match public key"
          : "tls: private key type does not match public key type")
    }
    self.certificate = leaf
    self.key = pair
  }
}
