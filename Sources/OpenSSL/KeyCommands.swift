import Linux
import PKI
import Shell

/// `openssl genrsa`: a new RSA key.
enum GenerateRSA {
  static let command = OpenSSL.Subcommand(
    grammar: "out= traditional 3 F4 primes= verbose quiet aes256 aes128 des3 passout=",
    alias: "option or cipher"
  ) { process, options in
    if ["aes256", "aes128", "des3"].contains(where: options.has) {
      throw Complaint.unsimulated("with encrypted keys")
    }
    let text = options.operands.first ?? "2048"
    guard let bits = Int(text) else {
      throw Complaint("genrsa: Can't parse \"\(text)\" as a number")
    }
    guard bits >= 512 else {
      throw Complaint(
        "genrsa: Error generating RSA key\n"
          + "40D76FA8BF7F0000:error:0200007B:rsa routines:rsa_multiprime_keygen:"
          + "key size too small:../crypto/rsa/rsa_gen.c:90:")
    }
    let key = try PrivateKey.rsa(bits: bits, process)
    let pem = options.has("traditional") ? key.traditionalPEM : key.pem
    try await Store(process: process).write(pem, to: options["out"], isSecret: true)
    return 0
  }
}

/// `openssl genpkey`: a new key of any kind.
enum GenerateKey {
  static let command = OpenSSL.Subcommand(
    grammar: "out= outform= algorithm= pkeyopt= quiet text aes256 pass=",
    alias: "option or cipher"
  ) { process, options in
    let values = options.values("pkeyopt").map { $0.split(separator: ":").map(String.init) }
    func value(_ name: String) -> String? {
      values.last { $0.first == name }.flatMap { $0.count == 2 ? $0[1] : nil }
    }
    let key: PrivateKey?
    switch options["algorithm"]?.lowercased() {
    case "rsa":
      let bits = value("rsa_keygen_bits") ?? "2048"
      key = try PrivateKey.rsa(bits: Int(bits) ?? 0, process)
    case "ec":
      let curve = value("ec_paramgen_curve") ?? "P-256"
      guard CurveCommand.names.contains(curve) else {
        throw Complaint.unsimulated("with the curve \(curve)")
      }
      key = PrivateKey.made(.p256, process)
    case "ed25519": key = PrivateKey.made(.ed25519, process)
    case nil: throw Complaint("genpkey: Use -help for summary.")
    case let other?: throw Complaint("genpkey: Error initializing \(other) context")
    }
    guard let key else { throw Complaint.unsimulated("with this key") }
    try await Store(process: process).write(key.pem, to: options["out"], isSecret: true)
    return 0
  }
}

/// `openssl ecparam`: a new key on a named curve.
enum CurveCommand {
  static let names: Set<String> = ["prime256v1", "P-256", "secp256r1"]

  static let command = OpenSSL.Subcommand(
    grammar: "name= genkey noout out= list_curves"
  ) { process, options in
    if options.has("list_curves") {
      try await process.write("  prime256v1: X9.62/SECG curve over a 256 bit prime field\n")
      return 0
    }
    let name = options["name"] ?? ""
    guard names.contains(name) else {
      throw Complaint.unsimulated("with the curve \(name)")
    }
    guard let key = PrivateKey.made(.p256, process) else { return 1 }
    let curve = PEM(label: "EC PARAMETERS", bytes: DERNode.identifier(Names.p256).bytes).text
    var text = options.has("noout") ? "" : curve
    if options.has("genkey") { text += key.traditionalPEM }
    try await Store(process: process).write(text, to: options["out"], isSecret: true)
    return 0
  }
}

/// `openssl rsa`, `ec` and `pkey`: shows keys and turns them into other forms.
enum KeyCommand {
  static let rsa = subcommand("rsa", "RSA")
  static let ec = subcommand("ec", "EC")
  static let pkey = subcommand("pkey", nil)

  private static func subcommand(_ name: String, _ kind: String?) -> OpenSSL.Subcommand {
    OpenSSL.Subcommand(
      grammar: "in= out= inform= outform= pubin pubout text text_pub noout check modulus "
        + "traditional passin= passout=", alias: "option or cipher"
    ) { process, options in
      try await run(process, options, kind)
    }
  }

  /// The SubjectPublicKeyInfo of a file: a public key, or a private key's other half.
  static func publicInfo(_ path: String?, _ process: Process) async throws -> DERNode {
    let content = try await Store(process: process).bytes(path, as: "public key")
    let text = String(decoding: content, as: UTF8.self)
    let block = PEM.blocks(in: text).first { $0.label == "PUBLIC KEY" }
    if let node = block.flatMap({ DERNode($0.bytes) }) ?? DERNode(content), node.tag == 0x30 {
      return node
    }
    guard let info = PrivateKey(pem: text)?.pair.publicKey.info else {
      throw Complaint.unread("public key", path ?? "-")
    }
    return info
  }

  private static func run(
    _ process: Process, _ options: CommandOptions, _ kind: String?
  ) async throws -> ExitStatus {
    let store = Store(process: process)
    if options.has("pubin") {
      // A cluster's authority has an Ed25519 key here (see Sources/README.md): the line that
      // computes a discovery hash goes through `openssl rsa -pubin`, so it takes any key.
      let info = try await publicInfo(options["in"], process)
      if let kind { try await process.writeError(kind == "EC" ? "read EC key\n" : "") }
      return try await show(info, nil, store, options, kind)
    }
    if kind == "EC" { try await process.writeError("read EC key\n") }
    let key = try await store.privateKey(options["in"])
    if kind == "RSA", key.kind != .rsa { throw Complaint("Not an RSA key") }
    if kind == "EC", key.kind != .elliptic { throw Complaint("Not an EC key") }
    guard let info = key.pair.publicKey.info else { return 1 }
    return try await show(info, key, store, options, kind)
  }

  private static func show(
    _ info: DERNode, _ key: PrivateKey?, _ store: Store, _ options: CommandOptions,
    _ kind: String?
  ) async throws -> ExitStatus {
    let process = store.process
    var text = ""
    if options.has("text") || options.has("text_pub") {
      let isPublic = key == nil || options.has("text_pub")
      text +=
        isPublic
        ? CertificateText.publicKey(info, indent: 0)
        : key.map(CertificateText.privateKey) ?? ""
    }
    if options.has("modulus") { text += CertificateCommand.modulus(info) }
    if options.has("check") { text += kind == nil ? "Key is valid\n" : "\(kind ?? "") key ok\n" }
    try await process.write(text)
    if options.has("noout") { return 0 }
    if let kind { try await process.writeError("writing \(kind) key\n") }
    if key == nil || options.has("pubout") {
      try await store.write(info, "PUBLIC KEY", options)
    } else if let key {
      let isOld = options.has("traditional") || kind == "EC"
      try await store.write(
        isOld ? key.traditionalPEM : key.pem, to: options["out"], isSecret: true)
    }
    return 0
  }
}

/// `openssl rand`: random bytes of the machine.
enum RandomCommand {
  static let command = OpenSSL.Subcommand(grammar: "out= base64 hex rand=") { process, options in
    guard let text = options.operands.first else {
      throw Complaint("rand: Use -help for summary.")
    }
    guard let count = Int(text), count >= 0 else {
      throw Complaint("rand: Can't parse \"\(text)\" as a number\nrand: Use -help for summary.")
    }
    guard count <= process.machine.budgets.memory else {
      throw Complaint("drydock: openssl rand of more than \(process.machine.budgets.memory) bytes")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
      try await process.step()
      withUnsafeBytes(of: process.machine.randomBits()) { bytes += $0 }
    }
    bytes.removeLast(bytes.count - count)
    let store = Store(process: process)
    if options.has("hex") {
      try await store.write(
        CertificateText.hex(bytes, separator: "") + "\n", to: options["out"])
    } else if options.has("base64") {
      try await store.write(EncodeCommand.encoded(bytes, isOneLine: false), to: options["out"])
    } else {
      try await store.write(bytes, to: options["out"])
    }
    return 0
  }
}

/// `openssl base64` and `openssl enc -base64`.
enum EncodeCommand {
  private static let grammar = "d e in= out= A a base64 pbkdf2 salt iter= k= pass= nosalt"
  static let command = OpenSSL.Subcommand(grammar: grammar, alias: "option or cipher") {
    guard $1.has("base64") || $1.has("a") else { throw Complaint.unsimulated("enc with a cipher") }
    return try await run($0, $1)
  }
  static let base64 = OpenSSL.Subcommand(grammar: grammar, alias: "option or cipher", run: run)

  @Sendable
  private static func run(
    _ process: Process, _ options: CommandOptions
  ) async throws -> ExitStatus {
    let store = Store(process: process)
    let bytes = try await store.bytes(options["in"] ?? options.operands.first, as: "input")
    if options.has("d") {
      let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
      let block = PEM.blocks(in: "-----BEGIN X-----\n\(text)\n-----END X-----\n").first
      guard let block else {
        // openssl says nothing, and writes nothing, when the text is not base 64.
        return text.isEmpty ? 0 : 1
      }
      try await store.write(block.bytes, to: options["out"])
    } else {
      try await store.write(encoded(bytes, isOneLine: options.has("A")), to: options["out"])
    }
    return 0
  }

  static func encoded(_ bytes: [UInt8], isOneLine: Bool) -> String {
    let lines = PEM(label: "X", bytes: bytes).text.split(separator: "\n").dropFirst().dropLast()
    return isOneLine ? lines.joined() : lines.map { $0 + "\n" }.joined()
  }
}
