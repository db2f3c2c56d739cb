import Documents
import KubeObjects

/// What kubectl debug does to a Pod beside adding a container (--profile and --custom).
struct DebugProfile {
  private enum Kind: String {
    case legacy, general, baseline, restricted, netadmin, sysadmin
  }

  private let kind: Kind
  private let values: FlagValues
  /// A part of a container that is laid over the new one.
  private let custom: Value?

  var isLegacy: Bool { kind == .legacy }

  init(_ call: Invocation) async throws {
    values = call.values
    let name = values.string("profile")
    guard let kind = Kind(rawValue: name) else {
      throw CommandError.text("unknown profile: \(name)")
    }
    self.kind = kind
    let file = values.string("custom")
    custom = file.isEmpty ? Value?.none : try await Self.part(file, call)
  }

  private static func part(_ file: String, _ call: Invocation) async throws -> Value {
    let bytes: [UInt8]
    do {
      bytes = try await DataSources.read(file, call)
    } catch CommandError.text(let problem) {
      throw CommandError.text("must pass a container spec json file for custom profile: \(problem)")
    }
    do throws(Problem) {
      let part = try YAML.parse(bytes)
      return part.isNull ? [:] : part
    } catch {
      throw CommandError.text("\(file) does not contain a valid container spec: \(error.message)")
    }
  }

  /// Whether the custom part only says what it may.
  func check() throws {
    let fixed = ["name", "command", "image", "lifecycle", "volumeDevices"]
    if let custom, fixed.contains(where: { custom[$0] != nil }) {
      throw CommandError.text(
        "name, command, image, lifecycle and volume devices are not modifiable via custom profile")
    }
  }

  // MARK: containers

  /// The debugging container as the profile and the custom part want it.
  func applied(to container: Value, onNode: Bool = false) throws -> Value {
    var container = container
    let context = container["securityContext"]
    switch kind {
    case .legacy: break
    case .general where onNode: break
    case .general: container["securityContext"] = Self.adding(["SYS_PTRACE"], to: context)
    case .netadmin:
      container["securityContext"] = Self.adding(["NET_ADMIN", "NET_RAW"], to: context)
    case .baseline: container["securityContext"] = nil
    case .sysadmin: container[path: "securityContext", "privileged"] = true
    case .restricted:
      var strict = context ?? [:]
      strict["allowPrivilegeEscalation"] = false
      strict["capabilities"] = ["drop": ["ALL"]]
      strict["runAsNonRoot"] = true
      strict["seccompProfile"] = ["type": "RuntimeDefault"]
      container["securityContext"] = strict
    }
    guard let custom else { return container }
    let schema = Schema.builtin.index(of: "core.v1.Container").map {
      StructuralPatchSchema(type: $0)
    }
    do throws(PatchFailure) {
      return try StrategicMergePatch.apply(custom, to: container, schema: schema)
    } catch {
      throw CommandError.text(
        "error creating three way patch to add debug container: \(error.message)")
    }
  }

  private static func adding(_ capabilities: [String], to context: Value?) -> Value {
    var context = context ?? [:]
    let held = context[path: "capabilities", "add"]?.array ?? []
    context[path: "capabilities", "add"] = .array(held + capabilities.map { .string($0) })
    return context
  }

  // MARK: Pods

  /// A copy of a Pod: legacy takes all but the labels, the others what the --keep flags name.
  func change(copy pod: inout Value) {
    guard kind != .legacy else {
      pod["metadata"]?["labels"] = nil
      return
    }
    for (flag, member) in [("keep-labels", "labels"), ("keep-annotations", "annotations")]
    where !values.bool(flag) {
      pod["metadata"]?[member] = nil
    }
    pod[path: "spec", "containers"] = .array(
      (pod[path: "spec", "containers"]?.array ?? []).map { container in
        var container = container
        for (flag, member) in [
          ("keep-liveness", "livenessProbe"), ("keep-readiness", "readinessProbe"),
          ("keep-startup", "startupProbe"),
        ] where !values.bool(flag) { container[member] = nil }
        return container
      })
    if !values.bool("keep-init-containers") { pod["spec"]?["initContainers"] = nil }
    pod[path: "spec", "shareProcessNamespace"] = true
  }

  /// A Pod on a node: whose namespaces are the node's, and which sees its files.
  func change(nodePod pod: inout Value) {
    if kind != .baseline, kind != .restricted {
      for member in ["hostIPC", "hostNetwork", "hostPID"] { pod[path: "spec", member] = true }
    }
    guard [.legacy, .general, .sysadmin].contains(kind) else { return }
    pod[path: "spec", "volumes"] = [["hostPath": ["path": "/"], "name": "host-root"]]
    guard var container = pod[path: "spec", "containers"]?[0] else { return }
    container["volumeMounts"] = [["mountPath": "/host", "name": "host-root"]]
    pod[path: "spec", "containers"] = [container]
  }

  /// Capabilities are of no use to a container whose Pod is no root's (displayWarning).
  func warn(of container: Value, in pod: Value, _ call: Invocation) {
    func isRoot(_ user: Value?) -> Bool { user?.int ?? 0 == 0 }
    let context = container["securityContext"]
    guard !isRoot(pod[path: "spec", "securityContext", "runAsUser"]), let context,
      context["runAsUser"] == nil || !isRoot(context["runAsUser"]),
      context["privileged"]?.bool == true
        || !(context[path: "capabilities", "add"]?.array?.isEmpty ?? true)
    else { return }
    call.output.complainLine(
      "Warning: Non-root user is configured for the entire target Pod, and some capabilities granted "
        + "by debug profile may not work. Please consider using \"--custom\" with a custom profile "
        + "that specifies \"securityContext.runAsUser: 0\".")
  }
}
