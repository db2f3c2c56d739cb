import Documents
import KubeObjects

/// The checks of a Job's rules about failed Pods.
enum PodFailurePolicyValidation {
  static func validate(_ policy: Value, _ spec: Value, _ path: FieldPath) -> [FieldError] {
    let rules = policy.items("rules")
    var errors: [FieldError] = []
    if rules.count > 20 {
      errors.append(.tooMany(path.child("rules"), rules.count, max: 20))
    }
    let containers = Set(
      ["containers", "initContainers"].flatMap {
        spec["template"]?["spec"]?.items($0) ?? []
      }.map { $0.text("name") })
    for (index, rule) in rules.enumerated() {
      errors += validate(
        rule: rule, spec, containers, path.child("rules").index(index))
    }
    return errors
  }

  private static func validate(
    rule: Value, _ spec: Value, _ containers: Set<String>, _ path: FieldPath
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let action = rule.text("action")
    if action == "FailIndex", !spec.has("backoffLimitPerIndex") {
      errors.append(
        .invalid(
          path.child("action"), .string(action),
          "requires the backoffLimitPerIndex to "
            + "be set"))
    }
    if action.isEmpty {
      errors.append(
        .required(
          path.child("action"),
          "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]"))
    } else {
      errors += Checks.oneOf(rule, "action", ["Count", "FailIndex", "FailJob", "Ignore"], path)
    }
    let codes = rule["onExitCodes"].flatMap { $0.isNull ? nil : $0 }
    if let codes { errors += validate(codes: codes, containers, path.child("onExitCodes")) }
    let conditions = rule.items("onPodConditions")
    if conditions.count > 20 {
      errors.append(.tooMany(path.child("onPodConditions"), conditions.count, max: 20))
    }
    for (index, condition) in conditions.enumerated() {
      let place = path.child("onPodConditions").index(index)
      errors += Checks.name(.qualifiedName, condition.text("type"), place.child("type"))
      if condition.text("status").isEmpty {
        errors.append(
          .required(place.child("status"), "valid values: [\"False\" \"True\" \"Unknown\"]"))
      } else {
        errors += Checks.oneOf(condition, "status", ["False", "True", "Unknown"], place)
      }
    }
    if codes != nil, !conditions.isEmpty {
      errors.append(
        FieldError(
          .invalid, path.description, badValue: nil,
          "specifying both OnExitCodes and OnPodConditions is not supported"))
    } else if codes == nil, conditions.isEmpty {
      errors.append(
        FieldError(
          .invalid, path.description, badValue: nil,
          "specifying one of OnExitCodes and OnPodConditions is required"))
    }
    return errors
  }

  private static func validate(
    codes: Value, _ containers: Set<String>, _ path: FieldPath
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let comparison = codes.text("operator")
    if comparison.isEmpty {
      errors.append(
        .required(path.child("operator"), "valid values: [\"In\" \"NotIn\"]"))
    } else {
      errors += Checks.oneOf(codes, "operator", ["In", "NotIn"], path)
    }
    if let name = codes["containerName"]?.string, !containers.contains(name) {
      errors.append(
        .invalid(
          path.child("containerName"), .string(name),
          "must be one of the container or initContainer names in the pod template"))
    }
    let values = codes.items("values").compactMap(\.int)
    let list = path.child("values")
    if values.isEmpty {
      errors.append(.invalid(list, codes["values"] ?? .null, "at least one value is required"))
    } else if values.count > 255 {
      errors.append(.tooMany(list, values.count, max: 255))
    }
    var seen: Set<Int64> = []
    for (index, value) in values.enumerated() {
      if comparison == "In", value == 0 {
        errors.append(
          .invalid(list.index(index), .int(value), "must not be 0 for the In operator"))
      }
      if !seen.insert(value).inserted {
        errors.append(.duplicate(list.index(index), .int(value)))
      }
    }
    for (previous, next) in zip(values, values.dropFirst()) where previous > next {
      errors.append(.invalid(list, codes["values"] ?? .null, "must be ordered"))
      break
    }
    return errors
  }
}
