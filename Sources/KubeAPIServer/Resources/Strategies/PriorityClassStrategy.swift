package import Documents
package import KubeObjects

/// PriorityClasses.
package struct PriorityClassStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .priorityClasses }
  package var generationPaths: [[String]] { [["value"]] }
  package var table: (any TableForm)? { ObjectTable.priorityClasses }
  private static let system = [
    "system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000,
  ]

  package func applyDefaults(_ object: inout Value) {
    object.fill("preemptionPolicy", "PreemptLowerPriority")
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object.fillAbsent("value", 0)
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    var errors = ObjectMetadata.validate(object, namespaced: false)
    if object.name.hasPrefix("system-"), Self.system[object.name] == nil {
      errors.append(
        .forbidden(
          FieldPath("metadata", "name"),
          "priority class names with 'system-' prefix are reserved for system use only. error: "
            + "\(object.name) is not a known system priority class"))
    } else if !object.name.hasPrefix("system-"), object.number("value") > 1_000_000_000 {
      errors.append(
        .forbidden(
          FieldPath("value"),
          "maximum allowed value of a user defined priority is 1000000000"))
    }
    return errors + policy(object)
  }

  private func policy(_ object: Value) -> [FieldError] {
    Checks.oneOfAt(
      FieldPath("preemptionPolicy"), object.text("preemptionPolicy"),
      ["Never", "PreemptLowerPriority"])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    if object["value"] != old["value"] {
      errors.append(.forbidden(FieldPath("value"), "may not be changed in an update."))
    }
    return errors
      + Checks.unchanged(
        object["preemptionPolicy"], old["preemptionPolicy"], FieldPath("preemptionPolicy"))
  }
}
