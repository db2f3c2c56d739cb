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
    guard call.dash ?? call.arguments.count > 0, let word = call.arguments.first else {
      throw CommandError.text("NAME or --filename is required for debug")
    }
    let profile = values.string("profile")
    guard ["legacy", "general", "baseline", "restricted", "netadmin", "sysadmin"].contains(profile)
    else { throw CommandError.text("unknown profile: \(profile)") }
    if profile == "legacy" {
      call.output.complainLine(
        "--profile=legacy is deprecated and will be removed in the future. It is recommended to "
          + "explicitly specify a profile, for example \"--profile=general\".")
    }
    let info = try await PodChoice(call: call).object(word)
    if info.resource.kind == "Node" { return try await node(info, call) }
    guard info.resource.kind == "Pod" else {
      throw CommandError.text("\(info.resource.groupResource) not supported by debug")
    }
    if copy.isEmpty {
      try await ephemeral(info, call)
    } else {
      try await self.copy(info, copy, call)
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
        call.output.complainLine(
          "Targeting container \(Go.quoted(target)). If you don't see processes from this "
            + "container it may be because the container runtime doesn't support this feature.")
      }
    }
    if !call.values.changed("container"), !call.values.bool("quiet") {
      call.output.complainLine("Defaulting debug container name to \(name).")
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
    if let index = containers.firstIndex(where: { $0["name"]?.string == container }) {
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
        call.output.complainLine("Defaulting debug container name to \(container).")
      }
    }
    spec["containers"] = .array(containers)
    let client = try await call.client()
    if values.bool("replace") { _ = try await client.send("DELETE", info.path()) }
    let pod: Value = ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec]
    var made = info
    made.refresh(
      try await client.send(
        "POST", info.resource.path(namespace: info.namespace), body: pod
      ).value)
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
    call.output.line(
      "Creating debugging pod \(name) with container debugger on node \(info.name).")
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

/// kubectl port-forward, cp and proxy, as far as their command lines are understood.
enum ForwardCommands {
  static let portForward = CommandSpecification(
    name: "port-forward",
    usage: "port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT "
      + "[...[LOCAL_PORT_N:]REMOTE_PORT_N]",
    summary: "Forward one or more local ports to a pod",
    about: "Forward one or more local ports to a pod.",
    examples: [("A service's port", "kubectl port-forward svc/web 8080:80")],
    flags: Flag.list("address:list=localhost pod-running-timeout:duration=1m0s"),
    run: { call in
      guard call.arguments.count >= 2 else {
        throw CommandError.usage("TYPE/NAME and list of ports are required for port-forward")
      }
      let pod = try await PodChoice(call: call).pod(call.arguments[0])
      for text in call.arguments.dropFirst() {
        for part in text.split(separator: ":").suffix(1) where Int(part) == nil {
          let ports = (pod[path: "spec", "containers"]?.array ?? []).flatMap {
            $0["ports"]?.array ?? []
          }
          guard ports.contains(where: { $0["name"]?.string == String(part) }) else {
            throw CommandError.text(
              "Pod '\(DescribeText.name(pod))' does not have a named port '\(part)'")
          }
        }
      }
      let phase = pod[path: "status", "phase"]?.string ?? ""
      guard phase == "Running" else {
        throw CommandError.text(
          "unable to forward port because pod is not running. Current status=\(phase)")
      }
      throw CommandError.text("drydock: not simulated: port-forward")
    })

  static let proxy = CommandSpecification(
    name: "proxy",
    usage: "proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]",
    summary: "Run a proxy to the Kubernetes API server",
    about:
      "Creates a proxy server or application-level gateway between localhost and the Kubernetes "
      + "API server.",
    flags: Flag.list(
      "accept-hosts:string accept-paths:string address:string=127.0.0.1 api-prefix:string=/ "
        + "append-server-path:bool disable-filter:bool keepalive:duration=0s port,p:int=8001 "
        + "reject-methods:string reject-paths:string unix-socket,u:string www,w:string "
        + "www-prefix,P:string=/static/"),
    run: { _ in throw CommandError.text("drydock: not simulated: proxy") })
}
