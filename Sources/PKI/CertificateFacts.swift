import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// What a certificate says, and whether an authority stands behind it.
package struct CertificateFacts: Sendable {
  let certificate: Certificate
  package let der: [UInt8]

  /// nil when the bytes are no certificate.
  package init?(der: [UInt8]) {
    guard let certificate = try? Certificate(derEncoded: der) else { return nil }
    self.certificate = certificate
    self.der = der
  }

  /// The first certificate of a PEM text.
  package init?(pem: String) {
    guard let block = PEM.blocks(in: pem).first(where: { $0.label == "CERTIFICATE" }) else {
      return nil
    }
    self.init(der: block.bytes)
  }

  package var pem: String { PEM(label: "CERTIFICATE", bytes: der).text }
  package var subject: Subject { Subject(certificate.subject) }
  package var issuer: Subject { Subject(certificate.issuer) }
  package var publicKey: PublicKey { PublicKey(key: certificate.publicKey) }
  /// Seconds since the epoch.
  package var notBefore: Int64 { Int64(certificate.notValidBefore.timeIntervalSince1970) }
  package var notAfter: Int64 { Int64(certificate.notValidAfter.timeIntervalSince1970) }
  package var serial: [UInt8] { Array(certificate.serialNumber.bytes) }

  /// Names and addresses the certificate is good for.
  package var alternativeNames: [AlternativeName] {
    guard let names = try? certificate.extensions.subjectAlternativeNames else { return [] }
    return names.compactMap { AlternativeName($0) }
  }

  package func allows(_ use: ExtendedUse) -> Bool {
    guard let usages = try? certificate.extensions.extendedKeyUsage else { return false }
    return usages.contains(use == .client ? .clientAuth : .serverAuth)
  }

  /// As `allows`, where a certificate that names no use is good for any.
  package func isGood(for use: ExtendedUse) -> Bool {
    (try? certificate.extensions.extendedKeyUsage) == nil || allows(use)
  }

  /// Which kind of key signed it.
  package var signer: KeyKind {
    switch certificate.signatureAlgorithm {
    case .ed25519: .ed25519
    case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512: .ecdsa
    default: .rsa
    }
  }

  package var isAuthority: Bool {
    guard let constraints = try? certificate.extensions.basicConstraints else { return false }
    if case .isCertificateAuthority = constraints { return true }
    return false
  }

  /// Whether `authority` issued it: its name and its signature.
  package func isSigned(by authority: CertificateFacts) -> Bool {
    certificate.issuer == authority.certificate.subject
      && authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
  }

  /// SHA-256 of the DER, lower-case hexadecimal: the credential id of client certificates.
  package var fingerprint: String { Digest.sha256(der) }
}

package enum ExtendedUse: String, Sendable { case client, server }

/// The parts of a distinguished name that Kubernetes reads.
package struct Subject: Hashable, Sendable {
  package var commonName: String
  package var organizations: [String]

  package init(commonName: String, organizations: [String] = []) {
    self.commonName = commonName
    self.organizations = organizations
  }

  init(_ name: DistinguishedName) {
    commonName = ""
    organizations = []
    for part in name {
      for attribute in part {
        guard let text = String(attribute.value) else { continue }
        if attribute.type == .RDNAttributeType.commonName { commonName = text }
        if attribute.type == .RDNAttributeType.organizationName { organizations.append(text) }
      }
    }
  }

  var distinguishedName: DistinguishedName {
    let parts = organizations.map { (ASN1ObjectIdentifier.RDNAttributeType.organizationName, $0) }
    let name = [(ASN1ObjectIdentifier.RDNAttributeType.commonName, commonName)]
    return DistinguishedName(
      (parts + name).map { RelativeDistinguishedName([.init(type: $0.0, utf8String: $0.1)]) })
  }
}

/// One subject alternative name.
package enum AlternativeName: Hashable, Sendable {
  case dns(String)
  /// Four or sixteen bytes.
  case address([UInt8])
  case email(String)
  case uri(String)

  init?(_ name: GeneralName) {
    switch name {
    case .dnsName(let text): self = .dns(text)
    case .rfc822Name(let text): self = .email(text)
    case .uniformResourceIdentifier(let text): self = .uri(text)
    case .ipAddress(let octets): self = .address(Array(octets.bytes))
    default: return nil
    }
  }

  var generalName: GeneralName {
    switch self {
    case .dns(let name): .dnsName(name)
    case .address(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
    case .email(let text): .rfc822Name(text)
    case .uri(let text): .uniformResourceIdentifier(text)
    }
  }
}
