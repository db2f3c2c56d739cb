import Documents
import KubeObjects

/// The checks of numbers that may be percentages, as rollouts have them.
enum RolloutValidation {
  /// A strategy of an unknown type is shown whole.
  static let strategy = GoStructure(
    "Type=s RollingUpdate",
    ["RollingUpdate": .pointer(GoStructure("MaxUnavailable=0 MaxSurge=0"))])

  static func positive(_ value: Value?, _ path: FieldPath) -> [FieldError] {
    switch IntOrString(value) {
    case .int(let number)?:
      number < 0 ? [.invalid(path, .int(number), Checks.notNegative)] : []
    case .string(let text)?:
      IntOrString.string(text).isPercent && text != "%"
        ? []
        : [
          .invalid(
            path, .string(text),
            NameRule.mismatch(
              "a valid percent string must be a numeric string followed by an ending '%'",
              "[0-9]+%", "1%", "93%"))
        ]
    case nil: []
    }
  }

  static func atMostAll(_ value: Value?, _ path: FieldPath) -> [FieldError] {
    guard let share = IntOrString(value), let percent = share.percent, percent > 100 else {
      return []
    }
    return [.invalid(path, share.value, "must not be greater than 100%")]
  }

  static func isZero(_ value: Value?) -> Bool {
    guard let share = IntOrString(value) else { return true }
    return share.scaled(of: 100, roundingUp: true) ?? 0 == 0
  }
}
