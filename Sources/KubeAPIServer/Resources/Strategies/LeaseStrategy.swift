package import Documents
package import KubeObjects

/// Leases.
package struct LeaseStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .leases }
  package var table: (any TableForm)? { ObjectTable.leases }
  package var allowsCreateOnUpdate: Bool { true }
  package var allowsUnconditionalUpdate: Bool { false }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + validate(object["spec"] ?? [:])
  }

  /// CoordinatedLeaderElection is off.
  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    for field in ["strategy", "preferredHolder"] { object["spec"]?[field] = nil }
  }

  package func prepareForUpdate(
    _ object: inout Value, old: Value, _ context: RequestContext
  ) {
    for field in ["strategy", "preferredHolder"] where old["spec"]?[field] == nil {
      object["spec"]?[field] = nil
    }
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    if let seconds = spec["leaseDurationSeconds"]?.int, seconds <= 0 {
      errors.append(
        .invalid(
          path.child("leaseDurationSeconds"), .int(seconds), "must be greater than 0"))
    }
    return errors + Checks.notNegative(spec, "leaseTransitions", path)
  }
}
