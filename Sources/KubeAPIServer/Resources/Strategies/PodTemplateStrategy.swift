package import Documents
package import KubeObjects

/// PodTemplates.
package struct PodTemplateStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("", "v1", "podtemplates")
  }
  package var generationPaths: [[String]] { [["template"]] }
  package var table: (any TableForm)? { ObjectTable.podTemplates }

  package func applyDefaults(_ object: inout Value) {
    object.update("template") { PodDefaulting.apply(toTemplate: &$0) }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true)
      + PodTemplateValidation.validate(object["template"] ?? [:], FieldPath("template"))
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
      + PodTemplateValidation.validate(object["template"] ?? [:], FieldPath("template"))
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    PodWarnings.all(object["template"] ?? [:], FieldPath("template"))
  }
}
