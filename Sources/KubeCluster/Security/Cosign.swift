import Documents
import KubeNode
import Linux
import PKI
import Shell

/// `cosign`: keys, and signatures of images that lie in their registry beside them.
struct Cosign: Program {
  let name = "cosign"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) let registry: ImageRegistry

  private static let header = "ENCRYPTED SIGSTORE PRIVATE KEY"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let options: EngineOptions
    do {
      options = try EngineOptions(
        Array(process.arguments.dropFirst()),
        valued: [
          "key", "output-key-prefix", "a", "annotations", "output", "o", "certificate-identity",
          "certificate-oidc-issuer", "payload", "signature",
        ])
    } catch {
      try await process.writeError("Error: \(error)\n")
      return 1
    }
    switch process.arguments.first {
    case "generate-key-pair": return try await generate(options, process)
    case "sign": return try await sign(options, process)
    case "verify": return try await verify(options, process)
    case "version":
      try await process.write("GitVersion:    v3.0.3\n")
      return 0
    case nil, "help", "--help", "-h":
      try await process.write(
        "A tool for Container Signing, Verification and Storage in an OCI registry.\n\nUsage:\n  "
          + "cosign [command]\n\nAvailable Commands:\n  generate-key-pair  Generates a key-pair.\n  "
          + "sign               Sign the supplied container image.\n  verify             Verify a "
          + "signature on the supplied container image\n")
      return 0
    case let verb?
    where [
      "attach", "attest", "clean", "completion", "copy", "download", "initialize", "load",
      "manifest", "public-key", "save", "sign-blob", "tree", "triangulate", "verify-attestation",
      "verify-blob", "login",
    ].contains(verb):
      try await process.writeError("drydock: not simulated: cosign \(verb)\n")
      return 1
    case let verb?:
      try await process.writeError("Error: unknown command \"\(verb)\" for \"cosign\"\n")
      return 1
    }
  }

  // MARK: keys

  private func password(_ process: Linux.Process) async throws -> String {
    if let known = process.environment["COSIGN_PASSWORD"] { return known }
    guard process.standardInput.isTerminal else { return "" }
    try await process.writeError("Enter password for private key: ")
    let line = try await process.readLine() ?? ""
    try await process.writeError("\n")
    return line.filter { $0 != "\n" }
  }

  private func generate(
    _ options: EngineOptions, _ process: Linux.Process
  ) async throws -> ExitStatus {
    let word = try await password(process)
    let prefix = options.value("output-key-prefix") ?? "cosign"
    let material = (0..<32).map { _ in UInt8(truncatingIfNeeded: process.machine.randomBits()) }
    let pair = KeyPair(.p256, material: material)
    // Nothing is encrypted by the password; it has to be the same again.
    let sealed: Value = [
      "kdf": ["name": "scrypt"], "cipher": ["name": "nacl/secretbox"],
      "check": .string(Self.check(word, pair.pem)), "key": .string(pair.pem),
    ]
    let text = PEM(label: Self.header, bytes: JSON.bytes(sealed)).text
    try process.replace("\(prefix).key", with: Array(text.utf8))
    try process.replace("\(prefix).pub", with: Array(pair.publicKey.pem.utf8))
    try await process.writeError(
      "Private key written to \(prefix).key\nPublic key written to \(prefix).pub\n")
    return 0
  }

  private static func check(_ password: String, _ key: String) -> String {
    Digest.sha256(Array(password.utf8) + Array(key.utf8))
  }

  /// The key of a file; else why there is none.
  private func privateKey(
    _ path: String, _ process: Linux.Process
  ) async throws -> (key: KeyPair?, problem: String) {
    let text = String(decoding: try await process.contents(of: path), as: UTF8.self)
    guard let block = PEM.blocks(in: text).first(where: { $0.label == Self.header }),
      let sealed = try? JSON.parse(block.bytes), let pem = sealed["key"]?.string
    else { return (nil, "reading key: decrypt: invalid pem block") }
    let word = try await password(process)
    guard sealed["check"]?.string == Self.check(word, pem) else {
      return (nil, "reading key: decrypt: encrypted: decryption failed")
    }
    return (KeyPair(pem: pem), "reading key: unsupported key")
  }

  // MARK: signatures

  /// The image and its digest; nil: there is none, which was told.
  private func image(
    _ options: EngineOptions, _ process: Linux.Process
  ) async throws -> (name: String, digest: String)? {
    guard let wanted = options.operands.first, let reference = ImageReference(wanted) else {
      try await process.writeError("Error: accepts at least 1 arg(s), received 0\n")
      return nil
    }
    guard case .success = registry.content(of: reference) else {
      try await process.writeError(
        "Error: entity not found in registry\nmain.go:69: error during command execution: entity "
          + "not found in registry\n")
      return nil
    }
    return ("\(reference.registry)/\(reference.repository)", Images.digest(of: reference))
  }

  private static func claim(_ name: String, _ digest: String, _ notes: Value) -> Value {
    [
      "critical": [
        "identity": ["docker-reference": .string(name)],
        "image": ["docker-manifest-digest": .string(digest)],
        "type": "https://sigstore.dev/cosign/sign/v1",
      ], "optional": notes,
    ]
  }

  private func sign(
    _ options: EngineOptions, _ process: Linux.Process
  ) async throws -> ExitStatus {
    guard let path = options.value("key") else {
      try await process.writeError("drydock: not simulated: cosign sign without --key\n")
      return 1
    }
    guard let (name, digest) = try await image(options, process) else { return 1 }
    let (found, problem) = try await privateKey(path, process)
    guard let key = found else {
      return try await fail("signing [\(name)]: \(problem)", process)
    }
    let notes = (options.value("a", "annotations") ?? "").split(separator: ",").compactMap {
      note -> (String, Value)? in
      let parts = note.split(separator: "=", maxSplits: 1).map(String.init)
      return parts.count == 2 ? (parts[0], .string(parts[1])) : nil
    }
    let claim = JSON.bytes(
      Self.claim(name, digest, notes.isEmpty ? .null : .object(Mapping(notes))))
    guard let made = key.sign(claim) else {
      return try await fail("signing [\(name)]: unsupported key", process)
    }
    registry.sign(
      name + "@" + digest,
      .init(claim: claim, algorithm: made.algorithm.bytes, signature: made.signature))
    try await process.writeError("Pushing signature to: \(name)\n")
    return 0
  }

  private func verify(
    _ options: EngineOptions, _ process: Linux.Process
  ) async throws -> ExitStatus {
    guard let path = options.value("key") else {
      try await process.writeError("drydock: not simulated: cosign verify without --key\n")
      return 1
    }
    guard let (name, digest) = try await image(options, process) else { return 1 }
    let text = String(decoding: try await process.contents(of: path), as: UTF8.self)
    guard let block = PEM.blocks(in: text).first(where: { $0.label == "PUBLIC KEY" }),
      let info = DERNode(block.bytes), let key = PublicKey(info: info)
    else { return try await fail("loading public key: PEM decoding failed", process) }
    let all = registry.signatures(of: name + "@" + digest)
    guard !all.isEmpty else { return try await fail("no signatures found", process, status: 10) }
    let good = all.filter { one in
      DERNode(one.algorithm).map {
        key.isSignature(one.signature, algorithm: $0, of: one.claim)
      } ?? false
    }
    guard !good.isEmpty else {
      return try await fail(
        "no matching signatures: invalid signature when validating ASN.1 encoded signature",
        process,
        status: 12)
    }
    try await process.writeError(
      "\nVerification for \(options.operands.first ?? "") --\nThe following checks were performed on "
        + "each of these signatures:\n  - The cosign claims were validated\n  - The signatures were "
        + "verified against the specified public key\n\n")
    let claims = good.compactMap { try? JSON.parse($0.claim) }
    try await process.write(JSON.text(.array(claims)) + "\n")
    return 0
  }

  private func fail(
    _ text: String, _ process: Linux.Process, status: ExitStatus = 1
  ) async throws -> ExitStatus {
    try await process.writeError(
      "Error: \(text)\nmain.go:69: error during command execution: \(text)\n")
    return status
  }
}
