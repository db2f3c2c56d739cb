import CEL
import Documents
import KubeObjects

/// Refuses what ValidatingAdmissionPolicies do not allow.
struct ValidatingAdmissionPolicies: ValidatingAdmissionPlugin {
  var name: String { "ValidatingAdmissionPolicy" }
  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { true }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let runs = PolicySelection(kind: "Validating", attributes: attributes, objects: objects).runs
    for (run, problem) in runs {
      guard let refusal = Self.refusal(run, problem) else { continue }
      let actions = run.binding["spec"]?.texts("validationActions") ?? []
      let text = run.refusal(refusal.text, kind: "ValidatingAdmissionPolicy")
      if actions.contains("Warn") {
        attributes.warnings.append(
          "Validation failed for ValidatingAdmissionPolicy '\(run.policy.name)' with binding "
            + "'\(run.binding.name)': \(refusal.text)")
      }
      if actions.contains("Audit") {
        attributes.auditAnnotations["validation.policy.admission.k8s.io/validation_failure"] = text
      }
      if actions.contains("Deny") {
        throw Self.error(attributes.forbidden(text), text, refusal.reason)
      }
    }
  }

  private static func error(
    _ error: StatusError, _ text: String, _ reason: String
  ) -> StatusError {
    var error = error
    error.reason = reason.isEmpty ? "Invalid" : reason
    error.code =
      ["Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413][reason] ?? 422
    error.details?.causes = [StatusError.Cause(reason: "", message: text, field: "")]
    return error
  }

  /// Why a policy refuses, or nil; the first reason counts.
  private static func refusal(
    _ run: PolicyRun, _ problem: String?
  ) -> (text: String, reason: String)? {
    if let problem { return run.isIgnoringFailures ? nil : (problem, "") }
    let (isMatch, failure) = run.holds()
    guard isMatch else { return nil }
    if let failure { return (failure, "") }
    for rule in run.spec.items("validations") {
      let text = rule.text("expression")
      switch run.evaluate(text) {
      case .bool(true): continue
      case .failure(let why):
        if run.isIgnoringFailures { continue }
        return ("expression '\(text)' resulted in error: \(why)", "")
      default: return (message(rule, run), rule.text("reason"))
      }
    }
    for audit in run.spec.items("auditAnnotations") {
      let text = audit.text("valueExpression")
      if case .failure(let why) = run.evaluate(text), !run.isIgnoringFailures {
        return ("expression '\(text)' resulted in error: \(why)", "")
      }
    }
    return nil
  }

  private static func message(_ rule: Value, _ run: PolicyRun) -> String {
    let expression = rule.text("messageExpression")
    if !expression.isEmpty, let made = run.evaluate(expression).string?.trimmingBlanks,
      !made.isEmpty, !made.contains(where: \.isNewline)
    {
      return made
    }
    let message = rule.text("message").trimmingBlanks
    return message.isEmpty ? "failed expression: \(rule.text("expression"))" : message
  }
}
