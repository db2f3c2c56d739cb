import Linux
import PKI
import Shell

/// Keys, requests and certificates of a machine's files.
struct Store {
  let process: Process

  /// Bytes of a file or of the standard input.
  func bytes(_ path: String?, as what: String) async throws -> [UInt8] {
    do {
      return try await process.contents(of: path ?? "-")
    } catch let error as HostError where !error.isBudget {
      throw Complaint.unopened(what, path ?? "-")
    }
  }

  func text(_ path: String?, as what: String) async throws -> String {
    String(decoding: try await bytes(path, as: what), as: UTF8.self)
  }

  func certificates(_ path: String?, as what: String = "certificate") async throws -> [DERNode] {
    let content = try await bytes(path, as: what)
    let blocks = PEM.blocks(in: String(decoding: content, as: UTF8.self))
    var found = blocks.filter { Self.certificateLabels.contains($0.label) }.compactMap {
      DERNode($0.bytes)
    }
    if found.isEmpty, let node = DERNode(content) { found = [node] }
    found = found.filter { Certificate($0) != nil }
    if found.isEmpty { throw Complaint.unread(what, path ?? "-") }
    return found
  }

  func certificate(_ path: String?, as what: String = "certificate") async throws -> Certificate {
    guard let node = try await certificates(path, as: what).first, let read = Certificate(node)
    else { throw Complaint.unread(what, path ?? "-") }
    return read
  }

  func request(_ path: String?) async throws -> Request {
    let content: [UInt8]
    do {
      content = try await process.contents(of: path ?? "-")
    } catch let error as HostError where !error.isBudget {
      throw Complaint(
        "Can't open \"\(path ?? "-")\" for reading, \(error.text)\nUnable to load X509 request")
    }
    let blocks = PEM.blocks(in: String(decoding: content, as: UTF8.self))
    let node =
      blocks.first { $0.label.hasSuffix("CERTIFICATE REQUEST") }.flatMap { DERNode($0.bytes) }
      ?? DERNode(content)
    guard let node, let request = Request(node) else {
      throw Complaint("Unable to load X509 request")
    }
    return request
  }

  func privateKey(_ path: String?, as what: String = "private key") async throws -> PrivateKey {
    let text = try await text(path, as: what)
    if text.contains("ENCRYPTED") { throw Complaint.unsimulated("with encrypted keys") }
    guard let key = PrivateKey(pem: text) else { throw Complaint.unread(what, path ?? "-") }
    return key
  }

  /// Writes to `-out`, or to the standard output.
  func write(_ bytes: [UInt8], to path: String?, isSecret: Bool = false) async throws {
    guard let path, path != "-" else { return try await process.write(bytes) }
    do {
      try process.replace(path, with: bytes)
      if isSecret, process.status(path)?.kind == .file {
        try process.machine.files.changeMode(process.absolute(path), to: 0o600)
      }
    } catch {
      throw Complaint(
        "Can't open \"\(path)\" for writing, \(error.text)")
    }
  }

  func write(_ text: String, to path: String?, isSecret: Bool = false) async throws {
    try await write(Array(text.utf8), to: path, isSecret: isSecret)
  }

  /// PEM, or with `-outform DER` the bare bytes.
  func write(_ node: DERNode, _ label: String, _ options: CommandOptions) async throws {
    let isDER = options["outform"]?.uppercased() == "DER"
    let bytes = isDER ? node.bytes : Array(PEM(label: label, bytes: node.bytes).text.utf8)
    try await write(bytes, to: options["out"])
  }

  static let certificateLabels: Set<String> = [
    "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE",
  ]
}

/// A private key with what its text form shows.
struct PrivateKey {
  enum Kind { case rsa, elliptic, ed25519 }

  let pair: KeyPair
  let kind: Kind
  /// RSAPrivateKey, ECPrivateKey or the seed.
  let inner: DERNode

  init?(pem: String) {
    let labels = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"]
    guard let block = PEM.blocks(in: pem).first(where: { labels.contains($0.label) }),
      let node = DERNode(block.bytes), let pair = KeyPair(pem: block.text)
    else { return nil }
    self.pair = pair
    switch block.label {
    case "RSA PRIVATE KEY": (kind, inner) = (.rsa, node)
    case "EC PRIVATE KEY": (kind, inner) = (.elliptic, node)
    default:
      let parts = node.children
      guard parts.count >= 3, let identifier = parts[1].children.first,
        let inner = DERNode(parts[2].content)
      else { return nil }
      self.inner = inner
      switch identifier.dotted {
      case Names.rsa: kind = .rsa
      case Names.elliptic: kind = .elliptic
      default: kind = .ed25519
      }
    }
  }

  /// PKCS#8, as openssl 3 writes keys.
  var pem: String {
    let algorithm: DERNode =
      switch kind {
      case .rsa: .sequence([.identifier(Names.rsa), .null])
      case .elliptic: .sequence([.identifier(Names.elliptic), .identifier(Names.p256)])
      case .ed25519: .sequence([.identifier(Names.ed25519)])
      }
    var inner = inner
    // The algorithm names the curve already.
    if kind == .elliptic { inner = .sequence(inner.children.filter { $0.tag != 0xA0 }) }
    let node = DERNode.sequence([.integer([0]), algorithm, .octets(inner.bytes)])
    return PEM(label: "PRIVATE KEY", bytes: node.bytes).text
  }

  /// The form of before PKCS#8.
  var traditionalPEM: String {
    switch kind {
    case .rsa: PEM(label: "RSA PRIVATE KEY", bytes: inner.bytes).text
    case .elliptic: PEM(label: "EC PRIVATE KEY", bytes: namedCurve.bytes).text
    case .ed25519: pem
    }
  }

  /// SEC 1 with the curve's name and the public point, which PKCS#8 may leave out.
  private var namedCurve: DERNode {
    let scalar = inner.children.dropFirst().first ?? .null
    let point = pair.publicKey.info?.children.last ?? .null
    return .sequence([
      .integer([1]), scalar, DERNode(0xA0, [.identifier(Names.p256)]), DERNode(0xA1, [point]),
    ])
  }

  static func rsa(bits: Int, _ process: Process) throws -> PrivateKey {
    guard RSAKeys.sizes.contains(bits), bits % 128 == 0 else {
      throw Complaint.unsimulated("with RSA keys of \(bits) bits")
    }
    // The search takes a second of a processor for 2048 bits, and eight for twice as many.
    let size = bits / 512
    try process.charge(20_000 * size * size * size)
    let machine = process.machine
    let node = RSAKeys.make(bits: bits) { machine.randomBits() }
    let text = PEM(label: "RSA PRIVATE KEY", bytes: node.bytes).text
    guard let key = PrivateKey(pem: text) else {
      throw Complaint.unsimulated("with RSA keys of \(bits) bits")
    }
    return key
  }

  static func made(_ kind: KeyPair.Kind, _ process: Process) -> PrivateKey? {
    var material: [UInt8] = []
    for _ in 0..<4 {
      withUnsafeBytes(of: process.machine.randomBits().bigEndian) { material += $0 }
    }
    return PrivateKey(pem: KeyPair(kind, material: material).pem)
  }
}
