import Linux
import PKI
import Shell

/// The digests that openssl knows here.
struct Digests: Sendable {
  /// As it is asked for: sha256.
  let name: String
  /// As results name it: SHA2-256.
  let title: String
  let hex: @Sendable ([UInt8]) -> String

  private static let all = [
    Digests(name: "sha256", title: "SHA2-256") { Digest.sha256($0) },
    Digests(name: "sha512", title: "SHA2-512") { Digest.sha512($0) },
    Digests(name: "sha384", title: "SHA2-384") { Digest.sha384($0) },
    Digests(name: "sha1", title: "SHA1") { Digest.sha1($0) },
    Digests(name: "md5", title: "MD5") { Digest.md5($0) },
  ]

  static func named(_ name: String) -> Digests? { all.first { $0.name == name.lowercased() } }

  static func bytes(ofHex text: String) -> [UInt8] {
    let digits = text.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

/// `openssl dgst`: digests and signatures of files.
enum DigestCommand {
  static let command = OpenSSL.Subcommand(
    grammar: "hex binary r out= sign= verify= signature= hmac= c", alias: "option or cipher",
    run: run)

  @Sendable
  private static func run(
    _ process: Process, _ options: CommandOptions
  ) async throws -> ExitStatus {
    let store = Store(process: process)
    let digest = options.digest ?? Digests.named("sha256")
    guard let digest else { return 1 }
    if options.has("hmac") { throw Complaint.unsimulated("dgst -hmac") }
    if let path = options["sign"] {
      let key = try await store.privateKey(path)
      let bytes = try await contents(options.operands.first, process)
      guard let signed = key.pair.sign(bytes, digest: digest.name) else {
        throw Complaint.unsimulated("with \(digest.name) for this key")
      }
      try await store.write(signed.signature, to: options["out"])
      return 0
    }
    if let path = options["verify"] { return try await verify(path, digest, process, options) }
    var text: [UInt8] = []
    var status: ExitStatus = 0
    for path in options.operands.isEmpty ? [nil] : options.operands.map(Optional.some) {
      do {
        let sum = digest.hex(try await contents(path, process))
        if options.has("binary") {
          text += Digests.bytes(ofHex: sum)
        } else if options.has("r") {
          text += Array("\(sum) *\(path ?? "stdin")\n".utf8)
        } else {
          text += Array("\(digest.title)(\(path ?? "stdin"))= \(sum)\n".utf8)
        }
      } catch let problem as Complaint {
        try await process.writeError(problem.text)
        status = 1
      }
    }
    try await store.write(text, to: options["out"])
    return status
  }

  private static func contents(_ path: String?, _ process: Process) async throws -> [UInt8] {
    do {
      return try await process.contents(of: path ?? "-")
    } catch let error as HostError where !error.isBudget {
      throw Complaint("dgst: Can't open \"\(path ?? "-")\" for reading, \(error.text)")
    }
  }

  private static func verify(
    _ path: String, _ digest: Digests, _ process: Process, _ options: CommandOptions
  ) async throws -> ExitStatus {
    let store = Store(process: process)
    let info = try await KeyCommand.publicInfo(path, process)
    let signature = try await store.bytes(options["signature"], as: "signature")
    let bytes = try await contents(options.operands.first, process)
    let names = [
      "sha256WithRSAEncryption", "ecdsa-with-SHA256", "sha512WithRSAEncryption",
      "sha384WithRSAEncryption", "sha1WithRSAEncryption", "ED25519",
    ]
    let isValid = names.contains { name in
      guard let dotted = Names.algorithms.first(where: { $0.value == name })?.key else {
        return false
      }
      return [[DERNode.null], []].contains { parameters in
        PublicKey(info: info)?.isSignature(
          signature, algorithm: .sequence([.identifier(dotted)] + parameters), of: bytes) == true
      }
    }
    try await process.write(isValid ? "Verified OK\n" : "Verification failure\n")
    return isValid ? 0 : 1
  }
}
