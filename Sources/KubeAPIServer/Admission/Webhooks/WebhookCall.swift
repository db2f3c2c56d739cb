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
    let (endpoint, problem) = endpoint
    var failure = problem
    if failure == nil {
      let review: Value = [
        "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request,
      ]
      switch objects.webhooks?.post(review, to: endpoint) {
      case .document(let answer)?:
        do throws(PatchFailure) {
          return try Self.checked(answer, uid)
        } catch {
          throw PatchFailure("received invalid webhook response: \(error.message)")
        }
      case .failure(let text)?: failure = text
      case nil: failure = endpoint.unreachable
      }
    }
    throw PatchFailure(
      "failed to call webhook: Post \(endpoint.url.goQuoted): \(failure ?? "")")
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

  /// Where it is called, and why that leads nowhere: a Service is reached by its cluster IP
  /// (proxy.ResolveCluster).
  private var endpoint: (WebhookEndpoint, String?) {
    let seconds = hook["timeoutSeconds"]?.int ?? 10
    let client = hook["clientConfig"] ?? [:]
    guard let service = client["service"], !service.isNull else {
      let url = client.text("url")
      let authority =
        url.split(separator: "/", omittingEmptySubsequences: true)
        .dropFirst().first.map(String.init) ?? ""
      let (host, port) = Self.hostAndPort(authority)
      let query = url.contains("?") ? "&" : "?"
      return (
        WebhookEndpoint(
          url: "\(url)\(query)timeout=\(seconds)s", host: host, port: port, seconds: seconds), nil
      )
    }
    let (name, namespace) = (service.text("name"), service.text("namespace"))
    let port = service["port"]?.int ?? 443
    var path = service.text("path")
    if !path.hasPrefix("/") { path = "/" + path }
    let found = objects.get(.services, namespace: namespace, name: name)
    let spec = found?["spec"] ?? [:]
    var host = spec.text("clusterIP")
    var problem: String?
    if found == nil {
      problem = "service \(name.goQuoted) not found"
    } else if spec.text("type") == "ExternalName" {
      host = spec.text("externalName")
    } else if host == "None" {
      problem = "cannot route to service with ClusterIP \"None\""
    } else if !spec.items("ports").contains(where: { $0["port"]?.int == port }) {
      problem = "no service port \(port) found for service \(name.goQuoted)"
    }
    return (
      WebhookEndpoint(
        url: "https://\(name).\(namespace).svc:\(port)\(path)?timeout=\(seconds)s", host: host,
        port: Int(clamping: port), seconds: seconds), problem
    )
  }

  static func hostAndPort(_ authority: String) -> (String, Int) {
    if let bracket = authority.lastIndex(of: "]") {
      let host = authority[..<bracket].dropFirst()
      return (String(host), Int(authority[bracket...].dropFirst(2)) ?? 443)
    }
    let parts = authority.split(separator: ":", maxSplits: 1)
    return (parts.first.map(String.init) ?? "", parts.count > 1 ? Int(parts[1]) ?? 443 : 443)
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
