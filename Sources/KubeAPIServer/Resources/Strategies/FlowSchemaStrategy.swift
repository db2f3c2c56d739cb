package import Documents
package import KubeObjects

/// FlowSchemas.
package struct FlowSchemaStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("flowcontrol.apiserver.k8s.io", "v1", "flowschemas")
  }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.flowSchemas }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      if spec.number("matchingPrecedence") == 0 { spec["matchingPrecedence"] = 1000 }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + validate(object["spec"] ?? [:])
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    let precedence = spec.number("matchingPrecedence")
    if precedence <= 0 {
      errors.append(
        .invalid(
          path.child("matchingPrecedence"), .int(precedence), "must be a positive value"))
    }
    if precedence > 10_000 {
      errors.append(
        .invalid(
          path.child("matchingPrecedence"), .int(precedence),
          "must not be greater than 10000"))
    }
    if spec["priorityLevelConfiguration"]?.text("name").isEmpty ?? true {
      errors.append(
        .required(
          path.child("priorityLevelConfiguration", "name"),
          "must reference a priority level"))
    }
    return errors
  }
}
