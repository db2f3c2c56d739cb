import Crypto
package import Curriculum
import Documents
import Foundation

/// A pack as one file: the learner's build of its folder, and the author's signature.
package struct PackArchive: Sendable {
  package let contents: TarArchive
  package let plan: PackPlan
  package private(set) var signature: Signature?

  /// Who signed it.
  package struct Signature: Sendable {
    let key: InstructorPublicKey
    let bytes: [UInt8]

    package var fingerprint: String { key.fingerprint }
    package var signer: InstructorPublicKey { key }
  }

  private static let signatureName = "SIGNATURE"
  private static let title = "drydock pack signature 1"

  init(_ contents: TarArchive) throws(PackError) {
    self.contents = contents
    guard let bytes = contents.contents(PackPlan.fileName) else {
      throw PackError("there is no \(PackPlan.fileName) in it")
    }
    let (plan, problems) = PackPlan.read(String(decoding: bytes, as: UTF8.self))
    if let problem = problems.first {
      throw PackError("its \(PackPlan.fileName) is wrong, line \(problem.line): \(problem.message)")
    }
    self.plan = plan
  }

  /// Opens a file, whatever it holds; a signature in it is verified.
  package init(reading bytes: [UInt8], drydock version: String) throws(PackError) {
    let archive: TarArchive
    do { archive = try TarArchive.read(bytes) } catch {
      throw PackError("this is no pack that may be opened: \(error)")
    }
    let unsigned: TarArchive
    do {
      unsigned = try TarArchive(archive.entries.filter { $0.path != Self.signatureName })
    } catch { throw PackError("\(error)") }
    try self.init(unsigned)
    if let oldest = PackVersion(plan.drydock), let own = PackVersion(version), own < oldest {
      throw PackError(
        "\(plan.id) \(plan.version) needs drydock \(plan.drydock); this is \(version)")
    }
    if let raw = archive.contents(Self.signatureName) {
      signature = try Self.verified(raw, of: digest)
    }
  }

  /// SHA-256 of all that is signed, in hexadecimal.
  package var digest: String { Hash.text(contents.bytes) }

  /// With its signature.
  package func bytes() throws(PackError) -> [UInt8] {
    guard let signature else { return contents.bytes }
    let text =
      signature.key.text
      + KeyFile.text(Self.title, [("signature", signature.bytes)])
    do {
      let entry = TarArchive.Entry(path: Self.signatureName, bytes: Array(text.utf8))
      return try TarArchive(contents.entries + [entry]).bytes
    } catch { throw PackError("\(error)") }
  }

  package mutating func sign(with key: InstructorKey) throws(PackError) {
    guard let bytes = try? key.signing.signature(for: Self.message(digest)) else {
      throw PackError("the key cannot sign")
    }
    signature = Signature(key: key.open, bytes: Array(bytes))
  }

  private static func message(_ digest: String) -> Data { Data("\(title)\n\(digest)\n".utf8) }

  private static func verified(_ raw: [UInt8], of digest: String) throws(PackError) -> Signature {
    let text = String(decoding: raw, as: UTF8.self)
    let second = text.range(of: "# \(title)")?.lowerBound ?? text.endIndex
    let fields = KeyFile.fields(String(text[second...]), title: title)
    guard let key = InstructorPublicKey(text: String(text[..<second])),
      let bytes = fields["signature"]
    else { throw PackError("its signature cannot be read: the pack was changed") }
    guard key.verifying.isValidSignature(bytes, for: message(digest)) else {
      throw PackError("its signature does not fit: the pack was changed after it was signed")
    }
    return Signature(key: key, bytes: bytes)
  }
}
