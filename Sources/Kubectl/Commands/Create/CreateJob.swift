import Documents

/// kubectl create job.
enum CreateJob {
  static let specification = CommandSpecification(
    name: "job", usage: "job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]",
    summary: "Create a job with the specified name",
    about: "Create a job with the specified name.",
    examples: [
      ("One run of a command", "kubectl create job hello --image=busybox -- echo hello"),
      ("A cron job's work, now", "kubectl create job now --from=cronjob/backup"),
    ],
    flags: Creation.flags + Flag.list("image:string from:string"), run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .jobs)
    let image = call.values.string("image")
    let from = call.values.string("from")
    guard image.isEmpty != from.isEmpty else {
      throw CommandError.text("either --image or --from must be specified")
    }
    if !from.isEmpty, !creation.trailing.isEmpty {
      throw CommandError.text("cannot specify --from and command")
    }
    let object =
      from.isEmpty
      ? try await creation.frame([
        "spec": Self.spec(creation, image: image, policy: "Never"), "status": [:],
      ]) : try await Self.copy(creation, of: from)
    try await creation.finish(object, failure: "failed to create job: ")
  }

  /// The spec of a Job that runs one container named like the object.
  static func spec(_ creation: Creation, image: String, policy: String) -> Value {
    var container: Value = [
      "image": .string(image), "name": .string(creation.name), "resources": [:],
    ]
    if !creation.trailing.isEmpty {
      container["command"] = .array(creation.trailing.map { .string($0) })
    }
    return [
      "template": [
        "metadata": ["creationTimestamp": .null],
        "spec": ["containers": [container], "restartPolicy": .string(policy)],
      ]
    ]
  }

  private static func copy(_ creation: Creation, of source: String) async throws -> Value {
    var selection = Selection()
    selection.arguments = [source]
    let findings = try await selection.find(creation.call)
    try findings.check()
    guard findings.infos.count == 1, let info = findings.infos.first else {
      throw CommandError.text("from must be an existing cronjob")
    }
    guard info.resource.kind == "CronJob" else {
      throw CommandError.text(
        "unknown object type *\(info.resource.version).\(info.resource.kind)")
    }
    var template = info.object[path: "spec", "jobTemplate"] ?? [:]
    // The typed Job is printed with its template's empty creation time.
    template[path: "spec", "template", "metadata", "creationTimestamp"] = .null
    var object = try await creation.frame(["spec": template["spec"] ?? [:], "status": [:]])
    var annotations = template[path: "metadata", "annotations"] ?? [:]
    annotations["cronjob.kubernetes.io/instantiate"] = "manual"
    object[path: "metadata", "annotations"] = annotations
    if let labels = template[path: "metadata", "labels"] {
      object[path: "metadata", "labels"] = labels
    }
    object[path: "metadata", "ownerReferences"] = [
      [
        "apiVersion": "batch/v1", "kind": "CronJob", "name": .string(info.name),
        "uid": info.object[path: "metadata", "uid"] ?? "", "controller": true,
      ]
    ]
    return object
  }
}
