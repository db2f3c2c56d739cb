import Documents
import KubeObjects

/// The checks of what an Indexed Job calls success.
enum SuccessPolicyValidation {
  static func validate(_ policy: Value, _ spec: Value, _ path: FieldPath) -> [FieldError] {
    guard spec.text("completionMode") == "Indexed" else {
      return [
        .invalid(
          path, printed: GoStructure.successPolicy.printed(policy),
          "requires indexed completion mode")
      ]
    }
    let rules = policy.items("rules")
    let list = path.child("rules")
    if rules.isEmpty {
      return [
        .required(
          list,
          "at least one rules must be specified when the successPolicy is specified")
      ]
    }
    let count: [FieldError] =
      rules.count > 20 ? [.tooMany(list, rules.count, max: 20)] : []
    return count
      + rules.enumerated().flatMap {
        validate(rule: $0.element, spec.number("completions"), list.index($0.offset))
      }
  }

  private static func validate(
    rule: Value, _ completions: Int64, _ path: FieldPath
  ) -> [FieldError] {
    var errors: [FieldError] = []
    if !rule.has("succeededCount"), !rule.has("succeededIndexes") {
      errors.append(
        .required(
          path, "at least one of succeededCount or succeededIndexes must be specified"))
    }
    var total: Int64?
    if let text = rule["succeededIndexes"]?.string {
      if text.utf8.count > 65_536 {
        errors.append(.tooLong(path.child("succeededIndexes"), max: 65_536))
      }
      do throws(JobIndexes.Problem) {
        total = try JobIndexes(text, below: completions).count
      } catch {
        // None was counted.
        total = 0
        errors.append(
          .invalid(
            path.child("succeededIndexes"), .string(text),
            "error parsing succeededIndexes: \(error.message)"))
      }
    }
    guard let wanted = rule["succeededCount"]?.int else { return errors }
    let place = path.child("succeededCount")
    errors += Checks.notNegative(rule, "succeededCount", path)
    if wanted > completions {
      errors.append(
        .invalid(
          place, .int(wanted),
          "must be less than or equal to \(completions) (the number of specified completions)"))
    }
    if let total, wanted > total {
      errors.append(
        .invalid(
          place, .int(wanted),
          "must be less than or equal to \(total) (the number of indexes in the specified "
            + "succeededIndexes field)"))
    }
    return errors
  }
}
