import Documents
import KubeObjects

/// What is wrong with an audit policy (audit/validation, audit/policy/reader.go).
enum AuditPolicyValidation {
  private static let stages = [
    "RequestReceived", "ResponseStarted", "ResponseComplete", "Panic",
  ]

  static func validate(_ policy: Value) -> [FieldError] {
    let rules = policy.items("rules").enumerated().flatMap { index, rule in
      validate(rule, FieldPath("rules").index(index))
    }
    return validate(stages: policy.texts("omitStages"), FieldPath("omitStages")) + rules
  }

  private static func validate(_ rule: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let level = rule.text("level")
    if level.isEmpty {
      errors.append(.required(path.child("level")))
    } else if AuditPolicy.Level(level) == nil {
      errors.append(
        .notSupported(
          path.child("level"), .string(level),
          ["Metadata", "None", "Request", "RequestResponse"]))
    }
    let urls = rule.texts("nonResourceURLs")
    for (index, url) in urls.enumerated() where url != "*" {
      let place = path.child("nonResourceURLs").index(index)
      if !url.hasPrefix("/") {
        errors.append(
          .invalid(place, .string(url), "non-resource URL rules must begin with a '/' character"))
      }
      if url.dropLast().contains("*") {
        errors.append(
          .invalid(
            place, .string(url),
            "non-resource URL wildcards '*' must be the final character of the rule"))
      }
    }
    for entry in rule.items("resources") {
      let group = entry.text("group")
      if !group.isEmpty, group != "*" {
        let refusals = NameRule.dns1123Subdomain.problems(group)
        if !refusals.isEmpty {
          errors.append(
            .invalid(
              path.child("resources").child("group"), .string(group),
              refusals.joined(separator: ",")))
        }
      }
      if !entry.texts("resourceNames").isEmpty, entry.texts("resources").isEmpty {
        errors.append(
          .invalid(
            path.child("resources").child("resourceNames"), entry["resourceNames"] ?? .null,
            "using resourceNames requires at least one resource"))
      }
    }
    errors += validate(stages: rule.texts("omitStages"), path.child("omitStages"))
    if !urls.isEmpty, !rule.items("resources").isEmpty || !rule.items("namespaces").isEmpty {
      errors.append(
        .invalid(
          path.child("nonResourceURLs"), rule["nonResourceURLs"] ?? .null,
          "rules cannot apply to both regular resources and non-resource URLs"))
    }
    return errors
  }

  private static func validate(stages given: [String], _ path: FieldPath) -> [FieldError] {
    given.enumerated().filter { !stages.contains($0.element) }.map { index, stage in
      .invalid(
        path.index(index), .string(stage), "allowed stages are " + stages.joined(separator: ","))
    }
  }

  /// What cannot be read as a policy at all: a word where a list belongs.
  static func decodingProblem(_ policy: Value) -> String? {
    func check(_ value: Value, _ fields: [String], _ owner: String, _ place: String) -> String? {
      for field in fields {
        guard let given = value[field], !given.isNull, given.array == nil else { continue }
        let kind =
          switch given {
          case .string: "string"
          case .bool: "bool"
          case .object: "object"
          default: "number"
          }
        let element =
          ["rules", "resources"].contains(field) && owner != "GroupResources"
          ? (field == "rules" ? "[]v1.PolicyRule" : "[]v1.GroupResources")
          : field == "omitStages" ? "[]v1.Stage" : "[]string"
        return "json: cannot unmarshal \(kind) into Go struct field \(owner).\(place)\(field) of "
          + "type \(element)"
      }
      return nil
    }
    if let why = check(policy, ["omitStages", "rules"], "Policy", "") { return why }
    for rule in policy.items("rules") {
      let lists = [
        "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs", "omitStages",
      ]
      if let why = check(rule, lists, "PolicyRule", "rules.") { return why }
      for entry in rule.items("resources") {
        if let why = check(
          entry, ["resources", "resourceNames"], "GroupResources", "rules.resources.")
        {
          return why
        }
      }
    }
    return nil
  }
}
