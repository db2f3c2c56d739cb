import Documents
import KubeObjects

/// kubectl apply.
enum ApplyCommand {
  static let specification = CommandSpecification(
    name: "apply", usage: "apply (-f FILENAME | -k DIRECTORY)",
    summary: "Apply a configuration to a resource by file name or stdin",
    about:
      "Apply a configuration to a resource by file name or stdin. The resource name must be "
      + "specified. This resource will be created if it doesn't exist yet. To use 'apply', always "
      + "create the resource initially with either 'apply' or 'create --save-config'.\n\n"
      + " JSON and YAML formats are accepted.",
    examples: [
      ("What a file describes", "kubectl apply -f deployment.yaml"),
      ("A kustomization", "kubectl apply -k overlays/production"),
      ("What comes down a pipe", "cat pod.yaml | kubectl apply -f -"),
      ("Merged by the server", "kubectl apply --server-side -f deployment.yaml"),
    ],
    flags: .printing + .filename + .dryRun + .validate + .selector + .deletion
      + .manager("kubectl-client-side-apply")
      + Flag.list(
        "all:bool force-conflicts:bool openapi-patch:bool=true overwrite:bool=true prune:bool "
          + "prune-allowlist:array server-side:bool subresource:string"),
    subcommands: [
      EditLastApplied.specification, SetLastApplied.specification, ViewLastApplied.specification,
    ], run: run)

  static func run(_ call: Invocation) async throws {
    let options = try ApplyOptions(call)
    if !call.arguments.isEmpty {
      throw CommandError.usage("Unexpected args: \(Go.list(call.arguments))")
    }
    let values = call.values
    guard !values.strings("filename").isEmpty || !values.string("kustomize").isEmpty else {
      throw CommandError.text("must specify one of -f and -k")
    }
    if values.bool("prune") { try await Pruning.check(call) }
    var selection = Selection(call, arguments: [])
    selection.selectsAll = false
    selection.subresource = ""
    var findings = try await selection.find(call)
    if findings.infos.isEmpty, findings.errors.isEmpty {
      throw CommandError.text("no objects passed to apply")
    }
    let printer = try await ResultPrinter(call, operation: "", dryRun: .none)
    var applied: [ResourceInfo] = []
    // What went wrong in reading is one error beside those of applying.
    if findings.errors.count > 1 { findings.errors = [CommandError.aggregate(findings.errors)] }
    for var info in findings.infos {
      ChangeCause.mark(&info.object, call)
      do {
        let (result, note) =
          options.isServerSide
          ? try await ServerSideApply(call, options).apply(info)
          : try await ClientSideApply(call, options).apply(info)
        applied.append(result)
        if !printer.printsObjects { try printer.print(result, operation: options.noted(note)) }
      } catch {
        if case CommandError.connection = error { throw error }
        findings.errors.append(error)
      }
    }
    if printer.printsObjects, !applied.isEmpty {
      let shown: Value =
        applied.count == 1
        ? applied[0].object
        : [
          "apiVersion": "v1", "kind": "List", "items": .array(applied.map(\.object)),
          "metadata": [:],
        ]
      try printer.print(shown)
    }
    if findings.errors.isEmpty, values.bool("prune") {
      try await Pruning(call, options).prune(keeping: applied)
    }
    try findings.check()
  }
}

/// The flags of apply, checked against each other.
struct ApplyOptions {
  let dryRun: Invocation.DryRun
  let isServerSide: Bool
  let forcesConflicts: Bool
  let forces: Bool

  init(_ call: Invocation) throws {
    let values = call.values
    dryRun = try call.dryRun()
    try Writing.check(call)
    isServerSide = values.bool("server-side")
    forcesConflicts = values.bool("force-conflicts")
    forces = values.bool("force")
    if forcesConflicts, !isServerSide {
      throw CommandError.text("--force-conflicts only works with --server-side")
    }
    if !values.string("subresource").isEmpty, !isServerSide {
      throw CommandError.text("--subresource can only be specified for --server-side")
    }
    if dryRun == .client, isServerSide {
      throw CommandError.text(
        "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    }
    if forces, isServerSide { throw CommandError.text("--force cannot be used with --server-side") }
    if dryRun == .server, forces {
      throw CommandError.text(
        "--dry-run=server cannot be used with --force")
    }
    if values.bool("all"), !values.string("selector").isEmpty {
      throw CommandError.text("cannot set --all and --selector at the same time")
    }
    if values.bool("prune"), !values.bool("all"), values.string("selector").isEmpty {
      throw CommandError.text(
        "all resources selected for prune without explicitly passing --all. To prune all "
          + "resources, pass the --all flag. If you did not mean to prune all resources, specify a "
          + "label selector")
    }
    if values.bool("prune"), isServerSide {
      throw CommandError.text(
        "--prune is in alpha and doesn't currently work on objects created by server-side apply")
    }
  }

  func noted(_ text: String) -> String {
    switch dryRun {
    case .none: text
    case .client: text + " (dry run)"
    case .server: text + " (server dry run)"
    }
  }
}

/// apply as kubectl does it itself: a patch of what was applied last, what is wanted and what is.
struct ClientSideApply {
  private let call: Invocation
  private let options: ApplyOptions

  init(_ call: Invocation, _ options: ApplyOptions) {
    self.call = call
    self.options = options
  }

  func apply(_ info: ResourceInfo) async throws -> (ResourceInfo, String) {
    var info = info
    if info.name.isEmpty {
      try Self.refuseGeneratedName(info)
      throw CommandError.text(
        "error when retrieving current configuration of:\n\(Self.described(info))\n"
          + "from server for: \(Go.quoted(info.source)): resource name may not be empty")
    }
    var modified = info.object
    modified[path: "metadata", "annotations", LastApplied.key] = .string(
      LastApplied.text(info.object))
    let client = try await call.client()
    let current: Value
    do {
      current = try await client.get(info.path())
    } catch {
      guard CommandError.isNotFound(error) else {
        throw CommandError.adding(
          "retrieving current configuration of:\n\(Self.described(info))\nfrom server for:",
          source: info.source, to: error)
      }
      return try await create(info, modified)
    }
    if options.dryRun == .client {
      // What is printed is the live object, with the record of what would be applied.
      info.refresh(current)
      return (info, "configured")
    }
    if LastApplied.recorded(in: current) == nil {
      call.warn(
        "resource \(info.resource.name)/\(info.name) is missing the \(LastApplied.key) annotation "
          + "which is required by kubectl apply. kubectl apply should only be used on resources "
          + "created declaratively by either kubectl create --save-config or kubectl apply. The "
          + "missing annotation will be patched automatically.")
    }
    return try await patch(info, current: current, modified: modified)
  }

  static func refuseGeneratedName(_ info: ResourceInfo) throws {
    guard let stem = info.object[path: "metadata", "generateName"]?.string, !stem.isEmpty else {
      return
    }
    throw CommandError.text("from \(stem): cannot use generate name with apply")
  }

  private func create(_ info: ResourceInfo, _ object: Value) async throws -> (ResourceInfo, String)
  {
    var info = info
    // As updates leave nulls out; the annotation has them, so that an update sees the same.
    info.object = Self.withoutNulls(object)
    if options.dryRun != .client {
      do {
        info.refresh(
          try await call.client().send(
            "POST", info.resource.path(namespace: info.namespace),
            Writing(call).query(dryRun: options.dryRun), body: info.unversioned
          ).value)
      } catch {
        throw CommandError.adding("creating", source: info.source, to: error)
      }
    }
    return (info, "created")
  }

  private static func withoutNulls(_ value: Value) -> Value {
    switch value {
    case .object(let members):
      .object(members.compactMapValues { $0.isNull ? Value?.none : withoutNulls($0) })
    case .array(let elements): .array(elements.map(withoutNulls))
    default: value
    }
  }

  private func patch(_ info: ResourceInfo, current: Value, modified: Value) async throws -> (
    ResourceInfo, String
  ) {
    var info = info
    var current = current
    for attempt in 0..<5 {
      let original = try LastApplied.recorded(in: current).map(Self.parsed) ?? .emptyObject
      let patch = try ObjectPatch.threeWay(
        info.resource, original: original, modified: modified, current: current)
      if patch.isEmpty {
        info.refresh(current)
        return (info, "unchanged")
      }
      do {
        let answer = try await call.client().send(
          "PATCH", info.path(), Writing(call).query(dryRun: options.dryRun), body: patch.body,
          contentType: patch.contentType)
        if current[path: "metadata", "deletionTimestamp"] != nil {
          call.warn(
            "Detected changes to resource \(info.name) which is currently being deleted.")
        }
        info.refresh(answer.value)
        return (info, "configured")
      } catch {
        let reason = CommandError.status(of: error)?.reason ?? ""
        if options.forces, reason == "Conflict" || reason == "Invalid" {
          return try await recreate(info, modified)
        }
        guard reason == "Conflict", attempt < 4 else { throw explained(error, info, patch) }
        current = try await call.client().get(info.path())
      }
    }
    throw CommandError.text("the object kept changing while it was applied")
  }

  private static func parsed(_ text: String) throws -> Value {
    do throws(Problem) {
      return try JSON.parse(text)
    } catch {
      throw CommandError.text(
        "retrieving original configuration from:\n\(text)\nfailed: \(error.message)")
    }
  }

  private func explained(_ error: any Error, _ info: ResourceInfo, _ patch: ObjectPatch)
    -> any Error
  {
    let inner = CommandError.adding("patching", source: info.source, to: error)
    let verb =
      "applying patch:\n\(JSONText.marshal(patch.body))\nto:\n\(Self.described(info))\nfor:"
    return CommandError.adding(verb, source: info.source, to: inner)
  }

  static func described(_ info: ResourceInfo) -> String {
    let group = info.resource.group
    let version = info.resource.version
    return "Resource: \"\(group)/\(version), Resource=\(info.resource.name)\", GroupVersionKind: "
      + "\"\(group)/\(version), Kind=\(info.resource.kind)\"\n"
      + "Name: \(Go.quoted(info.name)), Namespace: \(Go.quoted(info.namespace))"
  }

  /// --force: what cannot be patched is deleted and made anew.
  private func recreate(_ info: ResourceInfo, _ object: Value) async throws -> (
    ResourceInfo, String
  ) {
    var info = info
    let client = try await call.client()
    var deletion: Value = ["kind": "DeleteOptions", "apiVersion": "v1"]
    deletion["propagationPolicy"] = "Background"
    if call.values.int("grace-period") >= 0 {
      deletion["gracePeriodSeconds"] = .int(Int64(call.values.int("grace-period")))
    }
    _ = try await client.send("DELETE", info.path(), body: deletion)
    let follower = ObjectFollower(
      call: call, resource: info.resource, namespace: info.namespace, name: info.name)
    _ = try await follower.wait(timeout: nil) { $0 == nil }
    info.refresh(
      try await client.send(
        "POST", info.resource.path(namespace: info.namespace), Writing(call).query(), body: object
      ).value)
    return (info, "configured")
  }
}
