/// A tape archive: members one after another, in the ustar form.
package enum Archive {
  package struct Member: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      case file
      case directory
      case link(String)
    }

    package var name: String
    package var kind: Kind
    package var mode: Int
    package var owner = 0
    package var group = 0
    /// Seconds since the epoch.
    package var modified: Int64
    package var bytes: [UInt8] = []

    package init(name: String, kind: Kind, mode: Int, modified: Int64, bytes: [UInt8] = []) {
      self.name = name
      self.kind = kind
      self.mode = mode
      self.modified = modified
      self.bytes = bytes
    }
  }

  private static let blockSize = 512

  /// A member with its header, padded to whole blocks.
  package static func bytes(of member: Member) -> [UInt8] {
    var out: [UInt8] = []
    if member.name.utf8.count > 100 {
      let name = Array(member.name.utf8) + [0]
      out += padded(
        header("././@LongLink", "L", mode: 0, size: name.count, member, target: "") + name)
    }
    let size = member.kind == .file ? member.bytes.count : 0
    switch member.kind {
    case .file: out += header(member.name, "0", mode: member.mode, size: size, member, target: "")
    case .directory:
      let name = member.name.hasSuffix("/") ? member.name : member.name + "/"
      out += header(name, "5", mode: member.mode, size: 0, member, target: "")
    case .link(let target):
      out += header(member.name, "2", mode: 0o777, size: 0, member, target: target)
    }
    if size > 0 { out += padded(member.bytes) }
    return out
  }

  /// What ends an archive.
  package static let end = [UInt8](repeating: 0, count: 2 * blockSize)

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    let rest = bytes.count % blockSize
    return rest == 0 ? bytes : bytes + [UInt8](repeating: 0, count: blockSize - rest)
  }

  private static func header(
    _ name: String, _ type: Character, mode: Int, size: Int, _ member: Member, target: String
  ) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: blockSize)
    func put(_ bytes: some Sequence<UInt8>, at offset: Int, _ width: Int) {
      for (index, byte) in bytes.prefix(width).enumerated() { block[offset + index] = byte }
    }
    func octal(_ value: Int, at offset: Int, _ width: Int) {
      let digits = String(max(0, value), radix: 8)
      let zeros = String(repeating: "0", count: max(0, width - 1 - digits.count))
      put((zeros + digits).utf8, at: offset, width - 1)
    }
    put(name.utf8, at: 0, 100)
    octal(mode & 0o7777, at: 100, 8)
    octal(member.owner, at: 108, 8)
    octal(member.group, at: 116, 8)
    octal(size, at: 124, 12)
    octal(Int(clamping: member.modified), at: 136, 12)
    put("        ".utf8, at: 148, 8)
    put(String(type).utf8, at: 156, 1)
    put(target.utf8, at: 157, 100)
    put("ustar\u{0}00".utf8, at: 257, 8)
    let sum = block.reduce(0) { $0 + Int($1) }
    octal(sum, at: 148, 7)
    block[155] = 0x20
    return block
  }

  /// The members of an archive, or nil when the bytes are none.
  package static func members(of bytes: [UInt8]) -> [Member]? {
    var found: [Member] = []
    var offset = 0
    var longName: String?
    while offset + blockSize <= bytes.count {
      let block = bytes[offset..<offset + blockSize]
      offset += blockSize
      if block.allSatisfy({ $0 == 0 }) { return found }
      guard let size = number(block, 124, 12), size >= 0, size <= bytes.count - offset,
        let sum = number(block, 148, 8), sum == checksum(block)
      else { return nil }
      let contents = bytes[offset..<offset + size]
      offset = min(bytes.count, offset + (size + blockSize - 1) / blockSize * blockSize)
      let type = block[block.startIndex + 156]
      if type == UInt8(ascii: "L") {
        longName = String(decoding: contents.prefix { $0 != 0 }, as: UTF8.self)
        continue
      }
      let prefix = text(block, 345, 155)
      let short = text(block, 0, 100)
      let name = longName ?? (prefix.isEmpty ? short : prefix + "/" + short)
      longName = nil
      var member = Member(
        name: name, kind: .file, mode: number(block, 100, 8) ?? 0o644,
        modified: Int64(number(block, 136, 12) ?? 0))
      member.owner = number(block, 108, 8) ?? 0
      member.group = number(block, 116, 8) ?? 0
      switch type {
      case UInt8(ascii: "5"): member.kind = .directory
      case UInt8(ascii: "2"): member.kind = .link(text(block, 157, 100))
      case UInt8(ascii: "0"), 0: member.bytes = Array(contents)
      default: continue
      }
      found.append(member)
    }
    return found.isEmpty && !bytes.isEmpty ? nil : found
  }

  private static func checksum(_ block: ArraySlice<UInt8>) -> Int {
    var sum = 0
    for (index, byte) in block.enumerated() {
      sum += (148..<156).contains(index) ? 0x20 : Int(byte)
    }
    return sum
  }

  private static func text(_ block: ArraySlice<UInt8>, _ offset: Int, _ width: Int) -> String {
    let start = block.startIndex + offset
    return String(decoding: block[start..<start + width].prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func number(_ block: ArraySlice<UInt8>, _ offset: Int, _ width: Int) -> Int? {
    let digits = text(block, offset, width).filter { $0 != " " }
    return digits.isEmpty ? 0 : Int(digits, radix: 8)
  }
}
