import CEL
import KubeObjects

/// Ranges of addresses.
enum CIDRLibrary {
  struct Prefix: OpaqueDatum {
    let prefix: IPPrefix
    var typeName: String { "net.CIDR" }
    func isEqual(_ other: any OpaqueDatum) -> Bool {
      (other as? Prefix).map { $0.prefix == prefix } ?? false
    }
  }

  static let type = Type.opaque("net.CIDR")

  private static func prefix(_ value: Datum) -> IPPrefix? {
    if case .opaque(let datum) = value { (datum as? Prefix)?.prefix } else { nil }
  }

  private static func parse(_ text: String) -> (prefix: IPPrefix?, problem: String) {
    if let found = IPPrefix(text), !(text.contains(":") && text.contains(".")) {
      return (found, "")
    }
    return (
      nil,
      "network address parse error during conversion from string: network address "
        + "\(text.goQuoted) is not valid"
    )
  }

  static let all: [Function] = [
    Function("cidr", [Overload("string_to_cidr", [.string], type)]) { values in
      guard let text = values[0].string else { return nil }
      let (found, problem) = parse(text)
      return found.map { .opaque(Prefix(prefix: $0)) } ?? .failure(problem)
    },
    Function("isCIDR", [Overload("is_cidr", [.string], .bool)]) { values in
      values[0].string.map { .bool(parse($0).prefix != nil) }
    },
    Function("string", [Overload("cidr_to_string", [type], .string)]) { values in
      prefix(values[0]).map { .string("\($0)") }
    },
    Function(
      "containsIP",
      [
        Overload("cidr_contains_ip_string", isMember: true, [type, .string], .bool),
        Overload("cidr_contains_ip_ip", isMember: true, [type, IPLibrary.type], .bool),
      ]
    ) { values in
      guard let outer = prefix(values[0]) else { return nil }
      if let text = values[1].string {
        let (address, problem) = IPLibrary.parse(text)
        return address.map { .bool(outer.contains($0)) } ?? .failure(problem)
      }
      return IPLibrary.address(values[1]).map { .bool(outer.contains($0)) }
    },
    Function(
      "containsCIDR",
      [
        Overload("cidr_contains_cidr_string", isMember: true, [type, .string], .bool),
        Overload("cidr_contains_cidr", isMember: true, [type, type], .bool),
      ]
    ) { values in
      guard let outer = prefix(values[0]) else { return nil }
      if let text = values[1].string {
        let (inner, problem) = parse(text)
        return inner.map { .bool(outer.contains($0)) } ?? .failure(problem)
      }
      return prefix(values[1]).map { .bool(outer.contains($0)) }
    },
    .member("ip", "cidr_ip", [type], IPLibrary.type) { values in
      prefix(values[0]).map { .opaque(IPLibrary.Address(address: $0.address)) }
    },
    .member("masked", "cidr_masked", [type], type) { values in
      guard var found = prefix(values[0]) else { return nil }
      found.address = found.network
      return .opaque(Prefix(prefix: found))
    },
    .member("prefixLength", "cidr_prefix_length", [type], .int) { values in
      prefix(values[0]).map { .int(Int64($0.length)) }
    },
  ]
}
