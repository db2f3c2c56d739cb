import Documents
import KubeObjects
import Simulation

/// kubectl run.
enum RunCommand {
  static let specification = CommandSpecification(
    name: "run",
    usage: "run NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] "
      + "[--overrides=inline-json] [--command] -- [COMMAND] [args...]",
    summary: "Run a particular image on the cluster",
    about: "Create and run a particular image in a pod.",
    examples: [
      ("A pod of one container", "kubectl run web --image=nginx --port=80"),
      ("A manifest to start from", "kubectl run web --image=nginx --dry-run=client -o yaml"),
      (
        "A shell that leaves nothing behind",
        "kubectl run tmp --image=busybox -it --rm --restart=Never -- sh"
      ),
    ],
    flags: .printing + .filename + .dryRun + .saveConfig + .deletion + .manager("kubectl-run")
      + Flag.list(
        "annotations:array attach:bool command:bool env:array expose:bool image:string "
          + "image-pull-policy:string labels,l:string leave-stdin-open:bool "
          + "override-type:string=merge overrides:string pod-running-timeout:duration=1m0s "
          + "port:string privileged:bool quiet,q:bool restart:string=Always rm:bool stdin,i:bool "
          + "tty,t:bool"),
    required: ["image"], run: run)

  static func run(_ call: Invocation) async throws {
    let plan = try RunPlan(call)
    let dryRun = try call.dryRun()
    let printer = try await ResultPrinter(call, operation: "created", dryRun: dryRun, isTyped: true)
    let (namespace, isExplicit) = try await call.namespace()
    let pod = try await make(
      try plan.pod(namespace: isExplicit ? namespace : nil), .pods, call, namespace, dryRun)
    if plan.exposes {
      // kubectl makes the service first and prints both, each as a document of its own.
      let service = try await make(
        plan.service(namespace: isExplicit ? namespace : nil), .services, call, namespace, dryRun,
        overrides: false)
      try printer.print(service)
      if call.values.string("output") == "yaml" { call.output.line("---") }
    }
    if plan.attaches {
      if dryRun == .none {
        return try await RunAttachment(call: call, plan: plan, pod: pod, namespace: namespace).run()
      }
    }
    try printer.print(pod)
  }

  private static func make(
    _ object: Value, _ resource: APIResource, _ call: Invocation, _ namespace: String,
    _ dryRun: Invocation.DryRun, overrides: Bool = true
  ) async throws -> Value {
    var object = object
    let text = call.values.string("overrides")
    if overrides, !text.isEmpty { object = try Overrides(call, resource).apply(text, to: object) }
    if dryRun == .client { return object }
    if call.values.bool("save-config") { LastApplied.save(in: &object) }
    return try await call.client().send(
      "POST", resource.path(namespace: namespace),
      Writing(call).query(dryRun: dryRun), body: object
    ).value
  }
}

/// What `run` is asked to make.
struct RunPlan {
  let call: Invocation
  let name: String
  let image: String
  let exposes: Bool
  /// Whether the terminal is to be tied to the container.
  let attaches: Bool

  init(_ call: Invocation) throws {
    self.call = call
    let values = call.values
    guard let name = call.arguments.first, call.dash != 0 else {
      throw CommandError.usage("NAME is required for run")
    }
    self.name = name
    image = values.string("image")
    if image.isEmpty { throw CommandError.text("--image is required") }
    guard ImageReference.isValid(image) else {
      throw CommandError.text("Invalid image name \(Go.quoted(image)): invalid reference format")
    }
    let interactive = values.bool("stdin") || values.bool("tty")
    attaches = values.changed("attach") ? values.bool("attach") : values.bool("stdin")
    if values.bool("tty"), !values.bool("stdin") {
      throw CommandError.usage("-i/--stdin is required for containers with -t/--tty=true")
    }
    exposes = values.bool("expose")
    if exposes, values.string("port").isEmpty {
      throw CommandError.usage("--port must be set when exposing a service")
    }
    let restart = values.string("restart")
    guard ["", "Always", "OnFailure", "Never"].contains(restart) else {
      throw CommandError.usage("invalid restart policy: \(restart)")
    }
    let policy = values.string("image-pull-policy")
    guard ["", "Always", "IfNotPresent", "Never"].contains(policy) else {
      throw CommandError.usage("invalid image pull policy: \(policy)")
    }
    if values.span("pod-running-timeout") <= .zero {
      throw CommandError.usage("--pod-running-timeout must be higher than zero")
    }
    if values.bool("rm"), !attaches, !interactive {
      throw CommandError.usage("--rm should only be used for attached containers")
    }
    if attaches, try call.dryRun() != .none {
      throw CommandError.usage(
        "--dry-run=[server|client] can't be used with attached containers options (--attach, "
          + "--stdin, or --tty)")
    }
  }

  /// Labels from the command line, or run=NAME.
  private func labels() throws -> Value {
    let text = call.values.string("labels")
    guard !text.isEmpty else { return ["run": .string(name)] }
    return try Self.pairs(text, what: "label")
  }

  static func pairs(_ text: String, what: String) throws -> Value {
    var members = Mapping()
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", omittingEmptySubsequences: false)
      guard pair.count == 2 else { throw CommandError.text("unexpected \(what) spec: \(part)") }
      members[String(pair[0])] = .string(String(pair[1]))
    }
    return .object(members)
  }

  func pod(namespace: String?) throws -> Value {
    let values = call.values
    var metadata: Value = [
      "creationTimestamp": .null, "labels": try labels(), "name": .string(name),
    ]
    if let namespace { metadata["namespace"] = .string(namespace) }
    let notes = values.strings("annotations")
    if !notes.isEmpty {
      var members = Mapping()
      for note in notes {
        let pair = note.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else {
          throw CommandError.text("invalid annotations format: \(note)")
        }
        members[String(pair[0])] = .string(String(pair[1]))
      }
      metadata["annotations"] = .object(members)
    }
    let restart = values.string("restart")
    return [
      "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
      "spec": [
        "containers": [try container()], "dnsPolicy": "ClusterFirst",
        "restartPolicy": .string(restart.isEmpty ? "Always" : restart),
      ], "status": [:],
    ]
  }

  private func container() throws -> Value {
    let values = call.values
    var container: Value = ["image": .string(image), "name": .string(name), "resources": [:]]
    let words = Array(call.arguments.dropFirst())
    if !words.isEmpty {
      container[values.bool("command") ? "command" : "args"] = .array(words.map { .string($0) })
    }
    var environment: [Value] = []
    for text in values.strings("env") {
      let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, DataSources.isEnvironmentName(String(pair[0])) else {
        throw CommandError.text("invalid env: \(text)")
      }
      var variable: Value = ["name": .string(String(pair[0]))]
      if !pair[1].isEmpty { variable["value"] = .string(String(pair[1])) }
      environment.append(variable)
    }
    if !environment.isEmpty { container["env"] = .array(environment) }
    let port = values.string("port")
    if !port.isEmpty {
      guard let number = Int64(port) else {
        throw CommandError.text(
          "strconv.Atoi: parsing \(Go.quoted(port)): invalid syntax")
      }
      container["ports"] = [["containerPort": .int(number)]]
    }
    let policy = values.string("image-pull-policy")
    if !policy.isEmpty { container["imagePullPolicy"] = .string(policy) }
    if values.bool("privileged") { container["securityContext"] = ["privileged": true] }
    if values.bool("stdin") {
      container["stdin"] = true
      if !values.bool("leave-stdin-open") { container["stdinOnce"] = true }
    }
    if values.bool("tty") { container["tty"] = true }
    return container
  }

  func service(namespace: String?) throws -> Value {
    let port = Int64(call.values.string("port")) ?? 0
    var metadata: Value = ["creationTimestamp": .null, "name": .string(name)]
    if let namespace { metadata["namespace"] = .string(namespace) }
    // Labels that nobody asked for are the Pod's alone.
    if !call.values.string("labels").isEmpty { metadata["labels"] = try labels() }
    return [
      "apiVersion": "v1", "kind": "Service", "metadata": metadata,
      "spec": [
        "ports": [["port": .int(port), "protocol": "TCP", "targetPort": .int(port)]],
        "selector": try labels(),
      ], "status": ["loadBalancer": [:]],
    ]
  }
}

/// Image names as registries understand them.
enum ImageReference {
  static func isValid(_ text: String) -> Bool {
    var rest = text[...]
    if let at = rest.firstIndex(of: "@") {
      let digest = rest[at...].dropFirst()
      guard digest.contains(":"), digest.allSatisfy({ isWord($0) || $0 == ":" }) else {
        return false
      }
      rest = rest[..<at]
    }
    let slash = rest.lastIndex(of: "/").map(rest.index(after:)) ?? rest.startIndex
    if let colon = rest[slash...].firstIndex(of: ":") {
      let tag = rest[colon...].dropFirst()
      guard !tag.isEmpty, tag.count <= 128, tag.allSatisfy(isWord) else { return false }
      rest = rest[..<colon]
    }
    let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    return !rest.isEmpty
      && parts.enumerated().allSatisfy { index, part in
        let isHost =
          index == 0 && parts.count > 1
          && (part.contains(".") || part.contains(":") || part == "localhost"
            || part.contains(where: \.isUppercase))
        return !part.isEmpty
          && part.allSatisfy {
            isWord($0) && (isHost || !$0.isUppercase) || (isHost && $0 == ":")
          }
      }
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber) || character == "."
      || character == "_" || character == "-"
  }
}

/// --overrides: a patch of the object before it is sent.
struct Overrides {
  private let type: String
  private let resource: APIResource

  init(_ call: Invocation, _ resource: APIResource) throws {
    type = call.values.string("override-type")
    self.resource = resource
    guard ["json", "merge", "strategic"].contains(type) else {
      throw CommandError.text("invalid override type: \(type)")
    }
  }

  /// What comes out is read as a typed object.
  func apply(_ text: String, to object: Value) throws -> Value {
    TypedForm.filled(try patched(object, text))
  }

  private func patched(_ object: Value, _ text: String) throws -> Value {
    let patch: Value
    do throws(Problem) {
      // Only the strategic form is read as YAML.
      patch = type == "merge" ? try JSON.parse(text) : try YAML.parse(text)
    } catch {
      throw CommandError.text("Invalid JSON Patch")
    }
    switch type {
    case "json":
      if patch.object != nil {
        throw CommandError.text(
          "json: cannot unmarshal object into Go value of type jsonpatch.Patch")
      }
      do throws(PatchFailure) {
        return try JSONPatch(patch).apply(to: object)
      } catch {
        throw CommandError.text(error.message)
      }
    case "strategic":
      return try ObjectPatch.apply(patch, to: object, resource)
    default:
      guard patch.object != nil else { throw CommandError.text("Invalid JSON Patch") }
      return Self.merged(object, patch)
    }
  }

  /// RFC 7386.
  static func merged(_ target: Value, _ patch: Value) -> Value {
    guard let members = patch.object else { return patch }
    var out = target.object ?? Mapping()
    for (key, value) in members {
      out[key] = value.isNull ? nil : merged(out[key] ?? .null, value)
    }
    return .object(out)
  }
}
