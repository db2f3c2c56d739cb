package import Documents
package import KubeObjects

/// CSIStorageCapacities.
package struct CSIStorageCapacityStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("storage.k8s.io", "v1", "csistoragecapacities")
  }
  package var allowsUnconditionalUpdate: Bool { false }
  package var table: (any TableForm)? { ObjectTable.plain }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true)
      + Checks.labelSelector(object["nodeTopology"], FieldPath("nodeTopology"))
      + Checks.name(
        .dns1123Subdomain, object.text("storageClassName"), FieldPath("storageClassName"))
      + capacity(object)
  }

  private func capacity(_ object: Value) -> [FieldError] {
    guard let amount = object["capacity"], !amount.isNull else { return [] }
    let quantity = ResourceValidation.quantity(amount)
    return quantity.sign < 0
      ? [.invalid(FieldPath("capacity"), .string(quantity.description), Checks.notNegative)] : []
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ["nodeTopology", "storageClassName"].reduce(
      ObjectMetadata.validateUpdate(object, old: old)
    ) { $0 + Checks.unchanged(object[$1], old[$1], FieldPath($1)) }
  }
}
