import Documents
import Foundation
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// What admission webhooks answer, and what the API server makes of it.
@Suite struct WebhookTests {
  /// A webhook that notes what it is asked and answers by a closure from the request.
  private final class Hook: WebhookConnection {
    var asked: [Value] = []
    var endpoints: [WebhookEndpoint] = []
    let answer: (Value) -> WebhookAnswer

    init(_ answer: @escaping (Value) -> WebhookAnswer) { self.answer = answer }

    func post(_ body: Value, to endpoint: WebhookEndpoint) -> WebhookAnswer {
      asked.append(body["request"] ?? .null)
      endpoints.append(endpoint)
      return answer(body["request"] ?? .null)
    }

    static func review(_ request: Value, _ response: Value) -> WebhookAnswer {
      var response = response
      response["uid"] = request["uid"]
      return .document([
        "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "response": response,
      ])
    }

    static func patch(_ request: Value, _ operations: String) -> WebhookAnswer {
      review(
        request,
        [
          "allowed": true, "patchType": "JSONPatch",
          "patch": .string(Base64.encode(Array(operations.utf8))),
        ])
    }
  }

  private func server(_ hook: Hook, _ kind: String, _ more: Value = [:]) -> APIServer {
    let server = RecordedCasesTests.server()
    server.webhooks = hook
    var webhook: Value = [
      "name": "tide.harbour.example", "admissionReviewVersions": ["v1"], "sideEffects": "None",
      "clientConfig": ["url": "https://harbour.example/check"],
      "rules": [
        [
          "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
          "resources": ["configmaps"],
        ]
      ],
    ]
    for (name, value) in more.object ?? [:] { webhook[name] = value }
    let made = send(
      server, "/apis/admissionregistration.k8s.io/v1/\(kind.lowercased())webhookconfigurations",
      [
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": .string("\(kind)WebhookConfiguration"), "metadata": ["name": "tide"],
        "webhooks": [webhook],
      ])
    #expect(made.code == 201)
    return server
  }

  private func send(_ server: APIServer, _ path: String, _ body: Value) -> APIResponse {
    server.handle(
      APIRequest(
        method: "POST", path: path, query: [],
        headers: [("content-type", "application/json"), ("user-agent", "drydock/1")],
        body: .value(body), credential: RecordedCase.owner))
  }

  private func create(_ server: APIServer, _ data: Value = ["depth": "9"]) -> (Int, Value, [String])
  {
    let answer = send(
      server, "/api/v1/namespaces/default/configmaps",
      [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "chart"], "data": data,
      ])
    var value: Value = .null
    if case .value(let body) = answer.body { value = body }
    if case .bytes(let bytes) = answer.body { value = (try? JSON.parse(bytes)) ?? .null }
    return (
      answer.code, value, answer.headers.filter { $0.name == "Warning" }.map(\.value)
    )
  }

  @Test("a validating webhook sees the whole request and refuses in its own words")
  func refuses() {
    let hook = Hook {
      Hook.review($0, ["allowed": false, "status": ["message": "too deep", "code": 403]])
    }
    let (code, body, _) = create(server(hook, "Validating"))
    #expect(code == 403)
    #expect(
      body["message"] == "admission webhook \"tide.harbour.example\" denied the request: too deep")
    #expect(hook.asked.first?["operation"] == "CREATE")
    #expect(hook.asked.first?[path: "object", "data", "depth"] == "9")
    #expect(hook.asked.first?["oldObject"]?.isNull == true)
    #expect(hook.asked.first?[path: "userInfo", "username"] == "kubernetes-super-admin")
    #expect(hook.endpoints.first?.url == "https://harbour.example/check?timeout=10s")
  }

  @Test("a refusal without a word is said to be one, and its code is no success")
  func refusesSilently() {
    let hook = Hook { Hook.review($0, ["allowed": false, "status": ["code": 200]]) }
    let (code, body, _) = create(server(hook, "Validating"))
    #expect(code == 400)
    #expect(
      body["message"]
        == "admission webhook \"tide.harbour.example\" denied the request without explanation")
  }

  @Test("a mutating webhook's patch is applied and its warnings are passed on")
  func mutates() {
    let hook = Hook {
      guard
        case .document(var document) = Hook.patch(
          $0, "[{\"op\":\"add\",\"path\":\"/data/tide\",\"value\":\"low\"}]")
      else { return .failure("") }
      document["response"]?["warnings"] = ["mind the tide"]
      return .document(document)
    }
    let (code, body, warnings) = create(server(hook, "Mutating"))
    #expect(code == 201)
    #expect(body["data"] == ["depth": "9", "tide": "low"])
    #expect(warnings == ["299 - \"mind the tide\""])
  }

  @Test("a webhook that may is asked again when a later one changed the object")
  func reinvokes() {
    let hook = Hook { request in
      let data = request[path: "object", "data"] ?? [:]
      let missing = ["tide", "wind"].first { data[$0] == nil }
      return Hook.patch(
        request,
        missing.map { "[{\"op\":\"add\",\"path\":\"/data/\($0)\",\"value\":\"low\"}]" } ?? "[]")
    }
    let once = server(hook, "Mutating")
    _ = create(once)
    #expect(hook.asked.count == 1)
    let again = server(hook, "Mutating", ["reinvocationPolicy": "IfNeeded"])
    hook.asked = []
    var later: Value = [
      "name": "later.harbour.example", "admissionReviewVersions": ["v1"], "sideEffects": "None",
      "clientConfig": ["url": "https://harbour.example/later"],
    ]
    later["rules"] = [
      [
        "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
        "resources": ["configmaps"],
      ]
    ]
    _ = send(
      again, "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
      [
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": ["name": "z-later"], "webhooks": [later],
      ])
    _ = create(again)
    // The first, the later one, and the first again, which now sees what the later one added.
    #expect(hook.asked.count == 3)
    #expect(hook.asked.last?[path: "object", "data", "wind"] == "low")
  }

  @Test(
    "an answer that is none to the question fails the call, or is passed over",
    arguments: [
      (
        #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#,
        "webhook response was absent"
      ),
      (
        #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","response":{}}"#,
        "expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got "
          + "admission.k8s.io/v1beta1, Kind=AdmissionReview"
      ),
    ])
  func strangeAnswers(_ answer: String, _ why: String) throws {
    let document = try JSON.parse(Array(answer.utf8))
    let hook = Hook { _ in .document(document) }
    let (code, body, _) = create(server(hook, "Validating"))
    #expect(code == 500)
    #expect(
      body["message"]?.string
        == "Internal error occurred: failed calling webhook \"tide.harbour.example\": received "
        + "invalid webhook response: \(why)")
    #expect(create(server(hook, "Validating", ["failurePolicy": "Ignore"])).0 == 201)
  }
}
