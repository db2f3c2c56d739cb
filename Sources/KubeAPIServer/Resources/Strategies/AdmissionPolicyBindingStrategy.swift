package import Documents
package import KubeObjects

/// The bindings of ValidatingAdmissionPolicies and MutatingAdmissionPolicies.
package struct AdmissionPolicyBindingStrategy: Strategy {
  package let resource: GroupVersionResource
  package var generationPaths: [[String]] { [["spec"]] }
  private var isMutating: Bool { resource.resource.hasPrefix("mutating") }
  package var allowsUnconditionalUpdate: Bool { false }
  package var table: (any TableForm)? {
    isMutating
      ? ObjectTable.mutatingAdmissionPolicyBindings
      : ObjectTable.validatingAdmissionPolicyBindings
  }

  package init(_ name: String) {
    resource = GroupVersionResource("admissionregistration.k8s.io", "v1", name)
  }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.update("matchResources") { AdmissionPolicyStrategy.applyDefaults(toMatch: &$0) }
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
    let name = spec.text("policyName")
    errors +=
      name.isEmpty
      ? [.required(path.child("policyName"))]
      : Checks.name(.dns1123Subdomain, name, path.child("policyName"))
    if let parameters = spec["paramRef"], !parameters.isNull {
      errors += validate(parameters: parameters, path.child("paramRef"))
    }
    if let match = spec["matchResources"], !match.isNull {
      let place = path.child("matchResources")
      errors += AdmissionRuleValidation.match(match, place)
      if isMutating { errors += AdmissionRuleValidation.mutable(match, place) }
    }
    return errors + (isMutating ? [] : actions(spec, path.child("validationActions")))
  }

  private func validate(parameters: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let name = parameters.text("name")
    let (hasName, hasSelector) = (!name.isEmpty, parameters.has("selector"))
    func exclude(_ field: String) {
      guard hasName, hasSelector else { return }
      errors.append(.forbidden(path.child(field), "name and selector are mutually exclusive"))
    }
    if hasName { errors += Checks.name(.pathSegment, name, path.child("name")) }
    exclude("name")
    errors += Checks.labelSelector(parameters["selector"], path.child("selector"))
    exclude("selector")
    if !hasName, !hasSelector {
      errors.append(.required(path, "one of name or selector must be specified"))
    }
    if parameters.text("parameterNotFoundAction").isEmpty {
      errors.append(.required(path.child("parameterNotFoundAction")))
    } else {
      errors += Checks.oneOf(parameters, "parameterNotFoundAction", ["Deny", "Allow"], path)
    }
    return errors
  }

  private func actions(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    let actions = spec.texts("validationActions")
    if actions.isEmpty {
      return [.required(path, "at least one validation action is required")]
    }
    var errors: [FieldError] = []
    var seen: Set<String> = []
    for (index, action) in actions.enumerated() {
      let here = path.index(index)
      errors += Checks.oneOfAt(here, action, ["Audit", "Deny", "Warn"])
      if !seen.insert(action).inserted { errors.append(.duplicate(here, .string(action))) }
    }
    if seen.contains("Deny"), seen.contains("Warn") {
      errors.append(
        .invalid(
          path, spec["validationActions"] ?? .null,
          "must not contain both Deny and Warn (repeating the same validation failure information "
            + "in the API response and headers serves no purpose)"))
    }
    return errors
  }
}
