import Documents
import KubeObjects

/// The checks of what an Indexed Job calls success.
enum SuccessPolicyValidation {
  private static let structure = GoStructure(
    "Rules", ["Rules": .list(GoStructure("SucceededIndexes SucceededCount"))])

  static func validate(_ policy: Value, _ spec: Value, _ path: FieldPath) -> [FieldError] {
    guard spec.text("completionMode") == "Indexed" else {
      return [
        .invalid(
          path, printed: structure.printed(policy), "requires indexed completion mode")
      ]
    }
    let rules = policy.items("rules")
    let list = path.child("rules")
    if rules.isEmpty {
      return [
        .required(
          list,
          "at least one rules are required when the "
            + "successPolicy is specified")
      ]
    }
    if rules.count > 20 { return [.tooMany(list, rules.count, max: 20)] }
    return rules.enumerated().flatMap {
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
      do {
        total = try count(text, completions)
      } catch {
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

  private struct IndexError: Error {
    var message: String
  }

  /// How many indexes a list such as `0,2-5` has.
  private static func count(
    _ text: String, _ completions: Int64
  ) throws(IndexError) -> Int64 {
    var total: Int64 = 0
    var last: Int64 = -1
    guard !text.isEmpty else { return 0 }
    for interval in text.split(separator: ",", omittingEmptySubsequences: false) {
      let limits = interval.split(separator: "-", omittingEmptySubsequences: false)
      guard limits.count <= 2 else {
        throw IndexError(
          message: "the fragment \(String(interval).goQuoted) violates the requirement that an "
            + "index interval can have at most two parts separated by '-'")
      }
      var numbers: [Int64] = []
      for limit in limits {
        guard let number = Int64(limit) else {
          throw IndexError(
            message: "cannot convert string to integer for index: "
              + String(limit).goQuoted)
        }
        guard number < completions else {
          throw IndexError(message: "too large index: \(String(limit).goQuoted)")
        }
        numbers.append(number)
      }
      let (low, high) = (numbers.first ?? 0, numbers.last ?? 0)
      if numbers.count == 2, low >= high {
        throw IndexError(
          message: "non-increasing order, previous: \(low), current: \(high)")
      }
      guard low > last else {
        throw IndexError(
          message: "non-increasing order, previous: \(last), current: \(low)")
      }
      last = high
      total += high - low + 1
    }
    return total
  }
}
