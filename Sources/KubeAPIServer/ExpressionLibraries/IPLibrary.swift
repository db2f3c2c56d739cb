import CEL
import KubeObjects

/// Addresses of the network.
enum IPLibrary {
  struct Address: OpaqueDatum {
    let address: IPAddress
    var typeName: String { "net.IP" }
    func isEqual(_ other: any OpaqueDatum) -> Bool {
      (other as? Address).map { $0.address == address } ?? false
    }
  }

  static let type = Type.opaque("net.IP")

  static func address(_ value: Datum) -> IPAddress? {
    if case .opaque(let datum) = value { (datum as? Address)?.address } else { nil }
  }

  /// What the library takes for an address: no IPv4 within IPv6, no zone.
  static func parse(_ text: String) -> (address: IPAddress?, problem: String) {
    guard let address = IPAddress(text) else {
      return (
        nil,
        "IP Address \(text.goQuoted) parse error during conversion from string: "
          + "ParseAddr(\(text.goQuoted)): \(problem(text))"
      )
    }
    if text.contains(":"), text.contains(".") || isMapped(address) {
      return (nil, "IPv4-mapped IPv6 address \(text.goQuoted) is not allowed")
    }
    return (address, "")
  }

  private static func problem(_ text: String) -> String {
    if text.contains(":") { return "unable to parse IP" }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.contains(where: { (Int($0) ?? 0) > 255 }) {
      return "IPv4 field has value >255"
    }
    return text.contains(".") ? "unexpected character (at \(text.goQuoted))" : "unable to parse IP"
  }

  private static func isMapped(_ address: IPAddress) -> Bool {
    address.isVersion6 && address.bits >> 32 == 0xFFFF
  }

  static let all: [Function] = [
    Function("ip", [Overload("string_to_ip", [.string], type)]) { values in
      guard let text = values[0].string else { return nil }
      let (address, problem) = parse(text)
      return address.map { .opaque(Address(address: $0)) } ?? .failure(problem)
    },
    Function("isIP", [Overload("is_ip", [.string], .bool)]) { values in
      values[0].string.map { .bool(parse($0).address != nil) }
    },
    Function("ip.isCanonical", [Overload("ip_is_canonical", [.string], .bool)]) { values in
      guard let text = values[0].string else { return nil }
      let (address, problem) = parse(text)
      return address.map { .bool("\($0)" == text) } ?? .failure(problem)
    },
    Function("string", [Overload("ip_to_string", [type], .string)]) { values in
      address(values[0]).map { .string("\($0)") }
    },
    .member("family", "family", [type], .int) { values in
      address(values[0]).map { .int($0.isVersion6 ? 6 : 4) }
    },
    test("isUnspecified", "is_unspecified") { $0.bits == 0 },
    test("isLoopback", "is_loopback") {
      $0.isVersion6 ? $0.bits == 1 : $0.bits >> 24 == 127
    },
    test("isLinkLocalMulticast", "is_link_local_multicast") {
      $0.isVersion6 ? $0.bits >> 112 & 0xFF0F == 0xFF02 : $0.bits >> 8 == 0xE00000
    },
    test("isLinkLocalUnicast", "is_link_local_unicast") {
      $0.isVersion6 ? $0.bits >> 118 == 0x3FA : $0.bits >> 16 == 0xA9FE
    },
    test("isGlobalUnicast", "is_global_unicast") { isGlobalUnicast($0) },
  ]

  private static func isGlobalUnicast(_ address: IPAddress) -> Bool {
    if address.bits == 0 { return false }
    return address.isVersion6
      ? address.bits != 1 && address.bits >> 120 != 0xFF && address.bits >> 118 != 0x3FA
      : address.bits != 0xFFFF_FFFF && address.bits >> 24 != 127 && address.bits >> 28 != 0xE
        && address.bits >> 16 != 0xA9FE
  }

  private static func test(
    _ name: String, _ id: String, _ holds: @escaping @Sendable (IPAddress) -> Bool
  ) -> Function {
    .member(name, id, [type], .bool) { address($0[0]).map { .bool(holds($0)) } }
  }
}
