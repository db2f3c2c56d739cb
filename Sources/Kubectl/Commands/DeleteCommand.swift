import Documents
import KubeObjects
import Simulation

/// kubectl delete.
enum DeleteCommand {
  static let specification = CommandSpecification(
    name: "delete",
    usage: "delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])",
    summary:
      "Delete resources by file names, stdin, resources and names, or by resources and label "
      + "selector",
    about:
      "Delete resources by file names, stdin, resources and names, or by resources and label "
      + "selector.",
    examples: [
      ("What a file describes", "kubectl delete -f pod.yaml"),
      ("Everything of one app", "kubectl delete pods,services -l app=web"),
      ("At once, without waiting for the kubelet", "kubectl delete pod web --force"),
    ],
    flags: .filename + .selector + .allNamespaces + .dryRun
      + Flag.list(
        "all:bool cascade:string=background?background field-selector:string force:bool "
          + "grace-period:int=-1 ignore-not-found:bool interactive,i:bool now:bool output,o:string "
          + "raw:string timeout:duration=0s wait:bool=true"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    if values.changed("raw") {
      try RawRequest.check(call, needsFile: false)
      return call.output.print(
        try await RawRequest.send(call, "DELETE", values.string("raw")))
    }
    let form = values.string("output")
    guard form.isEmpty || form == "name" else {
      throw CommandError.text("unexpected -o output mode: \(form). We only support '-o name'")
    }
    let plan = try Deletion(call)
    if values.bool("all"),
      !values.string("selector").isEmpty || !values.string("field-selector").isEmpty
    {
      throw CommandError.text("setting 'all' parameter but found a non empty selector. ")
    }
    var selection = Selection(call)
    selection.fieldSelector =
      values.string("field-selector").isEmpty ? nil : selection.fieldSelector
    selection.isLatest = false
    selection.fetchesByName = false
    var findings = try await selection.find(call)
    if values.bool("ignore-not-found") || values.bool("all") {
      findings.errors.removeAll(where: CommandError.isNotFound)
    }
    let infos = findings.flattened
    if infos.contains(where: { !$0.resource.isNamespaced }), values.changed("namespace") {
      call.output.complainLine(
        "warning: deleting cluster-scoped resources, not scoped to the provided namespace")
    }
    if values.bool("interactive"), try await !confirm(infos, call) { return }
    var gone: [ResourceInfo] = []
    for var info in infos {
      do {
        let answer = try await plan.delete(info)
        // The object's own identity, whether the answer is it or tells of it.
        if let uid = answer?[path: "details", "uid"] ?? answer?[path: "metadata", "uid"] {
          info.object = ["metadata": ["uid": uid]]
        }
        plan.report(info)
        gone.append(info)
      } catch {
        if case CommandError.connection = error { throw error }
        if CommandError.isNotFound(error),
          values.bool("ignore-not-found") || values.bool("all")
        {
          continue
        }
        findings.errors.append(error)
      }
    }
    try findings.check()
    if gone.isEmpty, infos.isEmpty, !values.bool("ignore-not-found") {
      call.output.line("No resources found")
    }
    if values.bool("wait"), plan.dryRun == .none { try await plan.wait(for: gone) }
  }

  private static func confirm(_ infos: [ResourceInfo], _ call: Invocation) async throws -> Bool {
    call.output.line("You are about to delete the following \(infos.count) resource(s):")
    for info in infos { call.output.line(info.printedName) }
    call.output.print("Do you want to continue? (y/n): ")
    try await call.flush()
    let answer = String(decoding: try await call.surroundings.readInput(upTo: 64), as: UTF8.self)
    if answer.hasPrefix("y") || answer.hasPrefix("Y") { return true }
    call.output.line("deletion is cancelled")
    return false
  }
}

/// How objects are deleted: with what grace, what becomes of their dependents, what is said.
struct Deletion {
  let call: Invocation
  let dryRun: Invocation.DryRun
  private let grace: Int
  private let isForced: Bool
  private let propagation: String

  init(_ call: Invocation) throws {
    self.call = call
    let values = call.values
    dryRun = values.flag("dry-run") == nil ? .none : try call.dryRun()
    var grace = values.int("grace-period")
    isForced = values.bool("force")
    if values.bool("now"), grace != -1 {
      throw CommandError.text("--now and --grace-period cannot be specified together")
    }
    if values.bool("now") { grace = 1 }
    if isForced, grace > 0 {
      throw CommandError.text(
        "--force and --grace-period greater than 0 cannot be specified together")
    }
    if isForced, grace < 0 { grace = 0 }
    // Without --force, no grace at all becomes one second, lest objects vanish by accident.
    if grace == 0, !isForced { grace = 1 }
    self.grace = grace
    propagation = try Self.propagation(call)
    if isForced, grace == 0 {
      call.warn(
        "Immediate deletion does not wait for confirmation that the running resource has been "
          + "terminated. The resource may continue to run on the cluster indefinitely.")
    }
  }

  /// What `--cascade` means for the server.
  static func propagation(_ call: Invocation) throws -> String {
    let cascade = call.values.string("cascade")
    switch cascade {
    case "background": return "Background"
    case "foreground": return "Foreground"
    case "orphan": return "Orphan"
    default:
      guard let truth = GoNumber.bool(cascade) else {
        throw CommandError.text(
          "invalid cascade value (\(cascade)). Must be \"background\", \"foreground\", or \"orphan\""
        )
      }
      call.output.complainLine(
        "warning: --cascade=\(cascade) is deprecated (boolean value) and can be replaced with "
          + "--cascade=\(truth ? "background" : "orphan").")
      return truth ? "Background" : "Orphan"
    }
  }

  @discardableResult
  func delete(_ info: ResourceInfo) async throws -> Value? {
    if dryRun == .client { return nil }
    var options: Value = [
      "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": .string(propagation),
    ]
    if grace >= 0 { options["gracePeriodSeconds"] = .int(Int64(grace)) }
    if dryRun == .server { options["dryRun"] = ["All"] }
    do {
      return try await call.client().send("DELETE", info.path(), body: options).value
    } catch {
      throw CommandError.adding("deleting", source: info.source, to: error)
    }
  }

  func report(_ info: ResourceInfo) {
    if call.values.string("output") == "name" {
      return call.output.line(info.printedName)
    }
    var done = grace == 0 ? "force deleted" : "deleted"
    if dryRun == .client { done += " (dry run)" }
    if dryRun == .server { done += " (server dry run)" }
    call.output.line("\(info.resource.printedKind) \(Go.quoted(info.name)) \(done)")
  }

  /// Waits until every object is gone, or another of its name has come.
  func wait(for infos: [ResourceInfo]) async throws {
    let limit = call.values.span("timeout")
    let deadline = limit > .zero ? call.now + limit : nil
    for info in infos {
      let uid = info.object[path: "metadata", "uid"]?.string
      let follower = ObjectFollower(
        call: call, resource: info.resource, namespace: info.namespace, name: info.name)
      do {
        let ending = try await follower.wait(timeout: deadline.map { $0 - call.now }) { object in
          guard let object else { return true }
          return uid != nil && object[path: "metadata", "uid"]?.string != uid
        }
        if ending == .timedOut {
          throw CommandError.text(
            "timed out waiting for the condition on \(info.resource.name)/\(info.name)")
        }
      } catch {
        // Who may not watch may still delete.
        guard let status = CommandError.status(of: error),
          status.reason == "Forbidden" || status.reason == "MethodNotAllowed"
        else { throw error }
      }
    }
  }
}
