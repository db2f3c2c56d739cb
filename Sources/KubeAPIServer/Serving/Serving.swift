import Documents
import KubeObjects

/// One request's way from path and bytes to an answer.
struct Serving {
  let server: APIServer

  func serve(_ request: APIRequest) -> APIResponse {
    let options = RequestOptions(request.query)
    let info = RequestInfo(
      method: request.method, path: request.path, isWatch: options.flag("watch"),
      fields: (try? FieldSelector(options.text("fieldSelector")).required) ?? [:])
    var user: ServedUser?
    let warned = Warned(isAudited: server.auditor != nil)
    let answer = answer(request, info, options, warned, &user)
    server.requests.note(info, request, code: answer.code)
    server.audit(request, info, user, warned, answer)
    return answer
  }

  private func answer(
    _ request: APIRequest, _ info: RequestInfo, _ options: RequestOptions, _ warned: Warned,
    _ asker: inout ServedUser?
  ) -> APIResponse {
    let form = AnswerForm(accept: request.header("accept"), allowsShapes: true)
    do throws(StatusError) {
      if let outage = server.outage { throw outage }
      let served = try server.authenticate(request, info)
      asker = served
      let user = served.user
      try server.authorize(user, info)
      if info.isResource { return try resource(request, info, options, warned, user) }
      return try other(request, info)
    } catch {
      return Self.refusal(error, form)
    }
  }

  /// An error as an answer, in YAML where the client wants that.
  static func refusal(_ error: StatusError, _ form: AnswerForm?) -> APIResponse {
    var headers = [("Content-Type", (form ?? AnswerForm()).contentType)]
    if let seconds = error.details?.retryAfterSeconds, seconds > 0 {
      headers.append(("Retry-After", String(seconds)))
    }
    return APIResponse(code: error.code, headers: headers, body: .value(error.value))
  }

  static var pageNotFound: APIResponse { text("404 page not found\n", code: 404) }

  /// What the aggregator says for a server that cannot be reached.
  static var unavailable: APIResponse { text("service unavailable\n", code: 503) }

  static func text(_ text: String, code: Int = 200) -> APIResponse {
    APIResponse(
      code: code, headers: [("Content-Type", "text/plain; charset=utf-8")],
      body: .bytes(Array(text.utf8)))
  }

  // MARK: resources

  private func resource(
    _ request: APIRequest, _ info: RequestInfo, _ options: RequestOptions, _ warned: Warned,
    _ user: UserInfo
  ) throws(StatusError) -> APIResponse {
    let key = GroupVersionResource(info.group, info.version, info.resource)
    guard let resource = server.table[key] else {
      return try unserved(info)
    }
    let isNested = !info.namespace.isEmpty && info.resource != "namespaces"
    if resource.custom != nil, isNested != resource.isNamespaced,
      isNested || !(info.verb == "list" || info.verb == "watch")
    {
      // Nobody is asked about a scope that the definition does not have.
      return Self.pageNotFound
    }
    if isNested != resource.isNamespaced {
      // Only collections of what lives in namespaces are also served across all of them.
      guard resource.isNamespaced, info.name.isEmpty || info.verb == "list" || info.verb == "watch"
      else { throw .unknownResource }
      guard info.verb == "list" || info.verb == "watch" else { throw .methodNotSupported }
    }
    try checkVerb(request.method, info, resource)
    var call = ResourceRequest(
      verb: ResourceCall.Verb(rawValue: info.verb) ?? .get, resource: resource, user: user)
    call.subresource = info.subresource
    call.namespace = resource.isNamespaced ? info.namespace : ""
    call.name = info.verb == "list" || info.verb == "watch" ? "" : info.name
    call.manager = Self.manager(request.header("user-agent"))
    if info.verb != "create" {
      try server.checkReadable(resource, namespace: call.namespace, name: call.name)
    }
    var options = options
    if info.isWatchPath, !info.name.isEmpty {
      options = RequestOptions(request.query + [("fieldSelector", "metadata.name=\(info.name)")])
    }
    return try ResourceServing(
      server: server, request: request, options: options, warned: warned
    ).serve(call, info)
  }

  /// The default field manager: the user agent up to its first slash.
  private static func manager(_ agent: String?) -> String {
    String((agent ?? "").prefix { $0 != "/" })
  }

  /// A group's path that has no such version or resource; where the group itself is not served,
  /// nothing answers.
  private func unserved(_ info: RequestInfo) throws(StatusError) -> APIResponse {
    if server.table.stale.contains(GroupVersion(info.group, info.version)) {
      return Self.unavailable
    }
    let isBuiltIn = server.table.ordered.contains {
      $0.resource.group == info.group && $0.custom == nil
    }
    if !isBuiltIn { return Self.pageNotFound }
    throw .unknownResource
  }

  private func checkVerb(
    _ method: String, _ info: RequestInfo, _ resource: ServedResource
  ) throws(StatusError) {
    // Only what is proxied has paths that go on, and answers HEAD.
    if resource.custom == nil, info.subresource != "proxy" {
      if !info.rest.isEmpty { throw .unknownResource }
      if method == "HEAD" { throw .methodNotSupported }
    }
    if !info.subresource.isEmpty {
      guard let subresource = resource.definition.subresource(info.subresource) else {
        throw resource.custom == nil
          ? .unknownResource : .notFound(resource.resource, info.name)
      }
      guard subresource.verbs.contains(info.verb) else {
        throw resource.custom == nil
          ? .methodNotSupported : .methodNotSupported(resource.resource, info.verb)
      }
      return
    }
    if resource.custom != nil {
      // The handler of custom resources has no routes for single methods.
      if info.name.isEmpty, method == "PUT" || method == "PATCH" {
        throw .badRequest("name must be provided")
      }
      guard ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].contains(method) else {
        throw .methodNotSupported(resource.resource, "")
      }
      return
    }
    if method == "POST", !info.name.isEmpty { throw .methodNotSupported }
    if info.name.isEmpty, method == "PUT" || method == "PATCH" { throw .methodNotSupported }
    guard method != "OPTIONS", resource.definition.verbs.contains(info.verb) else {
      throw .methodNotSupported
    }
  }

  // MARK: other paths

  private func other(
    _ request: APIRequest, _ info: RequestInfo
  ) throws(StatusError) -> APIResponse {
    switch info.segments.first {
    case "healthz", "livez", "readyz": return Health.answer(request, info.segments)
    case "version" where info.segments.count == 1: return try version(request)
    case "api", "apis", nil, "openapi":
      return try Discovery(table: server.table).answer(request, info.segments)
    case "metrics" where info.segments.count == 1: return Self.text(server.metrics)
    default: return ComponentPages(server: server).answer(request) ?? Self.pageNotFound
    }
  }

  private func version(_ request: APIRequest) throws(StatusError) -> APIResponse {
    if request.method == "HEAD" {
      return APIResponse(
        code: 405, headers: [("Content-Type", "application/json")], body: .bytes([]))
    }
    guard request.method == "GET" else { throw .methodNotSupported }
    let clauses = MediaType.clauses(request.header("accept") ?? "*/*").map(\.name)
    guard clauses.contains(where: { ["application/json", "*/*", "application/*"].contains($0) })
    else {
      throw StatusError(
        code: 406, reason: "NotAcceptable",
        message: "406: Not Acceptable\n\nAvailable representations: application/json",
        details: .init())
    }
    return APIResponse(
      code: 200, headers: [("Content-Type", "application/json")], body: .value(release))
  }

  private var release: Value {
    var release = Self.version
    release["gitVersion"] = .string(server.configuration.version)
    return release
  }

  /// The build whose behaviour this is.
  static let version: Value = [
    "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36",
    "minCompatibilityMajor": "1", "minCompatibilityMinor": "35", "gitVersion": "v1.36.2",
    "gitCommit": "98b35193b2ac7a23a673325f5e9b830ecd5ba406", "gitTreeState": "clean",
    "buildDate": "2026-06-10T00:00:00Z", "goVersion": "go1.26.6", "compiler": "gc",
    "platform": "linux/amd64",
  ]
}
