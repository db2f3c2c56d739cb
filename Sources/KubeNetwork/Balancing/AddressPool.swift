import Documents
import KubeObjects

/// Addresses that a balancer may give to Services.
struct AddressPool {
  let name: String
  let isAutomatic: Bool
  let ranges: [ClosedRange<UInt32>]
  /// A pool gives at most so many addresses a look.
  private static let limit: UInt32 = 65_536

  init(name: String, isAutomatic: Bool = true, addresses: [String]) {
    self.name = name
    self.isAutomatic = isAutomatic
    ranges = addresses.compactMap(Self.range)
  }

  /// An IPAddressPool of MetalLB.
  init(_ object: Value) {
    self.init(
      name: object.name, isAutomatic: object[path: "spec", "autoAssign"]?.bool ?? true,
      addresses: object["spec"]?.texts("addresses") ?? [])
  }

  /// `192.168.56.240-192.168.56.250`, or a block.
  static func range(_ text: String) -> ClosedRange<UInt32>? {
    func number(_ text: some StringProtocol) -> UInt32? {
      guard let address = IPAddress(String(text)), !address.isVersion6 else { return nil }
      return UInt32(truncatingIfNeeded: address.bits)
    }
    if let prefix = IPPrefix(text), !prefix.network.isVersion6 {
      let first = UInt32(truncatingIfNeeded: prefix.network.bits)
      let size = prefix.length == 0 ? UInt32.max : UInt32(1) << UInt32(32 - prefix.length) &- 1
      return first...(first.addingReportingOverflow(size).overflow ? .max : first &+ size)
    }
    let ends = text.split(separator: "-").map { $0.filter { $0 != " " } }
    guard ends.count == 2, let first = number(ends[0]), let last = number(ends[1]), first <= last
    else { return nil }
    return first...last
  }

  func contains(_ address: String) -> Bool {
    guard let parsed = IPAddress(address), !parsed.isVersion6 else { return false }
    let number = UInt32(truncatingIfNeeded: parsed.bits)
    return ranges.contains { $0.contains(number) }
  }

  /// The first address that nobody has.
  func free(_ used: Set<String>) -> String? {
    for range in ranges {
      var number = range.lowerBound
      for _ in 0..<min(Self.limit, range.upperBound - range.lowerBound &+ 1) {
        let address = IPAddress(bits: UInt128(number), isVersion6: false).description
        if !used.contains(address) { return address }
        guard number < range.upperBound else { break }
        number += 1
      }
    }
    return nil
  }
}
