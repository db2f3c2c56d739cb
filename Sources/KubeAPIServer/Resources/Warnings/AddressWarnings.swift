import KubeObjects

/// What a writer of an address in an odd form is warned of.
enum AddressWarnings {
  static func address(_ text: String, _ path: FieldPath) -> [String] {
    guard let address = IPAddress(text) else { return [] }
    if let mapped = address.mappedVersion4 {
      return [
        "\(path): non-standard IP address \(text.goQuoted) will be considered invalid in a "
          + "future Kubernetes release: use \(mapped.description.goQuoted)"
      ]
    }
    guard address.isVersion6, address.description != text else { return [] }
    return [
      "\(path): IPv6 address \(text.goQuoted) should be in RFC 5952 canonical format "
        + "(\(address.description.goQuoted))"
    ]
  }

  static func prefix(_ text: String, _ path: FieldPath) -> [String] {
    guard let prefix = IPPrefix(text) else { return [] }
    let network = "\(prefix.network)/\(prefix.length)"
    if !prefix.isCanonical {
      return [
        "\(path): CIDR value \(text.goQuoted) is ambiguous in this context (should be "
          + "\(network.goQuoted) or \("\(prefix.address)/\(prefix.address.width)".goQuoted)?)"
      ]
    }
    guard prefix.address.isVersion6, prefix.description != text else { return [] }
    return [
      "\(path): IPv6 CIDR value \(text.goQuoted) should be in RFC 5952 canonical format "
        + "(\(prefix.description.goQuoted))"
    ]
  }
}

extension IPAddress {
  /// The address of version 4 that one of version 6 stands for: ::ffff:1.2.3.4.
  fileprivate var mappedVersion4: IPAddress? {
    guard isVersion6, bits >> 32 == 0xffff else { return nil }
    return IPAddress(bits: bits & 0xffff_ffff, isVersion6: false)
  }
}
