import CEL
import Documents
import KubeObjects

/// One call of one admission webhook: whether it is about a request, what is asked, what is made of
/// the answer.
struct WebhookCall {
  let configuration: String
  let hook: Value
  let objects: any ObjectAccess

  var name: String { hook.text("name") }
  /// Tells it apart from all others.
  var key: String { "\(configuration)/\(name)" }
  var isIgnoringFailures: Bool { hook.text("failurePolicy") == "Ignore" }

  /// All webhooks of the configurations of a kind, sorted by the configurations' names.
  static func all(of resource: String, _ objects: any ObjectAccess) -> [WebhookCall] {
    objects.list(
      GroupVersionResource("admissionregistration.k8s.io", "v1", resource), namespace: ""
    ).flatMap { configuration in
      configuration.items("webhooks").map {
        WebhookCall(configuration: configuration.name, hook: $0, objects: objects)
      }
    }
  }

  /// The version that the webhook sees the request in, or nil when it is not asked
  /// (Webhook.ShouldCallHook).
  func matched(_ attributes: AdmissionAttributes) throws(StatusError) -> GroupVersionResource? {
    guard attributes.resource.group != "admissionregistration.k8s.io",
      !hook.items("rules").isEmpty
    else { return nil }
    let matching = RequestMatching(attributes: attributes, objects: objects)
    guard let matched = matching.matched(hook, rules: "rules") else { return nil }
    let conditions = hook.items("matchConditions")
    guard !conditions.isEmpty else { return matched }
    let run = PolicyRun(
      webhook: AdmissionView(attributes, as: matched, objects), attributes, objects)
    let (isMatch, problem) = run.holds(conditions, isIgnoringFailures: isIgnoringFailures)
    if let problem { throw attributes.forbidden(problem) }
    return isMatch ? matched : nil
  }

  /// What the webhook answers: its `response`. Nil when the call failed and that is ignored.
  func response(
    _ attributes: inout AdmissionAttributes, as matched: GroupVersionResource
  ) throws(StatusError) -> Value? {
    do throws(PatchFailure) {
      let response = try ask(attributes, as: matched)
      for (annotation, value) in response["auditAnnotations"]?.object ?? [:] {
        attributes.auditAnnotations["\(name)/\(annotation)"] = value.string ?? ""
      }
      attributes.warnings += response.texts("warnings")
      return response
    } catch {
      if isIgnoringFailures { return nil }
      throw .internalError("failed calling webhook \(name.goQuoted): \(error.message)")
    }
  }

  private func ask(
    _ attributes: AdmissionAttributes, as matched: GroupVersionResource
  ) throws(PatchFailure) -> Value {
    let view = AdmissionView(attributes, as: matched, objects)
    let uid = objects.newUID()
    var request = view.request
    request["uid"] = .string(uid)
    request["object"] = view.object
    request["oldObject"] = view.oldObject
    let client = WebhookClient(
      configuration: hook["clientConfig"] ?? [:], seconds: hook["timeoutSeconds"]?.int ?? 10,
      objects: objects)
    let answer: Value
    do throws(PatchFailure) {
      answer = try client.post([
        "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request,
      ])
    } catch {
      throw PatchFailure("failed to call webhook: \(error.message)")
    }
    do throws(PatchFailure) {
      return try Self.checked(answer, uid)
    } catch {
      throw PatchFailure("received invalid webhook response: \(error.message)")
    }
  }

  /// The answer's response, if it is one to this question (VerifyAdmissionResponse).
  private static func checked(_ answer: Value, _ uid: String) throws(PatchFailure) -> Value {
    guard let response = answer["response"], !response.isNull else {
      throw PatchFailure("webhook response was absent")
    }
    let version = GroupVersion(apiVersion: answer.apiVersion)
    if answer.kind != "AdmissionReview" || answer.apiVersion != "admission.k8s.io/v1" {
      throw PatchFailure(
        "expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got "
          + "\(version.group)/\(version.version), Kind=\(answer.kind)")
    }
    let own = response.text("uid")
    if own != uid {
      throw PatchFailure("expected response.uid=\(uid.goQuoted), got \(own.goQuoted)")
    }
    let type = response.text("patchType")
    if response.text("patch").isEmpty {
      if !type.isEmpty {
        throw PatchFailure("webhook returned response.patchType but not response.patch")
      }
    } else if type.isEmpty {
      throw PatchFailure("webhook returned response.patch but not response.patchType")
    } else if type != "JSONPatch" {
      throw PatchFailure("webhook returned invalid response.patchType of \(type.goQuoted)")
    }
    return response
  }

  /// The refusal of a webhook (ToStatusErr).
  func refusal(_ response: Value) -> StatusError {
    var error = StatusError(
      code: 400, reason: response["status"]?.text("reason") ?? "",
      message: "admission webhook \(name.goQuoted) denied the request")
    let message = response["status"]?.text("message") ?? ""
    if !message.isEmpty {
      error.message += ": \(message)"
    } else if !error.reason.isEmpty {
      error.message += ": \(error.reason)"
    } else {
      error.message += " without explanation"
    }
    if let code = response["status"]?["code"]?.int, code >= 400 { error.code = Int(clamping: code) }
    return error
  }
}
