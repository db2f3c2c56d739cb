import Documents
import KubeObjects

/// The checks of which requests a webhook or a policy is about.
enum AdmissionRuleValidation {
  static func validate(_ rule: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let operations = rule.texts("operations")
    if operations.isEmpty { errors.append(.required(path.child("operations"))) }
    if operations.count > 1, operations.contains("*") {
      errors.append(
        .invalid(
          path.child("operations"), rule["operations"] ?? .null,
          "if '*' is present, must not specify other operations"))
    }
    for (index, operation) in operations.enumerated() {
      errors += Checks.oneOfAt(
        path.child("operations").index(index), operation,
        ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"])
    }
    for (field, noun) in [("apiGroups", "API groups"), ("apiVersions", "API versions")] {
      let (values, place) = (rule.texts(field), path.child(field))
      if values.isEmpty { errors.append(.required(place)) }
      if values.count > 1, values.contains("*") {
        errors.append(
          .invalid(
            place, rule[field] ?? .null, "if '*' is present, must not specify other \(noun)"))
      }
      // The core's group has no name.
      guard field == "apiVersions" else { continue }
      errors += values.indices.filter { values[$0].isEmpty }.map { .required(place.index($0)) }
    }
    errors += resources(rule, path.child("resources"))
    let scope = rule.text("scope")
    if !scope.isEmpty {
      errors += Checks.oneOf(rule, "scope", ["*", "Cluster", "Namespaced"], path)
    }
    return errors
  }

  /// `pods`, `pods/status`, `pods/*`, `*/status`, `*`, `*/*` (validateResources).
  private static func resources(_ rule: Value, _ list: FieldPath) -> [FieldError] {
    let resources = rule.texts("resources")
    if resources.isEmpty { return [.required(list)] }
    var errors: [FieldError] = []
    var whole: (resources: Set<String>, parts: Set<String>) = ([], [])
    // Upstream remembers only the last one that is a resource itself.
    var lastIsPlain = false
    for (index, resource) in resources.enumerated() {
      let here = list.index(index)
      if resource.isEmpty {
        errors.append(.required(here))
        continue
      }
      let halves = resource.split(
        separator: "/", maxSplits: 1, omittingEmptySubsequences: false
      ).map(String.init)
      guard halves.count == 2 else {
        lastIsPlain = resource != "*"
        continue
      }
      func refuse(_ other: String) {
        errors.append(
          .invalid(
            here, .string(resource), "if '\(other)' is present, must not specify \(resource)"))
      }
      if whole.resources.contains(halves[0]) { refuse("\(halves[0])/*") }
      if whole.parts.contains(halves[1]) { refuse("*/\(halves[1])") }
      if halves[1] == "*" { whole.resources.insert(halves[0]) }
      if halves[0] == "*" { whole.parts.insert(halves[1]) }
    }
    let shown = rule["resources"] ?? .null
    if resources.count > 1, resources.contains("*/*") {
      errors.append(
        .invalid(list, shown, "if '*/*' is present, must not specify other resources"))
    }
    if resources.contains("*"), lastIsPlain {
      errors.append(
        .invalid(
          list, shown,
          "if '*' is present, must not specify other resources without subresources"))
    }
    return errors
  }

  // MARK: - What policies and their bindings match

  static func match(_ match: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if match.has("matchPolicy") {
      errors += Checks.oneOf(match, "matchPolicy", ["Equivalent", "Exact"], path)
    }
    for field in ["namespaceSelector", "objectSelector"] {
      errors += Checks.labelSelector(match[field], path.child(field))
    }
    for list in ["resourceRules", "excludeResourceRules"] {
      for (index, rule) in match.items(list).enumerated() {
        let here = path.child(list).index(index)
        errors += names(rule.texts("resourceNames"), here.child("resourceNames"))
        errors += validate(rule, here)
      }
    }
    return errors
  }

  /// What mutates is not asked when objects go.
  static func mutable(_ match: Value, _ path: FieldPath) -> [FieldError] {
    let supported = ["*", "CONNECT", "CREATE", "UPDATE"]
    return match.items("resourceRules").flatMap { $0.texts("operations") }
      .filter { !supported.contains($0) }
      .map {
        .notSupported(path.child("resourceRules", "operations"), .string($0), supported)
      }
  }

  private static func names(_ names: [String], _ path: FieldPath) -> [FieldError] {
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
}
