import Crypto
import FoundationEssentials

/// Signs and verifies JSON Web Tokens (RFC 7519, EdDSA); their claims are bytes of JSON to it.
package struct TokenSigner: Sendable {
  private let key: Curve25519.Signing.PrivateKey
  /// Names the key in a token's header.
  package let keyID: String

  package init(material: [UInt8]) {
    let pair = KeyPair(.ed25519, material: material)
    guard let signing = pair.signing else { preconditionFailure("an Ed25519 pair can sign") }
    key = signing
    keyID = Self.encode(Array(SHA256.hash(data: signing.publicKey.rawRepresentation)))
  }

  /// What verifies its signatures, as RFC 8037's member `x`.
  package var publicKey: String { Self.encode(Array(key.publicKey.rawRepresentation)) }

  package func sign(claims: [UInt8]) -> String {
    let header = "{\"alg\":\"EdDSA\",\"kid\":\"\(keyID)\"}"
    let text = Self.encode(Array(header.utf8)) + "." + Self.encode(claims)
    // Ed25519 signing of a message in memory has no way to fail.
    let signature = (try? key.signature(for: Array(text.utf8))).map { Array($0) } ?? []
    return text + "." + Self.encode(signature)
  }

  /// The claims of a token of ours, or nil when it is not.
  package func verify(_ token: String) -> [UInt8]? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let claims = Self.decode(String(parts[1])),
      let signature = Self.decode(String(parts[2])),
      key.publicKey.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8))
    else { return nil }
    return claims
  }

  /// Base 64 in the URL alphabet without padding (RFC 7515).
  private static func encode(_ bytes: [UInt8]) -> String {
    String(
      Data(bytes).base64EncodedString().compactMap { character in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      })
  }

  private static func decode(_ text: String) -> [UInt8]? {
    let standard = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    return Data(base64Encoded: standard + padding).map { Array($0) }
  }
}
