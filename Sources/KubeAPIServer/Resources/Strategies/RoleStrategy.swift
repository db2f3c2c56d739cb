package import Documents
package import KubeObjects

/// Roles and ClusterRoles.
package struct RoleStrategy: Strategy {
  package let resource: GroupVersionResource
  package var allowsCreateOnUpdate: Bool { true }
  package var table: (any TableForm)? { ObjectTable.plain }
  private var isNamespaced: Bool { resource == .roles }

  package init(_ resource: GroupVersionResource) { self.resource = resource }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    if object["rules"] == nil { object["rules"] = .null }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: isNamespaced, .pathSegment) + rules(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + rules(object)
  }

  private func rules(_ object: Value) -> [FieldError] {
    var errors: [FieldError] = []
    for (index, rule) in object.items("rules").enumerated() {
      errors += validate(rule: rule, FieldPath("rules").index(index))
    }
    if let aggregation = object["aggregationRule"], !aggregation.isNull {
      let list = FieldPath("aggregationRule", "clusterRoleSelectors")
      let selectors = aggregation.items("clusterRoleSelectors")
      if selectors.isEmpty {
        errors.append(
          .required(list, "at least one clusterRoleSelector required if aggregationRule is non-nil")
        )
      }
      for (index, selector) in selectors.enumerated() {
        let problems = Checks.labelSelector(selector, list.index(index))
        errors += problems
        if !problems.isEmpty {
          errors.append(.invalid(list.index(index), .null, "invalid label selector."))
        }
      }
    }
    return errors
  }

  private func validate(rule: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if rule.items("verbs").isEmpty {
      errors.append(.required(path.child("verbs"), "verbs must contain at least one value"))
    }
    let urls = rule.items("nonResourceURLs")
    if !urls.isEmpty {
      if isNamespaced {
        errors.append(
          .invalid(
            path.child("nonResourceURLs"), rule["nonResourceURLs"] ?? .null,
            "namespaced rules cannot apply to non-resource URLs"))
      }
      if ["apiGroups", "resources", "resourceNames"].contains(where: {
        !rule.items($0).isEmpty
      }) {
        errors.append(
          .invalid(
            path.child("nonResourceURLs"), rule["nonResourceURLs"] ?? .null,
            "rules cannot apply to both regular resources and non-resource URLs"))
      }
      return errors
    }
    if rule.items("apiGroups").isEmpty {
      errors.append(
        .required(
          path.child("apiGroups"), "resource rules must supply at least one api group"))
    }
    if rule.items("resources").isEmpty {
      errors.append(
        .required(
          path.child("resources"), "resource rules must supply at least one resource"))
    }
    return errors
  }
}
