package import Documents
package import KubeObjects

/// Endpoints.
package struct EndpointsStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .endpoints }
  package var allowsCreateOnUpdate: Bool { true }
  package var table: (any TableForm)? { ObjectTable.endpoints }

  package func applyDefaults(_ object: inout Value) {
    object.updateEach("subsets") { subset in
      subset.updateEach("ports") { $0.fill("protocol", "TCP") }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old, andNew: 1) + validate(object)
  }

  private func validate(_ object: Value) -> [FieldError] {
    var errors: [FieldError] = []
    for (index, subset) in object.items("subsets").enumerated() {
      let path = FieldPath("subsets").index(index)
      let lists = ["addresses", "notReadyAddresses"]
      if lists.allSatisfy({ subset.items($0).isEmpty }) {
        errors.append(
          .required(path, "must specify `addresses` or `notReadyAddresses`"))
      }
      for list in lists {
        for (number, address) in subset.items(list).enumerated() {
          let (here, text) = (path.child(list).index(number), address.text("ip"))
          errors += Checks.ipAddress(text, here.child("ip")) + names(address, here)
          errors += Self.special(text, here.child("ip"))
        }
      }
      let ports = subset.items("ports")
      for (number, port) in ports.enumerated() {
        let here = path.child("ports").index(number)
        let name = port.text("name")
        if name.isEmpty {
          if ports.count > 1 { errors.append(.required(here.child("name"))) }
        } else {
          errors += Checks.name(.dns1123Label, name, here.child("name"))
        }
        errors += Checks.port(port.number("port"), here.child("port"))
        errors += Checks.oneOf(port, "protocol", ["SCTP", "TCP", "UDP"], here)
        if let application = port["appProtocol"]?.string {
          errors += Checks.name(.qualifiedName, application, here.child("appProtocol"))
        }
      }
    }
    return errors
  }

  private func names(_ address: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let hostname = address.text("hostname")
    if !hostname.isEmpty {
      errors += Checks.name(.dns1123Label, hostname, path.child("hostname"))
    }
    if let node = address["nodeName"]?.string {
      errors += Checks.name(.dns1123Subdomain, node, path.child("nodeName"))
    }
    return errors
  }

  /// An address that can be reached from elsewhere.
  static func validate(address text: String, _ path: FieldPath) -> [FieldError] {
    let unsound = Checks.ipAddress(text, path)
    return unsound.isEmpty ? special(text, path) : unsound
  }

  /// What is no address of anybody in particular (ValidateNonSpecialIP).
  private static func special(_ text: String, _ path: FieldPath) -> [FieldError] {
    func refuse(_ detail: String) -> [FieldError] { [.invalid(path, .string(text), detail)] }
    guard let address = Checks.withoutOddities(text) else {
      return refuse("must be a valid IP address")
    }
    if address.bits == 0 {
      return refuse("may not be unspecified (\(address.isVersion6 ? "::" : "0.0.0.0"))")
    }
    let first = address.isVersion6 ? 0 : UInt8(truncatingIfNeeded: address.bits >> 24)
    if first == 127 || address.isVersion6 && address.bits == 1 {
      return refuse("may not be in the loopback range (127.0.0.0/8, ::1/128)")
    }
    if address.bits >> (address.isVersion6 ? 118 : 16) == (address.isVersion6 ? 0x3fa : 0xa9fe) {
      return refuse("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    }
    if address.isVersion6
      ? address.bits >> 112 & 0xff0f == 0xff02 : address.bits >> 8 == 224 << 16
    {
      return refuse("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
    }
    return []
  }
}
