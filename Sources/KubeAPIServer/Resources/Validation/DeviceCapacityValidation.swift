import Documents
import KubeObjects

extension DeviceValidation {
  func capacities(_ device: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    for (key, capacity) in device.members("capacity") {
      errors += DeviceChecks.qualifiedName(key, path)
      guard let policy = capacity["requestPolicy"], !policy.isNull else { continue }
      let here = path.key(key).child("requestPolicy")
      if device.flag("allowMultipleAllocations") {
        errors += RequestPolicyValidation(capacity: capacity, policy: policy).validate(here)
      } else {
        errors.append(.forbidden(here, "allowMultipleAllocations must be true"))
      }
    }
    return errors
  }
}

/// How much of a device's capacity one request may take.
private struct RequestPolicyValidation {
  private let whole: Quantity
  private let policy: Value
  private let range: Value?
  private let values: [Quantity]

  init(capacity: Value, policy: Value) {
    whole = Self.quantity(capacity, "value") ?? .zero
    self.policy = policy
    range = policy["validRange"].flatMap { $0.isNull ? nil : $0 }
    values = policy.items("validValues").compactMap { try? Quantity(parsing: $0) }
  }

  private static func quantity(_ owner: Value, _ key: String) -> Quantity? {
    owner[key].flatMap { try? Quantity(parsing: $0) }
  }

  func validate(_ path: FieldPath) -> [FieldError] {
    if !values.isEmpty, range != nil {
      let text =
        "exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\" "
        + "at the same time"
      return [.forbidden(path, text)]
    }
    let key = values.isEmpty ? "validRange" : "validValues"
    if values.isEmpty, range == nil { return [] }
    guard let standard = Self.quantity(policy, "default") else {
      return [.required(path.child("default"), "required when \(key) is defined")]
    }
    return range.map { validate(range: $0, standard, path.child(key)) }
      ?? validate(values: standard, path.child(key))
  }

  private func validate(values standard: Quantity, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    for (index, pair) in zip(values, values.dropFirst()).enumerated() where pair.0 > pair.1 {
      errors.append(
        .invalid(
          path.index(index + 1), .string(pair.1.description),
          "values must be sorted in ascending order"))
    }
    if values.count > 10 {
      errors.append(.tooMany(path, values.count, max: 10))
    } else {
      for (index, value) in values.enumerated() where value > whole {
        errors.append(
          .invalid(
            path.index(index), .string(value.description),
            "option is larger than capacity value: \(whole)"))
      }
      var seen: Set<Int64> = []
      for (index, value) in values.enumerated() where !seen.insert(value.value).inserted {
        errors.append(.duplicate(path.index(index), .string(String(value.value))))
      }
    }
    if values.count > 10 || !values.contains(standard) {
      errors.append(
        .invalid(
          path, .string(standard.description),
          "default value is not valid according to the requestPolicy"))
    }
    return errors
  }

  private func validate(
    range: Value, _ standard: Quantity, _ path: FieldPath
  ) -> [FieldError] {
    guard let least = Self.quantity(range, "min") else {
      return [.required(path.child("min"), "required when validRange is defined")]
    }
    var errors: [FieldError] = []
    func refuse(_ isWrong: Bool, _ key: String, _ bad: Quantity, _ text: String) {
      if isWrong { errors.append(.invalid(path.child(key), .string(bad.description), text)) }
    }
    refuse(least > whole, "min", least, "min is larger than capacity value: \(whole)")
    refuse(standard < least, "default", standard, "default is less than min: \(least)")
    let most = Self.quantity(range, "max")
    if let most {
      refuse(least > most, "max", least, "min is larger than max: \(most)")
      refuse(most > whole, "max", most, "max is larger than capacity value: \(whole)")
      refuse(standard > most, "default", standard, "default is more than max: \(most)")
    }
    guard let step = Self.quantity(range, "step") else { return errors }
    if step.sign <= 0 {
      refuse(true, "step", step, Checks.notPositive)
      return errors
    }
    let added = least + step
    refuse(
      added > whole, "step", step,
      "one step \(added) is larger than capacity value: \(whole)")
    for value in [standard, most].compactMap({ $0 }) {
      refuse(
        !isMultiple(value, of: step, from: least), "step", value,
        "value is not a multiple of a given step (\(step)) from (\(least))")
    }
    return errors
  }

  private func isMultiple(_ value: Quantity, of step: Quantity, from least: Quantity) -> Bool {
    let (distance, overflow) = value.value.subtractingReportingOverflow(least.value)
    return !overflow && distance % max(step.value, 1) == 0
  }
}
