import CEL
import Documents
import KubeObjects

/// The checks of the expressions that a policy is made of.
struct PolicyValidation {
  private let spec: Value
  private let path = FieldPath("spec")
  private var place: PolicyExpression.Place

  init(_ spec: Value, isMutating: Bool) {
    self.spec = spec
    place = PolicyExpression.Place(isMutation: isMutating)
    place.hasParameters = spec.has("paramKind")
  }

  var errors: [FieldError] {
    var errors = Self.conditions(spec, path, place)
    var known = place
    var types: [String: Type] = [:]
    for (index, variable) in spec.items("variables").enumerated() {
      known.variables = types
      errors += check(variable, "expression", path.child("variables").index(index), known, [])
      let program = try? Program(
        variable.text("expression"), PolicyExpression.environment(known))
      types[variable.text("name")] = program?.type ?? .dyn
    }
    known.variables = types
    for (index, rule) in spec.items("validations").enumerated() {
      let here = path.child("validations").index(index)
      errors += check(rule, "expression", here, known, [.bool])
      var message = known
      message.hasAuthorizer = false
      errors += check(rule, "messageExpression", here, message, [.string])
    }
    for (index, audit) in spec.items("auditAnnotations").enumerated() {
      errors += check(
        audit, "valueExpression", path.child("auditAnnotations").index(index), known,
        [.string, .null])
    }
    for (index, mutation) in spec.items("mutations").enumerated() {
      let here = path.child("mutations").index(index)
      switch mutation.text("patchType") {
      case "ApplyConfiguration":
        errors += check(
          mutation["applyConfiguration"] ?? [:], "expression", here.child("applyConfiguration"),
          known, [.structure("Object")])
      case "JSONPatch":
        errors += check(
          mutation["jsonPatch"] ?? [:], "expression", here.child("jsonPatch"), known,
          [.list(.structure("JSONPatch"))])
      default: break
      }
    }
    return errors
  }

  /// The match conditions of a policy or a webhook.
  static func conditions(
    _ object: Value, _ path: FieldPath,
    _ place: PolicyExpression.Place = PolicyExpression.Place()
  ) -> [FieldError] {
    var errors: [FieldError] = []
    var names: Set<String> = []
    let count = object.items("matchConditions").count
    if count > 64 {
      errors.append(
        FieldError(
          .tooMany, path.child("matchConditions").description, badValue: String(count),
          "must have at most 64 items"))
    }
    for (index, condition) in object.items("matchConditions").enumerated() {
      let here = path.child("matchConditions").index(index)
      if condition.text("expression").allSatisfy(\.isWhitespace) {
        errors.append(.required(here.child("expression")))
      }
      errors += check(condition, "expression", here, place, [.bool])
      let name = condition.text("name")
      if name.isEmpty {
        errors.append(.required(here.child("name")))
      } else {
        errors += Checks.name(.qualifiedName, name, here.child("name"))
        if !names.insert(name).inserted {
          errors.append(.duplicate(here.child("name"), .string(name)))
        }
      }
    }
    return errors
  }

  private func check(
    _ object: Value, _ field: String, _ path: FieldPath, _ place: PolicyExpression.Place,
    _ wanted: [Type]
  ) -> [FieldError] {
    Self.check(object, field, path, place, wanted)
  }

  private static func check(
    _ object: Value, _ field: String, _ path: FieldPath, _ place: PolicyExpression.Place,
    _ wanted: [Type]
  ) -> [FieldError] {
    let text = object.text(field)
    guard !text.allSatisfy(\.isWhitespace),
      let problem = PolicyExpression.problem(text, place, wanted)
    else { return [] }
    return [.invalid(path.child(field), .string(text), problem)]
  }
}
