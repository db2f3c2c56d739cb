import Documents
import KubeObjects

// Addresses as apimachinery's util/validation/ip.go reads them, strictly since 1.36: old readers
// took more, and what only they take is told apart.
extension Checks {
  /// An address, in whatever form of version 6.
  static func ipAddress(_ text: String, _ path: FieldPath) -> [FieldError] {
    func refuse(_ detail: String) -> [FieldError] { [.invalid(path, .string(text), detail)] }
    guard let address = IPAddress(text) else {
      return refuse(
        IPAddress(withoutLeadingZeros(text)) != nil
          ? "must not have leading 0s"
          : "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
    }
    return address.mappedVersion4 == nil ? [] : refuse("must not be an IPv4-mapped IPv6 address")
  }

  /// A block of addresses without bits of a host.
  static func prefix(_ text: String, _ path: FieldPath) -> [FieldError] {
    func refuse(_ detail: String) -> [FieldError] { [.invalid(path, .string(text), detail)] }
    guard let prefix = IPPrefix(text) else {
      return refuse(
        IPPrefix(withoutLeadingZeros(text)) != nil
          ? "must not have leading 0s in IP or prefix length"
          : "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")
    }
    if prefix.address.mappedVersion4 != nil {
      return refuse("must not have an IPv4-mapped IPv6 address")
    }
    return prefix.isCanonical ? [] : refuse("must not have bits set beyond the prefix length")
  }

  /// The address of an interface, with the length of its network's prefix.
  static func interfaceAddress(_ text: String, _ path: FieldPath) -> [FieldError] {
    guard let parsed = IPPrefix(withoutLeadingZeros(text)) else {
      return [
        .invalid(
          path, .string(text),
          "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)")
      ]
    }
    let mapped = parsed.address.mappedVersion4
    let length = mapped == nil || parsed.length < 96 ? parsed.length : parsed.length - 96
    return canonical(text, printed: "\(mapped ?? parsed.address)/\(length)", path)
  }

  /// A checked address or block that has to be written as it is printed.
  static func canonical(
    _ text: String, printed: String?, _ path: FieldPath
  ) -> [FieldError] {
    guard let printed, printed != text else { return [] }
    return [.invalid(path, .string(text), "must be in canonical form (\(printed.goQuoted))")]
  }

  /// The address that an old reader took a text for.
  static func withoutOddities(_ text: String) -> IPAddress? {
    IPAddress(withoutLeadingZeros(text)).map { $0.mappedVersion4 ?? $0 }
  }

  /// The decimal numbers of an address and the length of a block, each without zeros before it.
  private static func withoutLeadingZeros(_ text: String) -> String {
    let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let last = halves[0].lastIndex(of: ":").map { text.index(after: $0) } ?? text.startIndex
    let decimals = halves[0][last...]
    let numbers = decimals.split(separator: ".", omittingEmptySubsequences: false)
    let plain =
      numbers.count == 4 ? numbers.map(shortened).joined(separator: ".") : String(decimals)
    let address = halves[0][..<last] + plain
    return halves.count == 1 ? String(address) : address + "/" + shortened(halves[1])
  }

  private static func shortened(_ number: Substring) -> Substring {
    let rest = number.drop { $0 == "0" }
    return rest.isEmpty ? number.suffix(1) : rest
  }
}

extension IPAddress {
  /// The address of version 4 that one of version 6 stands for: ::ffff:1.2.3.4.
  var mappedVersion4: IPAddress? {
    guard isVersion6, bits >> 32 == 0xffff else { return nil }
    return IPAddress(bits: bits & 0xffff_ffff, isVersion6: false)
  }
}
