package import Simulation

/// Issues certificates for approved requests with the cluster's authority.
package protocol CertificateSigner: AnyObject {
  /// The certificate, PEM, for a PKCS#10 request, PEM; nil when the request cannot be read.
  /// `usages` are those of the CertificateSigningRequest.
  func sign(request: String, usages: [String], now: Moment, lifetime: Span) -> String?
  /// Whom a request is for; nil when it cannot be read.
  func subject(of request: String) -> RequestedSubject?
}

/// Whom a certificate is asked for.
package struct RequestedSubject {
  package var commonName: String
  package var organizations: [String]
  /// Whether there are subjectAltNames that are DNS names, or addresses.
  package var hasNames: Bool
  package var hasAddresses: Bool

  package init(
    commonName: String, organizations: [String], hasNames: Bool = false,
    hasAddresses: Bool = false
  ) {
    self.commonName = commonName
    self.organizations = organizations
    self.hasNames = hasNames
    self.hasAddresses = hasAddresses
  }
}
