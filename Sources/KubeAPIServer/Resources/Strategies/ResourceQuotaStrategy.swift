package import Documents
package import KubeObjects

/// ResourceQuotas.
package struct ResourceQuotaStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .resourceQuotas }
  package var table: (any TableForm)? { ObjectTable.resourceQuotas }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { $0.update("hard") { ResourceDefaulting.apply(toList: &$0) } }
    object.update("status") { status in
      status.update("hard") { ResourceDefaulting.apply(toList: &$0) }
      status.update("used") { ResourceDefaulting.apply(toList: &$0) }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource.isEmpty else { return errors }
    let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
    return errors + validate(spec)
      + Checks.unchanged(spec["scopes"], before["scopes"], FieldPath("spec", "scopes"))
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    for (name, amount) in spec.members("hard") {
      let here = path.child("hard").key(name)
      errors += ResourceValidation.resourceName(name, here)
      if !name.contains("/"), !isForQuotas(name) {
        errors.append(
          .invalid(here, .string(name), "must be a standard resource for quota"))
      }
      errors += ResourceValidation.value(name, amount, here)
    }
    return errors + scopes(spec, path)
  }

  private func isForQuotas(_ name: String) -> Bool {
    ResourceValidation.isStandard(name) && name != "storage"
      || name.hasPrefix("requests.hugepages-") || name.hasPrefix("hugepages-")
  }

  private static let known: Set<String> = [
    "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
    "CrossNamespacePodAffinity", "VolumeAttributesClass",
  ]

  private func scopes(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    let scopes = spec.texts("scopes")
    let shown = spec["scopes"] ?? .null
    let place = path.child("scopes")
    var errors: [FieldError] = []
    let names = spec.members("hard").keys
    for scope in scopes {
      guard Self.known.contains(scope) else {
        errors.append(.invalid(place, shown, "unsupported scope"))
        continue
      }
      for name in names where !isAllowed(name, in: scope) {
        errors.append(.invalid(place, shown, "unsupported scope applied to resource"))
      }
    }
    for pair in [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]]
    where pair.allSatisfy({ scopes.contains($0) }) {
      errors.append(.invalid(place, shown, "conflicting scopes"))
    }
    return errors
  }

  private func isAllowed(_ resource: String, in scope: String) -> Bool {
    switch scope {
    case "BestEffort": resource == "pods"
    case "Terminating", "NotTerminating", "NotBestEffort", "PriorityClass":
      resource == "pods" || resource.hasPrefix("requests.") && resource != "requests.storage"
        || resource.hasPrefix("limits.") || ["cpu", "memory"].contains(resource)
    default: true
    }
  }
}
