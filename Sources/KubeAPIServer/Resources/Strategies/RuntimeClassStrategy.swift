package import Documents
package import KubeObjects

/// RuntimeClasses.
package struct RuntimeClassStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("node.k8s.io", "v1", "runtimeclasses")
  }
  package var allowsUnconditionalUpdate: Bool { false }
  package var allowsCreateOnUpdate: Bool { true }
  package var table: (any TableForm)? { ObjectTable.runtimeClasses }

  package func applyDefaults(_ object: inout Value) {
    object.update("overhead") { overhead in
      overhead.update("podFixed") { ResourceDefaulting.apply(toList: &$0) }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    var errors = ObjectMetadata.validate(object, namespaced: false)
    errors += Checks.name(.dns1123Label, object.text("handler"), FieldPath("handler"))
    errors += ResourceValidation.requirements(
      ["limits": object["overhead"]?["podFixed"] ?? [:]], FieldPath("overhead"))
    for (index, toleration) in (object["scheduling"]?.items("tolerations") ?? []).enumerated() {
      errors += PodSpecValidator.toleration(
        toleration, FieldPath("scheduling", "tolerations").index(index))
    }
    return errors
      + Checks.labels(
        object["scheduling"]?["nodeSelector"], FieldPath("scheduling", "nodeSelector"))
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
      + Checks.unchanged(object["handler"], old["handler"], FieldPath("handler"))
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    (object["scheduling"]?.members("nodeSelector") ?? [:]).compactMap { key, _ in
      NodeLabelWarnings.deprecated[key].map { "scheduling.nodeSelector: \($0)" }
    }
  }
}
