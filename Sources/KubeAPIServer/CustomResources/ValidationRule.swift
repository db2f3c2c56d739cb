import CEL
import Documents
import KubeObjects

/// One of x-kubernetes-validations, compiled.
struct ValidationRule: Sendable {
  /// Why a rule cannot be: in the rule itself, or in the expression of its message.
  struct Problem: Error {
    let field: String
    let detail: String
    let isRequired: Bool
  }

  let text: String
  let message: String
  let reason: String
  let path: [String]
  let program: Program
  let messageProgram: Program?
  let isOptionalOld: Bool
  let isTransition: Bool

  init(_ rule: Value, _ types: ExpressionTypes) throws(Problem) {
    text = rule["rule"]?.string ?? ""
    message = (rule["message"]?.string ?? "").trimmingBlanks
    reason = rule["reason"]?.string ?? ""
    path = Self.steps(rule["fieldPath"]?.string ?? "") ?? []
    isOptionalOld = rule["optionalOldSelf"] == true
    guard let environment = types.environment(optionalOld: isOptionalOld) else {
      throw Problem(field: "rule", detail: "rule must have a typed value", isRequired: false)
    }
    if text.trimmingBlanks.isEmpty {
      throw Problem(field: "rule", detail: "rule is not specified", isRequired: true)
    }
    do throws(CompilationError) {
      program = try Program(text, environment)
    } catch {
      throw Problem(
        field: "rule", detail: "compilation failed: \(error)", isRequired: false)
    }
    guard program.type == .bool else {
      throw Problem(
        field: "rule", detail: "cel expression must evaluate to a bool", isRequired: false)
    }
    isTransition = program.refers(to: "oldSelf")
    messageProgram = try Self.messageProgram(rule, environment)
  }

  private static func messageProgram(
    _ rule: Value, _ environment: Environment
  ) throws(Problem) -> Program? {
    guard let text = rule["messageExpression"]?.string, !text.isEmpty else { return nil }
    let program: Program
    do throws(CompilationError) {
      program = try Program(text, environment)
    } catch {
      throw Problem(
        field: "messageExpression", detail: "messageExpression compilation failed: \(error)",
        isRequired: false)
    }
    guard program.type == .string else {
      throw Problem(
        field: "messageExpression", detail: "messageExpression must evaluate to a string",
        isRequired: false)
    }
    return program
  }

  /// The member names of a path such as .spec.ports['x.y']; nil when malformed.
  static func steps(_ path: String) -> [String]? {
    var rest = Substring(path)
    var steps: [String] = []
    while !rest.isEmpty {
      if rest.hasPrefix(".") {
        rest = rest.dropFirst()
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty else { return nil }
        steps.append(String(name))
        rest = rest.dropFirst(name.count)
      } else if rest.hasPrefix("['") {
        rest = rest.dropFirst(2)
        guard let end = rest.firstRange(of: "']") else { return nil }
        steps.append(String(rest[..<end.lowerBound]))
        rest = rest[end.upperBound...]
      } else {
        return nil
      }
    }
    return steps
  }

  // MARK: judging

  func error(
    _ value: Datum, old: Datum?, _ place: FieldPath?, type: String
  ) -> FieldError? {
    if isTransition, old == nil, !isOptionalOld { return nil }
    let variables: [String: Datum] = [
      "self": value,
      "oldSelf": isOptionalOld ? .optional(old) : old ?? .null,
    ]
    let field = place?.description ?? ""
    switch program.evaluate(variables) {
    case .bool(true): return nil
    case .failure(let problem):
      return FieldError(
        .invalid, field, badValue: type.goQuoted, detail(problem))
    default: return refusal(place, variables)
    }
  }

  private func detail(_ problem: String) -> String {
    if problem.hasPrefix("no such overload") {
      return "'\(problem)': call arguments did not match a supported operator, function or macro "
        + "signature for rule: \(text)"
    }
    if problem.hasPrefix("operation cancelled") {
      return "'\(problem)': no further validation rules will be run due to call cost exceeds limit "
        + "for rule: \(text)"
    }
    return "\(problem) evaluating rule: \(text)"
  }

  private func refusal(_ place: FieldPath?, _ variables: [String: Datum]) -> FieldError {
    var detail = message.isEmpty ? "failed rule: \(text.trimmingBlanks)" : message
    if let made = messageProgram?.evaluate(variables).string?.trimmingBlanks, !made.isEmpty,
      !made.contains(where: \.isNewline)
    {
      detail = made
    }
    var target = place
    for step in path { target = target?.child(step) ?? FieldPath(step) }
    let field = target?.description ?? ""
    return switch reason {
    case "FieldValueForbidden": FieldError(.forbidden, field, badValue: nil, detail)
    case "FieldValueRequired": FieldError(.required, field, badValue: nil, detail)
    case "FieldValueDuplicate": FieldError(.duplicate, field, badValue: nil, "")
    default: FieldError(.invalid, field, badValue: nil, detail)
    }
  }
}

extension String {
  /// Without blanks around it.
  var trimmingBlanks: String {
    guard let start = firstIndex(where: { !$0.isWhitespace }),
      let end = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[start...end])
  }
}
