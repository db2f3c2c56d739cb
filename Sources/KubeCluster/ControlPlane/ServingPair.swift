import PKI

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
