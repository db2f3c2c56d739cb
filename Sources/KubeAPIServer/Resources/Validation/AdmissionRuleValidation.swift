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
    for field in ["apiGroups", "apiVersions", "resources"] {
      let values = rule.texts(field)
      if values.isEmpty { errors.append(.required(path.child(field))) }
      let whole = field == "resources" ? "*/*" : "*"
      let noun = ["apiGroups": "API groups", "apiVersions": "API versions"][field] ?? "resources"
      if values.count > 1, values.contains(whole) {
        errors.append(
          .invalid(
            path.child(field), rule[field] ?? .null,
            "if '\(whole)' is present, must not specify other \(noun)"))
      }
    }
    let scope = rule.text("scope")
    if !scope.isEmpty {
      errors += Checks.oneOf(rule, "scope", ["*", "Cluster", "Namespaced"], path)
    }
    return errors
  }
}
