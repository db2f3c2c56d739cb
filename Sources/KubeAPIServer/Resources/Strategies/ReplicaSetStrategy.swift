package import Documents
package import KubeObjects

/// ReplicaSets.
package struct ReplicaSetStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .replicaSets }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.replicaSets }

  package func applyDefaults(_ object: inout Value) {
    Zeros.fill(&object, "status", Self.zeros)
    object.update("spec") { spec in
      spec.fillAbsent("replicas", 1)
      spec.update("template") { PodDefaulting.apply(toTemplate: &$0) }
    }
  }

  private static let zeros = ["replicas"]

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = nil
    Zeros.fill(&object, "status", Self.zeros)
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource.isEmpty else {
      return errors + StatusCounts.replicaSet.errors(object, old: old, context)
    }
    errors += validate(object["spec"] ?? [:])
    return errors
      + Checks.unchanged(
        object["spec"]?["selector"], old["spec"]?["selector"], FieldPath("spec", "selector"),
        structure: .labelSelector)
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    return Checks.notNegative(spec, "replicas", path)
      + Checks.notNegative(spec, "minReadySeconds", path)
      + PodTemplateValidation.validateWorkload(spec, kind: "deployment", path)
  }

  package var selectableFields: [String] { [] }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    PodTemplateWarnings.all(object, old: old, context)
  }
}
