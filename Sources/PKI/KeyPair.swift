import Crypto
import SwiftASN1
import X509

/// A private key with its public half.
///
/// Keys of a cluster come from its seed, so that a replay gives the same bytes: Ed25519 where we
/// sign (its signatures are repeatable, ECDSA's are not), P-256 where TLS peers must know the kind.
package struct KeyPair: Sendable {
  package enum Kind: Sendable { case ed25519, p256 }

  let certificateKey: Certificate.PrivateKey
  let signing: Curve25519.Signing.PrivateKey?

  /// Derives a key from 32 bytes of secret material.
  package init(_ kind: Kind, material: [UInt8]) {
    switch kind {
    case .ed25519:
      let digest = Array(SHA256.hash(data: material))
      if let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: digest) {
        signing = key
        certificateKey = .init(key)
        return
      }
      preconditionFailure("any 32 bytes are an Ed25519 key")
    case .p256:
      // A hash is below the group's order but for one in 2^32: then the hash of the hash.
      var digest = Array(SHA256.hash(data: material))
      for _ in 0..<8 {
        if let key = try? P256.Signing.PrivateKey(rawRepresentation: digest) {
          signing = nil
          certificateKey = .init(key)
          return
        }
        digest = Array(SHA256.hash(data: digest))
      }
      preconditionFailure("eight hashes in a row outside the group of P-256")
    }
  }

  /// Reads a private key as kubeconfigs and openssl write it: PKCS#8, SEC 1 or PKCS#1.
  package init?(pem: String) {
    guard let key = try? Certificate.PrivateKey(pemEncoded: pem) else { return nil }
    certificateKey = key
    signing = nil
  }

  package var pem: String { (try? certificateKey.serializeAsPEM().pemString + "\n") ?? "" }
  package var publicKey: PublicKey { PublicKey(key: certificateKey.publicKey) }
}

/// The public half of a key.
package struct PublicKey: Hashable, Sendable {
  let key: Certificate.PublicKey

  package var pem: String { (try? key.serializeAsPEM().pemString + "\n") ?? "" }

  package var kind: KeyKind {
    if Curve25519.Signing.PublicKey(key) != nil { return .ed25519 }
    return P256.Signing.PublicKey(key) != nil || P384.Signing.PublicKey(key) != nil
      || P521.Signing.PublicKey(key) != nil ? .ecdsa : .rsa
  }
}

/// The families of keys and of the signatures that they make.
package enum KeyKind: Sendable { case rsa, ecdsa, ed25519 }
