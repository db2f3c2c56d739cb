import Documents
import KubeObjects

/// The checks of whose requests a FlowSchema is about (ValidateFlowSchemaPolicyRulesWithSubjects).
enum FlowSchemaValidation {
  private static let verbs = [
    "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch",
  ]

  static func rule(_ rule: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let subjects = rule.items("subjects")
    for (index, one) in subjects.enumerated() {
      errors += subject(one, path.child("subjects").index(index))
    }
    if subjects.isEmpty {
      errors.append(.required(path.child("subjects"), "subjects must contain at least one value"))
    }
    let resources = rule.items("resourceRules")
    let others = rule.items("nonResourceRules")
    if resources.isEmpty, others.isEmpty {
      errors.append(
        .required(path, "at least one of resourceRules and nonResourceRules has to be non-empty"))
    }
    for (index, one) in resources.enumerated() {
      errors += resource(one, path.child("resourceRules").index(index))
    }
    for (index, one) in others.enumerated() {
      errors += nonResource(one, path.child("nonResourceRules").index(index))
    }
    return errors
  }

  // MARK: subjects

  private static let kinds = [
    ("Group", "group"), ("ServiceAccount", "serviceAccount"), ("User", "user"),
  ]

  private static func subject(_ subject: Value, _ path: FieldPath) -> [FieldError] {
    let kind = subject.text("kind")
    guard let (_, member) = kinds.first(where: { $0.0 == kind }) else {
      return [.notSupported(path.child("kind"), .string(kind), kinds.map(\.0))]
    }
    var errors: [FieldError] = []
    let place = path.child(member)
    if let named = subject[member], !named.isNull {
      errors += name(of: named, isAccount: kind == "ServiceAccount", place)
    } else {
      errors.append(.required(place, "\(member) is required when subject kind is '\(kind)'"))
    }
    // In the order in which upstream looks at the members of the other kinds.
    for other in ["serviceAccount", "user", "group"] where other != member && subject.has(other) {
      let wanted = kinds.first { $0.1 == other }?.0 ?? ""
      errors.append(
        .forbidden(
          path.child(other), "\(other) is forbidden when subject kind is not '\(wanted)'"))
    }
    return errors
  }

  private static func name(
    of subject: Value, isAccount: Bool, _ path: FieldPath
  ) -> [FieldError] {
    let name = subject.text("name")
    guard isAccount else { return name.isEmpty ? [.required(path.child("name"))] : [] }
    var errors: [FieldError] = []
    if name.isEmpty {
      errors.append(.required(path.child("name")))
    } else if name != "*" {
      errors += Checks.name(.dns1123Subdomain, name, path.child("name"))
    }
    let namespace = subject.text("namespace")
    errors +=
      namespace.isEmpty
      ? [.required(path.child("namespace"), "must specify namespace for service account")]
      : Checks.name(.dns1123Label, namespace, path.child("namespace"))
    return errors
  }

  // MARK: rules

  /// A star stands for all, and alone.
  private static func crowded(
    _ rule: Value, _ member: String, _ others: String, _ path: FieldPath
  ) -> [FieldError] {
    let values = rule.texts(member)
    guard values.count > 1, values.contains("*") else { return [] }
    return [
      .invalid(
        path.child(member), .strings(values), "if '*' is present, must not specify other \(others)")
    ]
  }

  private static func verbs(_ rule: Value, _ path: FieldPath) -> [FieldError] {
    let given = rule.texts("verbs")
    if given.isEmpty {
      return [.required(path.child("verbs"), "verbs must contain at least one value")]
    }
    if given.contains("*") { return crowded(rule, "verbs", "verbs", path) }
    return given.allSatisfy(verbs.contains)
      ? [] : [.notSupported(path.child("verbs"), .strings(given), verbs)]
  }

  private static func resource(_ rule: Value, _ path: FieldPath) -> [FieldError] {
    var errors = verbs(rule, path)
    for (member, word, words) in [
      ("apiGroups", "api group", "api groups"), ("resources", "resource", "resources"),
    ] {
      errors +=
        rule.items(member).isEmpty
        ? [.required(path.child(member), "resource rules must supply at least one \(word)")]
        : crowded(rule, member, words, path)
    }
    let namespaces = rule.texts("namespaces")
    let place = path.child("namespaces")
    if namespaces.isEmpty, rule["clusterScope"] != true {
      errors.append(
        .required(
          place,
          "resource rules that are not cluster scoped must supply at least one namespace"))
    } else if namespaces.contains("*") {
      errors += crowded(rule, "namespaces", "namespaces", path)
    } else {
      for (index, name) in namespaces.enumerated() {
        errors += NameRule.dns1123Label.problems(name).map {
          .invalid(
            place.index(index), .string(name),
            "each member of this list must be '*' or a DNS-1123 label; " + $0)
        }
      }
    }
    return errors
  }

  private static func nonResource(_ rule: Value, _ path: FieldPath) -> [FieldError] {
    let place = path.child("nonResourceURLs")
    let urls = rule.texts("nonResourceURLs")
    if urls.isEmpty {
      return verbs(rule, path) + [
        .required(place, "nonResourceURLs must contain at least one value")
      ]
    }
    if urls.contains("*") {
      return verbs(rule, path)
        + (urls.count == 1
          ? []
          : [
            .invalid(
              place, .array(urls.map { .string($0) }),
              "if '*' is present, must not specify other non-resource URLs")
          ])
    }
    return verbs(rule, path)
      + urls.enumerated().compactMap { index, url in
        problem(url).map { .invalid(place.index(index), .string(url), $0) }
      }
  }

  /// ValidateNonResourceURLPath.
  private static func problem(_ url: String) -> String? {
    if url.isEmpty { return "must not be empty" }
    if url == "/" { return nil }
    if !url.hasPrefix("/") { return "must start with slash" }
    if url.contains(" ") { return "must not contain white-space" }
    if url.contains("//") { return "must not contain double slash" }
    let stars = url.filter { $0 == "*" }.count
    return stars > 1 || stars == 1 && !url.hasSuffix("/*")
      ? "wildcard can only do suffix matching" : nil
  }
}
