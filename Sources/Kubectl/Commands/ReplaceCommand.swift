import Documents
import KubeObjects
import Simulation

/// kubectl replace.
enum ReplaceCommand {
  static let specification = CommandSpecification(
    name: "replace", usage: "replace -f FILENAME",
    summary: "Replace a resource by file name or stdin",
    about: "Replace a resource by file name or stdin.\n\n JSON and YAML formats are accepted.",
    examples: [
      ("With what a file describes", "kubectl replace -f pod.yaml"),
      ("Deleted first, then made anew", "kubectl replace --force -f pod.yaml"),
    ],
    flags: .printing + .filename + .dryRun + .validate + .saveConfig + .deletion
      + .manager("kubectl-replace") + Flag.list("raw:string subresource:string"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let dryRun = try call.dryRun()
    let propagation = try Deletion.propagation(call)
    if values.int("grace-period") >= 0, !values.bool("force") {
      throw CommandError.text("--grace-period must have --force specified")
    }
    if values.span("timeout") != .zero, !values.bool("force") {
      throw CommandError.text("--timeout must have --force specified")
    }
    let files = values.strings("filename")
    guard !files.isEmpty || !values.string("kustomize").isEmpty else {
      throw CommandError.text("must specify one of -f and -k")
    }
    if values.changed("raw") {
      try RawRequest.check(call, needsFile: true)
      let body = try await DataSources.read(files.first ?? "", call)
      return call.output.print(
        try await RawRequest.send(call, "PUT", values.string("raw"), body: body))
    }
    try Writing.check(call)
    if values.bool("force"), dryRun != .none {
      throw CommandError.text("--dry-run can not be used when --force is set")
    }
    let printer = try await ResultPrinter(call, operation: "replaced", dryRun: dryRun)
    var selection = Selection(call, arguments: [])
    selection.subresource = ""
    var findings = try await selection.find(call)
    if values.bool("force") {
      try findings.check()
      return try await force(findings.infos, call, printer, propagation)
    }
    for var info in findings.infos {
      do {
        LastApplied.update(&info.object, isAsked: values.bool("save-config"))
        if dryRun != .client { info.refresh(try await put(info, call, dryRun)) }
        try printer.print(info)
      } catch {
        findings.errors.append(CommandError.adding("replacing", source: info.source, to: error))
      }
    }
    try findings.check()
  }

  /// Without a resource version the one now stored is taken, so that the last writer wins.
  private static func put(_ info: ResourceInfo, _ call: Invocation, _ dryRun: Invocation.DryRun)
    async throws -> Value
  {
    var object = info.object
    let client = try await call.client()
    let path = try info.path(call.values.string("subresource"))
    if (object[path: "metadata", "resourceVersion"]?.string ?? "").isEmpty {
      // Whatever keeps it from being read is left for the PUT to find (resource.Helper.Replace).
      if let current = try? await client.get(path) {
        object[path: "metadata", "resourceVersion"] = current[path: "metadata", "resourceVersion"]
      }
    }
    return try await client.send(
      "PUT", path, Writing(call).query(dryRun: dryRun), body: object
    ).value
  }

  private static func force(
    _ infos: [ResourceInfo], _ call: Invocation, _ printer: ResultPrinter, _ propagation: String
  ) async throws {
    let client = try await call.client()
    let grace = call.values.int("grace-period")
    for info in infos {
      var options: Value = [
        "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": .string(propagation),
        "gracePeriodSeconds": .int(Int64(max(grace, 0))),
      ]
      if grace < 0 { options["gracePeriodSeconds"] = nil }
      do {
        do {
          _ = try await client.send("DELETE", info.path(), body: options)
        } catch {
          throw CommandError.adding("deleting", source: info.source, to: error)
        }
        call.output.line("\(info.resource.printedKind) \(Go.quoted(info.name)) deleted")
      } catch {
        guard CommandError.isNotFound(error) else { throw error }
      }
    }
    for info in infos {
      let follower = ObjectFollower(
        call: call, resource: info.resource, namespace: info.namespace, name: info.name)
      let limit = call.values.span("timeout")
      let ending = try await follower.wait(timeout: limit > .zero ? limit : nil) { $0 == nil }
      if ending == .timedOut { throw CommandError.text("timed out waiting for the condition") }
    }
    for var info in infos {
      LastApplied.update(&info.object, isAsked: call.values.bool("save-config"))
      info.refresh(
        try await client.send(
          "POST", info.resource.path(namespace: info.namespace), Writing(call).query(),
          body: info.unversioned
        ).value)
      try printer.print(info)
    }
  }
}
