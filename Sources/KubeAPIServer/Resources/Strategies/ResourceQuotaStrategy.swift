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
    guard context.subresource.isEmpty else {
      let status = object["status"] ?? [:]
      return ["hard", "used"].reduce(into: errors) { errors, list in
        errors += validate(list: status.members(list), FieldPath("status", list))
      }
    }
    let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
    return errors + validate(spec)
      + (Set(spec.texts("scopes")) == Set(before.texts("scopes"))
        ? [] : Checks.unchanged(spec["scopes"], before["scopes"], FieldPath("spec", "scopes")))
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    return validate(list: spec.members("hard"), path.child("hard")) + scopes(spec, path)
      + selector(spec, path.child("scopeSelector"))
  }

  private func validate(list: Mapping, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    for (name, amount) in list {
      let here = path.key(name)
      errors += ResourceValidation.resourceName(name, here)
      if !name.contains("/"), !isForQuotas(name) {
        errors.append(
          .invalid(here, .string(name), "must be a standard resource for quota"))
      }
      errors += ResourceValidation.value(name, amount, here)
    }
    return errors
  }

  private func selector(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    guard let selector = spec["scopeSelector"], !selector.isNull else { return [] }
    let list = path.child("matchExpressions")
    let names = spec.members("hard").keys
    var errors: [FieldError] = []
    var found: Set<String> = []
    for requirement in selector.items("matchExpressions") {
      let scope = requirement.text("scopeName")
      found.insert(scope)
      if !Self.known.contains(scope) {
        errors.append(
          .invalid(list.child("scopeName"), .string(scope), "unsupported scope"))
      }
      for name in names where !isAllowed(name, in: scope) {
        errors.append(
          .invalid(
            list, printed: Self.selector.printed(selector),
            "unsupported scope applied to resource"))
      }
      errors += comparison(requirement, scope, list)
    }
    for pair in [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]]
    where pair.allSatisfy({ found.contains($0) }) {
      // Upstream shows the other list of scopes.
      errors.append(.invalid(list, spec["scopes"] ?? .null, "conflicting scopes"))
    }
    return errors
  }

  private func comparison(
    _ requirement: Value, _ scope: String, _ list: FieldPath
  ) -> [FieldError] {
    let word = requirement.text("operator")
    let values = requirement.texts("values")
    var errors: [FieldError] = []
    let plain = [
      "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity",
    ]
    if plain.contains(scope), word != "Exists" {
      errors.append(
        .invalid(
          list.child("operator"), .string(word),
          "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, "
            + "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
            + "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"))
    }
    switch word {
    case "In", "NotIn":
      if values.isEmpty {
        errors.append(
          .required(
            list.child("values"),
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"))
      }
    case "Exists", "DoesNotExist":
      if !values.isEmpty {
        errors.append(
          .invalid(
            list.child("values"), requirement["values"] ?? .null,
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"))
      }
    default:
      errors.append(
        .invalid(list.child("operator"), .string(word), "not a valid selector operator"))
    }
    return errors
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    guard context.subresource.isEmpty else { return [] }
    let hard = PodResources.amounts(object["spec"]?["hard"])
    return ["cpu", "memory", "storage", "ephemeral-storage"].compactMap { name in
      let limits = "limits." + name
      guard let limit = hard[limits],
        let requests = ["requests." + name, name].first(where: { hard[$0] != nil }),
        let request = hard[requests], request > limit
      else { return nil }
      return "ResourceQuota \(requests) (\(request)) should be less than \(limits) (\(limit))"
    }
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

  private static let selector = GoStructure(
    "MatchExpressions",
    ["MatchExpressions": .list(GoStructure("ScopeName=s Operator=s Values"))])

  /// Whether a quota of a scope may count a resource; what is not among the standard ones is not
  /// looked at.
  private func isAllowed(_ resource: String, in scope: String) -> Bool {
    guard isForQuotas(resource) else { return true }
    let isComputed = ["", "requests.", "limits."].contains { prefix in
      resource == prefix + "cpu" || resource == prefix + "memory"
    }
    switch scope {
    case "BestEffort": return resource == "pods"
    case "Terminating", "NotTerminating", "NotBestEffort", "PriorityClass",
      "CrossNamespacePodAffinity":
      return resource == "pods" || isComputed
    case "VolumeAttributesClass":
      return ["persistentvolumeclaims", "requests.storage"].contains(resource)
    default: return true
    }
  }
}
