import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// A certificate authority: a cluster's own, made from its seed.
package struct Authority: Sendable {
  package let facts: CertificateFacts
  package let key: KeyPair

  /// A self-signed authority that is valid from `start` (seconds since the epoch), for ten years as
  /// kubeadm's are where nothing else is said. `material` is at least 32 secret bytes.
  package init(
    commonName: String, organizations: [String] = [], material: [UInt8], start: Int64,
    years: Int64 = 10
  ) {
    key = KeyPair(.ed25519, material: material)
    let name = Subject(commonName: commonName, organizations: organizations).distinguishedName
    let made = Self.make(
      subject: name, issuer: name, publicKey: key.certificateKey.publicKey,
      signer: key.certificateKey, serial: Array(SHA256.hash(data: material).prefix(8)),
      from: start, to: start + years * Self.year,
      extensions: try? Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        Critical(KeyUsage(digitalSignature: true, keyEncipherment: true, keyCertSign: true))
        SubjectAlternativeNames([.dnsName(commonName)])
      })
    guard let made else { preconditionFailure("our own authority's certificate is well formed") }
    facts = made
  }

  /// An authority read from files; nil when they are no certificate and key.
  package init?(certificatePEM: String, keyPEM: String) {
    guard let facts = CertificateFacts(pem: certificatePEM), let key = KeyPair(pem: keyPEM) else {
      return nil
    }
    self.facts = facts
    self.key = key
  }

  package struct Wish: Sendable {
    package var subject: Subject
    package var publicKey: PublicKey
    package var alternativeNames: [AlternativeName] = []
    package var uses: Set<ExtendedUse>
    /// At most 20 bytes, not all zero.
    package var serial: [UInt8]
    /// Seconds since the epoch.
    package var notBefore: Int64
    package var notAfter: Int64

    package init(
      subject: Subject, publicKey: PublicKey, alternativeNames: [AlternativeName] = [],
      uses: Set<ExtendedUse>, serial: [UInt8], notBefore: Int64, notAfter: Int64
    ) {
      self.subject = subject
      self.publicKey = publicKey
      self.alternativeNames = alternativeNames
      self.uses = uses
      self.serial = serial
      self.notBefore = notBefore
      self.notAfter = notAfter
    }
  }

  /// nil when a name or a date cannot be put into a certificate.
  package func issue(_ wish: Wish) -> CertificateFacts? {
    let uses = wish.uses.sorted { $0.rawValue < $1.rawValue }
    let names = wish.alternativeNames.map(\.generalName)
    let extensions = try? Certificate.Extensions {
      Critical(KeyUsage(digitalSignature: true, keyEncipherment: true))
      try ExtendedKeyUsage(uses.map { $0 == .client ? .clientAuth : .serverAuth })
      Critical(BasicConstraints.notCertificateAuthority)
      if !names.isEmpty { SubjectAlternativeNames(names) }
    }
    return Self.make(
      subject: wish.subject.distinguishedName, issuer: facts.certificate.subject,
      publicKey: wish.publicKey.key, signer: key.certificateKey, serial: wish.serial,
      from: wish.notBefore, to: wish.notAfter, extensions: extensions)
  }

  private static let year: Int64 = 365 * 86400

  private static func make(
    subject: DistinguishedName, issuer: DistinguishedName, publicKey: Certificate.PublicKey,
    signer: Certificate.PrivateKey, serial: [UInt8], from: Int64, to: Int64,
    extensions: Certificate.Extensions?
  ) -> CertificateFacts? {
    guard let extensions, from < to, to < 253_402_300_800 else { return nil }
    let made = try? Certificate(
      version: .v3, serialNumber: .init(bytes: serial), publicKey: publicKey,
      notValidBefore: Date(timeIntervalSince1970: Double(from)),
      notValidAfter: Date(timeIntervalSince1970: Double(to)), issuer: issuer, subject: subject,
      extensions: extensions, issuerPrivateKey: signer)
    var serializer = DER.Serializer()
    guard let made, (try? serializer.serialize(made)) != nil else { return nil }
    return CertificateFacts(der: serializer.serializedBytes)
  }
}
