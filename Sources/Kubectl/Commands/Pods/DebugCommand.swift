import Documents
import KubeObjects
import Simulation

/// kubectl debug.
enum DebugCommand {
  static let specification = CommandSpecification(
    name: "debug", usage: "debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]",
    summary: "Create debugging sessions for troubleshooting workloads and nodes",
    about: "Debug cluster resources using interactive debugging containers.",
    examples: [
      ("A shell beside a container", "kubectl debug -it web --image=busybox --target=app"),
      ("A copy of the pod to break", "kubectl debug web -it --copy-to=web-debug --image=busybox"),
    ],
    flags: Flag.list(
      "arguments-only:bool attach:bool container,c:string copy-to:string custom:string env:array "
        + "filename,f:list image:string image-pull-policy:string keep-annotations:bool "
        + "keep-init-containers:bool=true keep-labels:bool keep-liveness:bool keep-readiness:bool "
        + "keep-startup:bool profile:string=legacy quiet,q:bool replace:bool same-node:bool "
        + "set-image:array share-processes:bool=true stdin,i:bool target:string tty,t:bool"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    for flag in ["env", "set-image"] {
      for text in parts(of: values.strings(flag)) where !text.contains("=") {
        throw CommandError.text(
          "invalid argument \(Go.quoted(text)) for \"--\(flag)\" flag: \(text) must be formatted as "
            + "key=value\nSee 'kubectl debug --help' for usage.")
      }
    }
    let profile = try await DebugProfile(call)
    let words = Array(call.arguments.prefix(call.dash ?? call.arguments.count))
    try check(call, isNamed: !words.isEmpty || !values.strings("filename").isEmpty)
    try profile.check()
    if profile.isLegacy {
      call.output.complainLine(
        "--profile=legacy is deprecated and will be removed in the future. It is recommended to "
          + "explicitly specify a profile, for example \"--profile=general\".")
    }
    for info in try await targets(words, call) {
      try GoType.require(info.resource, of: info.source)
      switch info.resource.kind {
      case "Node": try await node(info, profile, call)
      case "Pod" where values.string("copy-to").isEmpty: try await ephemeral(info, profile, call)
      case "Pod": try await copy(info, profile, call)
      default:
        let resource = info.resource
        throw CommandError.text(
          "\"\(resource.group)/\(resource.version), Kind=\(resource.kind)\" not supported by "
            + "debug")
      }
    }
  }

  private static func targets(_ words: [String], _ call: Invocation) async throws -> [ResourceInfo]
  {
    var infos: [ResourceInfo] = []
    if !call.values.strings("filename").isEmpty {
      let findings = try await Selection(
        call, arguments: words.map { $0.contains("/") ? $0 : "pods/\($0)" }
      ).find(call)
      try findings.check()
      return findings.flattened
    }
    for word in words { infos.append(try await PodChoice(call: call).object(word)) }
    return infos
  }

  /// What the flags may say together, in kubectl's order (DebugOptions.Validate).
  private static func check(_ call: Invocation, isNamed: Bool) throws {
    let values = call.values
    let image = values.string("image")
    let images = values.strings("set-image")
    let hasWords = call.dash.map { $0 < call.arguments.count } ?? false
    func refuse(_ text: String, if isWrong: Bool) throws {
      if isWrong { throw CommandError.text(text) }
    }
    try refuse(
      "you must specify --container or create a new container using --image in order to attach.",
      if: values.bool("attach") && image.isEmpty && values.string("container").isEmpty)
    if values.string("copy-to").isEmpty {
      for flag in ["replace", "same-node"] {
        try refuse("--\(flag) may only be used with --copy-to.", if: values.bool(flag))
      }
      try refuse("--set-image may only be used with --copy-to.", if: !images.isEmpty)
      try refuse("you must specify --image when not using --copy-to.", if: image.isEmpty)
    } else {
      try refuse(
        "you must specify --image, --set-image or command arguments.",
        if: image.isEmpty && images.isEmpty && !hasWords)
      try refuse(
        "you must specify an existing container or a new image when specifying args.",
        if: hasWords && image.isEmpty && values.string("container").isEmpty)
    }
    try refuse(
      "invalid image name \(Go.quoted(image)): invalid reference format",
      if: !image.isEmpty && !ImageReference.isValid(image))
    try refuse("NAME or filename is required for debug", if: !isNamed)
    let policy = values.string("image-pull-policy")
    try refuse(
      "invalid image pull policy: \(policy)",
      if: !["", "Always", "IfNotPresent", "Never"].contains(policy))
    for (name, image) in settings(images) {
      try refuse(
        "invalid image name \(Go.quoted(image)) for container \(Go.quoted(name)): invalid "
          + "reference format", if: !ImageReference.isValid(image))
    }
    let target = values.string("target")
    if !target.isEmpty {
      try refuse(
        "--target is incompatible with --copy-to. Use --share-processes instead.",
        if: !values.string("copy-to").isEmpty)
      if !values.bool("quiet") {
        call.output.line(
          "Targeting container \(Go.quoted(target)). If you don't see processes from this "
            + "container it may be because the container runtime doesn't support this feature.")
      }
    }
    try refuse(
      "-i/--stdin is required for containers with -t/--tty=true",
      if: values.bool("tty") && !values.bool("stdin"))
  }

  /// Several may stand in one flag, with commas between them.
  private static func parts(of texts: [String]) -> [String] {
    texts.flatMap { $0.split(separator: ",").map(String.init) }
  }

  /// `name=value` texts; all have an equals sign.
  private static func settings(_ texts: [String]) -> [(name: String, value: String)] {
    parts(of: texts).map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), String(parts.dropFirst().first ?? ""))
    }
  }

  /// The name that was given, or one that no container has.
  private static func name(_ call: Invocation, _ pod: Value) -> String {
    let given = call.values.string("container")
    if !given.isEmpty { return given }
    let taken = Set(PodChoice.allNames(pod))
    var name = "debugger"
    for round in 0..<100 {
      name =
        "debugger-"
        + ShortHash.letters(of: "\(call.now.nanoseconds)/\(taken.sorted())/\(round)", count: 5)
      if !taken.contains(name) { break }
    }
    if !call.values.bool("quiet") {
      call.output.line("Defaulting debug container name to \(name).")
    }
    return name
  }

  /// What the command line says of a container, new or of the Pod.
  private static func fill(_ container: inout Value, _ call: Invocation) {
    let values = call.values
    let image = values.string("image")
    if !image.isEmpty { container["image"] = .string(image) }
    let words = call.dash.map { Array(call.arguments[$0...]) } ?? []
    if !words.isEmpty {
      let isArguments = values.bool("arguments-only")
      if !isArguments { container["args"] = nil }
      container[isArguments ? "args" : "command"] = .array(words.map { .string($0) })
    }
    for flag in ["stdin", "tty"] {
      container[flag] = values.bool(flag) ? .bool(true) : Value?.none
    }
    let policy = values.string("image-pull-policy")
    if !policy.isEmpty { container["imagePullPolicy"] = .string(policy) }
    let variables = settings(values.strings("env")).map { name, value -> Value in
      ["name": .string(name), "value": .string(value)]
    }
    if !variables.isEmpty { container["env"] = .array(variables) }
  }

  private static func container(_ name: String, _ call: Invocation) -> Value {
    var container: Value = ["name": .string(name), "terminationMessagePolicy": "File"]
    fill(&container, call)
    return container
  }

  private static func ephemeral(
    _ info: ResourceInfo, _ profile: DebugProfile, _ call: Invocation
  ) async throws {
    let name = name(call, info.object)
    var container = try profile.applied(to: container(name, call))
    let target = call.values.string("target")
    if !target.isEmpty { container["targetContainerName"] = .string(target) }
    profile.warn(of: container, in: info.object, call)
    var changed = info.object
    changed[path: "spec", "ephemeralContainers"] = .array(
      (info.object[path: "spec", "ephemeralContainers"]?.array ?? []) + [container])
    let patch = try ObjectPatch.twoWay(info.resource, from: info.object, to: changed)
    _ = try await call.client().send(
      "PATCH", info.path("ephemeralcontainers"), body: patch.body, contentType: patch.contentType)
    try await attach(call, info, container: name, member: "ephemeralContainerStatuses")
  }

  private static func copy(
    _ info: ResourceInfo, _ profile: DebugProfile, _ call: Invocation
  ) async throws {
    let values = call.values
    var metadata: Value = [
      "name": .string(values.string("copy-to")), "namespace": .string(info.namespace),
    ]
    for member in ["labels", "annotations"] {
      metadata[member] = info.object[path: "metadata", member]
    }
    var spec = info.object["spec"] ?? [:]
    spec["ephemeralContainers"] = nil
    if values.changed("share-processes") {
      spec["shareProcessNamespace"] = .bool(values.bool("share-processes"))
    }
    if !values.bool("same-node") { spec["nodeName"] = nil }
    var containers = spec["containers"]?.array ?? []
    let images = settings(values.strings("set-image"))
    for index in containers.indices {
      let named = images.last { containers[index]["name"]?.string == $0.name }
      if let image = (named ?? images.last { $0.name == "*" })?.value {
        containers[index]["image"] = .string(image)
      }
    }
    spec["containers"] = .array(containers)
    var pod: Value = ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec]
    let given = values.string("container")
    var name = ""
    if let index = containers.firstIndex(where: { $0["name"]?.string == given }) {
      name = given
      fill(&containers[index], call)
      try finish(index)
    } else if !values.string("image").isEmpty {
      name = Self.name(call, info.object)
      containers.append(container(name, call))
      try finish(containers.count - 1)
    } else if images.isEmpty {
      throw CommandError.text("you must specify image when creating new container")
    }

    func finish(_ index: Int) throws {
      pod[path: "spec", "containers"] = .array(containers)
      profile.change(copy: &pod)
      containers = pod[path: "spec", "containers"]?.array ?? []
      guard containers.indices.contains(index) else { return }
      containers[index] = try profile.applied(to: containers[index])
      pod[path: "spec", "containers"] = .array(containers)
      profile.warn(of: containers[index], in: pod, call)
    }

    let client = try await call.client()
    var made = info
    made.refresh(
      try await client.send(
        "POST", info.resource.path(namespace: info.namespace), body: pod
      ).value)
    if values.bool("replace") {
      _ = try await client.send(
        "DELETE", info.path(),
        body: ["kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0])
    }
    if !name.isEmpty {
      try await attach(call, made, container: name, member: "containerStatuses")
    }
  }

  private static func node(
    _ info: ResourceInfo, _ profile: DebugProfile, _ call: Invocation
  ) async throws {
    let name =
      "node-debugger-\(info.name)-"
      + ShortHash.letters(of: "\(info.name)\(call.now.nanoseconds)", count: 5)
    let given = call.values.string("container")
    let containerName = given.isEmpty ? "debugger" : given
    let namespace = try await call.namespace().name
    var pod: Value = [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "spec": [
        "containers": [try profile.applied(to: container(containerName, call), onNode: true)],
        "nodeName": .string(info.name), "restartPolicy": "Never",
        "tolerations": [["operator": "Exists"]],
      ],
    ]
    profile.change(nodePod: &pod)
    if !call.values.bool("quiet") {
      call.output.line(
        "Creating debugging pod \(name) with container \(containerName) on node \(info.name).")
    }
    let answer = try await call.client().send(
      "POST", APIResource.pods.path(namespace: namespace), body: pod
    ).value
    var made = ResourceInfo(resource: .pods, namespace: namespace, name: name, object: answer)
    made.refresh(answer)
    try await attach(call, made, container: containerName, member: "containerStatuses")
  }

  private static func attach(
    _ call: Invocation, _ info: ResourceInfo, container: String, member: String
  ) async throws {
    guard call.values.bool("stdin") || call.values.bool("attach") else { return }
    var latest = info.object
    let follower = ObjectFollower(
      call: call, resource: .pods, namespace: info.namespace, name: info.name)
    let ending = try await follower.wait(timeout: .minutes(1)) { object in
      guard let object else { return true }
      latest = object
      let status = (object[path: "status", member]?.array ?? []).first {
        $0["name"]?.string == container
      }
      return status?[path: "state", "running"] != nil
        || status?[path: "state", "terminated"] != nil
    }
    if ending == .timedOut { throw CommandError.text("timed out waiting for the condition") }
    let status = (latest[path: "status", member]?.array ?? []).first {
      $0["name"]?.string == container
    }
    try await AttachCommand.attachOrRead(
      call, pod: latest, container: container,
      hasEnded: status?[path: "state", "terminated"] != nil)
  }
}
