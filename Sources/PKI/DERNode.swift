/// One element of DER (ITU-T X.690): a tag and its contents.
package struct DERNode: Hashable, Sendable {
  package var tag: UInt8
  package var content: [UInt8]

  package init(tag: UInt8, content: [UInt8]) {
    self.tag = tag
    self.content = content
  }

  package init(_ tag: UInt8, _ children: [DERNode]) {
    self.tag = tag
    content = children.flatMap(\.bytes)
  }

  /// Reads one element that fills the bytes; nil when it is none.
  package init?(_ bytes: [UInt8]) {
    let all = Self.sequence(of: bytes[...])
    guard let all, all.count == 1 else { return nil }
    self = all[0]
  }

  package static func sequence(_ children: [DERNode]) -> DERNode { DERNode(0x30, children) }
  package static func set(_ children: [DERNode]) -> DERNode { DERNode(0x31, children) }
  package static func octets(_ bytes: [UInt8]) -> DERNode { DERNode(tag: 4, content: bytes) }
  package static func bits(_ bytes: [UInt8]) -> DERNode { DERNode(tag: 3, content: [0] + bytes) }
  package static func text(_ text: String) -> DERNode {
    DERNode(tag: 12, content: Array(text.utf8))
  }
  package static let null = DERNode(tag: 5, content: [])
  package static let yes = DERNode(tag: 1, content: [0xFF])

  /// A number that is not negative, big-endian.
  package static func integer(_ bytes: [UInt8]) -> DERNode {
    var digits = Array(bytes.drop { $0 == 0 })
    if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
    return DERNode(tag: 2, content: digits)
  }

  /// An object identifier from its dotted form.
  package static func identifier(_ dotted: String) -> DERNode {
    let parts = dotted.split(separator: ".").compactMap { UInt64($0) }
    guard parts.count >= 2 else { return DERNode(tag: 6, content: []) }
    var content: [UInt8] = []
    for part in [parts[0] &* 40 &+ parts[1]] + parts[2...] {
      var groups = [UInt8(part & 0x7F)]
      var rest = part >> 7
      while rest > 0 {
        groups.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
        rest >>= 7
      }
      content += groups
    }
    return DERNode(tag: 6, content: content)
  }

  /// The dotted form of an object identifier.
  package var dotted: String {
    var parts: [UInt64] = []
    var part: UInt64 = 0
    for byte in content {
      part = part << 7 | UInt64(byte & 0x7F)
      guard byte & 0x80 == 0 else { continue }
      if parts.isEmpty {
        let first = min(part / 40, 2)
        parts = [first, part - first * 40]
      } else {
        parts.append(part)
      }
      part = 0
    }
    return parts.map { "\($0)" }.joined(separator: ".")
  }

  package var bytes: [UInt8] {
    let count = content.count
    if count < 0x80 { return [tag, UInt8(count)] + content }
    var digits: [UInt8] = []
    var rest = count
    while rest > 0 {
      digits.insert(UInt8(rest & 0xFF), at: 0)
      rest >>= 8
    }
    return [tag, 0x80 | UInt8(digits.count)] + digits + content
  }

  /// The elements inside; empty when the contents are not elements.
  package var children: [DERNode] { Self.sequence(of: content[...]) ?? [] }
  package var text: String { String(decoding: content, as: UTF8.self) }
  /// Contents of a bit string of whole bytes.
  package var bitBytes: [UInt8] { Array(content.dropFirst()) }

  private static func sequence(of bytes: ArraySlice<UInt8>) -> [DERNode]? {
    var rest = bytes
    var found: [DERNode] = []
    while let tag = rest.popFirst() {
      guard let first = rest.popFirst() else { return nil }
      var length = Int(first)
      if first >= 0x80 {
        let count = Int(first & 0x7F)
        guard count > 0, count <= 4, rest.count >= count else { return nil }
        length = 0
        for byte in rest.prefix(count) { length = length << 8 | Int(byte) }
        rest = rest.dropFirst(count)
      }
      guard rest.count >= length else { return nil }
      found.append(DERNode(tag: tag, content: Array(rest.prefix(length))))
      rest = rest.dropFirst(length)
    }
    return found
  }
}
