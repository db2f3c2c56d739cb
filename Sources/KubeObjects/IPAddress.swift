/// An address of IP version 4 or 6.
package struct IPAddress: Hashable, Comparable, Sendable {
  /// The address as a number; version 4 in the low 32 bits.
  package var bits: UInt128
  package var isVersion6: Bool

  package init(bits: UInt128, isVersion6: Bool) {
    self.bits = bits
    self.isVersion6 = isVersion6
  }

  package var width: Int { isVersion6 ? 128 : 32 }

  package init?(_ text: String) {
    if text.utf8.contains(UInt8(ascii: ":")) {
      guard let bits = Self.version6(text) else { return nil }
      (self.bits, isVersion6) = (bits, true)
    } else {
      guard let bits = Self.version4(text[...]) else { return nil }
      (self.bits, isVersion6) = (UInt128(bits), false)
    }
  }

  /// Four or sixteen bytes, the highest first.
  package init?(octets: [UInt8]) {
    guard octets.count == 4 || octets.count == 16 else { return nil }
    self.init(
      bits: octets.reduce(0) { $0 << 8 | UInt128($1) }, isVersion6: octets.count == 16)
  }

  package static func < (a: IPAddress, b: IPAddress) -> Bool {
    a.isVersion6 == b.isVersion6 ? a.bits < b.bits : b.isVersion6
  }

  private static func version4(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), part.utf8.count <= 3,
        part == "0" || part.first != "0", let byte = UInt8(part)
      else { return nil }
      bits = bits << 8 | UInt32(byte)
    }
    return bits
  }

  private static func version6(_ text: String) -> UInt128? {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return nil }
    var groups: [[UInt16]] = []
    for (index, half) in halves.enumerated() {
      guard let found = Self.groups(half, isLast: index == halves.count - 1) else { return nil }
      groups.append(found)
    }
    let given = groups.reduce(0) { $0 + $1.count }
    if halves.count == 1 { guard given == 8 else { return nil } } else if given > 7 { return nil }
    let zeros = [UInt16](repeating: 0, count: 8 - given)
    let all = (groups.first ?? []) + zeros + (groups.count > 1 ? groups[1] : [])
    return all.reduce(0) { $0 << 16 | UInt128($1) }
  }

  private static func groups(_ text: Substring, isLast: Bool) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    var found: [UInt16] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if isLast, index == parts.count - 1, part.contains("."), let low = version4(part) {
        found += [UInt16(low >> 16), UInt16(low & 0xffff)]
        continue
      }
      guard (1...4).contains(part.utf8.count), part.first != "+", part.first != "-",
        let group = UInt16(part, radix: 16)
      else { return nil }
      found.append(group)
    }
    return found
  }
}

extension IPAddress: CustomStringConvertible {
  /// The canonical text, by RFC 5952 for version 6.
  package var description: String {
    guard isVersion6 else {
      return stride(from: 24, through: 0, by: -8)
        .map { String(UInt8(truncatingIfNeeded: bits >> $0)) }.joined(separator: ".")
    }
    let groups = stride(from: 112, through: 0, by: -16)
      .map { UInt16(truncatingIfNeeded: bits >> $0) }
    let zeros = longestZeros(groups)
    func text(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard zeros.count > 1 else { return text(groups[...]) }
    return text(groups[..<zeros.lowerBound]) + "::" + text(groups[zeros.upperBound...])
  }

  private func longestZeros(_ groups: [UInt16]) -> Range<Int> {
    var best = 0..<0
    var start = 0
    while start < groups.count {
      var end = start
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - start > best.count { best = start..<end }
      start = end + 1
    }
    return best
  }
}

extension IPPrefix {
  /// What kubeadm gives to Services: 10.96.0.0/12.
  package static let standardServices = IPPrefix(
    address: IPAddress(bits: 10 << 24 | 96 << 16, isVersion6: false), length: 12)

  package init(address: IPAddress, length: Int) {
    (self.address, self.length) = (address, length)
  }

  /// The address so far behind the network's own.
  package func host(_ number: Int) -> IPAddress {
    IPAddress(
      bits: network.bits + UInt128(clamping: number), isVersion6: address.isVersion6)
  }
}

/// A block of addresses: `10.96.0.0/12`.
package struct IPPrefix: Hashable, Sendable, CustomStringConvertible {
  /// As written, with the bits of the host.
  package var address: IPAddress
  package var length: Int

  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(String(parts[0])),
      parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(parts[1]),
      length <= address.width, parts[1] == "0" || parts[1].first != "0"
    else { return nil }
    (self.address, self.length) = (address, length)
  }

  private var mask: UInt128 {
    let host = address.width - length
    return host >= 128 ? 0 : ~UInt128(0) << host
  }

  /// The first address.
  package var network: IPAddress {
    IPAddress(bits: address.bits & mask, isVersion6: address.isVersion6)
  }

  /// Whether the host's bits are all zero, as the canonical form has them.
  package var isCanonical: Bool { network == address }

  package func contains(_ other: IPAddress) -> Bool {
    other.isVersion6 == address.isVersion6 && other.bits & mask == address.bits & mask
  }

  package func contains(_ other: IPPrefix) -> Bool {
    other.length >= length && contains(other.address)
  }

  package var description: String { "\(address)/\(length)" }
}
