import Documents
import KubeObjects

/// A rule of trivy's about what a manifest or a Dockerfile says.
struct ConfigurationRule: Sendable {
  let id: String
  let severity: String
  let title: String
  let messages: @Sendable (LintedObject) -> [String]

  /// A rule of each container: whether one breaks it, and what then is said after its name.
  private static func container(
    _ id: String, _ severity: String, _ title: String, _ words: String,
    _ breaks: @escaping @Sendable (_ container: Value, _ pod: Value) -> Bool
  ) -> ConfigurationRule {
    ConfigurationRule(id: "AVD-KSV-\(id)", severity: severity, title: title) { object in
      guard let pod = object.pod else { return [] }
      return object.containers.filter { breaks($0, pod) }.map {
        "Container '\($0["name"]?.string ?? "")' of \(object.value.kind) '\(object.value.name)' "
          + words
      }
    }
  }

  private static func pod(
    _ id: String, _ severity: String, _ title: String, _ words: String,
    _ breaks: @escaping @Sendable (_ pod: Value, _ object: LintedObject) -> Bool
  ) -> ConfigurationRule {
    ConfigurationRule(id: "AVD-KSV-\(id)", severity: severity, title: title) { object in
      guard let pod = object.pod, breaks(pod, object) else { return [] }
      return ["\(object.value.kind) '\(object.value.name)' \(words)"]
    }
  }

  private static func role(
    _ id: String, _ severity: String, _ title: String, _ words: String,
    _ breaks: @escaping @Sendable (_ rule: Value) -> Bool
  ) -> ConfigurationRule {
    ConfigurationRule(id: "AVD-KSV-\(id)", severity: severity, title: title) { object in
      guard ["Role", "ClusterRole"].contains(object.value.kind) else { return [] }
      return (object.value["rules"]?.array ?? []).contains(where: breaks)
        ? ["\(object.value.kind) '\(object.value.name)' \(words)"] : []
    }
  }

  private static func has(_ rule: Value, _ list: String, _ words: [Value]) -> Bool {
    (rule[list]?.array ?? []).contains { words.contains($0) }
  }

  private static func context(_ container: Value, _ name: String) -> Value? {
    container[path: "securityContext", name]
  }

  private static func either(_ container: Value, _ pod: Value, _ name: String) -> Value? {
    context(container, name) ?? context(pod, name)
  }

  private static func capabilities(_ container: Value, _ list: String) -> [String] {
    (container[path: "securityContext", "capabilities", list]?.array ?? []).compactMap(\.string)
  }

  private static func resource(_ container: Value, _ list: String, _ name: String) -> Value? {
    container[path: "resources", list, name]
  }

  static let kubernetes: [ConfigurationRule] = containers + pods + roles

  private static let containers: [ConfigurationRule] = [
    container(
      "0001", "MEDIUM", "Can elevate its own privileges",
      "should set 'securityContext.allowPrivilegeEscalation' to false"
    ) { it, _ in context(it, "allowPrivilegeEscalation")?.bool != false },
    container(
      "0003", "LOW", "Default capabilities: some containers do not drop all",
      "should add 'ALL' to 'securityContext.capabilities.drop'"
    ) { it, _ in !capabilities(it, "drop").contains { $0.uppercased() == "ALL" } },
    container(
      "0004", "LOW", "Default capabilities: some containers do not drop any",
      "should set 'securityContext.capabilities.drop'"
    ) { it, _ in capabilities(it, "drop").isEmpty },
    container(
      "0005", "HIGH", "SYS_ADMIN capability added",
      "should not include 'SYS_ADMIN' in 'securityContext.capabilities.add'"
    ) { it, _ in capabilities(it, "add").contains { ["SYS_ADMIN", "CAP_SYS_ADMIN"].contains($0) } },
    container("0011", "LOW", "CPU not limited", "should set 'resources.limits.cpu'") { it, _ in
      resource(it, "limits", "cpu") == nil
    },
    container(
      "0012", "MEDIUM", "Runs as root user", "should set 'securityContext.runAsNonRoot' to true"
    ) { it, pod in either(it, pod, "runAsNonRoot")?.bool != true },
    container("0013", "MEDIUM", "Image tag \":latest\" used", "should specify an image tag") {
      it, _ in
      LintedObject.isMoving(image: it["image"]?.string ?? "")
    },
    container(
      "0014", "HIGH", "Root file system is not read-only",
      "should set 'securityContext.readOnlyRootFilesystem' to true"
    ) { it, _ in context(it, "readOnlyRootFilesystem")?.bool != true },
    container("0015", "LOW", "CPU requests not specified", "should set 'resources.requests.cpu'") {
      it, _ in resource(it, "requests", "cpu") == nil && resource(it, "limits", "cpu") == nil
    },
    container(
      "0016", "LOW", "Memory requests not specified", "should set 'resources.requests.memory'"
    ) { it, _ in
      resource(it, "requests", "memory") == nil && resource(it, "limits", "memory") == nil
    },
    container(
      "0017", "HIGH", "Privileged", "should set 'securityContext.privileged' to false"
    ) { it, _ in context(it, "privileged")?.bool == true },
    container("0018", "LOW", "Memory not limited", "should set 'resources.limits.memory'") {
      it, _ in resource(it, "limits", "memory") == nil
    },
    container(
      "0020", "LOW", "Runs with UID <= 10000", "should set 'securityContext.runAsUser' > 10000"
    ) { it, pod in (either(it, pod, "runAsUser")?.int ?? 0) <= 10000 },
    container(
      "0021", "LOW", "Runs with GID <= 10000", "should set 'securityContext.runAsGroup' > 10000"
    ) { it, pod in (either(it, pod, "runAsGroup")?.int ?? 0) <= 10000 },
    container(
      "0024", "HIGH", "Access to host ports",
      "should not set host ports, 'ports[*].hostPort'"
    ) { it, _ in (it["ports"]?.array ?? []).contains { ($0["hostPort"]?.int ?? 0) > 0 } },
    container(
      "0030", "LOW", "Runtime/Default Seccomp profile not set",
      "should set 'securityContext.seccompProfile.type' to 'RuntimeDefault'"
    ) { it, pod in
      let type = either(it, pod, "seccompProfile")?["type"]?.string ?? ""
      return !["RuntimeDefault", "Localhost"].contains(type)
    },
    container(
      "0104", "MEDIUM", "Seccomp policies disabled", "should specify a seccomp profile"
    ) { it, pod in
      let type = either(it, pod, "seccompProfile")?["type"]?.string
      return type == nil || type == "Unconfined"
    },
    container(
      "0106", "LOW", "Container capabilities must only include NET_BIND_SERVICE",
      "should drop all capabilities and add only NET_BIND_SERVICE"
    ) { it, _ in
      !capabilities(it, "drop").contains("ALL")
        || capabilities(it, "add").contains { $0 != "NET_BIND_SERVICE" }
    },
  ]

  private static let pods: [ConfigurationRule] = [
    pod(
      "0006", "HIGH", "hostPath volume mounted with docker.sock",
      "should not specify '/var/run/docker.socker' in 'spec.template.volumes.hostPath.path'"
    ) { pod, _ in
      (pod["volumes"]?.array ?? []).contains {
        $0[path: "hostPath", "path"]?.string == "/var/run/docker.sock"
      }
    },
    pod("0008", "HIGH", "Access to host IPC namespace", "should not set 'spec.hostIPC' to true") {
      pod, _ in pod["hostIPC"]?.bool == true
    },
    pod("0009", "HIGH", "Access to host network", "should not set 'spec.hostNetwork' to true") {
      pod, _ in pod["hostNetwork"]?.bool == true
    },
    pod("0010", "HIGH", "Access to host PID", "should not set 'spec.hostPID' to true") { pod, _ in
      pod["hostPID"]?.bool == true
    },
    pod(
      "0023", "MEDIUM", "hostPath volumes mounted", "should not set 'spec.volumes.hostPath'"
    ) { pod, _ in (pod["volumes"]?.array ?? []).contains { $0["hostPath"] != nil } },
    pod(
      "0110", "LOW", "Workloads in the default namespace",
      "should set 'metadata.namespace' to a non-default namespace"
    ) { _, object in ["", "default"].contains(object.value.namespace) },
    pod(
      "0118", "HIGH", "Default security context configured",
      "is using the default security context, which allows root privileges"
    ) { pod, _ in
      pod["securityContext"] == nil
        && (pod["containers"]?.array ?? []).contains { $0["securityContext"] == nil }
    },
  ]

  private static let roles: [ConfigurationRule] = [
    role(
      "0041", "CRITICAL", "Manage secrets",
      "shouldn't have access to manage resource 'secrets'"
    ) {
      has($0, "resources", ["secrets"])
        && has($0, "verbs", ["get", "list", "watch", "create", "update", "patch", "delete", "*"])
    },
    role(
      "0044", "CRITICAL", "No wildcard verb and resource roles",
      "should not have wildcards in both verbs and resources"
    ) { has($0, "verbs", ["*"]) && has($0, "resources", ["*"]) },
    role(
      "0046", "CRITICAL", "Manage all resources", "shouldn't manage all resources"
    ) {
      has($0, "resources", ["*"])
        && has($0, "verbs", ["create", "update", "delete", "deletecollection", "*", "list", "get"])
    },
    role(
      "0048", "MEDIUM", "Manage Kubernetes workloads and pods",
      "should not have access to resources [\"pods\", \"deployments\", \"jobs\", \"cronjobs\", \"statefulsets\", \"daemonsets\", \"replicasets\"]"
    ) {
      has($0, "resources", ["pods", "deployments", "jobs", "daemonsets", "statefulsets"])
        && has($0, "verbs", ["create", "update", "patch", "delete", "*"])
    },
    role(
      "0050", "CRITICAL", "Manage RBAC resources",
      "should not have access to resources [\"roles\", \"rolebindings\"] for verbs [\"create\", \"update\", \"delete\", \"deletecollection\", \"impersonate\", \"*\"]"
    ) {
      has($0, "resources", ["roles", "rolebindings", "clusterroles", "clusterrolebindings"])
        && has($0, "verbs", ["create", "update", "delete", "patch", "*"])
    },
    role(
      "0053", "HIGH", "Exec into Pods",
      "should not have access to resource '[\"pods/exec\"]' for verbs '[\"create\", \"update\", \"delete\", \"deletecollection\", \"impersonate\", \"*\"]'"
    ) { has($0, "resources", ["pods/exec"]) && has($0, "verbs", ["create", "*"]) },
    ConfigurationRule(id: "AVD-KSV-0109", severity: "HIGH", title: "ConfigMap with secrets") {
      object in
      guard object.value.kind == "ConfigMap" else { return [] }
      let keys = (object.value["data"]?.object ?? [:]).map(\.key).filter { key in
        ["password", "secret", "token", "apikey", "api_key"].contains {
          key.lowercased().contains($0)
        }
      }
      return keys.isEmpty
        ? []
        : [
          "ConfigMap '\(object.value.name)' in '\(object.value.namespace.isEmpty ? "default" : object.value.namespace)' namespace stores secrets in key(s) or value(s) '{\(keys.sorted().map { "\"\($0)\"" }.joined(separator: ", "))}'"
        ]
    },
  ]
}

/// Rules about Dockerfiles, over their instructions.
enum DockerfileRules {
  static func findings(_ text: String) -> [ConfigurationReport.Finding] {
    let lines = joined(text)
    let words = lines.map { line in
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      return (name: (parts.first ?? "").uppercased(), rest: parts.count > 1 ? parts[1] : "")
    }
    var found: [ConfigurationReport.Finding] = []
    func tell(_ id: String, _ severity: String, _ title: String, _ message: String) {
      found.append(("AVD-DS-\(id)", severity, title, message))
    }
    for from in words where from.name == "FROM" {
      let image = from.rest.split(separator: " ").first.map(String.init) ?? ""
      if image != "scratch", LintedObject.isMoving(image: image) {
        tell(
          "0001", "MEDIUM", "':latest' tag used",
          "Specify a tag in the 'FROM' statement for image '\(image.split(separator: ":").first ?? "")'"
        )
      }
    }
    let user = words.last { $0.name == "USER" }?.rest
    if user == nil {
      tell(
        "0002", "HIGH", "Image user should not be 'root'",
        "Specify at least 1 USER command in Dockerfile with non-root user as argument")
    } else if ["root", "0", "root:root", "0:0"].contains(user ?? "") {
      tell(
        "0002", "HIGH", "Image user should not be 'root'",
        "Last USER command in Dockerfile should not be 'root'")
    }
    for line in words {
      switch line.name {
      case "EXPOSE"
      where line.rest.split(separator: " ").contains { $0 == "22" || $0 == "22/tcp" }:
        tell(
          "0004", "MEDIUM", "Port 22 exposed", "Port 22 should not be exposed in Dockerfile")
      case "ADD" where !line.rest.contains("http") && !line.rest.contains(".tar"):
        let paths = line.rest.split(separator: " ")
        tell(
          "0005", "LOW", "ADD instead of COPY",
          "Consider using 'COPY \(paths.joined(separator: " "))' command instead of 'ADD \(paths.joined(separator: " "))'"
        )
      case "RUN":
        run(line.rest, tell)
      case "ENV", "ARG":
        let key = String(line.rest.prefix { $0 != "=" && $0 != " " })
        let isSecret = ["PASSWORD", "SECRET", "TOKEN", "API_KEY", "PASSWD", "ACCESS_KEY"]
          .contains { key.uppercased().contains($0) }
        if isSecret {
          tell(
            "0031", "CRITICAL", "Secrets passed via `build-args` or envs or copied secret files",
            "Possible exposure of secret env \"\(key)\" in \(line.name)")
        }
      default: break
      }
    }
    if !words.contains(where: { $0.name == "HEALTHCHECK" }) {
      tell(
        "0026", "LOW", "No HEALTHCHECK defined", "Add HEALTHCHECK instruction in your Dockerfile")
    }
    return found.sorted { $0.id < $1.id }
  }

  private static func run(
    _ command: String, _ tell: (String, String, String, String) -> Void
  ) {
    if command.split(separator: " ").contains("sudo") {
      tell("0010", "CRITICAL", "RUN using 'sudo'", "Using 'sudo' in Dockerfile should be avoided")
    }
    if command.contains("apt-get update") || command.contains("apt update"),
      !command.contains("install")
    {
      tell(
        "0017", "HIGH", "'RUN <package-manager> update' instruction alone",
        "The instruction 'RUN <package-manager> update' should always be followed by '<package-manager> install' in the same RUN statement."
      )
    }
    if command.contains("apt-get") && command.contains("install"),
      !command.contains("--no-install-recommends")
    {
      tell(
        "0029", "HIGH", "'apt-get' missing '--no-install-recommends'",
        "'--no-install-recommends' flag is missed: '\(command)'")
    }
  }

  /// Instructions in one line each, without comments.
  private static func joined(_ text: String) -> [String] {
    var lines: [String] = []
    var open = ""
    for raw in text.split(separator: "\n") {
      let line = raw.drop { $0 == " " || $0 == "\t" }
      if line.hasPrefix("#") || line.isEmpty { continue }
      if line.hasSuffix("\\") {
        open += line.dropLast() + " "
      } else {
        lines.append(open + line)
        open = ""
      }
    }
    return open.isEmpty ? lines : lines + [open]
  }
}
