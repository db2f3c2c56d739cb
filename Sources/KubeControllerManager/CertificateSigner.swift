package import Simulation

/// Issues certificates for approved requests with the cluster's authority.
package protocol CertificateSigner: AnyObject {
  /// The certificate, PEM, for a PKCS#10 request, PEM; nil when the request cannot be read.
  /// `usages` are those of the CertificateSigningRequest.
  func sign(request: String, usages: [String], now: Moment, lifetime: Span) -> String?
  /// The subject of a request: common name and organizations; nil when it cannot be read.
  func subject(of request: String) -> (commonName: String, organizations: [String])?
}
