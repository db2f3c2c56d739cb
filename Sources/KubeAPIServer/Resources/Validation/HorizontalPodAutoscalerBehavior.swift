import Documents
import KubeObjects

/// The checks of how fast a HorizontalPodAutoscaler may scale.
enum HorizontalPodAutoscalerBehavior {
  static func validate(_ rules: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if let seconds = rules["stabilizationWindowSeconds"]?.int {
      let place = path.child("stabilizationWindowSeconds")
      if seconds < 0 {
        errors.append(
          .invalid(place, .int(seconds), "must be greater than or equal to zero"))
      }
      if seconds > 3600 {
        errors.append(.invalid(place, .int(seconds), "must be less than or equal to 3600"))
      }
    }
    if rules["selectPolicy"]?.string != nil {
      errors += Checks.oneOf(rules, "selectPolicy", ["Disabled", "Max", "Min"], path)
    }
    let policies = rules.items("policies")
    if policies.isEmpty {
      errors.append(.required(path.child("policies"), "must specify at least one Policy"))
    }
    for (index, policy) in policies.enumerated() {
      let here = path.child("policies").index(index)
      errors += Checks.oneOf(policy, "type", ["Percent", "Pods"], here)
      for field in ["value", "periodSeconds"] where policy.number(field) <= 0 {
        errors.append(
          .invalid(here.child(field), .int(policy.number(field)), Checks.notPositive))
      }
      if policy.number("periodSeconds") > 1800 {
        errors.append(
          .invalid(
            here.child("periodSeconds"), .int(policy.number("periodSeconds")),
            "must be less than or equal to 1800"))
      }
    }
    if let tolerance = rules["tolerance"], !tolerance.isNull {
      let quantity = ResourceValidation.quantity(tolerance)
      if quantity.sign < 0 {
        errors.append(
          .invalid(
            path.child("tolerance"), .string(quantity.description), Checks.notNegative))
      }
    }
    return errors
  }
}
