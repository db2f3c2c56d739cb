package import Documents
package import KubeObjects

/// FlowSchemas.
package struct FlowSchemaStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("flowcontrol.apiserver.k8s.io", "v1", "flowschemas")
  }
  package var generationPaths: [[String]] { [["spec"]] }
  package var statusKeepsMetadata: Bool { true }
  package var table: (any TableForm)? { ObjectTable.flowSchemas }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      if spec.number("matchingPrecedence") == 0 { spec["matchingPrecedence"] = 1000 }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    context.subresource == "status"
      ? FlowControlConditions.validate(object)
      : ObjectMetadata.validateUpdate(object, old: old) + validate(object)
  }

  private func validate(_ object: Value) -> [FieldError] {
    let path = FieldPath("spec")
    let spec = object["spec"] ?? [:]
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
    if (precedence == 1) != (object.name == "exempt") {
      errors.append(
        .invalid(
          path.child("matchingPrecedence"), .int(precedence),
          "only the schema named 'exempt' may have matchingPrecedence 1"))
    }
    if let method = spec["distinguisherMethod"]?.object {
      let type = method["type"]?.string ?? ""
      if !["ByNamespace", "ByUser"].contains(type) {
        errors.append(
          .notSupported(
            path.child("distinguisherMethod", "type"), ["Type": .string(type)],
            ["ByNamespace", "ByUser"]))
      }
    }
    let level = spec["priorityLevelConfiguration"]?.text("name") ?? ""
    let place = path.child("priorityLevelConfiguration", "name")
    errors +=
      level.isEmpty
      ? [.required(place, "must reference a priority level")]
      : Checks.name(.dns1123Subdomain, level, place)
    for (index, rule) in spec.items("rules").enumerated() {
      errors += FlowSchemaValidation.rule(rule, path.child("rules").index(index))
    }
    return errors
  }
}

/// The conditions of what API priority and fairness is made of: each type once.
enum FlowControlConditions {
  static func validate(_ object: Value) -> [FieldError] {
    var seen: Set<String> = []
    return (object["status"]?.items("conditions") ?? []).enumerated().flatMap {
      index, condition -> [FieldError] in
      let place = FieldPath("status", "conditions").index(index).child("type")
      let type = condition.text("type")
      return seen.insert(type).inserted
        ? Checks.requiredText(condition, "type", FieldPath("status", "conditions").index(index))
        : [.duplicate(place, .string(type))]
    }
  }
}
