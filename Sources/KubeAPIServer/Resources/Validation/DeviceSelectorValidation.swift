import CEL
import Documents
import KubeObjects

/// The checks of expressions that choose devices.
enum DeviceSelectorValidation {
  private static let costLimit: UInt64 = 1_000_000
  private static let lengthLimit = 10 * 1024
  private static let countLimit = 32

  static func validate(_ owner: Value, _ path: FieldPath) -> [FieldError] {
    let place = path.child("selectors")
    let selectors = owner.items("selectors")
    var errors: [FieldError] = []
    if selectors.count > countLimit {
      errors.append(
        FieldError(
          .tooMany, place.description, badValue: String(selectors.count),
          "must have at most \(countLimit) items"))
    }
    for (index, selector) in selectors.prefix(countLimit).enumerated() {
      let here = place.index(index)
      guard let rule = selector["cel"], !rule.isNull else {
        errors.append(.required(here.child("cel")))
        continue
      }
      errors += validate(rule.text("expression"), here.child("cel").child("expression"))
    }
    return errors
  }

  private static func validate(_ text: String, _ path: FieldPath) -> [FieldError] {
    if text.utf8.count > lengthLimit {
      return [
        FieldError(
          .tooLong, path.description, badValue: nil,
          "may not be more than \(lengthLimit) bytes")
      ]
    }
    do throws(CompilationError) {
      let program = try Program(text, DeviceSelector.environment)
      guard program.type == .bool || program.type == .dyn else {
        return [
          .invalid(
            path, .string(text),
            "must evaluate to bool or the unknown type, not \(program.type)")
        ]
      }
      let cost = CostEstimator.estimate(program) { _, _ in nil }.most
      return cost > costLimit ? [.forbidden(path, "too complex, exceeds cost limit")] : []
    } catch {
      return [.invalid(path, .string(text), "compilation failed: \(error)")]
    }
  }
}
