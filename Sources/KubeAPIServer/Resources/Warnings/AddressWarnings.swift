import KubeObjects

/// What a writer of an address in an odd form is warned of.
enum AddressWarnings {
  /// An address that nothing checks, or that was checked.
  static func address(_ text: String, _ path: FieldPath) -> [String] {
    if text.isEmpty { return [] }
    guard let address = IPAddress(text), address.mappedVersion4 == nil else {
      return Checks.withoutOddities(text).map {
        [
          "\(path): non-standard IP address \(text.goQuoted) is invalid: use "
            + "\($0.description.goQuoted)"
        ]
      } ?? []
    }
    guard address.isVersion6, address.description != text else { return [] }
    return [
      "\(path): IPv6 address \(text.goQuoted) should be in RFC 5952 canonical format "
        + "(\(address.description.goQuoted))"
    ]
  }

  /// A block that was checked.
  static func prefix(_ text: String, _ path: FieldPath) -> [String] {
    guard let prefix = IPPrefix(text), prefix.address.isVersion6, prefix.description != text else {
      return []
    }
    return [
      "\(path): IPv6 CIDR value \(text.goQuoted) should be in RFC 5952 canonical format "
        + "(\(prefix.description.goQuoted))"
    ]
  }
}
