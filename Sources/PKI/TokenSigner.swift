import Crypto

/// Signs and verifies JSON Web Tokens (RFC 7519, EdDSA); their claims are bytes of JSON to it.
package struct TokenSigner: Sendable {
  private let key: Curve25519.Signing.PrivateKey
  /// Names the key in a token's header.
  package let keyID: String

  package init(material: [UInt8]) {
    let pair = KeyPair(.ed25519, material: material)
    guard let signing = pair.signing else { preconditionFailure("an Ed25519 pair can sign") }
    key = signing
    keyID = Base64.encode(SHA256.hash(data: signing.publicKey.rawRepresentation), url: true)
  }

  package func sign(claims: [UInt8]) -> String {
    let header = "{\"alg\":\"EdDSA\",\"kid\":\"\(keyID)\"}"
    let text = Base64.encode(header.utf8, url: true) + "." + Base64.encode(claims, url: true)
    // Ed25519 signing of a message in memory has no way to fail.
    let signature = (try? key.signature(for: Array(text.utf8))).map { Array($0) } ?? []
    return text + "." + Base64.encode(signature, url: true)
  }

  /// The claims of a token of ours, or nil when it is not.
  package func verify(_ token: String) -> [UInt8]? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let claims = Base64.decode(String(parts[1])),
      let signature = Base64.decode(String(parts[2])),
      key.publicKey.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8))
    else { return nil }
    return claims
  }
}
