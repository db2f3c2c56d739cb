package import Documents
package import KubeObjects

/// ValidatingWebhookConfigurations and MutatingWebhookConfigurations.
package struct WebhookConfigurationStrategy: Strategy {
  package let resource: GroupVersionResource
  package var generationPaths: [[String]] { [["webhooks"]] }
  private var isMutating: Bool { resource.resource.hasPrefix("mutating") }
  package var allowsUnconditionalUpdate: Bool { false }
  package var table: (any TableForm)? {
    isMutating ? ObjectTable.mutatingWebhooks : ObjectTable.validatingWebhooks
  }

  package init(_ name: String) {
    resource = GroupVersionResource("admissionregistration.k8s.io", "v1", name)
  }

  package func applyDefaults(_ object: inout Value) {
    object.updateEach("webhooks") { hook in
      hook.fillAbsent("failurePolicy", "Fail")
      hook.fillAbsent("matchPolicy", "Equivalent")
      hook.fillAbsent("namespaceSelector", [:])
      hook.fillAbsent("objectSelector", [:])
      hook.fillAbsent("timeoutSeconds", 10)
      if isMutating { hook.fillAbsent("reinvocationPolicy", "Never") }
      hook.updateEach("rules") { $0.fill("scope", "*") }
      hook.update("clientConfig") { client in
        client.update("service") { $0.fillAbsent("port", 443) }
      }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object.items("webhooks"))
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + validate(object.items("webhooks"))
  }

  private func validate(_ hooks: [Value]) -> [FieldError] {
    var errors: [FieldError] = []
    var names: Set<String> = []
    for (index, hook) in hooks.enumerated() {
      let path = FieldPath("webhooks").index(index)
      errors += validate(hook, path) + versions(hook, path)
      let name = hook.text("name")
      if !name.isEmpty, !names.insert(name).inserted {
        errors.append(.duplicate(path.child("name"), .string(name)))
      }
    }
    return errors
  }

  private func versions(_ hook: Value, _ path: FieldPath) -> [FieldError] {
    let place = path.child("admissionReviewVersions")
    let versions = hook.texts("admissionReviewVersions")
    if versions.isEmpty { return [.required(place, "must specify one of v1, v1beta1")] }
    var seen: Set<String> = []
    var errors = versions.enumerated().flatMap { index, version in
      seen.insert(version).inserted
        ? Checks.name(.dns1035Label, version, place.index(index))
        : [.invalid(place.index(index), .string(version), "duplicate version")]
    }
    if !versions.contains(where: { ["v1", "v1beta1"].contains($0) }) {
      errors.append(
        .invalid(
          place, hook["admissionReviewVersions"] ?? .null,
          "must include at least one of v1, v1beta1"))
    }
    return errors
  }

  private func validate(_ hook: Value, _ path: FieldPath) -> [FieldError] {
    var errors = fullName(hook.text("name"), path.child("name"))
    for (index, rule) in hook.items("rules").enumerated() {
      errors += AdmissionRuleValidation.validate(
        rule, path.child("rules").index(index))
    }
    errors += Checks.oneOf(hook, "failurePolicy", ["Fail", "Ignore"], path)
    errors += Checks.oneOf(hook, "matchPolicy", ["Equivalent", "Exact"], path)
    if hook.text("sideEffects").isEmpty {
      errors.append(
        .required(path.child("sideEffects"), "must specify one of None, NoneOnDryRun"))
    } else {
      errors += Checks.oneOf(hook, "sideEffects", ["None", "NoneOnDryRun"], path)
    }
    let seconds = hook.number("timeoutSeconds")
    if !(1...30).contains(seconds) {
      errors.append(
        .invalid(
          path.child("timeoutSeconds"), .int(seconds),
          "the timeout value must be between 1 and 30 seconds"))
    }
    for field in ["namespaceSelector", "objectSelector"] {
      errors += Checks.labelSelector(hook[field], path.child(field))
    }
    if isMutating {
      errors += Checks.oneOf(hook, "reinvocationPolicy", ["IfNeeded", "Never"], path)
    }
    errors += WebhookAddress.validate(
      client: hook["clientConfig"] ?? [:], path.child("clientConfig"))
    return errors + PolicyValidation.conditions(hook, path)
  }

  private func fullName(_ name: String, _ path: FieldPath) -> [FieldError] {
    if name.isEmpty { return [.required(path)] }
    let problems = Checks.name(.dns1123Subdomain, name, path)
    if problems.isEmpty, name.split(separator: ".").count < 3 {
      return [
        .invalid(
          path, .string(name),
          "should be a domain with at least three segments separated by "
            + "dots")
      ]
    }
    return problems
  }
}
