import Documents
import KubeObjects

/// The conditions that newer kinds have (metav1.Condition).
enum ConditionValidation {
  static func validate(_ conditions: [Value], _ list: FieldPath) -> [FieldError] {
    var types: Set<String> = []
    return conditions.enumerated().flatMap { index, condition in
      let here = list.index(index)
      let type = condition.text("type")
      let repeated: [FieldError] =
        types.insert(type).inserted ? [] : [.duplicate(here.child("type"), .string(type))]
      return repeated + validate(condition, here)
    }
  }

  private static func validate(_ condition: Value, _ here: FieldPath) -> [FieldError] {
    var errors = Checks.name(.qualifiedName, condition.text("type"), here.child("type"))
    errors += Checks.oneOf(condition, "status", ["False", "True", "Unknown"], here)
    let generation = condition.number("observedGeneration")
    if generation < 0 {
      errors.append(
        .invalid(
          here.child("observedGeneration"), .int(generation),
          "must be greater than or equal to zero"))
    }
    if condition.text("lastTransitionTime").isEmpty {
      errors.append(.required(here.child("lastTransitionTime")))
    }
    let (reason, place) = (condition.text("reason"), here.child("reason"))
    if reason.isEmpty {
      errors.append(.required(place))
    } else {
      errors += Checks.name(.conditionReason, reason, place)
      if reason.utf8.count > 1024 { errors.append(.tooLong(place, max: 1024)) }
    }
    if condition.text("message").utf8.count > 32 * 1024 {
      errors.append(.tooLong(here.child("message"), max: 32 * 1024))
    }
    return errors
  }
}
