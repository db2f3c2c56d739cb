import PKI

/// What a server shows to those who connect.
struct ServingPair {
  /// The server's own certificate first.
  let chain: [CertificateFacts]
  let certificateText: String
  private let keyText: String

  init(certificate: String, key: String) throws(CertificatePair.Refusal) {
    _ = try CertificatePair(certificate: certificate, key: key)
    chain = CertificateJudge.certificates(certificate)
    certificateText = certificate
    keyText = key
  }

  func isMade(of certificate: String, _ key: String) -> Bool {
    certificateText == certificate && keyText == key
  }
}
