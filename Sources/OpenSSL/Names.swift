import PKI

/// Object identifiers and what openssl calls them.
enum Names {
  static let rsa = "1.2.840.113549.1.1.1"
  static let elliptic = "1.2.840.10045.2.1"
  static let p256 = "1.2.840.10045.3.1.7"
  static let ed25519 = "1.3.101.112"
  static let extensionRequest = "1.2.840.113549.1.9.14"
  static let alternativeName = "2.5.29.17"
  static let basicConstraints = "2.5.29.19"
  static let keyUsage = "2.5.29.15"
  static let extendedKeyUsage = "2.5.29.37"
  static let subjectKey = "2.5.29.14"
  static let authorityKey = "2.5.29.35"

  /// Short names of a distinguished name's parts.
  static let attributes: [String: String] = [
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L",
    "2.5.4.8": "ST", "2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title",
    "2.5.4.42": "GN", "1.2.840.113549.1.9.1": "emailAddress",
    "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
  ]

  private static let longNames: [String: String] = [
    "commonName": "2.5.4.3", "countryName": "2.5.4.6", "localityName": "2.5.4.7",
    "stateOrProvinceName": "2.5.4.8", "organizationName": "2.5.4.10",
    "organizationalUnitName": "2.5.4.11", "Email": "1.2.840.113549.1.9.1",
    "email": "1.2.840.113549.1.9.1",
  ]

  static func attribute(_ name: String) -> String? {
    attributes.first { $0.value == name }?.key ?? longNames[name]
  }

  static let algorithms: [String: String] = [
    rsa: "rsaEncryption", elliptic: "id-ecPublicKey", ed25519: "ED25519",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256", "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
  ]

  static let extensions: [String: String] = [
    subjectKey: "X509v3 Subject Key Identifier", keyUsage: "X509v3 Key Usage",
    alternativeName: "X509v3 Subject Alternative Name",
    basicConstraints: "X509v3 Basic Constraints", authorityKey: "X509v3 Authority Key Identifier",
    extendedKeyUsage: "X509v3 Extended Key Usage",
  ]

  /// Names in configurations.
  static let extensionWords: [String: String] = [
    "subjectAltName": alternativeName, "basicConstraints": basicConstraints, "keyUsage": keyUsage,
    "extendedKeyUsage": extendedKeyUsage, "subjectKeyIdentifier": subjectKey,
    "authorityKeyIdentifier": authorityKey,
  ]

  /// Bits of a key usage: configuration's word and the text form.
  static let keyUses: [(word: String, text: String)] = [
    ("digitalSignature", "Digital Signature"), ("nonRepudiation", "Non Repudiation"),
    ("keyEncipherment", "Key Encipherment"), ("dataEncipherment", "Data Encipherment"),
    ("keyAgreement", "Key Agreement"), ("keyCertSign", "Certificate Sign"),
    ("cRLSign", "CRL Sign"), ("encipherOnly", "Encipher Only"), ("decipherOnly", "Decipher Only"),
  ]

  static let extendedUses: [(dotted: String, word: String, text: String)] = [
    ("1.3.6.1.5.5.7.3.1", "serverAuth", "TLS Web Server Authentication"),
    ("1.3.6.1.5.5.7.3.2", "clientAuth", "TLS Web Client Authentication"),
    ("1.3.6.1.5.5.7.3.3", "codeSigning", "Code Signing"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection", "E-mail Protection"),
    ("1.3.6.1.5.5.7.3.8", "timeStamping", "Time Stamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning", "OCSP Signing"),
  ]

  // MARK: distinguished names

  /// Reads `/CN=jane/O=dev`; nil when it is not of that form.
  static func subject(_ text: String) throws -> DERNode {
    guard text.hasPrefix("/") else {
      throw Complaint(
        "req: subject name is expected to be in the format /type0=value0/type1=value1/type2=... "
          + "where characters may be escaped by \\. This name is not in that format: '\(text)'")
    }
    var parts: [String] = []
    var part = ""
    var isEscaped = false
    for character in text.dropFirst() {
      if isEscaped {
        part.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "/" {
        parts.append(part)
        part = ""
      } else {
        part.append(character)
      }
    }
    parts.append(part)
    var pairs: [(String, String)] = []
    for part in parts where !part.isEmpty {
      guard let equal = part.firstIndex(of: "=") else {
        throw Complaint(
          "req: Hit end of string before finding the equals.\nproblems making Certificate Request")
      }
      pairs.append((String(part[..<equal]), String(part[part.index(after: equal)...])))
    }
    return try subject(pairs)
  }

  static func subject(_ pairs: [(String, String)]) throws -> DERNode {
    var parts: [DERNode] = []
    for (name, value) in pairs where !value.isEmpty {
      guard let dotted = attribute(name) else {
        throw Complaint("req: Skipping unknown subject name attribute \"\(name)\"")
      }
      let isPlain = dotted == "2.5.4.6" || dotted == "1.2.840.113549.1.9.1"
      if dotted == "2.5.4.6", value.utf8.count != 2 {
        throw Complaint(
          "req: Error adding subject name attribute \"/\(name)=\(value)\"\n"
            + "problems making Certificate Request")
      }
      let tag: UInt8 = dotted == "2.5.4.6" ? 19 : isPlain ? 22 : 12
      parts.append(
        .set([.sequence([.identifier(dotted), DERNode(tag: tag, content: Array(value.utf8))])]))
    }
    return .sequence(parts)
  }

  /// `CN = jane, O = dev`, as openssl 3.0 shows names.
  static func text(_ name: DERNode) -> String {
    name.children.flatMap(\.children).map { part in
      let pair = part.children
      let dotted = pair.first?.dotted ?? ""
      return "\(attributes[dotted] ?? dotted) = \(pair.last?.text ?? "")"
    }.joined(separator: ", ")
  }
}
