import Documents
import KubeObjects

/// One object as the linter's checks look at it.
struct LintedObject {
  let value: Value
  /// The spec of its Pods; nil: it makes none.
  let pod: Value?
  let podLabels: [String: String]

  init(_ value: Value) {
    self.value = value
    let spec = value["spec"] ?? .null
    let template =
      switch value.kind {
      case "Pod": Value.object(["metadata": value["metadata"] ?? .null, "spec": spec])
      case "CronJob": spec[path: "jobTemplate", "spec", "template"] ?? .null
      default: spec["template"] ?? .null
      }
    pod = template["spec"]?["containers"] == nil ? nil : template["spec"]
    podLabels = template[path: "metadata", "labels"]?.strings ?? [:]
  }

  var containers: [Value] {
    (pod?["initContainers"]?.array ?? []) + (pod?["containers"]?.array ?? [])
  }

  /// Whether an image is named without a digest and by no tag, or `latest`.
  static func isMoving(image: String) -> Bool {
    let last = image.split(separator: "/").last ?? ""
    return !last.contains("@") && (!last.contains(":") || last.hasSuffix(":latest"))
  }

  /// `NAMESPACE/NAME GROUP/VERSION, Kind=KIND` with Go's blanks.
  var title: String {
    let space = value.namespace.isEmpty ? "<no namespace>" : value.namespace
    let version = GroupVersion(apiVersion: value.apiVersion)
    return "\(space)/\(value.name) \(version.group)/\(version.version), Kind=\(value.kind)"
  }

  /// Checks that its annotations leave out.
  var ignoredChecks: Set<String> {
    Set(
      (value[path: "metadata", "annotations"]?.strings ?? [:]).keys.compactMap { key in
        if key == "kube-linter.io/ignore-all" { return "*" }
        let prefix = "ignore-check.kube-linter.io/"
        return key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
      })
  }
}

/// All objects of one run.
struct LintScene {
  let objects: [LintedObject]
}

/// A check that is on by default: its name, what to do, and what it finds.
struct LintCheck: Sendable {
  let name: String
  let remediation: String
  let messages: @Sendable (LintedObject, LintScene) -> [String]

  /// A check of each container.
  private static func containers(
    _ name: String, _ remediation: String,
    _ look: @escaping @Sendable (_ container: Value, _ pod: Value) -> [String]
  ) -> LintCheck {
    LintCheck(name: name, remediation: remediation) { object, _ in
      guard let pod = object.pod else { return [] }
      return object.containers.flatMap { look($0, pod) }
    }
  }

  /// A check of a Pod's spec.
  private static func pods(
    _ name: String, _ remediation: String, _ look: @escaping @Sendable (Value) -> String?
  ) -> LintCheck {
    LintCheck(name: name, remediation: remediation) { object, _ in
      object.pod.flatMap(look).map { [$0] } ?? []
    }
  }

  private static func named(_ container: Value) -> String {
    "container \((container["name"]?.string ?? "").goQuoted)"
  }

  /// What the container says, else the Pod.
  private static func security(_ container: Value, _ pod: Value, _ field: String) -> Value? {
    container[path: "securityContext", field] ?? pod[path: "securityContext", field]
  }

  private static let resources =
    "Refer to https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"
    + "#requests-and-limits for details."
  private static let context =
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"

  private static func requirement(_ name: String) -> @Sendable (Value, Value) -> [String] {
    { container, _ in
      [("requests", "request"), ("limits", "limit")].compactMap { list, word in
        container[path: "resources", list, name] == nil
          ? "\(named(container)) has \(name) \(word) 0" : nil
      }
    }
  }

  static let all: [LintCheck] = [
    LintCheck(
      name: "dangling-service",
      remediation:
        "Confirm that your service's selector correctly matches the labels on one of your "
        + "deployments."
    ) { object, scene in
      guard object.value.kind == "Service",
        let selector = object.value[path: "spec", "selector"]?.strings, !selector.isEmpty
      else { return [] }
      let isMatched = scene.objects.contains { other in
        other.pod != nil && other.value.namespace == object.value.namespace
          && selector.allSatisfy { other.podLabels[$0.key] == $0.value }
      }
      let shown = selector.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
      return isMatched
        ? [] : ["no pods found matching service labels (map[\(shown.joined(separator: " "))])"]
    },
    containers(
      "docker-sock",
      "Ensure the Docker socket is not mounted inside any containers by removing the associated "
        + "Volume and VolumeMount in deployment yaml specification."
    ) { container, pod in
      mounted(container, pod) { $0 == "/var/run/docker.sock" || $0 == "/run/docker.sock" }
    },
    containers(
      "drop-net-raw-capability",
      "NET_RAW makes it so that an application within the container is able to craft raw packets, "
        + "use raw sockets, and bind to any address. Remove this capability in the containers under "
        + "containers security contexts."
    ) { container, _ in
      let dropped =
        (container[path: "securityContext", "capabilities", "drop"]?.array ?? [])
        .compactMap(\.string)
      if dropped.contains(where: { ["all", "net_raw"].contains($0.lowercased()) }) { return [] }
      return [
        "\(named(container)) has DROP capabilities: \(Go.list(dropped)), but does not drop capability "
          + "\"NET_RAW\" which is required"
      ]
    },
    containers(
      "env-var-secret",
      "Do not use raw secrets in environment variables. Instead, either mount the secret as a file "
        + "or use a secretKeyRef."
    ) { container, _ in
      (container["env"]?.array ?? []).compactMap { variable in
        let name = variable["name"]?.string ?? ""
        guard name.lowercased().contains("secret"), variable["value"]?.string?.isEmpty == false
        else { return nil }
        return "environment variable \(name) in \(named(container)) found"
      }
    },
    pods("host-ipc", "Ensure the host's IPC namespace is not shared.") {
      $0["hostIPC"]?.bool == true
        ? "resource shares host's IPC namespace (via hostIPC=true)." : nil
    },
    pods("host-network", "Ensure the host's network namespace is not shared.") {
      $0["hostNetwork"]?.bool == true
        ? "resource shares host's network namespace (via hostNetwork=true)." : nil
    },
    pods("host-pid", "Ensure the host's process namespace is not shared.") {
      $0["hostPID"]?.bool == true
        ? "object shares the host's process namespace (via hostPID=true)." : nil
    },
    containers("latest-tag", "Use a container image with a specific tag other than latest.") {
      container, _ in
      let image = container["image"]?.string ?? ""
      guard LintedObject.isMoving(image: image) else { return [] }
      return [
        "The \(named(container)) is using an invalid container image, \(image.goQuoted). Please use "
          + "images that are not blocked by the `BlockList` criteria : "
          + "[\".*:(latest)$\" \"^[^:]*$\" \"(.*/[^:]+)$\"]"
      ]
    },
    LintCheck(
      name: "mismatching-selector",
      remediation: "Confirm that your deployment selector correctly matches the labels in its pod "
        + "template."
    ) { object, _ in
      guard object.pod != nil,
        let selector = object.value[path: "spec", "selector", "matchLabels"]?.strings,
        !selector.allSatisfy({ object.podLabels[$0.key] == $0.value })
      else { return [] }
      return [
        "labels in pod spec (\(Go.map(object.podLabels))) do not match labels in selector "
          + "(\(Go.map(selector)))"
      ]
    },
    LintCheck(
      name: "no-anti-affinity",
      remediation:
        "Specify anti-affinity in your pod specification to ensure that the orchestrator "
        + "attempts to schedule replicas on different nodes."
    ) { object, _ in
      let replicas = object.value[path: "spec", "replicas"]?.int ?? 1
      guard let pod = object.pod, replicas > 1, pod[path: "affinity", "podAntiAffinity"] == nil
      else { return [] }
      return ["object has \(replicas) replicas but does not specify inter pod anti-affinity"]
    },
    containers(
      "no-read-only-root-fs",
      "Set readOnlyRootFilesystem to true in the container securityContext."
    ) { container, _ in
      container[path: "securityContext", "readOnlyRootFilesystem"]?.bool == true
        ? [] : ["\(named(container)) does not have a read-only root file system"]
    },
    LintCheck(
      name: "non-existent-service-account",
      remediation: "Create the missing service account, or refer to an existing service account."
    ) { object, scene in
      guard let name = object.pod?["serviceAccountName"]?.string, !name.isEmpty,
        name != "default",
        !scene.objects.contains(where: {
          $0.value.kind == "ServiceAccount" && $0.value.name == name
            && $0.value.namespace == object.value.namespace
        })
      else { return [] }
      return ["serviceAccount \(name.goQuoted) not found"]
    },
    containers(
      "privilege-escalation-container",
      "Ensure containers do not allow privilege escalation by setting "
        + "allowPrivilegeEscalation=false, privileged=false and removing CAP_SYS_ADMIN capability. "
        + "See \(context) for more details."
    ) { container, _ in
      container[path: "securityContext", "allowPrivilegeEscalation"]?.bool == true
        ? ["\(named(container)) has AllowPrivilegeEscalation set to true."] : []
    },
    containers(
      "privileged-container", "Do not run your container as privileged unless it is required."
    ) { container, _ in
      container[path: "securityContext", "privileged"]?.bool == true
        ? ["\(named(container)) is privileged"] : []
    },
    containers(
      "run-as-non-root",
      "Set runAsUser to a non-zero number and runAsNonRoot to true in your pod or container "
        + "securityContext. Refer to \(context) for details."
    ) { container, pod in
      let user = security(container, pod, "runAsUser")?.int
      let isRefused = security(container, pod, "runAsNonRoot")?.bool == true
      if let user, user > 0 { return [] }
      if isRefused, user == nil { return [] }
      if isRefused {
        return ["\(named(container)) is set to runAsNonRoot, but runAsUser set to 0"]
      }
      return ["\(named(container)) is not set to runAsNonRoot"]
    },
    containers(
      "sensitive-host-mounts",
      "Ensure sensitive host system directories are not mounted in containers by removing those "
        + "Volumes and VolumeMounts."
    ) { container, pod in
      mounted(container, pod) {
        ["/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr"].contains($0)
      }
    },
    containers(
      "ssh-port",
      "Ensure that non-SSH services are not using port 22. Confirm that any actual SSH servers have "
        + "been vetted."
    ) { container, _ in
      (container["ports"]?.array ?? []).compactMap { port in
        port["containerPort"]?.int == 22 && port["protocol"]?.string ?? "TCP" == "TCP"
          ? "port 22 and protocol TCP in \(named(container)) found" : nil
      }
    },
    containers(
      "unset-cpu-requirements",
      "Set CPU requests and limits for your container based on its requirements. \(resources)",
      requirement("cpu")),
    containers(
      "unset-memory-requirements",
      "Set memory requests and limits for your container based on its requirements. \(resources)",
      requirement("memory")),
  ]

  /// Directories of the host that a container mounts.
  private static func mounted(
    _ container: Value, _ pod: Value, _ isMeant: (String) -> Bool
  ) -> [String] {
    (container["volumeMounts"]?.array ?? []).compactMap { mount in
      let volume = (pod["volumes"]?.array ?? []).first { $0["name"] == mount["name"] }
      guard let path = volume?[path: "hostPath", "path"]?.string, isMeant(path) else { return nil }
      return "host system directory \(path.goQuoted) is mounted on \(named(container))"
    }
  }
}

/// How Go prints what messages hold.
private enum Go {
  static func list(_ words: [String]) -> String {
    "[" + words.map(\.goQuoted).joined(separator: " ") + "]"
  }
  static func map(_ words: [String: String]) -> String {
    "map["
      + words.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
      .joined(separator: " ") + "]"
  }
}
