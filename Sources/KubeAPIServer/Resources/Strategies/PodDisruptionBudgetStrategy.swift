package import Documents
package import KubeObjects

/// PodDisruptionBudgets.
package struct PodDisruptionBudgetStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .podDisruptionBudgets }
  package var generationPaths: [[String]] { [["spec"]] }
  package var allowsUnconditionalUpdate: Bool { false }
  package var table: (any TableForm)? { ObjectTable.podDisruptionBudgets }

  private static let zeros = [
    "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods",
  ]

  package func applyDefaults(_ object: inout Value) {
    Zeros.fill(&object, "status", Self.zeros)
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = nil
    Zeros.fill(&object, "status", Self.zeros)
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let errors = validate(object["spec"] ?? [:])
    return errors.isEmpty
      ? ObjectMetadata.validate(object, namespaced: true, .pathSegment) : errors
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    // Nothing is asked of its metadata but what all kinds are.
    context.subresource.isEmpty
      ? validate(object["spec"] ?? [:])
      : ConditionValidation.validate(
        object["status"]?.items("conditions") ?? [], FieldPath("status", "conditions"))
        + StatusCounts.disruptionBudget.errors(object, old: old, context)
  }

  private static let structure = GoStructure(
    "MinAvailable Selector MaxUnavailable UnhealthyPodEvictionPolicy",
    ["Selector": .pointer(.labelSelector)])

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    if spec.has("minAvailable"), spec.has("maxUnavailable") {
      errors.append(
        .invalid(
          path, printed: Self.structure.printed(spec),
          "minAvailable and maxUnavailable cannot be both set"))
    }
    for field in ["minAvailable", "maxUnavailable"] {
      errors += RolloutValidation.positive(spec[field], path.child(field))
      errors += RolloutValidation.atMostAll(spec[field], path.child(field))
    }
    errors += Checks.labelSelector(spec["selector"], path.child("selector"))
    if spec.has("unhealthyPodEvictionPolicy") {
      errors += Checks.oneOf(
        spec, "unhealthyPodEvictionPolicy", ["AlwaysAllow", "IfHealthyBudget"], path)
    }
    return errors
  }
}
