package import Documents
package import KubeObjects

/// ValidatingAdmissionPolicies and MutatingAdmissionPolicies.
package struct AdmissionPolicyStrategy: Strategy {
  package let resource: GroupVersionResource
  package var generationPaths: [[String]] { [["spec"]] }
  private var isMutating: Bool { resource.resource.hasPrefix("mutating") }
  package var table: (any TableForm)? {
    isMutating ? ObjectTable.mutatingAdmissionPolicies : ObjectTable.validatingAdmissionPolicies
  }

  package init(_ name: String) {
    resource = GroupVersionResource("admissionregistration.k8s.io", "v1", name)
  }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.fill("failurePolicy", "Fail")
      spec.update("matchConstraints") { Self.applyDefaults(toMatch: &$0) }
    }
  }

  /// What a policy or a binding matches when it does not say.
  static func applyDefaults(toMatch match: inout Value) {
    match.fill("matchPolicy", "Equivalent")
    match.fillAbsent("namespaceSelector", [:])
    match.fillAbsent("objectSelector", [:])
    for list in ["resourceRules", "excludeResourceRules"] {
      match.updateEach(list) { $0.fill("scope", "*") }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    return context.subresource.isEmpty ? errors + validate(object) : errors
  }

  private func validate(_ object: Value) -> [FieldError] {
    let path = FieldPath("spec")
    let spec = object["spec"] ?? [:]
    var errors: [FieldError] = []
    if !spec.text("failurePolicy").isEmpty {
      errors += Checks.oneOf(spec, "failurePolicy", ["Fail", "Ignore"], path)
    }
    if let kind = spec["paramKind"], !kind.isNull {
      errors += paramKind(kind, path.child("paramKind"))
    }
    errors += match(spec["matchConstraints"], path.child("matchConstraints"))
    for (index, variable) in spec.items("variables").enumerated() {
      let here = path.child("variables").index(index)
      let name = variable.text("name")
      if name.isEmpty {
        errors.append(.required(here.child("name"), "name is not specified"))
      } else if !NameRule.cIdentifier.allows(name) {
        errors.append(
          .invalid(here.child("name"), .string(name), "must be a valid CEL identifier"))
      }
      errors += expression(variable, "expression", here)
    }
    errors += isMutating ? mutations(spec, path) : validations(spec, object.name, path)
    return errors + PolicyValidation(spec, isMutating: isMutating).errors
  }

  private func match(_ match: Value?, _ path: FieldPath) -> [FieldError] {
    guard let match, !match.isNull else { return [.required(path)] }
    let rules = match.items("resourceRules")
    var errors: [FieldError] = []
    for field in ["namespaceSelector", "objectSelector"] {
      errors += Checks.labelSelector(match[field], path.child(field))
    }
    if match.has("matchPolicy") {
      errors += Checks.oneOf(match, "matchPolicy", ["Equivalent", "Exact"], path)
    }
    if rules.isEmpty { errors.append(.required(path.child("resourceRules"))) }
    for list in ["resourceRules", "excludeResourceRules"] {
      for (index, rule) in match.items(list).enumerated() {
        let here = path.child(list).index(index)
        errors += names(rule.texts("resourceNames"), here.child("resourceNames"))
        errors += AdmissionRuleValidation.validate(rule, here)
      }
    }
    return errors
  }

  private func names(_ names: [String], _ path: FieldPath) -> [FieldError] {
    var seen: Set<String> = []
    var errors: [FieldError] = []
    for (index, name) in names.enumerated() {
      errors += NameRule.pathSegment.problems(name).map {
        .invalid(path.index(index), .string(name), $0)
      }
      if !seen.insert(name).inserted {
        errors.append(.duplicate(path.index(index), .string(name)))
      }
    }
    return errors
  }

  private func expression(_ object: Value, _ field: String, _ path: FieldPath) -> [FieldError] {
    object.text(field).allSatisfy(\.isWhitespace)
      ? [.required(path.child(field), "\(field) is not specified")] : []
  }

  private func validations(_ spec: Value, _ name: String, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let (rules, audits) = (spec.items("validations"), spec.items("auditAnnotations"))
    if rules.isEmpty, audits.isEmpty {
      let text = "validations or auditAnnotations must contain at least one item"
      errors.append(.required(path.child("validations"), text))
      errors.append(.required(path.child("auditAnnotations"), text))
    }
    for (index, rule) in rules.enumerated() {
      let here = path.child("validations").index(index)
      errors += expression(rule, "expression", here)
      let message = rule.text("message")
      if message.contains(where: \.isNewline) {
        errors.append(
          .invalid(here.child("message"), .string(message), "must not contain line breaks"))
      }
      if !rule.text("reason").isEmpty {
        errors += Checks.oneOf(
          rule, "reason", ["Forbidden", "Invalid", "RequestEntityTooLarge"], here)
      }
    }
    var keys: Set<String> = []
    for (index, audit) in audits.enumerated() {
      let here = path.child("auditAnnotations").index(index)
      let key = audit.text("key")
      errors += Checks.name(.qualifiedName, "\(name)/\(key)", here.child("key"))
      if !keys.insert(key).inserted {
        errors.append(.duplicate(here.child("key"), .string(key)))
      }
      errors += expression(audit, "valueExpression", here)
    }
    return errors
  }

  /// One patch, of the type that it names.
  private func mutation(_ mutation: Value, _ path: FieldPath) -> [FieldError] {
    let type = mutation.text("patchType")
    if type.isEmpty { return [.required(path.child("patchType"))] }
    let fields = ["JSONPatch": "jsonPatch", "ApplyConfiguration": "applyConfiguration"]
    guard let wanted = fields[type] else {
      return Checks.oneOf(mutation, "patchType", fields.keys.sorted(), path)
    }
    var errors: [FieldError] = []
    if let patch = mutation[wanted], !patch.isNull {
      errors += expression(patch, "expression", path.child(wanted))
    } else {
      errors.append(
        .required(path.child(wanted), "must be specified when patchType is \(type)"))
    }
    for other in fields.values where other != wanted && mutation.has(other) {
      errors.append(
        .invalid(
          path.child(other), .string("{\(other)}"),
          "must not be specified when patchType is \(type)"))
    }
    return errors
  }

  private func paramKind(_ kind: Value, _ path: FieldPath) -> [FieldError] {
    let (version, name) = (kind.text("apiVersion"), kind.text("kind"))
    let place = path.child("apiVersion")
    let parts = version.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    var errors: [FieldError] = []
    func refuse(_ place: FieldPath, _ shown: String, _ problems: [String], _ start: String = "") {
      guard !problems.isEmpty else { return }
      errors.append(.invalid(place, .string(shown), start + problems.joined(separator: ",")))
    }
    if version.isEmpty {
      errors.append(.required(place))
    } else if parts.count > 2 {
      refuse(place, version, ["unexpected GroupVersion string: \(version)"])
    } else {
      let group = parts.count == 2 ? parts[0] : ""
      let last = parts.last ?? ""
      if !group.isEmpty { refuse(place, group, NameRule.dns1123Subdomain.problems(group)) }
      if last.isEmpty {
        refuse(place, version, ["version must be specified"])
      } else {
        refuse(place, last, NameRule.dns1035Label.problems(last))
      }
    }
    if name.isEmpty {
      errors.append(.required(path.child("kind")))
    } else {
      refuse(
        path.child("kind"), name, NameRule.dns1035Label.problems(name.lowercased()),
        "may have mixed case, but should otherwise match: ")
    }
    return errors
  }

  private func mutations(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let mutations = spec.items("mutations")
    if mutations.isEmpty {
      errors.append(
        .required(path.child("mutations"), "mutations must contain at least one item"))
    }
    for (index, mutation) in mutations.enumerated() {
      errors += self.mutation(mutation, path.child("mutations").index(index))
    }
    if spec.text("reinvocationPolicy").isEmpty {
      errors.append(.required(path.child("reinvocationPolicy")))
    } else {
      errors += Checks.oneOf(spec, "reinvocationPolicy", ["IfNeeded", "Never"], path)
    }
    return errors
  }
}
