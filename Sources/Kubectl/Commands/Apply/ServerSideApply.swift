import Documents
import KubeObjects

/// apply as the server does it: the whole configuration is sent and merged there.
struct ServerSideApply {
  private let call: Invocation
  private let options: ApplyOptions

  init(_ call: Invocation, _ options: ApplyOptions) {
    self.call = call
    self.options = options
  }

  func apply(_ info: ResourceInfo) async throws -> (ResourceInfo, String) {
    var info = info
    if info.name.isEmpty { try ClientSideApply.refuseGeneratedName(info) }
    var object = info.object
    if object[path: "metadata", "managedFields"] != nil {
      object[path: "metadata", "managedFields"] = nil
    }
    let manager =
      call.values.changed("field-manager") ? call.values.string("field-manager") : "kubectl"
    var query = Writing(call).query(dryRun: options.dryRun, manager: manager)
    query.append(("force", options.forcesConflicts ? "true" : "false"))
    do {
      let answer = try await call.client().send(
        "PATCH", info.path(call.values.string("subresource")), query, body: object,
        contentType: PatchMaker.applyType)
      info.refresh(answer.value)
    } catch {
      throw Self.explained(error)
    }
    try await migrate(&info, object, manager, query)
    return (info, "serverside-applied")
  }

  /// Takes over the fields of who applied from the client, and applies once more, so that what is
  /// in the file no more goes. What fails in this is told, and tried again at the next apply.
  private func migrate(
    _ info: inout ResourceInfo, _ object: Value, _ manager: String, _ query: APIClient.Query
  ) async throws {
    let client = try await call.client()
    if manager == "kubectl", ManagedFieldsUpgrade(info.object, manager: manager) != nil {
      do {
        try await keepRecord(&info)
      } catch {
        let failed = "failed to migrate \(LastApplied.key) for Server-Side Apply."
        return call.warn(Self.later(failed, error))
      }
    }
    guard let upgrade = ManagedFieldsUpgrade(info.object, manager: manager) else { return }
    do {
      info.refresh(
        try await client.send(
          "PATCH", info.path(), Writing(call).query(dryRun: options.dryRun, manager: manager),
          body: upgrade.patch, contentType: PatchMaker.jsonType
        ).value)
    } catch {
      let failed = "server rejected managed fields migration to Server-Side Apply."
      return call.warn(Self.later(failed, error))
    }
    do {
      info.refresh(
        try await client.send(
          "PATCH", info.path(), query, body: object, contentType: PatchMaker.applyType
        ).value)
    } catch {
      let failed =
        "failed to re-apply configuration after performing Server-Side Apply migration."
      call.warn(Self.later(failed, error))
    }
  }

  private static func later(_ failed: String, _ error: any Error) -> String {
    "\(failed) This is non-fatal and will be retried next time you apply. Error: "
      + CommandError.message(error)
  }

  /// The record of what was applied last gets an owner of its own, as it stands, lest it go with the
  /// fields of its former one (saveLastApplyAnnotationIfNecessary).
  private func keepRecord(_ info: inout ResourceInfo) async throws {
    guard let text = info.object[path: "metadata", "annotations", LastApplied.key] else { return }
    var record: Value = ["metadata": ["name": .string(info.name)]]
    for member in ["apiVersion", "kind"] { record[member] = info.object[member] }
    if !info.namespace.isEmpty { record[path: "metadata", "namespace"] = .string(info.namespace) }
    record[path: "metadata", "annotations"] = .object([LastApplied.key: text])
    let answer = try await call.client().send(
      "PATCH", info.path(), Writing(call).query(dryRun: options.dryRun, manager: Self.recorder),
      body: record, contentType: PatchMaker.applyType)
    info.refresh(answer.value)
  }

  private static let recorder = "kubectl-last-applied"

  static func explained(_ error: any Error) -> any Error {
    guard let status = CommandError.status(of: error), status.reason == "Conflict",
      status.details?.causes.contains(where: { $0.reason == "FieldManagerConflict" }) ?? false
    else { return error }
    return CommandError.text(
      """
      \(status.message)
      Please review the fields above--they currently have other managers. Here
      are the ways you can resolve this warning:
      * If you intend to manage all of these fields, please re-run the apply
        command with the `--force-conflicts` flag.
      * If you do not intend to manage all of the fields, please edit your
        manifest to remove references to the fields that should keep their
        current managers.
      * You may co-own fields by updating your manifest to match the existing
        value; in this case, you'll become the manager if the other manager(s)
        stop managing the field (remove it from their configuration).
      See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
      """)
  }
}

/// `apply --prune`: what was applied once and is in the files no more is deleted.
struct Pruning {
  private let call: Invocation
  private let options: ApplyOptions

  init(_ call: Invocation, _ options: ApplyOptions) {
    self.call = call
    self.options = options
  }

  /// What is looked through when no allowlist is given.
  private static let usual = [
    "core/v1/ConfigMap", "core/v1/Endpoints", "core/v1/Namespace", "core/v1/PersistentVolumeClaim",
    "core/v1/PersistentVolume", "core/v1/Pod", "core/v1/ReplicationController", "core/v1/Secret",
    "core/v1/Service", "batch/v1/Job", "batch/v1/CronJob", "networking.k8s.io/v1/Ingress",
    "apps/v1/DaemonSet", "apps/v1/Deployment", "apps/v1/ReplicaSet", "apps/v1/StatefulSet",
  ]

  static func kind(_ text: String) throws -> (group: String, version: String, kind: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else {
      throw CommandError.text(
        "invalid GroupVersionKind format: \(text), please follow <group/version/kind>")
    }
    return (parts[0] == "core" ? "" : parts[0], parts[1], parts[2])
  }

  /// Refuses an allowlist that names no kinds, before anything is applied.
  static func check(_ call: Invocation) async throws {
    for text in call.values.strings("prune-allowlist") {
      _ = try resource(text, try await call.mapper())
    }
  }

  private static func resource(_ text: String, _ mapper: ResourceMapper) throws -> APIResource {
    let (group, version, kind) = try Self.kind(text)
    guard let found = mapper.resource(kind: kind, group: group, version: version) else {
      let place = group.isEmpty ? version : "\(group)/\(version)"
      throw CommandError.text(
        "no matches for kind \(Go.quoted(kind)) in version \(Go.quoted(place))")
    }
    return found
  }

  func prune(keeping applied: [ResourceInfo]) async throws {
    let given = call.values.strings("prune-allowlist")
    if given.isEmpty {
      call.klog(
        "W", "prune.go:71",
        "Deprecated: kubectl apply will no longer prune non-namespaced resources by default when "
          + "used with the --namespace flag in a future release. To preserve the current behaviour, "
          + "list the resources you want to target explicitly in the --prune-allowlist flag.")
    }
    let mapper = try await call.mapper()
    let kept = Set(applied.compactMap { $0.object[path: "metadata", "uid"]?.string })
    let names = Set(applied.map { "\($0.resource.groupResource)/\($0.namespace)/\($0.name)" })
    let namespaces = Set(applied.filter { $0.resource.isNamespaced }.map(\.namespace)).sorted()
    let resources = try (given.isEmpty ? Self.usual : given).map { try Self.resource($0, mapper) }
    // Namespace by namespace, then what is in none (pruner.pruneAll).
    let places = namespaces.map { (true, $0) } + [(false, "")]
    for (isNamespaced, namespace) in places {
      for resource in resources where resource.isNamespaced == isNamespaced {
        var query: APIClient.Query = []
        let selector = call.values.string("selector")
        if !selector.isEmpty { query.append(("labelSelector", selector)) }
        let list = try await call.client().get(resource.path(namespace: namespace), query)
        for item in list["items"]?.array ?? [] {
          let metadata = item["metadata"]
          let info = ResourceInfo(
            resource: resource, namespace: namespace, name: metadata?["name"]?.string ?? "",
            object: item)
          guard LastApplied.recorded(in: item) != nil,
            !kept.contains(metadata?["uid"]?.string ?? ""),
            !names.contains("\(resource.groupResource)/\(namespace)/\(info.name)")
          else { continue }
          try await remove(info)
        }
      }
    }
  }

  private func remove(_ info: ResourceInfo) async throws {
    if options.dryRun != .client {
      var deletion: Value = [
        "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background",
      ]
      if options.dryRun == .server { deletion["dryRun"] = ["All"] }
      _ = try await call.client().send("DELETE", info.path(), body: deletion)
    }
    call.output.line("\(info.printedName) \(options.noted("pruned"))")
  }
}
