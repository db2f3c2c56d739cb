import SwiftASN1
import X509

/// A PKCS#10 request to be given a certificate.
package struct CertificateRequest: Sendable {
  let request: CertificateSigningRequest

  /// Reads the first CERTIFICATE REQUEST of a PEM text; nil when there is none that is well formed.
  package init?(pem: String) {
    let labels = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]
    guard let block = PEM.blocks(in: pem).first(where: { labels.contains($0.label) }),
      let request = try? CertificateSigningRequest(derEncoded: block.bytes)
    else { return nil }
    self.request = request
  }

  /// A request signed with one's own key.
  package init?(subject: Subject, key: KeyPair, alternativeNames: [AlternativeName] = []) {
    var attributes: [CertificateSigningRequest.Attribute] = []
    if !alternativeNames.isEmpty {
      let names = SubjectAlternativeNames(alternativeNames.map(\.generalName))
      guard let extensions = try? Certificate.Extensions([.init(names, critical: false)]),
        let wanted = try? CertificateSigningRequest.Attribute(
          ExtensionRequest(extensions: extensions))
      else { return nil }
      attributes.append(wanted)
    }
    guard
      let request = try? CertificateSigningRequest(
        version: .v1, subject: subject.distinguishedName, privateKey: key.certificateKey,
        attributes: .init(attributes))
    else { return nil }
    self.request = request
  }

  package var pem: String { (try? request.serializeAsPEM().pemString + "\n") ?? "" }
  package var subject: Subject { Subject(request.subject) }

  /// What the subject says under one type of attribute, in its order.
  package func values(of attribute: NameAttribute) -> [String] {
    request.subject.flatMap { part in
      part.filter { $0.type == attribute.identifier }.compactMap { String($0.value) }
    }
  }

  package var publicKey: PublicKey { PublicKey(key: request.publicKey) }
  /// Whether the requester holds the private key.
  package var isSignatureValid: Bool {
    request.publicKey.isValidSignature(request.signature, for: request)
  }

  package var alternativeNames: [AlternativeName] {
    guard let wanted = try? request.attributes.extensionRequest,
      let names = try? wanted.extensions.subjectAlternativeNames
    else { return [] }
    return names.compactMap { AlternativeName($0) }
  }
}

/// Types of attributes of a distinguished name (X.520).
package enum NameAttribute: Sendable {
  case serialNumber, organization, organizationalUnit, country, locality, province, streetAddress
  case postalCode

  var identifier: ASN1ObjectIdentifier {
    switch self {
    case .serialNumber: [2, 5, 4, 5]
    case .organization: .RDNAttributeType.organizationName
    case .organizationalUnit: .RDNAttributeType.organizationalUnitName
    case .country: .RDNAttributeType.countryName
    case .locality: .RDNAttributeType.localityName
    case .province: .RDNAttributeType.stateOrProvinceName
    case .streetAddress: .RDNAttributeType.streetAddress
    case .postalCode: [2, 5, 4, 17]
    }
  }
}
