package import Documents
package import KubeObjects

/// ServiceCIDRs.
package struct ServiceCIDRStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("networking.k8s.io", "v1", "servicecidrs")
  }
  package var table: (any TableForm)? { ObjectTable.serviceCIDRs }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:])
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let list = FieldPath("spec", "cidrs")
    let ranges = spec.texts("cidrs")
    if ranges.isEmpty { return [.required(list, "at least one CIDR required")] }
    if ranges.count > 2 {
      return [
        .invalid(
          list, printed: GoStructure("CIDRs:cidrs").printed(spec),
          "may only hold up to 2 values")
      ]
    }
    let parsed = ranges.map { IPPrefix($0) }
    if parsed.count == 2, let first = parsed[0], let second = parsed[1],
      first.address.isVersion6 == second.address.isVersion6
    {
      return [
        .invalid(
          list, spec["cidrs"] ?? .null,
          "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and "
            + "2001:db8::/64")
      ]
    }
    return ranges.enumerated().flatMap { index, text in
      let errors = Checks.prefix(text, list.index(index))
      return errors.isEmpty
        ? Checks.canonical(text, printed: IPPrefix(text)?.description, list.index(index)) : errors
    }
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
      + Checks.unchanged(
        object["spec"]?["cidrs"], old["spec"]?["cidrs"], FieldPath("spec", "cidrs"))
  }
}
