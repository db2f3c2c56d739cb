import Documents
import KubeObjects
import Simulation
import Testing

@testable import KubeAPIServer

/// What the server tells of itself, of its tokens and of its structures.
@Suite struct ComponentPagesTests {
  private final class Issuer: Authenticator {
    func user(of credential: Credential) -> UserInfo? { nil }
    func issueToken(_ request: TokenIssue) throws(StatusError) -> (token: String, expires: String) {
      ("", "")
    }
    var issuer: TokenIssuer? {
      TokenIssuer(
        name: "https://reef.example", algorithm: "EdDSA",
        keys: [["use": "sig", "kty": "OKP", "kid": "k", "crv": "Ed25519", "x": "AA"]])
    }
  }

  private let timeline = Timeline(now: Moment(seconds: 1_795_435_200))
  private let server: APIServer
  private let authenticator = Issuer()

  init() {
    server = APIServer(timeline: timeline, seed: 1)
    server.authenticator = authenticator
    server.configuration.flags = [("v", "2"), ("anonymous-auth", "false")]
    timeline.advance(by: .seconds(3_725))
  }

  private func get(_ path: String, accept: String = "") -> APIResponse {
    server.handle(
      APIRequest(
        method: "GET", path: path, headers: accept.isEmpty ? [] : [("accept", accept)],
        credential: .component(UserInfo(name: "t", groups: ["system:masters"]))))
  }

  private func text(_ answer: APIResponse) -> String {
    switch answer.body {
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .value(let value): String(decoding: JSON.bytes(value, .compact), as: UTF8.self)
    default: ""
    }
  }

  @Test("tokens can be verified with what the issuer publishes")
  func discovery() {
    let document = get("/.well-known/openid-configuration")
    #expect(
      text(document)
        == "{\"issuer\":\"https://reef.example\","
        + "\"jwks_uri\":\"https://172.30.1.2:6443/openid/v1/jwks\","
        + "\"response_types_supported\":[\"id_token\"],\"subject_types_supported\":[\"public\"],"
        + "\"id_token_signing_alg_values_supported\":[\"EdDSA\"]}")
    let keys = get("/openid/v1/jwks")
    #expect(keys.headers.first { $0.name == "Content-Type" }?.value == "application/jwk-set+json")
    #expect(
      text(keys)
        == "{\"keys\":[{\"use\":\"sig\",\"kty\":\"OKP\",\"kid\":\"k\",\"crv\":\"Ed25519\","
        + "\"x\":\"AA\"}]}")
    server.authenticator = nil
    #expect(get("/openid/v1/jwks").code == 404)
  }

  @Test("a page about the component is text, or a version of it that is asked for")
  func pages() {
    #expect(
      text(get("/statusz"))
        == "\nkube-apiserver statusz\nWarning: This endpoint is not meant to be machine parseable, "
        + "has no formatting compatibility guarantees and is for debugging purposes only.\n\n"
        + "Started: Mon Nov 23 12:00:00 UTC 2026\nUp: 1 hr 02 min 05 sec\nGo version: go1.26.6\n"
        + "Binary version: 1.36.2\nEmulation version: 1.36\n"
        + "Paths: /flagz /healthz /livez /metrics /readyz /statusz /version\n")
    #expect(text(get("/flagz", accept: "text/plain")).hasSuffix("anonymous-auth=false\nv=2\n"))
    let page = get("/flagz", accept: "application/json;v=v1beta1;g=config.k8s.io;as=Flagz")
    #expect(text(page).contains("\"flags\":{\"anonymous-auth\":\"false\",\"v\":\"2\"}"))
    let old = get("/statusz", accept: "application/json;v=v1alpha1;g=config.k8s.io;as=Statusz")
    #expect(old.headers.contains { $0.name == "Warning" } && old.code == 200)
    #expect(get("/statusz", accept: "application/json").code == 406)
  }

  @Test("clients of OpenAPI 2 get structures with sentences, and old ones what they can bear")
  func swagger() throws {
    let answer = get("/openapi/v2", accept: "application/json")
    guard case .value(let document) = answer.body else {
      Issue.record("no JSON")
      return
    }
    #expect(document["swagger"] == "2.0")
    let pod = document["definitions"]?["io.k8s.api.core.v1.Pod"]
    #expect(pod?["description"]?.string?.isEmpty == false)
    let spec = pod?["properties"]?["spec"]
    #expect(spec?["$ref"] == "#/definitions/io.k8s.api.core.v1.PodSpec")
    #expect(spec?["allOf"] == nil)
    let port = document["definitions"]?["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]
    #expect(port?["type"] == "string" && port?["format"] == "int-or-string")
    let path = document["paths"]?["/api/v1/namespaces/{namespace}/pods"]?["post"]
    #expect(path?["parameters"]?[0]?["type"] == "string")
    let old = get(
      "/openapi/v2", accept: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
    #expect(text(old) == "\n\u{3}2.0")
  }
}
