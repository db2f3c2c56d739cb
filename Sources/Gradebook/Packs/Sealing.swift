import Crypto
import Documents
import Foundation

/// Withheld parts of exercises, encrypted to the instructor's key (HPKE, RFC 9180).
enum Sealing {
  static let fileName = "sealed.bin"
  private static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
  private static let label = Data("drydock sealed checks 1".utf8)

  /// `parts`: what was withheld, by the path of its file.
  static func seal(
    _ parts: [String: String], to key: InstructorPublicKey
  ) throws(PackError) -> [UInt8] {
    do {
      var sender = try HPKE.Sender(
        recipientKey: key.sealing, ciphersuite: suite, info: label)
      let sealed = try sender.seal(Data(JSON.bytes(.strings(parts))))
      return Array(sender.encapsulatedKey) + Array(sealed)
    } catch { throw PackError("the hidden checks cannot be sealed: \(error)") }
  }

  static func open(
    _ bytes: [UInt8], with key: InstructorKey
  ) throws(PackError) -> [String: String] {
    let refusal = PackError("the sealed checks are for another instructor's key")
    guard bytes.count > 32 else { throw refusal }
    do {
      var recipient = try HPKE.Recipient(
        privateKey: key.opening, ciphersuite: suite, info: label,
        encapsulatedKey: Data(bytes[..<32]))
      let plain = try recipient.open(Data(bytes[32...]))
      return try JSON.parse(Array(plain)).strings
    } catch { throw refusal }
  }
}
