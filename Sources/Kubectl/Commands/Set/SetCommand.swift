import Documents
import KubeObjects

/// kubectl set and its subcommands.
enum SetCommand {
  static let specification = CommandSpecification(
    name: "set", usage: "set SUBCOMMAND", summary: "Set specific features on objects",
    about: "Configure application resources.\n\n"
      + " These commands help you make changes to existing application resources.",
    subcommands: [
      SetEnvironment.specification, SetImage.specification, SetResources.specification,
      SetSelector.specification, SetServiceAccount.specification, SetSubject.specification,
    ], isErrorAlone: true)

  static let flags: [Flag] =
    .printing + .filename + .dryRun + .manager("kubectl-set") + Flag.list("all:bool local:bool")
}

/// Changes the Pod templates of the objects that a `set` command names.
struct TemplateChange {
  let call: Invocation
  /// What is said of each: `image updated`.
  let operation: String
  let dryRun: Invocation.DryRun

  init(_ call: Invocation, operation: String) throws {
    self.call = call
    self.operation = operation
    dryRun = try call.dryRun()
    if dryRun == .server, call.values.bool("local") {
      throw CommandError.text(
        "cannot specify --local and --dry-run=server - did you mean --dry-run=client?")
    }
  }

  func find(_ resources: [String]) async throws -> Selection.Findings {
    let isLocal = call.values.bool("local")
    if isLocal, call.values.strings("filename").isEmpty, call.values.string("kustomize").isEmpty {
      throw CommandError.text(
        ["env updated", "serviceaccount updated"].contains(operation)
          ? Selection.missing : Self.withoutFile)
    }
    // Nothing is asked of the server, so what names its objects counts for nothing.
    var selection = Selection(call, arguments: isLocal ? [] : resources)
    selection.isLatest = !isLocal
    selection.isOfflineFile = isLocal
    return try await selection.find(call)
  }

  private static let withoutFile = """
    you must specify resources by --filename when --local is set.
    Example resource specifications include:
       '-f rsrc.yaml'
       '--filename=rsrc.json'
    """

  private func named(_ info: ResourceInfo) -> String { "\(info.resource.name)/\(info.name)" }

  private var sendsUnchanged: Bool {
    ["serviceaccount updated", "selector updated"].contains(operation)
  }

  /// What a refusal by the server is told after, each command in its own words.
  private var failure: String? {
    switch operation {
    case "image updated": "failed to patch image update to pod template:"
    case "env updated": "failed to patch env update to pod template:"
    case "resource requirements updated":
      "failed to patch resources update to pod template"
    case "serviceaccount updated": "failed to patch ServiceAccountName"
    case "subjects updated": "failed to patch subjects to rolebinding:"
    default: nil
    }
  }

  /// The path of the Pod spec in objects of a kind, or nil for those without.
  static func podSpec(_ info: ResourceInfo) -> [String]? {
    switch info.resource.kind {
    case "Pod": ["spec"]
    case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController":
      ["spec", "template", "spec"]
    case "CronJob": ["spec", "jobTemplate", "spec", "template", "spec"]
    case "PodTemplate": ["template", "spec"]
    default: nil
    }
  }

  /// Applies `change` to each Pod spec and sends what differs.
  func apply(
    _ findings: Selection.Findings, _ change: (inout Value) throws -> Void
  ) async throws {
    var findings = findings
    let printer = try await ResultPrinter(
      call, operation: operation, dryRun: dryRun, isTyped: true)
    // All changes are worked out before the first is sent (CalculatePatches).
    var changes: [(ResourceInfo, Value)] = []
    for info in findings.flattened {
      do {
        try GoType.require(info.resource, of: info.source)
        guard let path = Self.podSpec(info) else {
          throw CommandError.text(
            "error: \(named(info)) the object is not a pod or does not have a pod template: "
              + "\(GoType.name(of: info.resource))\n")
        }
        var object = info.object
        var spec = object.at(path) ?? [:]
        do {
          try change(&spec)
        } catch let error as CommandError {
          // An image is set where its container is, though another container is not there.
          let isPartial = operation != "env updated"
          if case .aggregate(let errors) = error {
            findings.errors += errors
          } else {
            findings.errors.append(
              isPartial
                ? error
                : CommandError.text("error: \(named(info)) \(CommandError.message(error))\n"))
          }
          if !isPartial || spec == object.at(path) ?? [:] { continue }
        }
        object.set(path[...], spec)
        changes.append((info, object))
      } catch {
        findings.errors.append(error)
      }
    }
    for (info, object) in changes {
      do {
        try await send(info, object, printer)
      } catch {
        findings.errors.append(error)
      }
    }
    try findings.check()
  }

  func send(_ info: ResourceInfo, _ object: Value, _ printer: ResultPrinter) async throws {
    var changed = info
    changed.object = object
    // What the server answers is read as a typed object, too.
    func show() throws {
      changed.object = TypedForm.stamped(changed.object)
      try printer.print(changed)
    }
    let patch = try ObjectPatch.twoWay(info.resource, from: info.object, to: object)
    // The account and the selector are sent even when nothing changes.
    if patch.isEmpty, !sendsUnchanged { return }
    if call.values.bool("local") {
      changed.object = TypedForm.filled(changed.object)
      return try printer.print(changed)
    }
    if dryRun == .client || patch.isEmpty { return try show() }
    do {
      changed.refresh(
        try await call.client().send(
          "PATCH", info.path(), Writing(call).query(dryRun: dryRun), body: patch.body,
          contentType: patch.contentType
        ).value)
    } catch {
      guard let status = CommandError.status(of: error), let failure else { throw error }
      throw CommandError.text("\(failure) \(status.message)")
    }
    try show()
  }

  static func requireResources(_ resources: [String], _ call: Invocation) throws {
    if resources.isEmpty, call.values.strings("filename").isEmpty,
      call.values.string("kustomize").isEmpty
    {
      throw CommandError.text(
        "one or more resources must be specified as <resource> <name> or <resource>/<name>")
    }
  }

  /// As above, in the builder's words.
  static func requireSelection(_ resources: [String], _ call: Invocation) throws {
    if resources.isEmpty, call.values.strings("filename").isEmpty,
      call.values.string("kustomize").isEmpty
    {
      throw CommandError.text(Selection.missing)
    }
  }

  /// Names with `*` before or after them.
  static func matches(_ pattern: String, _ name: String) -> Bool {
    Glob.matches(Array(pattern), Array(name))
  }
}

/// kubectl set image.
enum SetImage {
  static let specification = CommandSpecification(
    name: "image",
    usage: "image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... "
      + "CONTAINER_NAME_N=CONTAINER_IMAGE_N",
    summary: "Update the image of a pod template",
    about: "Update existing container image(s) of resources.",
    examples: [("A new version", "kubectl set image deployment/web app=nginx:1.29")],
    flags: SetCommand.flags + .selector, run: run)

  static func run(_ call: Invocation) async throws {
    let change = try TemplateChange(call, operation: "image updated")
    let (resources, pairs) = try MetadataChange.split(call.arguments, what: "image")
    try TemplateChange.requireSelection(resources, call)
    let findings = try await change.find(resources)
    try findings.check()
    let images = pairs.compactMap { pair -> (String, String)? in
      guard let equals = pair.firstIndex(of: "=") else { return nil }
      return (String(pair[..<equals]), String(pair[equals...].dropFirst()))
    }
    guard !images.isEmpty else {
      throw CommandError.text("at least one image update is required")
    }
    if images.count > 1, images.contains(where: { $0.0 == "*" }) {
      throw CommandError.text(
        "all containers are already specified by *, but saw more than one "
          + "container_name=container_image pairs")
    }
    try await change.apply(findings) { spec in
      var missing: [CommandError] = []
      for (name, image) in images {
        var isFound = false
        for member in ["initContainers", "containers"] {
          guard var containers = spec[member]?.array else { continue }
          for index in containers.indices
          where name == "*" || containers[index]["name"]?.string == name {
            containers[index]["image"] = .string(image)
            isFound = true
          }
          spec[member] = .array(containers)
        }
        if !isFound {
          missing.append(
            CommandError.text("error: unable to find container named \(Go.quoted(name))"))
        }
      }
      if !missing.isEmpty { throw CommandError.aggregate(missing) }
    }
  }
}

/// kubectl set resources.
enum SetResources {
  static let specification = CommandSpecification(
    name: "resources",
    usage: "resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]",
    summary: "Update resource requests/limits on objects with pod templates",
    about:
      "Specify compute resource requirements (CPU, memory) for any resource that defines a pod "
      + "template.",
    examples: [
      (
        "Requests and limits",
        "kubectl set resources deployment web --requests=cpu=100m --limits=cpu=200m,memory=128Mi"
      )
    ],
    flags: SetCommand.flags + .selector
      + Flag.list("containers,c:string=* limits:string requests:string"), run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let change = try TemplateChange(call, operation: "resource requirements updated")
    try TemplateChange.requireSelection(call.arguments, call)
    let findings = try await change.find(call.arguments)
    try findings.check()
    if values.string("limits").isEmpty, values.string("requests").isEmpty {
      throw CommandError.text(
        "you must specify an update to requests or limits (in the form of --requests/--limits)")
    }
    let limits = try ResourceAmounts.parse(values.string("limits"))
    let requests = try ResourceAmounts.parse(values.string("requests"))
    let pattern = values.string("containers")
    try await change.apply(findings) { spec in
      var isFound = false
      for list in ["initContainers", "containers"] {
        guard var containers = spec[list]?.array else { continue }
        for index in containers.indices {
          guard TemplateChange.matches(pattern, containers[index]["name"]?.string ?? "") else {
            continue
          }
          isFound = true
          for (member, amounts) in [("limits", limits), ("requests", requests)]
          where !amounts.isEmpty {
            var current = containers[index][path: "resources", member]?.object ?? [:]
            for (name, amount) in amounts { current[name] = amount }
            containers[index][path: "resources", member] = .object(current)
          }
        }
        spec[list] = .array(containers)
      }
      if !isFound { throw CommandError.text("error: unable to find container named \(pattern)") }
    }
  }
}

/// kubectl set serviceaccount.
enum SetServiceAccount {
  static let specification = CommandSpecification(
    name: "serviceaccount", aliases: ["sa"],
    usage: "serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT",
    summary: "Update the service account of a resource",
    about: "Update the service account of pod template resources.",
    examples: [("Of a deployment", "kubectl set serviceaccount deployment web robot")],
    flags: SetCommand.flags, run: run)

  static func run(_ call: Invocation) async throws {
    let change = try TemplateChange(call, operation: "serviceaccount updated")
    guard let account = call.arguments.last else {
      throw CommandError.text("serviceaccount is required")
    }
    let findings = try await change.find(Array(call.arguments.dropLast()))
    try findings.check()
    try await change.apply(findings) { spec in
      // The older name of the field is the server's to keep in step.
      spec["serviceAccountName"] = .string(account)
    }
  }
}
