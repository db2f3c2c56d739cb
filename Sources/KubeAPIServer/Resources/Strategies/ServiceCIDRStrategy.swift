package import Documents
package import KubeObjects

/// ServiceCIDRs.
package struct ServiceCIDRStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .serviceCIDRs }
  package var statusKeepsMetadata: Bool { true }
  package var table: (any TableForm)? { ObjectTable.serviceCIDRs }

  // A status that comes with it is kept.
  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {}

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
    var errors = ranges.enumerated().flatMap { index, text in
      let errors = Checks.prefix(text, list.index(index))
      return errors.isEmpty
        ? Checks.canonical(text, printed: IPPrefix(text)?.description, list.index(index)) : errors
    }
    let families = ranges.compactMap { IPPrefix($0)?.address.isVersion6 }
    if families.count == 2, families[0] == families[1] {
      errors.append(
        .invalid(
          list, spec["cidrs"] ?? .null,
          "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and "
            + "2001:db8::/64"))
    }
    return errors
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource.isEmpty else { return errors }
    let list = FieldPath("spec", "cidrs")
    let (new, before) = (
      object["spec"]?.items("cidrs") ?? [], old["spec"]?.items("cidrs") ?? []
    )
    let each = zip(new, before).enumerated().flatMap {
      Checks.unchanged($1.0, $1.1, list.index($0))
    }
    if new.count == before.count { return errors + each }
    // A cluster may come to have both families.
    guard before.count == 1, new.count == 2 else {
      return errors + Checks.unchanged(object["spec"]?["cidrs"], old["spec"]?["cidrs"], list)
    }
    return errors + each + validate(object["spec"] ?? [:])
  }
}
