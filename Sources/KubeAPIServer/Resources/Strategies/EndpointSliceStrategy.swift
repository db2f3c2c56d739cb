package import Documents
package import KubeObjects

/// EndpointSlices.
package struct EndpointSliceStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .endpointSlices }
  package var generationPaths: [[String]] {
    [["endpoints"], ["ports"], ["addressType"], ["metadata", "labels"]]
  }
  package var table: (any TableForm)? { ObjectTable.endpointSlices }

  package func applyDefaults(_ object: inout Value) {
    object.updateEach("endpoints") { $0.fillAbsent("conditions", [:]) }
    object.updateEach("ports") { port in
      port.fillAbsent("name", "")
      port.fill("protocol", "TCP")
    }
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    Self.dropTopology(&object)
  }

  package func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    if object["endpoints"] != old["endpoints"] { Self.dropTopology(&object) }
  }

  // dropTopologyOnV1: only the version before had it.
  private static func dropTopology(_ object: inout Value) {
    object.updateEach("endpoints") { $0["deprecatedTopology"] = nil }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + validate(object)
      + Checks.unchanged(object["addressType"], old["addressType"], FieldPath("addressType"))
  }

  private func validate(_ object: Value) -> [FieldError] {
    let type = object.text("addressType")
    var errors: [FieldError] = []
    if type.isEmpty {
      errors.append(.required(FieldPath("addressType")))
    } else {
      errors += Checks.oneOfAt(FieldPath("addressType"), type, ["FQDN", "IPv4", "IPv6"])
    }
    errors += validate(ports: object.items("ports"))
    let endpoints = object.items("endpoints")
    if endpoints.count > 1000 {
      return errors + [.tooMany(FieldPath("endpoints"), endpoints.count, max: 1000)]
    }
    for (index, endpoint) in endpoints.enumerated() {
      errors += validate(endpoint: endpoint, type, FieldPath("endpoints").index(index))
    }
    return errors
  }

  private func validate(
    endpoint: Value, _ type: String, _ path: FieldPath
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let addresses = endpoint.texts("addresses")
    let list = path.child("addresses")
    if addresses.isEmpty { errors.append(.required(list, "must contain at least 1 address")) }
    if addresses.count > 100 { errors.append(.tooMany(list, addresses.count, max: 100)) }
    for (index, address) in addresses.enumerated() {
      switch type {
      case "IPv4", "IPv6":
        let unsound = Checks.ipAddress(address, list.index(index))
        if unsound.isEmpty, IPAddress(address)?.isVersion6 != (type == "IPv6") {
          errors.append(.invalid(list, .string(address), "must be an \(type) address"))
        }
        errors += EndpointsStrategy.validate(address: address, list.index(index))
      case "FQDN":
        errors += domain(address, list.index(index))
      default: break
      }
    }
    if let node = endpoint["nodeName"]?.string {
      errors += Checks.name(.dns1123Subdomain, node, path.child("nodeName"))
    }
    if let hostname = endpoint["hostname"]?.string {
      errors += Checks.name(.dns1123Label, hostname, path.child("hostname"))
    }
    let hints = path.child("hints")
    return errors + validate(hints: endpoint, "forZones", .labelValue, hints)
      + validate(hints: endpoint, "forNodes", .dns1123Subdomain, hints)
  }

  /// A whole name of a host (IsFullyQualifiedDomainName).
  private func domain(_ text: String, _ path: FieldPath) -> [FieldError] {
    if text.isEmpty { return [.required(path)] }
    let name = text.hasSuffix(".") ? String(text.dropLast()) : text
    func refuse(_ text: String, _ rule: NameRule) -> [FieldError] {
      let problems = rule.problems(text)
      return problems.isEmpty
        ? [] : [.invalid(path, .string(text), problems.joined(separator: ","))]
    }
    let unsound = refuse(name, .dns1123Subdomain)
    if !unsound.isEmpty { return unsound }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if labels.count < 2 {
      return [
        .invalid(
          path, .string(name),
          "should be a domain with at least two segments separated by dots")
      ]
    }
    return labels.lazy.map { refuse($0, .dns1123Label) }.first { !$0.isEmpty } ?? []
  }

  /// Each zone and node is named once (validateHints).
  private func validate(
    hints endpoint: Value, _ member: String, _ rule: NameRule, _ path: FieldPath
  ) -> [FieldError] {
    let hints = endpoint["hints"]?.items(member) ?? []
    let list = path.child(member)
    if hints.count > 8 { return [.tooMany(list, hints.count, max: 8)] }
    var seen: Set<String> = []
    return hints.enumerated().flatMap { index, hint in
      let name = hint.text("name")
      let place = list.index(index).child("name")
      let repeated: [FieldError] =
        seen.insert(name).inserted ? [] : [.duplicate(place, .string(name))]
      return repeated + Checks.name(rule, name, place)
    }
  }

  private func validate(ports: [Value]) -> [FieldError] {
    let list = FieldPath("ports")
    if ports.count > 20_000 { return [.tooMany(list, ports.count, max: 20_000)] }
    var errors: [FieldError] = []
    var names: Set<String> = []
    for (index, port) in ports.enumerated() {
      let here = list.index(index)
      let name = port.text("name")
      if !name.isEmpty { errors += Checks.name(.dns1123Label, name, here.child("name")) }
      if !names.insert(name).inserted {
        errors.append(.duplicate(here.child("name"), .string(name)))
      }
      errors += Checks.oneOf(port, "protocol", ["SCTP", "TCP", "UDP"], here)
      if let application = port["appProtocol"]?.string {
        errors += Checks.name(.qualifiedName, application, here.child("appProtocol"))
      }
    }
    return errors
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    object.text("addressType") == "FQDN" && old == nil
      ? ["spec.addressType: FQDN endpoints are deprecated"] : []
  }
}
