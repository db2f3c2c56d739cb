import Linux
import PKI
import Simulation

/// The text forms of `-text`.
enum CertificateText {
  static func date(_ moment: Moment?) -> String {
    guard let moment else { return "Bad time value" }
    return Calendar(moment).formatted("%b %e %H:%M:%S %Y GMT")
  }

  static func certificate(_ made: Certificate) -> String {
    let algorithm = algorithmName(made.algorithm)
    var text = """
      Certificate:
          Data:
              Version: \(made.isThird ? "3 (0x2)" : "1 (0x0)")
              Serial Number:\(serial(made.serial))
              Signature Algorithm: \(algorithm)
              Issuer: \(Names.text(made.issuer))
              Validity
                  Not Before: \(date(made.notBefore))
                  Not After : \(date(made.notAfter))
              Subject: \(Names.text(made.subject))
              Subject Public Key Info:

      """
    text += keyInfo(made.keyInfo, indent: 12)
    if !made.extensions.isEmpty {
      text += "        X509v3 extensions:\n" + extensions(made.extensions, indent: 12)
    }
    return text + signature(algorithm, made.signature)
  }

  static func request(_ made: Request) -> String {
    var text = """
      Certificate Request:
          Data:
              Version: 1 (0x0)
              Subject: \(Names.text(made.subject))
              Subject Public Key Info:

      """
    text += keyInfo(made.keyInfo, indent: 12)
    text += "        Attributes:\n"
    if made.extensions.isEmpty {
      // OpenSSL 3.0 prints this heading even with nothing below it.
      text += "            (none)\n            Requested Extensions:\n"
    } else {
      text += "            Requested Extensions:\n" + extensions(made.extensions, indent: 16)
    }
    return text + signature(algorithmName(made.algorithm), made.signature)
  }

  private static func algorithmName(_ node: DERNode) -> String {
    let dotted = node.children.first?.dotted ?? ""
    return Names.algorithms[dotted] ?? dotted
  }

  /// Short ones as a number on the same line, long ones as bytes on the next.
  private static func serial(_ bytes: [UInt8]) -> String {
    let digits = Array(bytes.drop { $0 == 0 })
    if digits.count <= 8 {
      let number = digits.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return " \(number) (0x\(String(number, radix: 16)))"
    }
    return "\n            " + hex(digits, separator: ":")
  }

  private static func signature(_ algorithm: String, _ bytes: [UInt8]) -> String {
    "    Signature Algorithm: \(algorithm)\n    Signature Value:\n"
      + lines(bytes, perLine: 18, indent: 8)
  }

  static func hex(_ bytes: [UInt8], separator: String, isUpper: Bool = false) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16, uppercase: isUpper)
      return byte < 16 ? "0" + digits : digits
    }.joined(separator: separator)
  }

  /// Bytes as `aa:bb:…`, the lines but the last ending in a colon.
  static func lines(_ bytes: [UInt8], perLine: Int = 15, indent: Int) -> String {
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: perLine) {
      let end = min(start + perLine, bytes.count)
      text += String(repeating: " ", count: indent) + hex(Array(bytes[start..<end]), separator: ":")
      text += end < bytes.count ? ":\n" : "\n"
    }
    return text
  }

  /// SubjectPublicKeyInfo with its algorithm.
  static func keyInfo(_ info: DERNode, indent: Int) -> String {
    let pad = String(repeating: " ", count: indent)
    let dotted = info.children.first?.children.first?.dotted ?? ""
    return "\(pad)Public Key Algorithm: \(Names.algorithms[dotted] ?? dotted)\n"
      + publicKey(info, indent: indent + 4)
  }

  static func publicKey(_ info: DERNode, indent: Int) -> String {
    let pad = String(repeating: " ", count: indent)
    let dotted = info.children.first?.children.first?.dotted ?? ""
    let key = info.children.last?.bitBytes ?? []
    switch dotted {
    case Names.rsa:
      let parts = DERNode(key)?.children ?? []
      let modulus = parts.first?.content ?? []
      return "\(pad)Public-Key: (\(bits(modulus)) bit)\n\(pad)Modulus:\n"
        + lines(modulus, indent: indent + 4) + "\(pad)Exponent: 65537 (0x10001)\n"
    case Names.elliptic:
      return "\(pad)Public-Key: (256 bit)\n\(pad)pub:\n" + lines(key, indent: indent + 4)
        + "\(pad)ASN1 OID: prime256v1\n\(pad)NIST CURVE: P-256\n"
    default:
      return "\(pad)ED25519 Public-Key:\n\(pad)pub:\n" + lines(key, indent: indent + 4)
    }
  }

  static func bits(_ modulus: [UInt8]) -> Int {
    let digits = modulus.drop { $0 == 0 }
    return digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)
  }

  static func privateKey(_ key: PrivateKey) -> String {
    let info = key.pair.publicKey.info ?? .null
    let point = info.children.last?.bitBytes ?? []
    switch key.kind {
    case .rsa:
      let parts = key.inner.children.map(\.content)
      let names = [
        "modulus", "publicExponent", "privateExponent", "prime1", "prime2", "exponent1",
        "exponent2", "coefficient",
      ]
      var text = "Private-Key: (\(bits(parts.dropFirst().first ?? [])) bit, 2 primes)\n"
      for (name, bytes) in zip(names, parts.dropFirst()) {
        if name == "publicExponent" {
          text += "publicExponent: 65537 (0x10001)\n"
        } else {
          text += "\(name):\n" + lines(bytes, indent: 4)
        }
      }
      return text
    case .elliptic:
      let scalar = key.inner.children.dropFirst().first?.content ?? []
      return "Private-Key: (256 bit)\npriv:\n" + lines(scalar, indent: 4) + "pub:\n"
        + lines(point, indent: 4) + "ASN1 OID: prime256v1\nNIST CURVE: P-256\n"
    case .ed25519:
      return "ED25519 Private-Key:\npriv:\n" + lines(key.inner.content, indent: 4) + "pub:\n"
        + lines(point, indent: 4)
    }
  }

  // MARK: extensions

  static func extensions(_ list: [DERNode], indent: Int) -> String {
    let pad = String(repeating: " ", count: indent)
    return list.map { node in
      let dotted = node.children.first?.dotted ?? ""
      let isCritical = node.children.contains { $0 == .yes }
      let value = DERNode(node.children.last?.content ?? []) ?? .null
      return "\(pad)\(Names.extensions[dotted] ?? dotted): \(isCritical ? "critical" : "")\n"
        + "\(pad)    \(text(dotted, value))\n"
    }.joined()
  }

  private static func text(_ dotted: String, _ value: DERNode) -> String {
    switch dotted {
    case Names.subjectKey: return hex(value.content, separator: ":", isUpper: true)
    case Names.authorityKey:
      let id = value.children.first(where: { $0.tag == 0x80 })
      return hex(id?.content ?? [], separator: ":", isUpper: true)
    case Names.basicConstraints:
      let isAuthority = value.children.contains { $0.tag == 1 && $0.content == [0xFF] }
      let length = value.children.first { $0.tag == 2 }.flatMap { $0.content.last }
      return (isAuthority ? "CA:TRUE" : "CA:FALSE") + (length.map { ", pathlen:\($0)" } ?? "")
    case Names.keyUsage:
      let bytes = value.bitBytes
      return Names.keyUses.enumerated().filter { index, _ in
        index / 8 < bytes.count && bytes[index / 8] & (0x80 >> UInt8(index % 8)) != 0
      }.map(\.element.text).joined(separator: ", ")
    case Names.extendedKeyUsage:
      return value.children.map { use in
        Names.extendedUses.first { $0.dotted == use.dotted }?.text ?? use.dotted
      }.joined(separator: ", ")
    case Names.alternativeName: return value.children.map(alternativeName).joined(separator: ", ")
    default: return hex(value.bytes, separator: ":", isUpper: true)
    }
  }

  private static func alternativeName(_ node: DERNode) -> String {
    switch node.tag & 0x1F {
    case 1: return "email:\(node.text)"
    case 2: return "DNS:\(node.text)"
    case 6: return "URI:\(node.text)"
    case 7:
      if node.content.count == 4 {
        return "IP Address:" + node.content.map { "\($0)" }.joined(separator: ".")
      }
      let groups = stride(from: 0, to: node.content.count - 1, by: 2).map {
        String(UInt16(node.content[$0]) << 8 | UInt16(node.content[$0 + 1]), radix: 16)
      }
      return "IP Address:" + groups.joined(separator: ":").uppercased()
    default: return "othername:<unsupported>"
    }
  }
}
