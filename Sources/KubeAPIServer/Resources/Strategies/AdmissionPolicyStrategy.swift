package import Documents
package import KubeObjects

/// ValidatingAdmissionPolicies and MutatingAdmissionPolicies.
package struct AdmissionPolicyStrategy: Strategy {
  package let resource: GroupVersionResource
  package var generationPaths: [[String]] { [["spec"]] }
  private var isMutating: Bool { resource.resource.hasPrefix("mutating") }
  package var allowsUnconditionalUpdate: Bool { false }
  package var statusKeepsMetadata: Bool { true }
  package var table: (any TableForm)? {
    isMutating ? ObjectTable.mutatingAdmissionPolicies : ObjectTable.validatingAdmissionPolicies
  }

  package init(_ name: String) {
    resource = GroupVersionResource("admissionregistration.k8s.io", "v1", name)
  }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.fillAbsent("failurePolicy", "Fail")
      spec.update("matchConstraints") { Self.applyDefaults(toMatch: &$0) }
    }
  }

  /// What a policy or a binding matches when it does not say.
  static func applyDefaults(toMatch match: inout Value) {
    match.fillAbsent("matchPolicy", "Equivalent")
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
    return errors + (context.subresource.isEmpty ? validate(object) : validate(status: object))
  }

  private func validate(status object: Value) -> [FieldError] {
    let (status, path) = (object["status"] ?? [:], FieldPath("status"))
    let warnings = status["typeChecking"]?.items("expressionWarnings") ?? []
    return warnings.enumerated().flatMap { index, warning in
      let here = path.child("typeChecking", "expressionWarnings").index(index)
      return ["warning", "fieldRef"].flatMap { Checks.requiredText(warning, $0, here) }
    } + ConditionValidation.validate(status.items("conditions"), path.child("conditions"))
  }

  private func validate(_ object: Value) -> [FieldError] {
    let path = FieldPath("spec")
    let spec = object["spec"] ?? [:]
    var errors: [FieldError] = []
    if spec.has("failurePolicy") {
      errors += Checks.oneOf(spec, "failurePolicy", ["Fail", "Ignore"], path)
    }
    if let kind = spec["paramKind"], !kind.isNull {
      errors += paramKind(kind, path.child("paramKind"))
    }
    // What is wrong with expressions stands at their fields' places.
    let compiled = PolicyValidation(spec, isMutating: isMutating).errors
    func problems(_ place: FieldPath) -> [FieldError] {
      let name = place.description
      return compiled.filter { $0.field == name }
    }
    errors += match(spec["matchConstraints"], path.child("matchConstraints"))
    errors += compiled.filter { $0.field.hasPrefix(path.child("matchConditions").description) }
    for (index, variable) in spec.items("variables").enumerated() {
      let here = path.child("variables").index(index)
      let name = variable.text("name")
      if name.allSatisfy(\.isWhitespace) {
        errors.append(.required(here.child("name"), "name is not specified"))
      } else if !NameRule.cIdentifier.allows(name) || Self.reserved.contains(name) {
        errors.append(
          .invalid(here.child("name"), .string(name), "must be a valid CEL identifier"))
      }
      errors += expression(variable, "expression", here) + problems(here.child("expression"))
    }
    return errors
      + (isMutating
        ? mutations(spec, path, problems) : validations(spec, object.name, path, problems))
  }

  /// The language's own words and those that it keeps for later.
  private static let reserved: Set<String> = [
    "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function",
    "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
  ]

  private func match(_ match: Value?, _ path: FieldPath) -> [FieldError] {
    guard let match, !match.isNull else { return [.required(path)] }
    var errors = AdmissionRuleValidation.match(match, path)
    if match.items("resourceRules").isEmpty {
      errors.append(.required(path.child("resourceRules")))
    }
    return isMutating ? errors + AdmissionRuleValidation.mutable(match, path) : errors
  }

  private func expression(_ object: Value, _ field: String, _ path: FieldPath) -> [FieldError] {
    object.text(field).allSatisfy(\.isWhitespace)
      ? [.required(path.child(field), "\(field) is not specified")] : []
  }

  private func validations(
    _ spec: Value, _ name: String, _ path: FieldPath, _ problems: (FieldPath) -> [FieldError]
  ) -> [FieldError] {
    let (rules, audits) = (spec.items("validations"), spec.items("auditAnnotations"))
    if rules.isEmpty, audits.isEmpty {
      let text = "validations or auditAnnotations must contain at least one item"
      return [
        .required(path.child("validations"), text),
        .required(path.child("auditAnnotations"), text),
      ]
    }
    var errors: [FieldError] = []
    for (index, rule) in rules.enumerated() {
      let here = path.child("validations").index(index)
      errors += expression(rule, "expression", here) + problems(here.child("expression"))
      errors += blank(rule, "messageExpression", here)
      errors += problems(here.child("messageExpression"))
      errors += blank(rule, "message", here)
      let message = rule.text("message")
      if message.trimmingBlanks.contains(where: \.isNewline) {
        errors.append(
          .invalid(here.child("message"), .string(message), "must not contain line breaks"))
      }
      if !rule.text("reason").isEmpty {
        errors += Checks.oneOf(
          rule, "reason", ["Forbidden", "Invalid", "RequestEntityTooLarge"], here)
      }
    }
    let list = path.child("auditAnnotations")
    if audits.count > 20 {
      let shown = audits.map(Self.audit.printed).joined(separator: ",")
      errors.append(
        .invalid(list, printed: "[\(shown)]", "must not have more than 20 auditAnnotations"))
    }
    var keys: Set<String> = []
    for (index, audit) in audits.enumerated() {
      let here = list.index(index)
      let key = audit.text("key")
      errors += Checks.name(.qualifiedName, "\(name)/\(key)", here.child("key"))
      let place = here.child("valueExpression")
      if audit.text("valueExpression").trimmingBlanks.utf8.count > 5120 {
        errors.append(.required(place, "must not exceed 5120 bytes in length"))
      } else {
        errors += expression(audit, "valueExpression", here) + problems(place)
      }
      if !keys.insert(key).inserted {
        errors.append(.duplicate(here.child("key"), .string(key)))
      }
    }
    return errors
  }

  private static let audit = GoStructure("Key=s ValueExpression=s")

  /// What may be left out, but not left empty.
  private func blank(_ object: Value, _ field: String, _ path: FieldPath) -> [FieldError] {
    let text = object.text(field)
    return !text.isEmpty && text.allSatisfy(\.isWhitespace)
      ? [.invalid(path.child(field), .string(text), "must be non-empty if specified")] : []
  }

  /// One patch, of the type that it names.
  private func mutation(
    _ mutation: Value, _ path: FieldPath, _ problems: (FieldPath) -> [FieldError]
  ) -> [FieldError] {
    let type = mutation.text("patchType")
    if type.isEmpty { return [.required(path.child("patchType"))] }
    let fields = ["JSONPatch": "jsonPatch", "ApplyConfiguration": "applyConfiguration"]
    guard let wanted = fields[type] else {
      return Checks.oneOf(mutation, "patchType", fields.keys.sorted(), path)
    }
    var errors: [FieldError] = []
    if let patch = mutation[wanted], !patch.isNull {
      let place = path.child(wanted, "expression")
      if patch.text("expression").allSatisfy(\.isWhitespace) { errors.append(.required(place)) }
      errors += problems(place)
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

  private func mutations(
    _ spec: Value, _ path: FieldPath, _ problems: (FieldPath) -> [FieldError]
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let mutations = spec.items("mutations")
    if mutations.isEmpty {
      errors.append(
        .required(path.child("mutations"), "mutations must contain at least one item"))
    }
    for (index, mutation) in mutations.enumerated() {
      errors += self.mutation(mutation, path.child("mutations").index(index), problems)
    }
    if spec.text("reinvocationPolicy").isEmpty {
      errors.append(.required(path.child("reinvocationPolicy")))
    } else {
      errors += Checks.oneOf(spec, "reinvocationPolicy", ["IfNeeded", "Never"], path)
    }
    return errors
  }
}
