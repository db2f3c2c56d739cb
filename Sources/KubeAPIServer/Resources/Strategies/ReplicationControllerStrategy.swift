package import Documents
package import KubeObjects

/// ReplicationControllers.
package struct ReplicationControllerStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .replicationControllers }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.replicationControllers }

  package func applyDefaults(_ object: inout Value) {
    Zeros.fill(&object, "status", Self.zeros)
    let labels = object["spec"]?["template"]?["metadata"]?["labels"]
    if let labels, labels.object?.isEmpty == false {
      if object["spec"]?.members("selector").isEmpty ?? true {
        object["spec"]?["selector"] = labels
      }
      if object["metadata"]?.members("labels").isEmpty ?? true {
        object["metadata"]?["labels"] = labels
      }
    }
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
    let errors = ObjectMetadata.validateUpdate(
      object, old: old, andNew: context.subresource.isEmpty ? 1 : 0)
    return errors
      + (context.subresource.isEmpty
        ? validate(object["spec"] ?? [:])
        : StatusCounts.replicationController.errors(object, old: old, context))
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors = Checks.notNegative(spec, "minReadySeconds", path)
    if spec.members("selector").isEmpty { errors.append(.required(path.child("selector"))) }
    errors += Checks.notNegative(spec, "replicas", path)
    guard let template = spec["template"], !template.isNull else {
      return errors + [.required(path.child("template"))]
    }
    let selector = LabelSelector(labels: spec["selector"])
    if !selector.isEmpty {
      errors += PodTemplateValidation.match(selector, template, path.child("template"))
    }
    return errors
      + PodTemplateValidation.validateLongRunning(
        template, kind: "ReplicationController", path.child("template"))
  }

  package var selectableFields: [String] { ["status.replicas"] }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    PodTemplateWarnings.all(object, old: old, context)
  }
}
