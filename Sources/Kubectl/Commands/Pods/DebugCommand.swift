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
    let image = values.string("image")
    let copy = values.string("copy-to")
    if image.isEmpty, copy.isEmpty {
      throw CommandError.text("you must specify --image when not using --copy-to.")
    }
    guard call.dash ?? call.arguments.count > 0, !call.arguments.isEmpty else {
      throw CommandError.text("NAME or --filename is required for debug")
    }
    for flag in ["replace", "same-node", "keep-labels", "keep-annotations"]
    where copy.isEmpty && values.bool(flag) {
      throw CommandError.text("--\(flag) may only be used with --copy-to.")
    }
    if copy.isEmpty, !values.strings("set-image").isEmpty {
      throw CommandError.text("--set-image may only be used with --copy-to.")
    }
    if !image.isEmpty, !ImageReference.isValid(image) {
      throw CommandError.text("invalid image name \(Go.quoted(image)): invalid reference format")
    }
    for text in values.strings("env") where !text.contains("=") {
      throw CommandError.text(
        "invalid argument \(Go.quoted(text)) for \"--env\" flag: \(text) must be formatted as "
          + "key=value\nSee 'kubectl debug --help' for usage.")
    }
    let profile = values.string("profile")
    guard ["legacy", "general", "baseline", "restricted", "netadmin", "sysadmin"].contains(profile)
    else { throw CommandError.text("unknown profile: \(profile)") }
    if profile == "legacy" {
      call.output.complainLine(
        "--profile=legacy is deprecated and will be removed in the future. It is recommended to "
          + "explicitly specify a profile, for example \"--profile=general\".")
    }
    for word in call.arguments.prefix(call.dash ?? call.arguments.count) {
      let info = try await PodChoice(call: call).object(word)
      if info.resource.kind == "Node" {
        try await node(info, call)
        continue
      }
      guard info.resource.kind == "Pod" else {
        let resource = info.resource
        throw CommandError.text(
          "\"\(resource.group)/\(resource.version), Kind=\(resource.kind)\" not supported by "
            + "debug")
      }
      if copy.isEmpty {
        try await ephemeral(info, call)
      } else {
        try await self.copy(info, copy, call)
      }
    }
  }

  private static func name(_ call: Invocation, _ pod: Value) -> String {
    let given = call.values.string("container")
    if !given.isEmpty { return given }
    let taken = Set(PodChoice.allNames(pod))
    for round in 0..<100 {
      let name =
        "debugger-"
        + ShortHash.letters(of: "\(call.now.nanoseconds)/\(taken.sorted())/\(round)", count: 5)
      if !taken.contains(name) { return name }
    }
    return "debugger"
  }

  private static func container(_ call: Invocation, _ name: String) throws -> Value {
    let values = call.values
    var container: Value = [
      "name": .string(name), "image": .string(values.string("image")),
      "terminationMessagePolicy": "File",
    ]
    let words = call.dash.map { Array(call.arguments[$0...]) } ?? []
    if !words.isEmpty {
      container[values.bool("arguments-only") ? "args" : "command"] = .array(
        words.map { .string($0) })
    }
    if values.bool("stdin") { container["stdin"] = true }
    if values.bool("tty") { container["tty"] = true }
    let policy = values.string("image-pull-policy")
    if !policy.isEmpty { container["imagePullPolicy"] = .string(policy) }
    let variables = values.strings("env").compactMap { text -> Value? in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      return ["name": .string(String(parts[0])), "value": .string(String(parts[1]))]
    }
    if !variables.isEmpty { container["env"] = .array(variables) }
    switch values.string("profile") {
    case "netadmin":
      container["securityContext"] = ["capabilities": ["add": ["NET_ADMIN", "NET_RAW"]]]
    case "sysadmin": container["securityContext"] = ["privileged": true]
    case "general": container["securityContext"] = ["capabilities": ["add": ["SYS_PTRACE"]]]
    case "restricted":
      container["securityContext"] = [
        "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]],
        "runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"],
      ]
    default: break
    }
    return container
  }

  private static func ephemeral(_ info: ResourceInfo, _ call: Invocation) async throws {
    let name = name(call, info.object)
    var container = try container(call, name)
    let target = call.values.string("target")
    if !target.isEmpty {
      container["targetContainerName"] = .string(target)
      if !call.values.bool("quiet") {
        call.output.line(
          "Targeting container \(Go.quoted(target)). If you don't see processes from this "
            + "container it may be because the container runtime doesn't support this feature.")
      }
    }
    if !call.values.changed("container"), !call.values.bool("quiet") {
      call.output.line("Defaulting debug container name to \(name).")
    }
    var changed = info.object
    changed[path: "spec", "ephemeralContainers"] = .array(
      (info.object[path: "spec", "ephemeralContainers"]?.array ?? []) + [container])
    let patch = try ObjectPatch.twoWay(info.resource, from: info.object, to: changed)
    _ = try await call.client().send(
      "PATCH", info.path("ephemeralcontainers"), body: patch.body, contentType: patch.contentType)
    try await attach(call, info, container: name, member: "ephemeralContainerStatuses")
  }

  private static func copy(_ info: ResourceInfo, _ name: String, _ call: Invocation) async throws {
    let values = call.values
    var spec = info.object["spec"] ?? [:]
    for member in ["nodeName", "ephemeralContainers"]
    where member != "nodeName" || !values.bool("same-node") {
      spec[member] = nil
    }
    var metadata: Value = ["name": .string(name), "namespace": .string(info.namespace)]
    for (flag, member) in [("keep-labels", "labels"), ("keep-annotations", "annotations")]
    where values.bool(flag) {
      metadata[member] = info.object[path: "metadata", member]
    }
    if values.bool("share-processes") { spec["shareProcessNamespace"] = true }
    var containers = spec["containers"]?.array ?? []
    for index in containers.indices {
      for (flag, member) in [
        ("keep-liveness", "livenessProbe"), ("keep-readiness", "readinessProbe"),
        ("keep-startup", "startupProbe"),
      ] where !values.bool(flag) { containers[index][member] = nil }
      for pair in values.strings("set-image") {
        let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2, parts[0] == "*" || containers[index]["name"]?.string == parts[0] {
          containers[index]["image"] = .string(parts[1])
        }
      }
    }
    if !values.bool("keep-init-containers") { spec["initContainers"] = nil }
    let container = sideName(call, info.object)
    if values.string("image").isEmpty, values.string("container").isEmpty {
      // Only other images: no container is added.
    } else if let index = containers.firstIndex(where: { $0["name"]?.string == container }) {
      if !values.string("image").isEmpty {
        containers[index]["image"] = .string(values.string("image"))
      }
      let words = call.dash.map { Array(call.arguments[$0...]) } ?? []
      if !words.isEmpty { containers[index]["command"] = .array(words.map { .string($0) }) }
      if values.bool("stdin") { containers[index]["stdin"] = true }
      if values.bool("tty") { containers[index]["tty"] = true }
    } else {
      containers.append(try self.container(call, container))
      if !call.values.bool("quiet"), !values.changed("container") {
        call.output.line("Defaulting debug container name to \(container).")
      }
    }
    spec["containers"] = .array(containers)
    let client = try await call.client()
    let pod: Value = ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec]
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
    try await attach(call, made, container: container, member: "containerStatuses")
  }

  private static func sideName(_ call: Invocation, _ pod: Value) -> String { name(call, pod) }

  private static func node(_ info: ResourceInfo, _ call: Invocation) async throws {
    let name =
      "node-debugger-\(info.name)-"
      + ShortHash.letters(of: "\(info.name)\(call.now.nanoseconds)", count: 5)
    var container = try container(call, "debugger")
    container["volumeMounts"] = [["mountPath": "/host", "name": "host-root"]]
    let namespace = try await call.namespace().name
    let pod: Value = [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "spec": [
        "containers": [container], "hostIPC": true, "hostNetwork": true, "hostPID": true,
        "nodeName": .string(info.name), "restartPolicy": "Never",
        "tolerations": [["operator": "Exists"]],
        "volumes": [["hostPath": ["path": "/"], "name": "host-root"]],
      ],
    ]
    if !call.values.bool("quiet") {
      call.output.line(
        "Creating debugging pod \(name) with container debugger on node \(info.name).")
    }
    let answer = try await call.client().send(
      "POST", APIResource.pods.path(namespace: namespace), body: pod
    ).value
    var made = ResourceInfo(resource: .pods, namespace: namespace, name: name, object: answer)
    made.refresh(answer)
    try await attach(call, made, container: "debugger", member: "containerStatuses")
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
