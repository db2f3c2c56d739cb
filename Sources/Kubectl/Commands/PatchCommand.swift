import Documents
import KubeAPIServer
import KubeObjects

/// kubectl patch.
enum PatchCommand {
  static let specification = CommandSpecification(
    name: "patch", usage: "patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
    summary: "Update fields of a resource",
    about: "Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON "
      + "patch.",
    examples: [
      ("A merge", "kubectl patch deployment web -p '{\"spec\":{\"replicas\":3}}'"),
      (
        "One place in a list",
        "kubectl patch pod web --type=json "
          + "-p '[{\"op\":\"replace\",\"path\":\"/spec/containers/0/image\","
          + "\"value\":\"nginx:2\"}]'"
      ),
    ],
    flags: .printing + .filename + .dryRun + .manager("kubectl-patch")
      + Flag.list(
        "local:bool patch,p:string patch-file:string subresource:string type:string=strategic"),
    run: run)

  static let types = [
    "json": PatchMaker.jsonType, "merge": PatchMaker.mergeType,
    "strategic": PatchMaker.strategicType,
  ]

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let file = values.string("patch-file")
    if !values.string("patch").isEmpty, !file.isEmpty {
      throw CommandError.text("cannot specify --patch and --patch-file together")
    }
    guard !values.string("patch").isEmpty || !file.isEmpty else {
      throw CommandError.text(
        "must specify --patch or --patch-file containing the contents of the patch")
    }
    // No type at all is the usual one (patch.go).
    let type = values.string("type").lowercased()
    guard let contentType = types[type.isEmpty ? "strategic" : type] else {
      throw CommandError.text(
        "--type must be one of [json merge strategic], not \(Go.quoted(values.string("type")))")
    }
    let text =
      file.isEmpty
      ? Array(values.string("patch").utf8) : try await Self.read(file, call)
    let isLocal = values.bool("local")
    if isLocal, !call.arguments.isEmpty {
      throw CommandError.text("cannot specify --local and server resources")
    }
    let dryRun = try call.dryRun()
    var selection = Selection(call)
    selection.subresource = values.string("subresource")
    selection.isOfflineFile = isLocal
    var findings = try await selection.find(call)
    for info in findings.flattened {
      do {
        var changed = info
        if isLocal || dryRun == .client {
          changed.object = try apply(
            try parse(text, asPatch: values.string("patch")), contentType, to: info)
        } else {
          changed.refresh(
            try await send(text, contentType, to: info, call, dryRun))
        }
        // One for each object: no lines stand between documents.
        try await ResultPrinter(call, operation: "patched").print(
          changed, operation: changed.object == info.object ? "patched (no change)" : nil,
          name: changed.object["kind"]?.string == "Scale"
            ? ObjectPrinter.name(changed.object) : nil)
      } catch {
        findings.errors.append(explained(error, contentType, info.resource))
      }
    }
    try findings.check()
  }

  private static func explained(
    _ error: any Error, _ contentType: String, _ resource: APIResource
  ) -> any Error {
    guard let status = CommandError.status(of: error), status.reason == "UnsupportedMediaType"
    else { return error }
    return CommandError.text(
      "\(contentType) is not supported by \(resource.groupVersion), Kind=\(resource.kind): "
        + status.message)
  }

  private static func read(_ file: String, _ call: Invocation) async throws -> [UInt8] {
    do {
      return try await DataSources.read(file, call)
    } catch CommandError.text(let problem) {
      throw CommandError.text("unable to read patch file: \(problem)")
    }
  }

  private static func parse(_ bytes: [UInt8], asPatch text: String) throws -> Value {
    do throws(Problem) {
      return try YAML.parse(bytes)
    } catch {
      throw CommandError.text("unable to parse \(Go.quoted(text)): \(error.message)")
    }
  }

  private static func send(
    _ bytes: [UInt8], _ contentType: String, to info: ResourceInfo, _ call: Invocation,
    _ dryRun: Invocation.DryRun
  ) async throws -> Value {
    let query = Writing(call).query(dryRun: dryRun, validates: false)
    let path = try info.path(call.values.string("subresource"))
    // What begins with a brace is taken for JSON and sent as it is, right or wrong.
    let isJSON = bytes.first { $0 != 32 && $0 != 10 && $0 != 9 && $0 != 13 } == UInt8(ascii: "{")
    if isJSON, (try? JSON.parse(bytes)) == nil {
      let client = try await call.client()
      let answer = try await client.transmit(
        .init(
          method: "PATCH", path: path, query: query,
          headers: [
            ("accept", "application/json"), ("content-type", contentType),
            ("user-agent", APIClient.agent),
          ], body: .bytes(bytes)))
      guard answer.code < 400 else { throw client.refusal(answer) }
      return answer.value
    }
    return try await call.client().send(
      "PATCH", path, query, body: try parse(bytes, asPatch: call.values.string("patch")),
      contentType: contentType
    ).value
  }

  private static func apply(_ patch: Value, _ contentType: String, to info: ResourceInfo) throws
    -> Value
  {
    switch contentType {
    case PatchMaker.jsonType:
      do throws(PatchFailure) {
        return try JSONPatch(patch).apply(to: info.object)
      } catch {
        throw CommandError.text(error.message)
      }
    case PatchMaker.mergeType: return MergePatch.apply(patch, to: info.object)
    default: return try ObjectPatch.apply(patch, to: info.object, info.resource)
    }
  }
}
