import Crypto
import Documents
import Foundation

/// What an instructor keeps secret: one key that signs packs, one that opens sealed checks.
package struct InstructorKey: Sendable {
  let signing: Curve25519.Signing.PrivateKey
  let opening: Curve25519.KeyAgreement.PrivateKey

  package init() {
    signing = Curve25519.Signing.PrivateKey()
    opening = Curve25519.KeyAgreement.PrivateKey()
  }

  /// Reads the two lines of a key file.
  package init?(text: String) {
    let fields = KeyFile.fields(text, title: Self.title)
    guard let sign = fields["signing"], let open = fields["opening"],
      let signing = try? Curve25519.Signing.PrivateKey(rawRepresentation: sign),
      let opening = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: open)
    else { return nil }
    self.signing = signing
    self.opening = opening
  }

  private static let title = "drydock instructor key: keep it secret"

  package var text: String {
    KeyFile.text(
      Self.title,
      [
        ("signing", Array(signing.rawRepresentation)),
        ("opening", Array(opening.rawRepresentation)),
      ])
  }

  /// What may be given to anyone.
  package var open: InstructorPublicKey {
    InstructorPublicKey(verifying: signing.publicKey, sealing: opening.publicKey)
  }

  /// The key of a data folder, when there is one.
  package static func existing(in folder: String) -> InstructorKey? {
    FileManager.default.contents(atPath: "\(folder)/instructor.key").flatMap {
      InstructorKey(text: String(decoding: $0, as: UTF8.self))
    }
  }

  /// Reads the key of a data folder, or makes one there that only its owner can read.
  package static func own(in folder: String) throws(PackError) -> InstructorKey {
    try KeyFile.own(
      in: folder, name: "instructor.key", read: { InstructorKey(text: $0) },
      make: {
        let key = InstructorKey()
        return (key, key.text)
      })
  }
}

/// The half of an instructor's key that verifies packs and seals checks for the instructor.
package struct InstructorPublicKey: Sendable {
  let verifying: Curve25519.Signing.PublicKey
  let sealing: Curve25519.KeyAgreement.PublicKey

  init(verifying: Curve25519.Signing.PublicKey, sealing: Curve25519.KeyAgreement.PublicKey) {
    self.verifying = verifying
    self.sealing = sealing
  }

  package init?(text: String) {
    let fields = KeyFile.fields(text, title: Self.title)
    guard let verify = fields["verifying"], let seal = fields["sealing"],
      let verifying = try? Curve25519.Signing.PublicKey(rawRepresentation: verify),
      let sealing = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: seal)
    else { return nil }
    self.init(verifying: verifying, sealing: sealing)
  }

  private static let title = "drydock instructor key: public"

  package var text: String {
    KeyFile.text(
      Self.title,
      [
        ("verifying", Array(verifying.rawRepresentation)),
        ("sealing", Array(sealing.rawRepresentation)),
      ])
  }

  package var fingerprint: String { KeyFile.fingerprint(Array(verifying.rawRepresentation)) }
}

/// What a learner signs submissions with; made at the first one and kept in the data folder.
package struct LearnerKey: Sendable {
  let signing: Curve25519.Signing.PrivateKey

  package init() { signing = Curve25519.Signing.PrivateKey() }

  package init?(text: String) {
    guard let raw = KeyFile.fields(text, title: Self.title)["signing"],
      let signing = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
    else { return nil }
    self.signing = signing
  }

  private static let title = "drydock learner key: keep it secret"

  package var text: String {
    KeyFile.text(Self.title, [("signing", Array(signing.rawRepresentation))])
  }

  package static func own(in folder: String) throws(PackError) -> LearnerKey {
    try KeyFile.own(
      in: folder, name: "learner.key", read: { LearnerKey(text: $0) },
      make: {
        let key = LearnerKey()
        return (key, key.text)
      })
  }
}

/// Key files: a title, then names with keys in base64.
enum KeyFile {
  static func text(_ title: String, _ fields: [(String, [UInt8])]) -> String {
    "# \(title)\n" + fields.map { "\($0.0) \(Base64.encode($0.1))\n" }.joined()
  }

  static func fields(_ text: String, title: String) -> [String: [UInt8]] {
    let lines = text.split(whereSeparator: \.isNewline)
    guard lines.first == "# \(title)" else { return [:] }
    var found: [String: [UInt8]] = [:]
    for line in lines.dropFirst() {
      let words = line.split(separator: " ")
      guard words.count == 2, let bytes = Data(base64Encoded: String(words[1])) else { continue }
      found[String(words[0])] = Array(bytes)
    }
    return found
  }

  /// Sixteen hexadecimal digits in groups, to be read aloud.
  static func fingerprint(_ key: [UInt8]) -> String {
    let digits = Array(Hash.hexadecimal(key).prefix(16))
    return stride(from: 0, to: 16, by: 4).map { String(digits[$0..<$0 + 4]) }
      .joined(separator: "-")
  }

  static func own<Key>(
    in folder: String, name: String, read: (String) -> Key?, make: () -> (Key, String)
  ) throws(PackError) -> Key {
    let path = "\(folder)/\(name)"
    if let bytes = FileManager.default.contents(atPath: path) {
      guard let key = read(String(decoding: bytes, as: UTF8.self)) else {
        throw PackError("\(path) is no key; move it away, and a new one is made")
      }
      return key
    }
    let (key, text) = make()
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch { throw PackError("cannot make the folder \(folder)") }
    let isMade = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    guard isMade else { throw PackError("cannot write \(path)") }
    return key
  }
}
