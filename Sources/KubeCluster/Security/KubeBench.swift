import Documents
import Linux
import Shell

/// `kube-bench`: the benchmark's checks of control plane and node, read off the node's own files.
struct KubeBench: Program {
  let name = "kube-bench"

  enum Verdict: String {
    case pass = "PASS"
    case fail = "FAIL"
    case warn = "WARN"
  }

  /// What a check looks at.
  enum Question: Sendable {
    /// The flag has the value, or none of those values.
    case flagIs(String, String, String)
    case flagIsNot(String, String, String)
    case flagContains(String, String, String)
    case flagSet(String, String)
    /// A file is no more open than that, or is root's.
    case mode(String, Int)
    case owner(String)
    /// A member of the kubelet's configuration.
    case kubelet([String], Value)
    case manual
  }

  struct Check: Sendable {
    let id: String
    let text: String
    let target: String
    let question: Question
    let remedy: String
  }

  private static let manifests = "/etc/kubernetes/manifests/"
  private static let server = "kube-apiserver"

  static let checks: [Check] = [
    .init(
      id: "1.1.1",
      text:
        "Ensure that the API server pod specification file permissions are set to 600 or more restrictive (Automated)",
      target: "master", question: .mode(manifests + "kube-apiserver.yaml", 0o600),
      remedy: "chmod 600 /etc/kubernetes/manifests/kube-apiserver.yaml"),
    .init(
      id: "1.1.2",
      text:
        "Ensure that the API server pod specification file ownership is set to root:root (Automated)",
      target: "master", question: .owner(manifests + "kube-apiserver.yaml"),
      remedy: "chown root:root /etc/kubernetes/manifests/kube-apiserver.yaml"),
    .init(
      id: "1.1.7",
      text:
        "Ensure that the etcd pod specification file permissions are set to 600 or more restrictive (Automated)",
      target: "master", question: .mode(manifests + "etcd.yaml", 0o600),
      remedy: "chmod 600 /etc/kubernetes/manifests/etcd.yaml"),
    .init(
      id: "1.1.12",
      text: "Ensure that the etcd data directory ownership is set to etcd:etcd (Automated)",
      target: "master", question: .manual, remedy: "chown etcd:etcd /var/lib/etcd"),
    .init(
      id: "1.1.13",
      text:
        "Ensure that the default administrative credential file permissions are set to 600 (Automated)",
      target: "master", question: .mode("/etc/kubernetes/admin.conf", 0o600),
      remedy: "chmod 600 /etc/kubernetes/admin.conf"),
    .init(
      id: "1.1.21",
      text: "Ensure that the Kubernetes PKI key file permissions are set to 600 (Manual)",
      target: "master", question: .mode("/etc/kubernetes/pki/apiserver.key", 0o600),
      remedy: "chmod -R 600 /etc/kubernetes/pki/*.key"),
    .init(
      id: "1.2.1", text: "Ensure that the --anonymous-auth argument is set to false (Manual)",
      target: "master", question: .flagIs(server, "anonymous-auth", "false"),
      remedy: "Set --anonymous-auth=false in the API server's pod specification file."),
    .init(
      id: "1.2.2", text: "Ensure that the --token-auth-file parameter is not set (Automated)",
      target: "master", question: .flagIsNot(server, "token-auth-file", "*"),
      remedy: "Remove --token-auth-file=<filename> from the API server's pod specification file."),
    .init(
      id: "1.2.4",
      text:
        "Ensure that the --kubelet-client-certificate and --kubelet-client-key arguments are set as appropriate (Automated)",
      target: "master", question: .flagSet(server, "kubelet-client-certificate"),
      remedy: "Set --kubelet-client-certificate and --kubelet-client-key."),
    .init(
      id: "1.2.5",
      text:
        "Ensure that the --kubelet-certificate-authority argument is set as appropriate (Automated)",
      target: "master", question: .flagSet(server, "kubelet-certificate-authority"),
      remedy: "Set --kubelet-certificate-authority to the path of the certificate authority."),
    .init(
      id: "1.2.6",
      text: "Ensure that the --authorization-mode argument is not set to AlwaysAllow (Automated)",
      target: "master", question: .flagIsNot(server, "authorization-mode", "AlwaysAllow"),
      remedy: "Set --authorization-mode=Node,RBAC."),
    .init(
      id: "1.2.7", text: "Ensure that the --authorization-mode argument includes Node (Automated)",
      target: "master", question: .flagContains(server, "authorization-mode", "Node"),
      remedy: "Set --authorization-mode=Node,RBAC."),
    .init(
      id: "1.2.8", text: "Ensure that the --authorization-mode argument includes RBAC (Automated)",
      target: "master", question: .flagContains(server, "authorization-mode", "RBAC"),
      remedy: "Set --authorization-mode=Node,RBAC."),
    .init(
      id: "1.2.9", text: "Ensure that the admission control plugin EventRateLimit is set (Manual)",
      target: "master",
      question: .flagContains(server, "enable-admission-plugins", "EventRateLimit"),
      remedy:
        "Set --enable-admission-plugins=...,EventRateLimit,... and --admission-control-config-file."
    ),
    .init(
      id: "1.2.14",
      text: "Ensure that the admission control plugin NodeRestriction is set (Automated)",
      target: "master",
      question: .flagContains(server, "enable-admission-plugins", "NodeRestriction"),
      remedy: "Set --enable-admission-plugins=...,NodeRestriction,..."),
    .init(
      id: "1.2.15", text: "Ensure that the --profiling argument is set to false (Automated)",
      target: "master", question: .flagIs(server, "profiling", "false"),
      remedy: "Set --profiling=false in the API server's pod specification file."),
    .init(
      id: "1.2.16", text: "Ensure that the --audit-log-path argument is set (Automated)",
      target: "master", question: .flagSet(server, "audit-log-path"),
      remedy: "Set --audit-log-path=/var/log/apiserver/audit.log."),
    .init(
      id: "1.2.17",
      text:
        "Ensure that the --audit-log-maxage argument is set to 30 or as appropriate (Automated)",
      target: "master", question: .flagSet(server, "audit-log-maxage"),
      remedy: "Set --audit-log-maxage=30."),
    .init(
      id: "1.2.23",
      text:
        "Ensure that the --etcd-certfile and --etcd-keyfile arguments are set as appropriate (Automated)",
      target: "master", question: .flagSet(server, "etcd-certfile"),
      remedy: "Set --etcd-certfile and --etcd-keyfile."),
    .init(
      id: "1.2.27",
      text: "Ensure that the --encryption-provider-config argument is set as appropriate (Manual)",
      target: "master", question: .flagSet(server, "encryption-provider-config"),
      remedy: "Set --encryption-provider-config=</path/to/EncryptionConfig/File>."),
    .init(
      id: "1.3.2", text: "Ensure that the --profiling argument is set to false (Automated)",
      target: "master", question: .flagIs("kube-controller-manager", "profiling", "false"),
      remedy: "Set --profiling=false in the controller manager's pod specification file."),
    .init(
      id: "1.3.3",
      text: "Ensure that the --use-service-account-credentials argument is set to true (Automated)",
      target: "master",
      question: .flagIs("kube-controller-manager", "use-service-account-credentials", "true"),
      remedy: "Set --use-service-account-credentials=true."),
    .init(
      id: "1.3.7", text: "Ensure that the --bind-address argument is set to 127.0.0.1 (Automated)",
      target: "master", question: .flagIs("kube-controller-manager", "bind-address", "127.0.0.1"),
      remedy: "Set --bind-address=127.0.0.1."),
    .init(
      id: "1.4.1", text: "Ensure that the --profiling argument is set to false (Automated)",
      target: "master", question: .flagIs("kube-scheduler", "profiling", "false"),
      remedy: "Set --profiling=false in the scheduler's pod specification file."),
    .init(
      id: "1.4.2", text: "Ensure that the --bind-address argument is set to 127.0.0.1 (Automated)",
      target: "master", question: .flagIs("kube-scheduler", "bind-address", "127.0.0.1"),
      remedy: "Set --bind-address=127.0.0.1."),
    .init(
      id: "2.1",
      text:
        "Ensure that the --cert-file and --key-file arguments are set as appropriate (Automated)",
      target: "etcd", question: .flagSet("etcd", "cert-file"),
      remedy: "Set --cert-file and --key-file in etcd's pod specification file."),
    .init(
      id: "2.2", text: "Ensure that the --client-cert-auth argument is set to true (Automated)",
      target: "etcd", question: .flagIs("etcd", "client-cert-auth", "true"),
      remedy: "Set --client-cert-auth=\"true\"."),
    .init(
      id: "2.3", text: "Ensure that the --auto-tls argument is not set to true (Automated)",
      target: "etcd", question: .flagIsNot("etcd", "auto-tls", "true"),
      remedy: "Remove --auto-tls or set it to false."),
    .init(
      id: "4.1.1",
      text:
        "Ensure that the kubelet service file permissions are set to 600 or more restrictive (Automated)",
      target: "node",
      question: .mode("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", 0o600),
      remedy: "chmod 600 /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf"),
    .init(
      id: "4.1.5",
      text:
        "Ensure that the --kubeconfig kubelet.conf file permissions are set to 600 or more restrictive (Automated)",
      target: "node", question: .mode("/etc/kubernetes/kubelet.conf", 0o600),
      remedy: "chmod 600 /etc/kubernetes/kubelet.conf"),
    .init(
      id: "4.1.9",
      text:
        "If the kubelet config.yaml configuration file is being used validate permissions set to 600 or more restrictive (Automated)",
      target: "node", question: .mode("/var/lib/kubelet/config.yaml", 0o600),
      remedy: "chmod 600 /var/lib/kubelet/config.yaml"),
    .init(
      id: "4.2.1", text: "Ensure that the --anonymous-auth argument is set to false (Automated)",
      target: "node", question: .kubelet(["authentication", "anonymous", "enabled"], false),
      remedy: "Set authentication: anonymous: enabled to false in the kubelet's config file."),
    .init(
      id: "4.2.2",
      text: "Ensure that the --authorization-mode argument is not set to AlwaysAllow (Automated)",
      target: "node", question: .kubelet(["authorization", "mode"], "Webhook"),
      remedy: "Set authorization: mode to Webhook in the kubelet's config file."),
    .init(
      id: "4.2.6",
      text: "Ensure that the --make-iptables-util-chains argument is set to true (Automated)",
      target: "node", question: .kubelet(["makeIPTablesUtilChains"], true),
      remedy: "Set makeIPTablesUtilChains: true."),
    .init(
      id: "4.2.10",
      text: "Ensure that the --rotate-certificates argument is not set to false (Automated)",
      target: "node", question: .kubelet(["rotateCertificates"], true),
      remedy: "Set rotateCertificates: true."),
  ]

  private static let titles = [
    "1": "Control Plane Security Configuration", "1.1": "Control Plane Node Configuration Files",
    "1.2": "API Server", "1.3": "Controller Manager", "1.4": "Scheduler",
    "2": "Etcd Node Configuration", "4": "Worker Node Security Configuration",
    "4.1": "Worker Node Configuration Files", "4.2": "Kubelet",
  ]

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    var targets: Set<String> = []
    var wanted: Set<String> = []
    var rest = process.arguments[...]
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let name = parts[0].drop { $0 == "-" }
      func value() -> String { parts.count > 1 ? parts[1] : rest.popFirst() ?? "" }
      switch name {
      case "targets", "s": targets.formUnion(value().split(separator: ",").map(String.init))
      case "check", "c": wanted.formUnion(value().split(separator: ",").map(String.init))
      case "master", "node", "etcd", "controlplane": targets.insert(String(name))
      case "version":
        try await process.write("0.12.0\n")
        return 0
      case "benchmark", "config-dir", "config", "D": _ = value()
      default: break
      }
    }
    let hasPlane = process.status(Self.manifests + "kube-apiserver.yaml") != nil
    if targets.isEmpty { targets = hasPlane ? ["master", "etcd", "node"] : ["node"] }
    if targets.contains("controlplane") { targets.insert("master") }
    guard process.status("/etc/kubernetes") != nil else {
      try await process.writeError(
        "unable to determine benchmark version: unable to find the programs of a Kubernetes node\n")
      return 1
    }
    try await process.write(report(targets, wanted, process))
    return 0
  }

  private func report(
    _ targets: Set<String>, _ wanted: Set<String>, _ process: Linux.Process
  ) -> String {
    var text = ""
    for chapter in ["1", "2", "4"] {
      let checks = Self.checks.filter { check in
        check.id.hasPrefix(chapter + ".") && targets.contains(check.target)
          && (wanted.isEmpty || wanted.contains(check.id))
      }
      if checks.isEmpty { continue }
      text += "[INFO] \(chapter) \(Self.titles[chapter] ?? "")\n"
      var section = ""
      var remedies = ""
      var counts: [Verdict: Int] = [:]
      for check in checks {
        let own = check.id.split(separator: ".").prefix(2).joined(separator: ".")
        if own != section, let title = Self.titles[own] { text += "[INFO] \(own) \(title)\n" }
        section = own
        let verdict = verdict(check, process)
        counts[verdict, default: 0] += 1
        text += "[\(verdict.rawValue)] \(check.id) \(check.text)\n"
        if verdict != .pass { remedies += "\(check.id) \(check.remedy)\n\n" }
      }
      let part = chapter == "1" ? "master" : chapter == "2" ? "etcd" : "node"
      if !remedies.isEmpty { text += "\n== Remediations \(part) ==\n\(remedies)" }
      text +=
        "\n== Summary \(part) ==\n\(counts[.pass] ?? 0) checks PASS\n\(counts[.fail] ?? 0) checks FAIL\n"
        + "\(counts[.warn] ?? 0) checks WARN\n0 checks INFO\n\n"
    }
    return text
  }

  // MARK: answers

  private func verdict(_ check: Check, _ process: Linux.Process) -> Verdict {
    let isManual = check.text.hasSuffix("(Manual)")
    let bad: Verdict = isManual ? .warn : .fail
    switch check.question {
    case .manual: return bad
    case .mode(let path, let most):
      guard let status = process.status(path) else { return .pass }
      return status.mode & 0o777 & ~most == 0 ? .pass : bad
    case .owner(let path):
      guard let status = process.status(path) else { return .pass }
      return status.owner == 0 && status.group == 0 ? .pass : bad
    case .flagIs(let component, let flag, let value):
      return flags(component, process)[flag] == value ? .pass : bad
    case .flagIsNot(let component, let flag, let value):
      let own = flags(component, process)[flag]
      return own == nil || value != "*" && own?.contains(value) == false ? .pass : bad
    case .flagContains(let component, let flag, let part):
      let parts = (flags(component, process)[flag] ?? "").split(separator: ",")
      return parts.contains { $0 == part } ? .pass : bad
    case .flagSet(let component, let flag):
      return flags(component, process)[flag] != nil ? .pass : bad
    case .kubelet(let path, let wanted):
      let text = process.machine.files.text("/var/lib/kubelet/config.yaml") ?? ""
      let value = (try? YAML.parse(text))?.at(path)
      // What is not written has the kubelet's good default.
      return value == nil || value == wanted ? .pass : bad
    }
  }

  /// The flags of a component's static Pod.
  private func flags(_ component: String, _ process: Linux.Process) -> [String: String] {
    let text = process.machine.files.text("\(Self.manifests)\(component).yaml") ?? ""
    let pod = (try? YAML.parse(text)) ?? .null
    let container = pod[path: "spec", "containers"]?[0]
    let words = (container?["command"]?.array ?? []) + (container?["args"]?.array ?? [])
    var found: [String: String] = [:]
    for word in words.compactMap(\.string) where word.hasPrefix("--") {
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      found[parts[0]] = parts.count > 1 ? parts[1] : "true"
    }
    return found
  }
}
