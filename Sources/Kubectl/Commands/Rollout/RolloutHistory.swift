import Documents
import KubeObjects

/// The revisions of a workload: ReplicaSets of a Deployment, ControllerRevisions of others.
struct Revisions {
  let call: Invocation
  let info: ResourceInfo

  static let number = "deployment.kubernetes.io/revision"

  /// The objects that hold revisions, by number.
  func all() async throws -> [Int64: Value] {
    let object = info.object
    let uid = object[path: "metadata", "uid"]
    let selector = DescribeText.selector(object[path: "spec", "selector"])
    let isDeployment = info.resource.kind == "Deployment"
    let resource: APIResource = isDeployment ? .replicaSets : .controllerRevisions
    let list = try await call.client().get(
      resource.path(namespace: info.namespace), [("labelSelector", selector)])
    var found: [Int64: Value] = [:]
    for var item in list["items"]?.array ?? [] {
      let owners = item[path: "metadata", "ownerReferences"]?.array ?? []
      guard owners.contains(where: { $0["uid"] == uid && $0["controller"]?.bool == true }) else {
        continue
      }
      item["apiVersion"] = .string(resource.groupVersion.description)
      item["kind"] = .string(resource.kind)
      let number =
        isDeployment
        ? Int64(item[path: "metadata", "annotations", Self.number]?.string ?? "") ?? 0
        : item["revision"]?.int ?? 0
      if number > 0 { found[number] = item }
    }
    return found
  }

  /// The Pod template of a revision.
  func template(of revision: Value) throws -> Value {
    if info.resource.kind == "Deployment" { return revision[path: "spec", "template"] ?? [:] }
    return try applied(revision)[path: "spec", "template"] ?? [:]
  }

  /// The workload as a ControllerRevision's patch makes it.
  func applied(_ revision: Value) throws -> Value {
    try ObjectPatch.apply(revision["data"] ?? [:], to: info.object, info.resource)
  }
}

/// kubectl rollout history.
enum RolloutHistory {
  static func run(_ call: Invocation) async throws {
    let revision = Int64(call.values.int("revision"))
    if revision < 0 {
      throw CommandError.text("revision must be a positive integer: \(revision)")
    }
    var findings = try await RolloutCommand.infos(call)
    let format = try await OutputFormat.parse(call)
    for info in findings.flattened {
      do {
        guard ["Deployment", "DaemonSet", "StatefulSet"].contains(info.resource.kind) else {
          throw unknown(info.resource, "history", "history viewer")
        }
        let revisions = Revisions(call: call, info: info)
        let all = try await revisions.all()
        if let format {
          try printObjects(all, revision, format, call, revisions)
        } else {
          try describe(all, revision, info, revisions, call)
        }
      } catch {
        findings.errors.append(error)
      }
    }
    try findings.check()
  }

  /// What is said of a kind without revisions: upstream's visitor knows some of them.
  static func unknown(
    _ resource: APIResource, _ wanted: String, _ viewer: String
  ) -> CommandError {
    let kind = Go.quoted(resource.groupKind)
    return ["CronJob", "Job", "Pod", "ReplicaSet", "ReplicationController"].contains(resource.kind)
      ? .text("no \(viewer) has been implemented for \(kind)")
      : .text(
        "error retrieving \(wanted) for \(kind), no visitor method exists for "
          + "{\(resource.group) \(resource.kind)}")
  }

  private static func printObjects(
    _ all: [Int64: Value], _ revision: Int64, _ format: OutputFormat, _ call: Invocation,
    _ revisions: Revisions
  ) throws {
    let printer = try ObjectPrinter(format, values: call.values, isTyped: true)
    if revision > 0 {
      guard let found = all[revision] else {
        throw CommandError.text("unable to find the specified revision")
      }
      let shown =
        revisions.info.resource.kind == "Deployment" ? found : try revisions.applied(found)
      return call.output.print(try printer.text(typed(shown)))
    }
    for number in all.keys.sorted() {
      guard let found = all[number] else { continue }
      let shown =
        revisions.info.resource.kind == "Deployment" ? found : try revisions.applied(found)
      call.output.print(try printer.text(typed(shown)))
    }
  }

  /// Typed objects show the creation time that templates never have.
  private static func typed(_ object: Value) -> Value {
    var object = object
    if object[path: "spec", "template", "metadata"] != nil {
      object[path: "spec", "template", "metadata", "creationTimestamp"] = .some(.null)
    }
    return object
  }

  private static func describe(
    _ all: [Int64: Value], _ revision: Int64, _ info: ResourceInfo, _ revisions: Revisions,
    _ call: Invocation
  ) throws {
    let kind = "\(info.resource.printedKind)/\(info.name)"
    if revision > 0 {
      guard let found = all[revision] else {
        throw CommandError.text("unable to find the specified revision")
      }
      let text = try templateText(found, revisions, namingCause: true)
      call.output.print("\(kind) with revision #\(revision)\n\(text)\n")
      return
    }
    if all.isEmpty { return call.output.print("\(kind) \nNo rollout history found.\n") }
    var lines = "REVISION\tCHANGE-CAUSE\n"
    for number in all.keys.sorted() {
      let cause =
        all[number]?[path: "metadata", "annotations", "kubernetes.io/change-cause"]?.string ?? ""
      lines += "\(number)\t\(cause.isEmpty ? "<none>" : cause)\n"
    }
    // The tabwriter of the listing has its own measures.
    call.output.print("\(kind) \n\(Tabulator(minimum: 0, padding: 2).align(lines))\n")
  }

  /// A Deployment's revision may tell why it was made, too.
  static func templateText(
    _ revision: Value, _ revisions: Revisions, namingCause: Bool = false
  ) throws -> String {
    var template = try revisions.template(of: revision)
    if namingCause,
      let cause = revision[path: "metadata", "annotations", "kubernetes.io/change-cause"],
      revisions.info.resource.kind == "Deployment"
    {
      template[path: "metadata", "annotations", "kubernetes.io/change-cause"] = cause
    }
    let out = DescribeWriter(alignsTabs: false)
    PodTemplateDescription.write(template, out)
    return out.text
  }
}

/// kubectl rollout undo.
enum RolloutUndo {
  static func run(_ call: Invocation) async throws {
    let dryRun = try call.dryRun()
    let wanted = Int64(call.values.int("to-revision"))
    var findings = try await RolloutCommand.infos(call)
    for info in findings.flattened {
      do {
        guard ["Deployment", "DaemonSet", "StatefulSet"].contains(info.resource.kind) else {
          throw RolloutHistory.unknown(info.resource, "rollbacker", "rollbacker")
        }
        let text = try await undo(info, to: wanted, dryRun, call)
        try await ResultPrinter(call, operation: text, dryRun: dryRun).print(info)
      } catch {
        findings.errors.append(error)
      }
    }
    try findings.check()
  }

  private static func undo(
    _ info: ResourceInfo, to wanted: Int64, _ dryRun: Invocation.DryRun, _ call: Invocation
  ) async throws -> String {
    if wanted < 0 {
      throw CommandError.text("unable to find specified revision \(wanted) in history")
    }
    let revisions = Revisions(call: call, info: info)
    let all = try await revisions.all()
    let numbers = all.keys.sorted()
    let number = wanted > 0 ? wanted : (numbers.count > 1 ? numbers[numbers.count - 2] : 0)
    guard number > 0 || wanted > 0 else {
      if info.resource.kind == "Deployment" {
        throw CommandError.text("no rollout history found for deployment \(Go.quoted(info.name))")
      }
      throw CommandError.text("no last revision to roll back to")
    }
    guard let revision = all[number] else {
      throw CommandError.text("unable to find specified revision \(number) in history")
    }
    if dryRun == .client {
      let template = try RolloutHistory.templateText(revision, revisions)
      return info.resource.kind == "Deployment" ? template : "will roll back to \(template)"
    }
    if info.resource.kind == "Deployment" {
      return try await deployment(info, revision, number, dryRun, call)
    }
    // Upstream compares the revision with a patch that has a null creationTimestamp, as servers since
    // 1.35 write none: it never finds them equal, and rolls back to where it is.
    _ = try await call.client().send(
      "PATCH", info.path(), Writing(call).query(dryRun: dryRun, manager: "kubectl"),
      body: revision["data"] ?? [:], contentType: PatchMaker.strategicType)
    return "rolled back"
  }

  private static func deployment(
    _ info: ResourceInfo, _ revision: Value, _ number: Int64, _ dryRun: Invocation.DryRun,
    _ call: Invocation
  ) async throws -> String {
    let object = info.object
    if object[path: "spec", "paused"]?.bool == true {
      throw CommandError.text(
        "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' "
          + "and try again")
    }
    var template = revision[path: "spec", "template"] ?? [:]
    if PodTemplates.isEqual(template, object[path: "spec", "template"]) {
      return "skipped rollback (current template already matches revision \(number))"
    }
    template[path: "metadata", "labels", PodTemplates.hash] = Value?.none
    // The annotations of the revision come back too, but for the controller's own.
    var notes = Mapping()
    let own: Set<String> = [
      LastApplied.key, Revisions.number, "deployment.kubernetes.io/revision-history",
      "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas",
    ]
    for (key, value) in object[path: "metadata", "annotations"]?.object ?? [:]
    where own.contains(key) { notes[key] = value }
    for (key, value) in revision[path: "metadata", "annotations"]?.object ?? [:]
    where !own.contains(key) { notes[key] = value }
    let patch: Value = [
      ["op": "replace", "path": "/spec/template", "value": template],
      ["op": "replace", "path": "/metadata/annotations", "value": .object(notes)],
    ]
    do {
      _ = try await call.client().send(
        "PATCH", info.path(), Writing(call).query(dryRun: dryRun, manager: "kubectl"), body: patch,
        contentType: PatchMaker.jsonType)
    } catch {
      throw CommandError.text(
        "failed restoring revision \(number): \(CommandError.message(error))")
    }
    return "rolled back"
  }
}
