import Documents
import Etcd
import KubeObjects
import Simulation

/// Serves one request for a resource: negotiates, reads the body and options, acts, and forms the
/// answer.
struct ResourceServing {
  let server: APIServer
  let request: APIRequest
  let options: RequestOptions

  private let warned: Warned

  init(server: APIServer, request: APIRequest, options: RequestOptions, warned: Warned) {
    self.warned = warned
    self.server = server
    self.request = request
    self.options = options
  }

  private var operations: Operations { Operations(server: server) }

  func serve(_ call: ResourceRequest, _ info: RequestInfo) throws(StatusError) -> APIResponse {
    guard let form = AnswerForm(accept: request.header("accept"), allowsShapes: true) else {
      throw AnswerForm.refusal
    }
    var call = call
    call.warned = warned
    do throws(StatusError) {
      return try act(call, info, form)
    } catch {
      var response = Serving.refusal(error, form)
      response.headers += headers(call, form, warned.texts).dropFirst()
      return response
    }
  }

  private func act(
    _ call: ResourceRequest, _ info: RequestInfo, _ form: AnswerForm
  ) throws(StatusError) -> APIResponse {
    if let connection = try connect(call, info) { return connection }
    switch info.verb {
    case "get":
      try checkResourceVersion(options.text("resourceVersion"))
      return try answer(operations.get(call), call, form)
    case "list": return try list(call, form)
    case "watch": return try WatchServing(self, form).serve(call)
    case "create": return try create(call, form)
    case "update": return try update(call, form)
    case "patch": return try patch(call, form)
    case "delete": return try delete(call, form)
    case "deletecollection": return try deleteCollection(call, form)
    default: throw .methodNotSupported
    }
  }

  /// Log, exec and their kin go on to the node.
  private func connect(
    _ call: ResourceRequest, _ info: RequestInfo
  ) throws(StatusError) -> APIResponse? {
    if call.subresource == "proxy" { return try pass(call, info) }
    let connecting = ["log", "exec", "attach", "portforward"]
    guard connecting.contains(call.subresource) else { return nil }
    return try NodeServing(server: server).serve(call, request)
  }

  // MARK: writes

  private func bodyReader(_ call: ResourceRequest) -> BodyReader {
    let resource = call.resource
    guard !call.subresource.isEmpty,
      let subresource = resource.definition.subresource(call.subresource)
    else {
      return BodyReader(
        kind: resource.kind, groupVersion: resource.groupVersion, table: server.table)
    }
    return BodyReader(
      kind: subresource.kind, groupVersion: subresource.groupVersion ?? resource.groupVersion,
      table: server.table)
  }

  private func read(
    _ call: ResourceRequest, _ warnings: inout [String]
  ) throws(StatusError) -> Value {
    let format = try BodyReader.format(contentType: request.header("content-type"))
    try checkSize()
    var reader = bodyReader(call)
    if call.resource.custom != nil, call.subresource != "scale" {
      defer { warned.texts += reader.warnings }
      let object = try reader.custom(
        request.body, format, call.resource, call.fieldValidation)
      warnings += reader.warnings
      return object
    }
    let type =
      reader.kind == call.resource.kind
      ? call.resource.type : Schema.builtin.index(reader.groupVersion, kind: reader.kind)
    let object = try reader.object(request.body, format, type: type, call.fieldValidation)
    warnings += reader.warnings
    warned.texts += reader.warnings
    return object
  }

  private func checkSize() throws(StatusError) {
    guard case .bytes(let bytes) = request.body, bytes.count > BodyReader.sizeLimit else { return }
    throw StatusError(
      code: 413, reason: "RequestEntityTooLarge",
      message: "Request entity too large: limit is \(BodyReader.sizeLimit)")
  }

  private func create(_ call: ResourceRequest, _ form: AnswerForm) throws(StatusError)
    -> APIResponse
  {
    var call = call
    try options.apply(to: &call, kind: "CreateOptions")
    var warnings: [String] = []
    let body = try read(call, &warnings)
    return try answer(operations.create(call, body), call, form, warnings)
  }

  private func update(_ call: ResourceRequest, _ form: AnswerForm) throws(StatusError)
    -> APIResponse
  {
    var call = call
    try options.apply(to: &call, kind: "UpdateOptions")
    call.checksCreation = true
    var warnings: [String] = []
    let body = try read(call, &warnings)
    try call.checkPlace(of: body)
    return try answer(operations.update(call, body), call, form, warnings)
  }

  private func patch(_ call: ResourceRequest, _ form: AnswerForm) throws(StatusError)
    -> APIResponse
  {
    var call = call
    let kind = try patchKind(call)
    var isApply = false
    if case .apply = kind { isApply = true }
    try options.apply(to: &call, kind: "PatchOptions", isApply: isApply)
    call.checksCreation = true
    try checkSize()
    let patch = try patchTree(&call, kind)
    let outcome = try operations.patch(call, kind, patch)
    return try answer(outcome, call, form)
  }

  private func patchKind(_ call: ResourceRequest) throws(StatusError) -> ComponentClient.Patch {
    let isCustom = call.resource.type == nil
    let accepted =
      ["application/json-patch+json", "application/merge-patch+json"]
      + (isCustom ? [] : ["application/strategic-merge-patch+json"])
      + ["application/apply-patch+yaml"] + (isCustom ? [] : ["application/apply-patch+cbor"])
    switch MediaType(request.header("content-type") ?? "").name {
    case "application/json-patch+json": return .json
    case "application/merge-patch+json": return .merge
    case "application/strategic-merge-patch+json" where !isCustom: return .strategic
    case "application/apply-patch+yaml": return .apply(force: options.flag("force"))
    default:
      if !isCustom {
        // The route itself takes no other type.
        throw StatusError(
          code: 415, reason: "UnsupportedMediaType", message: "415: Unsupported Media Type",
          details: .init())
      }
      throw .unsupportedMediaType(
        "the body of the request was in an unknown format - accepted media types include: "
          + accepted.joined(separator: ", "))
    }
  }

  private func patchTree(
    _ call: inout ResourceRequest, _ kind: ComponentClient.Patch
  ) throws(StatusError) -> Value {
    var isApply = false
    var what = "error decoding patch: "
    // strategicPatchObject tells what is wrong with the JSON and no more.
    if case .strategic = kind { what = "" }
    if case .apply = kind {
      isApply = true
      what = "error decoding YAML: "
    }
    switch request.body {
    case .value(let value): return value
    case .none where isApply: return .emptyObject
    case .none: throw .badRequest("error decoding patch: unexpected end of JSON input")
    case .bytes(let bytes):
      var doubled: [String] = []
      do throws(Problem) {
        if isApply {
          let value = try YAML.parse(bytes, duplicates: &doubled)
          call.patchDoubts = doubled
          return value.isNull ? .emptyObject : value
        }
        let value = try JSON.parse(bytes, duplicates: &doubled)
        call.patchDoubts = doubled.map { "duplicate field \($0.goQuoted)" }
        if case .json = kind {
          call.patchDoubts = (call.patchDoubts + JSONPatch.unknownFields(value)).map {
            "json patch \($0)"
          }
        }
        return value
      } catch {
        throw .badRequest(what + error.message)
      }
    }
  }

  private func delete(_ call: ResourceRequest, _ form: AnswerForm) throws(StatusError)
    -> APIResponse
  {
    var call = call
    let delete = try deleteOptions(&call)
    return try answer(operations.delete(call, delete), call, form)
  }

  private func deleteCollection(
    _ call: ResourceRequest, _ form: AnswerForm
  ) throws(StatusError) -> APIResponse {
    var call = call
    let listOptions = try listOptions(isWatch: false)
    let selection = try selection(call)
    let delete = try deleteOptions(&call)
    let page = try server.registry.page(call, selection, listOptions)
    let list = try server.registry.delete(page, of: call, delete)
    let warnings = server.registry.warnings(ofDeleting: call.resource, delete)
    var answer = answer(list: list, call, form)
    answer.headers += warnings.map { ("Warning", "299 - " + $0.headerQuoted) }
    return answer
  }

  private func deleteOptions(_ call: inout ResourceRequest) throws(StatusError) -> DeleteOptions {
    var value: Value = .emptyObject
    if case .none = request.body {
      value = try DeleteOptionsReader.query(options)
    } else {
      value = try DeleteOptionsReader.body(
        request.body, try BodyReader.format(contentType: request.header("content-type")))
      if value.object?.isEmpty ?? true { value = try DeleteOptionsReader.query(options) }
    }
    let errors = DeleteOptionsReader.errors(value)
    if !errors.isEmpty {
      throw .invalid(group: "meta.k8s.io", kind: "DeleteOptions", name: "", errors)
    }
    call.dryRun = !(value["dryRun"]?.array ?? []).isEmpty
    value["kind"] = "DeleteOptions"
    value["apiVersion"] = "meta.k8s.io/v1"
    call.options = value
    return DeleteOptions(value)
  }

  // MARK: reads

  /// Selectors are read with the other parameters, before any of them is judged.
  func listOptions(isWatch: Bool) throws(StatusError) -> ListOptions {
    _ = try Selection.read(
      labels: options.text("labelSelector"), fields: options.text("fieldSelector"))
    return try ListOptions(options, isWatch: isWatch)
  }

  func selection(_ call: ResourceRequest) throws(StatusError) -> Selection {
    try Selection(
      labels: options.text("labelSelector"), fields: options.text("fieldSelector"),
      of: call.resource)
  }

  private func list(_ call: ResourceRequest, _ form: AnswerForm) throws(StatusError)
    -> APIResponse
  {
    let listOptions = try listOptions(isWatch: false)
    let selection = try selection(call)
    let list = try server.registry.page(call, selection, listOptions)
    return answer(list: list, call, form)
  }

  /// A watch may begin at a version that is still to come.
  func checkResourceVersion(
    _ text: String, mayLieAhead: Bool = false
  ) throws(StatusError) {
    guard !text.isEmpty else { return }
    guard let version = UInt64(text) else {
      throw .plain(
        "resourceVersion: Invalid value: \(text.goQuoted): strconv.ParseUint: parsing "
          + "\(text.goQuoted): invalid syntax")
    }
    let current = server.etcd.revision
    if !mayLieAhead, version > UInt64(max(0, current)) {
      throw .tooLargeVersion(text, current: current)
    }
  }

  // MARK: answers

  private func answer(
    _ outcome: ResourceOutcome, _ call: ResourceRequest, _ form: AnswerForm,
    _ warnings: [String] = []
  ) throws(StatusError) -> APIResponse {
    var object = outcome.object
    if form.shape != .object, object["kind"] != "Status" {
      object = try AnswerShape(call.resource, options, form, now: server.timeline.now)
        .one(object)
    }
    return APIResponse(
      code: outcome.code, headers: headers(call, form, warnings + outcome.warnings),
      body: .value(object))
  }

  private func answer(
    list: Value, _ call: ResourceRequest, _ form: AnswerForm
  ) -> APIResponse {
    let shape = AnswerShape(call.resource, options, form, now: server.timeline.now)
    do throws(StatusError) {
      return APIResponse(
        code: 200, headers: headers(call, form, []),
        body: .value(try shape.list(list)))
    } catch {
      return Serving.refusal(error, form)
    }
  }

  func headers(
    _ call: ResourceRequest, _ form: AnswerForm, _ warnings: [String]
  ) -> [(name: String, value: String)] {
    var headers = [(name: "Content-Type", value: form.contentType)]
    var seen: Set<String> = []
    let deprecation = call.resource.custom?.deprecation ?? Deprecations.warning(call.resource)
    for warning in (deprecation.map { [$0] } ?? []) + warnings
    where seen.insert(warning).inserted {
      headers.append(("Warning", "299 - " + warning.headerQuoted))
    }
    return headers
  }
}

extension String {
  /// As a quoted string of a header.
  var headerQuoted: String {
    var text = "\""
    for scalar in unicodeScalars {
      if scalar == "\"" || scalar == "\\" { text += "\\" }
      // Upstream drops what no header can carry.
      if scalar.value >= 0x20, scalar.value != 0x7F { text.unicodeScalars.append(scalar) }
    }
    return text + "\""
  }
}

/// Resources whose use is warned of.
enum Deprecations {
  static func warning(_ resource: ServedResource) -> String? {
    switch resource.resource {
    case .endpoints:
      "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
    case GroupVersionResource("", "v1", "componentstatuses"):
      "v1 ComponentStatus is deprecated in v1.19+"
    default: nil
    }
  }
}

extension StatusError {
  static func tooLargeVersion(_ asked: String, current: Int64) -> StatusError {
    StatusError(
      code: 504, reason: "Timeout",
      message: "Timeout: Too large resource version: \(asked), current: \(current)",
      details: Details(
        causes: [
          Cause(
            reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "")
        ], retryAfterSeconds: 1))
  }
}
