package import Documents
package import KubeObjects

/// NetworkPolicies.
package struct NetworkPolicyStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .networkPolicies }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.networkPolicies }

  package func applyDefaults(_ object: inout Value) {
    object.fillAbsent("spec", [:])
    object.update("spec") { spec in
      spec.fillAbsent("podSelector", [:])
      for list in ["ingress", "egress"] {
        spec.updateEach(list) { rule in
          rule.updateEach("ports") { $0.fillAbsent("protocol", "TCP") }
        }
      }
      guard spec.items("policyTypes").isEmpty else { return }
      spec["policyTypes"] = spec.items("egress").isEmpty ? ["Ingress"] : ["Ingress", "Egress"]
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + validate(object["spec"] ?? [:])
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors = Checks.labelSelector(spec["podSelector"], path.child("podSelector"))
    for (list, peers) in [("ingress", "from"), ("egress", "to")] {
      for (index, rule) in spec.items(list).enumerated() {
        let here = path.child(list).index(index)
        for (number, port) in rule.items("ports").enumerated() {
          errors += validate(port: port, here.child("ports").index(number))
        }
        for (number, peer) in rule.items(peers).enumerated() {
          errors += validate(peer: peer, here.child(peers).index(number))
        }
      }
    }
    let types = spec.texts("policyTypes")
    if types.count > 2 {
      errors.append(
        .invalid(
          path.child("policyTypes"), spec["policyTypes"] ?? .null,
          "may not specify more than two policyTypes"))
      return errors
    }
    for (index, type) in types.enumerated() {
      errors += Checks.oneOfAt(
        path.child("policyTypes").index(index), type, ["Ingress", "Egress"])
    }
    return errors
  }

  private func validate(port: Value, _ path: FieldPath) -> [FieldError] {
    var errors = Checks.oneOf(port, "protocol", ["TCP", "UDP", "SCTP"], path)
    let end = port["endPort"]?.int
    let place = path.child("endPort")
    switch port["port"] {
    case .int(let number)?:
      errors += Checks.port(number, path.child("port"))
      if let end {
        if end < number {
          errors.append(
            .invalid(place, .int(number), "must be greater than or equal to `port`"))
        }
        errors += Checks.port(end, place)
      }
    case .string(let name)?:
      if let end {
        errors.append(
          .invalid(place, .int(end), "may not be specified when `port` is non-numeric"))
      }
      errors += Checks.name(.portName, name, path.child("port"))
    default:
      if let end {
        errors.append(
          .invalid(place, .int(end), "may not be specified when `port` is not specified"))
      }
    }
    return errors
  }

  private func validate(peer: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    for field in ["podSelector", "namespaceSelector"] {
      errors += Checks.labelSelector(peer[field], path.child(field))
    }
    let hasSelector = peer.has("podSelector") || peer.has("namespaceSelector")
    guard let block = peer["ipBlock"], !block.isNull else {
      return hasSelector ? errors : errors + [.required(path, "must specify a peer")]
    }
    errors += validate(block: block, path.child("ipBlock"))
    return hasSelector
      ? errors + [.forbidden(path, "may not specify both ipBlock and another peer")] : errors
  }

  private func validate(block: Value, _ path: FieldPath) -> [FieldError] {
    let text = block.text("cidr")
    guard !text.isEmpty else { return [.required(path.child("cidr"))] }
    var errors = Checks.prefix(text, path.child("cidr"))
    guard let outer = IPPrefix(text) else { return errors }
    for (index, text) in block.texts("except").enumerated() {
      let here = path.child("except").index(index)
      errors += Checks.prefix(text, here)
      guard let inner = IPPrefix(text) else { continue }
      if !outer.contains(inner) || inner.length <= outer.length {
        errors.append(.invalid(here, .string(text), "must be a strict subset of `cidr`"))
      }
    }
    return errors
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    var found: [String] = []
    for (list, peers) in [("ingress", "from"), ("egress", "to")] {
      for (index, rule) in (object["spec"]?.items(list) ?? []).enumerated() {
        for (number, peer) in rule.items(peers).enumerated() {
          guard let block = peer["ipBlock"], !block.isNull else { continue }
          let here = FieldPath("spec", list).index(index).child(peers).index(number)
            .child("ipBlock")
          found += AddressWarnings.prefix(block.text("cidr"), here.child("cidr"))
          for (place, except) in block.texts("except").enumerated() {
            found += AddressWarnings.prefix(except, here.child("except").index(place))
          }
        }
      }
    }
    return found
  }
}
