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

  init(_ rule: Value, of schema: CustomSchema, _ types: ExpressionTypes) throws(Problem) {
    text = rule["rule"]?.string ?? ""
    message = (rule["message"]?.string ?? "").trimmingBlanks
    reason = rule["reason"]?.string ?? ""
    path = (try? SchemaPath.find(rule["fieldPath"]?.string ?? "", in: schema))?.steps ?? []
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
    if let why = program.constantFailure {
      throw Problem(
        field: "rule", detail: "program instantiation failed: \(why)", isRequired: false)
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

  // MARK: judging

  enum Judgement {
    case kept
    case broken(FieldError)
    /// The rule could not be evaluated.
    case failed(FieldError)
  }

  /// `shown` is the value, which errors show unless it is an object or a list.
  func judge(
    _ value: Datum, old: Datum?, _ place: FieldPath?, _ shown: Value, type: String
  ) -> Judgement {
    if isTransition, old == nil, !isOptionalOld { return .kept }
    let variables: [String: Datum] = [
      "self": value,
      "oldSelf": isOptionalOld ? .optional(old) : old ?? .null,
    ]
    switch program.evaluate(variables) {
    case .bool(true): return .kept
    case .failure(let problem):
      return .failed(
        FieldError(
          .invalid, place?.description ?? "<nil>", badValue: type.goQuoted, detail(problem)))
    default:
      let printed = ["object", "array"].contains(type) ? nil : shown.goPrinted
      return .broken(refusal(place, variables, printed))
    }
  }

  /// What the rule is called in messages.
  private var name: String { message.isEmpty ? text.trimmingBlanks : message }

  private func detail(_ problem: String) -> String {
    if problem.hasPrefix("no such overload") {
      return "'\(problem)': call arguments did not match a supported operator, function or macro "
        + "signature for rule: \(name)"
    }
    if problem.hasPrefix("operation cancelled") {
      return "'\(problem)': no further validation rules will be run due to call cost exceeds limit "
        + "for rule: \(name)"
    }
    return "\(problem) evaluating rule: \(name)"
  }

  private func refusal(
    _ place: FieldPath?, _ variables: [String: Datum], _ shown: String?
  ) -> FieldError {
    var detail = message.isEmpty ? "failed rule: \(name)" : message
    if let made = messageProgram?.evaluate(variables).string?.trimmingBlanks, !made.isEmpty,
      made.utf8.count <= 10_240, !made.contains(where: \.isNewline)
    {
      detail = made
    }
    var target = place
    for step in path { target = target?.child(step) ?? FieldPath(step) }
    let field = target?.description ?? "<nil>"
    return switch reason {
    case "FieldValueForbidden": FieldError(.forbidden, field, badValue: nil, detail)
    case "FieldValueRequired": FieldError(.required, field, badValue: nil, detail)
    case "FieldValueDuplicate": FieldError(.duplicate, field, badValue: shown, "")
    default: FieldError(.invalid, field, badValue: shown, detail)
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
