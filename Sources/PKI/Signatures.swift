import Crypto
import FoundationEssentials
import SwiftASN1
import X509

extension KeyPair {
  /// Reads PKCS#8, for instance of a key that `RSAKeys` made.
  package init?(rsa key: DERNode) {
    let text = PEM(label: "RSA PRIVATE KEY", bytes: key.bytes).text
    self.init(pem: text)
  }

  /// Signs bytes; equal keys and bytes give equal signatures. `digest` is sha1, sha256, sha384 or
  /// sha512. nil when the key cannot sign with it.
  package func sign(
    _ bytes: [UInt8], digest: String = "sha256"
  ) -> (algorithm: DERNode, signature: [UInt8])? {
    for algorithm in SignatureKind.all where algorithm.digest == digest || algorithm.digest == "" {
      if algorithm.kind == .ecdsaWithSHA256, let scalar = ellipticScalar {
        return (algorithm.node, RepeatableECDSA.sign(bytes, scalar: scalar))
      }
      if let made = try? certificateKey.sign(bytes: bytes, signatureAlgorithm: algorithm.kind) {
        return (algorithm.node, made.rawRepresentation)
      }
    }
    return nil
  }

  private var ellipticScalar: [UInt8]? {
    guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else { return nil }
    return Array(key.rawRepresentation)
  }
}

extension PublicKey {
  /// From the DER of a SubjectPublicKeyInfo.
  package init?(info: DERNode) {
    guard let key = try? Certificate.PublicKey(derEncoded: info.bytes) else { return nil }
    self.init(key: key)
  }

  /// SubjectPublicKeyInfo.
  package var info: DERNode? {
    PEM.blocks(in: pem).first.flatMap { DERNode($0.bytes) }
  }

  package func isSignature(
    _ signature: [UInt8], algorithm: DERNode, of bytes: [UInt8]
  ) -> Bool {
    guard let kind = SignatureKind.all.first(where: { $0.node == algorithm })?.kind else {
      return false
    }
    return key.isValidSignature(signature, for: bytes, signatureAlgorithm: kind)
  }
}

/// A signature algorithm as certificates name it.
private struct SignatureKind: Sendable {
  let kind: Certificate.SignatureAlgorithm
  let digest: String
  let node: DERNode

  init(_ kind: Certificate.SignatureAlgorithm, _ digest: String, _ dotted: String, isRSA: Bool) {
    self.kind = kind
    self.digest = digest
    node = .sequence([.identifier(dotted)] + (isRSA ? [.null] : []))
  }

  static let all: [SignatureKind] = [
    .init(.ed25519, "", "1.3.101.112", isRSA: false),
    .init(.sha256WithRSAEncryption, "sha256", "1.2.840.113549.1.1.11", isRSA: true),
    .init(.sha384WithRSAEncryption, "sha384", "1.2.840.113549.1.1.12", isRSA: true),
    .init(.sha512WithRSAEncryption, "sha512", "1.2.840.113549.1.1.13", isRSA: true),
    .init(.sha1WithRSAEncryption, "sha1", "1.2.840.113549.1.1.5", isRSA: true),
    .init(.ecdsaWithSHA256, "sha256", "1.2.840.10045.4.3.2", isRSA: false),
    .init(.ecdsaWithSHA384, "sha384", "1.2.840.10045.4.3.3", isRSA: false),
    .init(.ecdsaWithSHA512, "sha512", "1.2.840.10045.4.3.4", isRSA: false),
  ]
}

/// ECDSA over P-256 whose nonce comes from key and message, in the manner of RFC 6979.
private enum RepeatableECDSA {
  /// The order of P-256's group.
  private static let order = WholeNumber([
    0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC,
    0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
  ])

  static func sign(_ bytes: [UInt8], scalar: [UInt8]) -> [UInt8] {
    let digest = Array(SHA256.hash(data: bytes))
    let field = ModularField(order)
    let secret = WholeNumber(scalar)
    var nonce = Array(SHA256.hash(data: scalar + digest))
    while true {
      // Any scalar below the order has its point; the library multiplies.
      if let key = try? P256.Signing.PrivateKey(rawRepresentation: nonce) {
        let across = reduced(WholeNumber(key.publicKey.rawRepresentation.prefix(32)))
        let product = field.product(across, secret)
        let sum = reduced(added(reduced(WholeNumber(digest)), product))
        let second = field.product(field.inverse(of: WholeNumber(nonce)), sum)
        let first = across.bytes()
        if !first.isEmpty, !second.bytes().isEmpty {
          return DERNode.sequence([.integer(first), .integer(second.bytes())]).bytes
        }
      }
      nonce = Array(SHA256.hash(data: nonce))
    }
  }

  private static func reduced(_ number: WholeNumber) -> WholeNumber {
    number < order ? number : number.minus(order)
  }

  /// Both are below the order, so 257 bits hold the sum.
  private static func added(_ left: WholeNumber, _ right: WholeNumber) -> WholeNumber {
    var limbs: [UInt64] = []
    var carry: UInt64 = 0
    for index in 0..<5 {
      let (mine, other) = (
        index < left.limbs.count ? left.limbs[index] : 0,
        index < right.limbs.count ? right.limbs[index] : 0
      )
      let (first, over) = mine.addingReportingOverflow(other)
      let (second, again) = first.addingReportingOverflow(carry)
      limbs.append(second)
      carry = (over ? 1 : 0) &+ (again ? 1 : 0)
    }
    return WholeNumber(limbs: limbs)
  }
}
