package import Documents
import KubeObjects
import Simulation

/// What the server tells of itself and of the tokens it issues: /statusz, /flagz,
/// /.well-known/openid-configuration, /openid/v1/jwks.
struct ComponentPages {
  let server: APIServer

  func answer(_ request: APIRequest) -> APIResponse? {
    guard request.method == "GET" else { return nil }
    return switch request.path {
    case "/statusz": page("Statusz", request, statusText, status)
    case "/flagz": page("Flagz", request, flagsText, flags)
    case "/.well-known/openid-configuration": issuer.map { json($0.discovery, "application/json") }
    case "/openid/v1/jwks": issuer.map { json($0.keySet, "application/jwk-set+json") }
    default: nil
    }
  }

  // MARK: tokens

  private var issuer: TokenIssuer? {
    guard var issuer = server.authenticator?.issuer else { return nil }
    issuer.address = server.configuration.address
    return issuer
  }

  /// Members as upstream's structures have them; they may be kept for an hour.
  private func json(_ value: Value, _ type: String) -> APIResponse {
    APIResponse(
      code: 200, headers: [("Content-Type", type), ("Cache-Control", "public, max-age=3600")],
      body: .bytes(JSON.bytes(value, .compact, order: PageOrder())))
  }

  // MARK: the component

  /// As text, unless a known version of the page is named (zpages' negotiation).
  private func page(
    _ kind: String, _ request: APIRequest, _ text: String, _ value: Value
  ) -> APIResponse {
    let accept = request.header("accept") ?? ""
    let name = kind.lowercased()
    guard !accept.allSatisfy({ $0 == " " }) else { return Serving.text(text) }
    for clause in MediaType.clauses(accept) {
      let target = clause.parameters["as"] ?? ""
      if target.isEmpty, ["text/plain", "text/*", "*/*"].contains(clause.name) {
        return Serving.text(text)
      }
      guard ["application/json", "application/yaml"].contains(clause.name),
        target == kind, clause.parameters["g"] == "config.k8s.io",
        let version = clause.parameters["v"], ["v1alpha1", "v1beta1"].contains(version)
      else { continue }
      var page = value
      page["kind"] = .string(kind)
      page["apiVersion"] = .string("config.k8s.io/\(version)")
      page["metadata"] = ["name": "kube-apiserver"]
      var headers = [("Content-Type", clause.name)]
      if version == "v1alpha1" {
        headers.append(
          (
            "Warning",
            "299 - \"This version of the \(name) endpoint is deprecated. Please use a newer version.\""
          ))
      }
      return APIResponse(code: 200, headers: headers, body: .value(page))
    }
    return Serving.refusal(
      .notAcceptable(
        "only the following media types are accepted: application/json, application/yaml, "
          + "text/plain"), AnswerForm())
  }

  private func head(_ page: String) -> String {
    "\nkube-apiserver \(page)\nWarning: This endpoint is not meant to be machine parseable, has no "
      + "formatting compatibility guarantees and is for debugging purposes only.\n"
  }

  private var seconds: Int64 { max(0, server.timeline.now.seconds - server.started.seconds) }
  private var release: String { String(server.configuration.version.drop { $0 == "v" }) }

  /// The first parts of what `GET /` lists, but for the APIs themselves.
  private var paths: [String] {
    let first = Set(
      Health.paths.compactMap { $0.split(separator: "/").first.map { "/\($0)" } })
    return first.subtracting(["/openid", "/openapi"]).sorted()
  }

  private var status: Value {
    [
      "startTime": .string(server.started.rfc3339), "uptimeSeconds": .int(seconds),
      "goVersion": Serving.version["goVersion"] ?? "", "binaryVersion": .string(release),
      "emulationVersion": "1.36", "paths": .strings(paths),
    ]
  }

  // Upstream draws one of four separators, so that nobody reads the page by program.
  private var statusText: String {
    let two = { (number: Int64) in number < 10 ? "0\(number)" : "\(number)" }
    return head("statusz") + """

      Started: \(server.started.unixDate)
      Up: \(seconds / 3600) hr \(two(seconds / 60 % 60)) min \(two(seconds % 60)) sec
      Go version: \(Serving.version["goVersion"]?.string ?? "")
      Binary version: \(release)
      Emulation version: 1.36
      Paths: \(paths.joined(separator: " "))

      """
  }

  private var flags: Value {
    ["flags": .object(Mapping(server.configuration.flags.map { ($0.name, .string($0.value)) }))]
  }

  private var flagsText: String {
    head("flagz")
      + server.configuration.flags.sorted { $0.name < $1.name }
      .map { "\($0.name)=\($0.value)\n" }.joined()
  }
}

/// Who signs tokens of ServiceAccounts, and with what they are verified.
package struct TokenIssuer {
  package var name: String
  /// RFC 7518's name of the signature: `EdDSA`.
  package var algorithm: String
  /// Public keys by RFC 7517.
  package var keys: [Value]
  /// Where the server is known to be, with a port.
  var address = ""

  package init(name: String, algorithm: String, keys: [Value]) {
    self.name = name
    self.algorithm = algorithm
    self.keys = keys
  }

  var keySet: Value { ["keys": .array(keys)] }

  /// OpenID Connect Discovery 1.0, section 3, as far as it is true.
  var discovery: Value {
    [
      "issuer": .string(name), "jwks_uri": .string("https://\(address)/openid/v1/jwks"),
      "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
      "id_token_signing_alg_values_supported": [.string(algorithm)],
    ]
  }
}

extension Moment {
  /// As Go's UnixDate: `Mon Jan _2 15:04:05 MST 2006`.
  fileprivate var unixDate: String {
    let time = CivilTime(self)
    let clock = rfc3339.dropFirst(11).prefix(8)
    let day = time.day < 10 ? " \(time.day)" : "\(time.day)"
    return "\(time.weekdayName) \(time.monthName) \(day) \(clock) UTC \(time.year)"
  }
}

private struct PageOrder: NamedOrder {
  let names = [
    "issuer", "jwks_uri", "response_types_supported", "subject_types_supported", "keys", "use",
    "kty", "kid", "crv", "alg", "x",
  ]
  func order(within member: String) -> PageOrder? { self }
  var elementOrder: PageOrder? { self }
}
