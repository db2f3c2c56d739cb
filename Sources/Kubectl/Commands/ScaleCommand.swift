import Documents
import KubeObjects
import Simulation

/// kubectl scale.
enum ScaleCommand {
  static let specification = CommandSpecification(
    name: "scale",
    usage: "scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT "
      + "(-f FILENAME | TYPE NAME)",
    summary: "Set a new size for a deployment, replica set, or replication controller",
    about: "Set a new size for a deployment, replica set, replication controller, or stateful set.",
    examples: [
      ("Three replicas", "kubectl scale deployment web --replicas=3"),
      ("Only if there are two now", "kubectl scale deploy web --current-replicas=2 --replicas=3"),
    ],
    flags: .printing + .filename + .dryRun + .selector
      + Flag.list(
        "all:bool current-replicas:int=-1 replicas:int=0 resource-version:string "
          + "timeout:duration=0s"
      ),
    required: ["replicas"], run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let replicas = values.int("replicas")
    if replicas < 0 {
      throw CommandError.text(
        "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    }
    if values.int("current-replicas") < -1 {
      throw CommandError.text(
        "The --current-replicas must specify an integer of -1 or greater")
    }
    let dryRun = try call.dryRun()
    let printer = try await ResultPrinter(call, operation: "scaled", dryRun: dryRun)
    var findings = try await Selection(call).find(call)
    let infos = findings.flattened
    for (flag, given) in [
      ("resource-version", !values.string("resource-version").isEmpty),
      ("current-replicas", values.int("current-replicas") != -1),
    ] where given && infos.count > 1 {
      throw CommandError.text("cannot use --\(flag) with multiple resources")
    }
    for info in infos {
      if dryRun == .client {
        try printer.print(info)
        continue
      }
      do {
        try await scale(info, to: replicas, call, dryRun)
        try printer.print(info)
      } catch {
        // The first refusal ends it.
        findings.errors.append(error)
        break
      }
    }
    if infos.isEmpty {
      let reason =
        findings.errors.isEmpty
        ? ""
        : " "
          + CommandError.message(
            findings.errors.count == 1
              ? findings.errors[0] : CommandError.aggregate(findings.errors))
      throw CommandError.text("no objects passed to scale\(reason)")
    }
    try findings.check()
  }

  private static func scale(
    _ info: ResourceInfo, to replicas: Int, _ call: Invocation, _ dryRun: Invocation.DryRun
  ) async throws {
    let values = call.values
    let client = try await call.client()
    let query = Writing(call).query(dryRun: dryRun, manager: "kubectl", validates: false)
    let current = values.int("current-replicas")
    let version = values.string("resource-version")
    if current == -1, version.isEmpty {
      _ = try await client.send(
        "PATCH", info.path("scale"), query, body: ["spec": ["replicas": .int(Int64(replicas))]],
        contentType: PatchMaker.mergeType)
    } else {
      var scale = try await client.get(info.path("scale"))
      let now = Int(scale[path: "spec", "replicas"]?.int ?? 0)
      if current != -1, now != current {
        throw CommandError.text("Expected replicas to be \(current), was \(now)")
      }
      let held = scale[path: "metadata", "resourceVersion"]?.string ?? ""
      if !version.isEmpty, held != version {
        throw CommandError.text("Expected resource version to be \(version), was \(held)")
      }
      scale[path: "spec", "replicas"] = .int(Int64(replicas))
      _ = try await client.send("PUT", info.path("scale"), query, body: scale)
    }
    guard values.span("timeout") > .zero else { return }
    let follower = ObjectFollower(
      call: call, resource: info.resource, namespace: info.namespace, name: info.name)
    let ending = try await follower.wait(timeout: values.span("timeout")) { object in
      object?[path: "status", "replicas"]?.int ?? 0 == Int64(replicas)
    }
    if ending == .timedOut { throw CommandError.text("timed out waiting for the condition") }
  }
}
