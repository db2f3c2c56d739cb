import Linux
import PKI
import Simulation

/// An X.509 certificate (RFC 5280) as its fields.
struct Certificate {
  let node: DERNode
  let isThird: Bool
  let serial: [UInt8]
  let algorithm: DERNode
  let issuer: DERNode
  let validity: [DERNode]
  let subject: DERNode
  let keyInfo: DERNode
  let extensions: [DERNode]
  let signature: [UInt8]

  init?(_ node: DERNode) {
    let parts = node.children
    guard node.tag == 0x30, parts.count == 3 else { return nil }
    var body = parts[0].children[...]
    isThird = body.first?.tag == 0xA0
    if isThird { body = body.dropFirst() }
    guard body.count >= 6 else { return nil }
    let fields = Array(body)
    guard fields[0].tag == 2, fields[3].children.count == 2 else { return nil }
    self.node = node
    serial = fields[0].content
    algorithm = fields[1]
    issuer = fields[2]
    validity = fields[3].children
    subject = fields[4]
    keyInfo = fields[5]
    extensions = fields.first { $0.tag == 0xA3 }?.children.first?.children ?? []
    signature = parts[2].bitBytes
  }

  var body: DERNode { node.children[0] }
  var notBefore: Moment? { Self.moment(validity[0]) }
  var notAfter: Moment? { Self.moment(validity[1]) }
  var publicKey: PublicKey? { PublicKey(info: keyInfo) }
  var facts: CertificateFacts? { CertificateFacts(der: node.bytes) }

  func value(of name: String) -> DERNode? {
    extensions.first { $0.children.first?.dotted == name }?.children.last.flatMap {
      DERNode($0.content)
    }
  }

  func isSigned(by issuer: Certificate) -> Bool {
    self.issuer == issuer.subject
      && issuer.publicKey?.isSignature(signature, algorithm: algorithm, of: body.bytes) == true
  }

  /// What a new certificate is to say.
  struct Wish {
    var subject: DERNode
    var keyInfo: DERNode
    var issuer: DERNode
    var extensions: [DERNode]
    var serial: [UInt8]
    var start: Moment
    var days: Int
    var isThird: Bool
  }

  static func make(_ wish: Wish, signer: PrivateKey, digest: String) throws -> Certificate {
    let lifetime = Int64(clamping: wish.days).multipliedReportingOverflow(by: 86400)
    let end = wish.start.seconds.addingReportingOverflow(lifetime.partialValue)
    guard !lifetime.overflow, !end.overflow, (0..<253_402_300_800).contains(end.partialValue) else {
      throw Complaint("Error adding extensions: the end date is out of range")
    }
    // The algorithm stands inside of what is signed: sign once to learn it.
    guard let probe = signer.pair.sign([], digest: digest) else {
      throw Complaint.unsimulated("with \(digest) for this key")
    }
    var fields: [DERNode] = wish.isThird ? [DERNode(0xA0, [.integer([2])])] : []
    fields += [
      .integer(wish.serial), probe.algorithm, wish.issuer,
      .sequence([time(wish.start), time(Moment(seconds: end.partialValue))]), wish.subject,
      wish.keyInfo,
    ]
    if wish.isThird, !wish.extensions.isEmpty {
      fields.append(DERNode(0xA3, [.sequence(wish.extensions)]))
    }
    let body = DERNode.sequence(fields)
    guard let signed = signer.pair.sign(body.bytes, digest: digest),
      let made = Certificate(.sequence([body, signed.algorithm, .bits(signed.signature)]))
    else { throw Complaint.unsimulated("with this key") }
    return made
  }

  /// UTCTime until 2049, then GeneralizedTime.
  private static func time(_ moment: Moment) -> DERNode {
    let digits = Calendar(moment).formatted("%Y%m%d%H%M%S")
    let isLate = digits.prefix(4) >= "2050"
    let text = (isLate ? digits : String(digits.dropFirst(2))) + "Z"
    return DERNode(tag: isLate ? 24 : 23, content: Array(text.utf8))
  }

  private static func moment(_ node: DERNode) -> Moment? {
    var text = node.text
    if node.tag == 23 { text = ((Int(text.prefix(2)) ?? 0) < 50 ? "20" : "19") + text }
    let digits = Array(text)
    guard digits.count == 15 else { return nil }
    func part(_ range: Range<Int>) -> Int { Int(String(digits[range])) ?? 0 }
    return Calendar(
      year: part(0..<4), month: part(4..<6), day: part(6..<8), hour: part(8..<10),
      minute: part(10..<12), second: part(12..<14)
    ).moment
  }
}

/// A PKCS#10 request as its fields.
struct Request {
  let node: DERNode
  let subject: DERNode
  let keyInfo: DERNode
  let attributes: [DERNode]
  let algorithm: DERNode
  let signature: [UInt8]

  init?(_ node: DERNode) {
    let parts = node.children
    guard node.tag == 0x30, parts.count == 3 else { return nil }
    let fields = parts[0].children
    guard fields.count >= 3, fields[0].tag == 2 else { return nil }
    self.node = node
    subject = fields[1]
    keyInfo = fields[2]
    attributes = fields.count > 3 ? fields[3].children : []
    algorithm = parts[1]
    signature = parts[2].bitBytes
  }

  /// Extensions that the certificate is asked to have.
  var extensions: [DERNode] {
    attributes.first { $0.children.first?.dotted == Names.extensionRequest }?
      .children.last?.children.first?.children ?? []
  }

  var isSelfSigned: Bool {
    PublicKey(info: keyInfo)?.isSignature(
      signature, algorithm: algorithm, of: node.children[0].bytes) == true
  }

  static func make(
    _ subject: DERNode, _ key: PrivateKey, extensions: [DERNode], digest: String
  ) throws -> Request {
    guard let info = key.pair.publicKey.info else { throw Complaint.unsimulated("with this key") }
    var attributes: [DERNode] = []
    if !extensions.isEmpty {
      attributes = [
        .sequence([.identifier(Names.extensionRequest), .set([.sequence(extensions)])])
      ]
    }
    let body = DERNode.sequence([.integer([0]), subject, info, DERNode(0xA0, attributes)])
    guard let signed = key.pair.sign(body.bytes, digest: digest),
      let made = Request(.sequence([body, signed.algorithm, .bits(signed.signature)]))
    else { throw Complaint.unsimulated("with \(digest) for this key") }
    return made
  }
}
