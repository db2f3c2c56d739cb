package import KubeControllerManager
import PKI
package import Simulation

extension ClusterKeys: CertificateSigner {
  package func sign(
    request: String, usages: [String], now: Moment, lifetime: Span
  ) -> String? {
    guard let wanted = CertificateRequest(pem: request), wanted.isSignatureValid else {
      return nil
    }
    var uses: Set<ExtendedUse> = []
    if usages.contains("client auth") { uses.insert(.client) }
    if usages.contains("server auth") { uses.insert(.server) }
    // The signer dates certificates back by five minutes, for clocks that are behind; the end only
    // of those that last eight hours or more (PermissiveSigningPolicy).
    let from = now + -Span.minutes(5)
    let end = (lifetime < .hours(8) ? now : from) + lifetime
    return authority.issue(
      .init(
        subject: wanted.subject, publicKey: wanted.publicKey,
        alternativeNames: wanted.alternativeNames, uses: uses, serial: nextSerial(),
        notBefore: from.seconds, notAfter: end.seconds)
    )?.pem
  }

  package func subject(of request: String) -> RequestedSubject? {
    CertificateRequest(pem: request).map { request in
      let names = request.alternativeNames
      return RequestedSubject(
        commonName: request.subject.commonName, organizations: request.subject.organizations,
        hasNames: names.contains { if case .dns = $0 { true } else { false } },
        hasAddresses: names.contains { if case .address = $0 { true } else { false } })
    }
  }
}
