import CEL
import Documents
import KubeObjects

/// Refuses what ValidatingAdmissionPolicies do not allow.
struct ValidatingAdmissionPolicies: ValidatingAdmissionPlugin {
  var name: String { "ValidatingAdmissionPolicy" }
  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { true }

  /// What one expression decided against a request.
  private struct Denial {
    var message: String
    var reason = ""
    /// Which of the policy's validations it is of.
    var index = 0
    /// An audit annotation that fails refuses whatever the binding's actions are.
    var isOfAudit = false
  }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let selection = PolicySelection(kind: "Validating", attributes: attributes, objects: objects)
    var first: (invocation: PolicyInvocation, denial: Denial)?
    for invocation in selection.invocations {
      if let problem = invocation.problem {
        if !invocation.isIgnoringFailures, first == nil {
          first = (invocation, Denial(message: problem))
        }
        continue
      }
      for denial in Self.denials(invocation, &attributes, objects) {
        let denies = Self.act(on: denial, invocation, &attributes)
        if denies, first == nil { first = (invocation, denial) }
      }
    }
    if let first { throw Self.refusal(first.invocation, first.denial, attributes) }
  }

  /// Does what the binding wants; tells whether the request is refused.
  private static func act(
    on denial: Denial, _ invocation: PolicyInvocation, _ attributes: inout AdmissionAttributes
  ) -> Bool {
    if denial.isOfAudit { return true }
    let binding = invocation.binding?.name ?? ""
    var denies = false
    for action in invocation.binding?["spec"]?.texts("validationActions") ?? [] {
      switch action {
      case "Deny": denies = true
      case "Warn":
        attributes.warnings.append(
          "Validation failed for ValidatingAdmissionPolicy '\(invocation.policy.name)' with "
            + "binding '\(binding)': \(denial.message)")
      case "Audit":
        // The first stays (AddAuditAnnotation).
        let key = "validation.policy.admission.k8s.io/validation_failure"
        if attributes.auditAnnotations[key] == nil {
          attributes.auditAnnotations[key] = failure(denial, invocation)
        }
      default: break
      }
    }
    return denies
  }

  /// A failed validation as the audit log has it (ValidationFailureValue).
  private static func failure(_ denial: Denial, _ invocation: PolicyInvocation) -> String {
    func quoted(_ text: String) -> String { JSON.text(.string(text)) }
    let actions = invocation.binding?["spec"]?.texts("validationActions") ?? []
    return "[{\"message\":\(quoted(denial.message)),\"policy\":\(quoted(invocation.policy.name)),"
      + "\"binding\":\(quoted(invocation.binding?.name ?? "")),\"expressionIndex\":\(denial.index),"
      + "\"validationActions\":[\(actions.map(quoted).joined(separator: ","))]}]"
  }

  private static func refusal(
    _ invocation: PolicyInvocation, _ denial: Denial, _ attributes: AdmissionAttributes
  ) -> StatusError {
    let bound = invocation.binding.map { " with binding '\($0.name)'" } ?? ""
    let text =
      "ValidatingAdmissionPolicy '\(invocation.policy.name)'\(bound) denied request: "
      + denial.message
    var error = attributes.forbidden(text)
    error.reason = denial.reason.isEmpty ? "Invalid" : denial.reason
    error.code =
      ["Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413][denial.reason] ?? 422
    error.details?.causes = [StatusError.Cause(reason: "", message: text, field: "")]
    return error
  }

  /// All that a policy has against a request (validator.Validate).
  private static func denials(
    _ invocation: PolicyInvocation, _ attributes: inout AdmissionAttributes,
    _ objects: any ObjectAccess
  ) -> [Denial] {
    let run = PolicyRun(invocation, attributes, objects)
    let ignores = invocation.isIgnoringFailures
    let (isMatch, problem) = run.holds(
      invocation.spec.items("matchConditions"), isIgnoringFailures: ignores)
    guard isMatch else { return [] }
    if let problem { return [Denial(message: problem)] }
    var found: [Denial] = []
    for (index, rule) in invocation.spec.items("validations").enumerated() {
      let text = rule.text("expression")
      switch run.evaluate(text) {
      case .bool(true): continue
      case .failure(let why):
        if !ignores { found.append(Denial(message: PolicyRun.failed(text, why), index: index)) }
      default:
        found.append(
          Denial(message: message(rule, run), reason: rule.text("reason"), index: index))
      }
    }
    for audit in invocation.spec.items("auditAnnotations") {
      let text = audit.text("valueExpression")
      switch run.evaluate(text) {
      case .failure(let why):
        if !ignores {
          found.append(Denial(message: PolicyRun.failed(text, why), isOfAudit: true))
        }
      case .string(let value):
        let shown = value.trimmingBlanks
        guard !shown.isEmpty else { continue }
        // What several bindings say stands side by side, but not twice.
        let key = "\(invocation.policy.name)/\(audit.text("key"))"
        let known = attributes.auditAnnotations[key].map { [$0] } ?? []
        guard !known.flatMap({ $0.split(separator: ", ") }).contains(shown[...]) else { continue }
        attributes.auditAnnotations[key] = (known + [shown]).joined(separator: ", ")
      default: break
      }
    }
    return found
  }

  private static func message(_ rule: Value, _ run: PolicyRun) -> String {
    let expression = rule.text("messageExpression")
    if !expression.isEmpty, let made = run.evaluate(expression).string?.trimmingBlanks,
      !made.isEmpty, made.utf8.count <= 5 * 1024, !made.contains(where: \.isNewline)
    {
      return made
    }
    let message = rule.text("message").trimmingBlanks
    return message.isEmpty
      ? "failed expression: \(rule.text("expression").trimmingBlanks)" : message
  }
}
