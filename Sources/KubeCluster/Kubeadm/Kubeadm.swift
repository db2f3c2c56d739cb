import Documents
import KubeAPIServer
import KubeNode
import KubeObjects
import Linux
import PKI
import Shell
import Simulation

/// Sets nodes up and looks after their certificates and versions: `kubeadm`.
struct Kubeadm: Program {
  let name = "kubeadm"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  private static let values =
    "kubeconfig config old-config new-config token ttl description groups usages output,o discovery-token-ca-cert-hash "
    + "discovery-token node-name apiserver-advertise-address apiserver-bind-port "
    + "pod-network-cidr service-cidr service-dns-domain kubernetes-version control-plane-endpoint "
    + "cert-dir cri-socket ignore-preflight-errors client-name org certificate-key rootfs v "
    + "component-configs image-repository feature-gates skip-phases patches apiserver-cert-extra-sans "
    + "validity-period certificate-renewal etcd-upgrade allow-experimental-upgrades"
  private static let flags =
    "print-join-command yes,y force,f help,h dry-run experimental upload-certs control-plane "
    + "discovery-token-unsafe-skip-ca-verification allow-missing-template-keys "
    + "allow-release-candidate-upgrades show-managed-fields cleanup-tmp-dir print-config"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let arguments = ToolArguments(process.arguments, values: Self.values, flags: Self.flags)
    if let unknown = arguments.unknown {
      try await process.writeError(
        "error: unknown \(unknown.hasPrefix("--") ? "flag" : "shorthand flag"): \(unknown)\n"
          + "To see the stack trace of this error execute with --v=5 or higher\n")
      return 1
    }
    let words = arguments.operands
    let version = host.machine.installedVersion(of: "kubeadm") ?? host.cluster.version
    var run = KubeadmRun(
      host: host, process: process, arguments: arguments,
      configuration: KubeadmConfiguration(version: version))
    if arguments.has("help") { return try await run.help() }
    guard process.caller.user == 0 || ["version", "token", nil].contains(words.first) else {
      return try await run.preflight(["IsPrivilegedUser]: user is not running as root"])
    }
    do throws(KubeadmConfiguration.Problem) {
      try run.configure()
    } catch {
      return try await run.fail(error.text)
    }
    try await run.warn()
    switch (words.first, words.dropFirst().first) {
    case ("version", _): return try await run.version()
    case ("token", let verb): return try await run.token(verb ?? "")
    case ("certs", let verb): return try await run.certificates(verb ?? "")
    case ("upgrade", let verb): return try await run.upgrade(verb ?? "")
    case ("config", let verb): return try await run.config(verb ?? "")
    case ("join", _): return try await run.join()
    case ("reset", _): return try await run.reset()
    case ("kubeconfig", "user"): return try await run.kubeconfig()
    case ("init", _): return try await run.initialize()
    case (nil, _), ("help", _): return try await run.help()
    case (let first?, _):
      return try await run.fail("unknown command \"\(first)\" for \"kubeadm\"")
    }
  }
}

/// One run of kubeadm.
struct KubeadmRun {
  let host: NodeHost
  let process: Linux.Process
  let arguments: ToolArguments
  var configuration: KubeadmConfiguration

  var cluster: Cluster { host.cluster }
  var files: MountNamespace { host.machine.files }
  var ownVersion: String {
    host.machine.installedVersion(of: "kubeadm") ?? cluster.version
  }

  var client: ComponentClient {
    ComponentClient(
      server: cluster.server,
      user: UserInfo(
        name: "kubernetes-admin", groups: ["kubeadm:cluster-admins", "system:authenticated"]),
      manager: "kubeadm")
  }

  /// Reads what --config or --old-config names, and the flags.
  mutating func configure() throws(KubeadmConfiguration.Problem) {
    let verbs = arguments.operands.prefix(2).joined(separator: " ")
    let isMigration = verbs == "config migrate"
    if isMigration || verbs == "config validate" {
      let flag = isMigration ? "old-config" : "config"
      guard arguments[flag] != nil else { throw .init(text: "the --\(flag) flag is mandatory") }
    }
    if let path = arguments[isMigration ? "old-config" : "config"] {
      let whole = process.absolute(path)
      guard let text = files.text(whole) else {
        throw .init(
          text: "unable to read config from \(path.goQuoted) : open \(path): no such file or "
            + "directory")
      }
      configuration = try KubeadmConfiguration(text, version: ownVersion)
      let mixed = KubeadmConfiguration.exclusive.filter { arguments[$0] != nil }
      if arguments.operands.first == "init", !mixed.isEmpty {
        throw .init(
          text: "can not mix '--config' with arguments [\(mixed.joined(separator: " "))]")
      }
    }
    configuration.apply(arguments)
  }

  func warn() async throws {
    for warning in configuration.warnings {
      try await process.writeError(
        KubernetesLog.line(
          "W", "common.go:101", warning, at: cluster.timeline.now, process: process.id) + "\n")
    }
  }

  func help() async throws -> ExitStatus {
    let words = arguments.operands.filter { $0 != "help" }
    try await process.write(KubeadmHelp.text(words) ?? "")
    return 0
  }

  func fail(_ text: String) async throws -> ExitStatus {
    try await process.writeError(
      "error: \(text)\nTo see the stack trace of this error execute with --v=5 or higher\n")
    return 1
  }

  func preflight(_ errors: [String]) async throws -> ExitStatus {
    try await process.writeError(
      "error execution phase preflight: [preflight] Some fatal errors occurred:\n"
        + errors.map { "\t[ERROR \($0)\n" }.joined()
        + "[preflight] If you know what you are doing, you can make a check non-fatal with "
        + "`--ignore-preflight-errors=...`\n"
        + "To see the stack trace of this error execute with --v=5 or higher\n")
    return 1
  }

  /// Why the API server cannot be asked with admin.conf; nil: it can.
  func serverRefusal() -> String? {
    let path = arguments["kubeconfig"] ?? "/etc/kubernetes/admin.conf"
    guard let text = files.text(path), let server = Kubeconfigs.server(of: text) else {
      return "failed to load admin kubeconfig: open \(path): no such file or directory"
    }
    guard let plane = cluster.controlPlane else { return "there is no control plane" }
    guard let refusal = plane.refusal(of: server, from: host.machine) else { return nil }
    return "Get \"\(server)/api/v1/namespaces/kube-system/configmaps/kubeadm-config?timeout=10s\": "
      + refusal
  }

  func reading(_ phase: String) -> String {
    "[\(phase)] Reading configuration from the \"kubeadm-config\" ConfigMap in namespace "
      + "\"kube-system\"...\n[\(phase)] Use 'kubeadm init phase upload-config kubeadm --config "
      + "your-config-file' to re-upload it.\n"
  }

  func version() async throws -> ExitStatus {
    let parts = ownVersion.dropFirst().split(separator: ".")
    let minor = parts.count > 1 ? String(parts[1]) : "36"
    switch arguments["output"] {
    case "short": try await process.write(ownVersion + "\n")
    case "json":
      try await process.write(
        "{\n  \"clientVersion\": {\n    \"major\": \"1\",\n    \"minor\": \"\(minor)\",\n    "
          + "\"gitVersion\": \"\(ownVersion)\",\n    \"platform\": \"linux/amd64\"\n  }\n}\n")
    case "yaml":
      try await process.write(
        "clientVersion:\n  gitVersion: \(ownVersion)\n  major: \"1\"\n  minor: \"\(minor)\"\n  "
          + "platform: linux/amd64\n")
    default:
      try await process.write(
        "kubeadm version: &version.Info{Major:\"1\", Minor:\"\(minor)\", EmulationMajor:\"\", "
          + "EmulationMinor:\"\", MinCompatibilityMajor:\"\", MinCompatibilityMinor:\"\", "
          + "GitVersion:\"\(ownVersion)\", GitCommit:\"98b35193b2ac7a23a673325f5e9b830ecd5ba406\", "
          + "GitTreeState:\"clean\", BuildDate:\"2026-06-10T00:00:00Z\", GoVersion:\"go1.26.6\", "
          + "Compiler:\"gc\", Platform:\"linux/amd64\"}\n")
    }
    return 0
  }

  func config(_ verb: String) async throws -> ExitStatus {
    let words = arguments.operands
    switch verb {
    case "images":
      let asked = arguments["kubernetes-version"].map { $0.hasPrefix("v") ? $0 : "v" + $0 }
      let images =
        ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"].map {
          "registry.k8s.io/\($0):\(asked ?? ownVersion)"
        } + [
          "registry.k8s.io/coredns/coredns:v1.13.1", "registry.k8s.io/pause:3.10.1",
          ControlPlaneManifests.etcdImage,
        ]
      let isPull = words.dropFirst(2).first == "pull"
      for image in images {
        if isPull { host.kubelet.images.insert(image) }
        try await process.write((isPull ? "[config/images] Pulled " : "") + image + "\n")
      }
      return 0
    case "print":
      let what = words.dropFirst(2).first ?? "init-defaults"
      guard ["init-defaults", "join-defaults"].contains(what) else {
        try await process.writeError("drydock: not simulated: kubeadm config print \(what)\n")
        return 1
      }
      let defaults = KubeadmConfiguration(version: "1.36.0")
      let documents =
        what == "join-defaults"
        ? [KubeadmConfiguration.joinDefaults] : [defaults.initial, defaults.cluster]
      try await process.write(
        documents.map { YAMLWriter.text($0) }.joined(separator: "---\n"))
      return 0
    case "migrate":
      let text = configuration.migrated
      guard let path = arguments["new-config"] else {
        try await process.write(text)
        return 0
      }
      do throws(HostError) {
        try process.replace(path, with: Array(text.utf8))
      } catch {
        return try await fail(
          "failed to write the new configuration to the file \(path.goQuoted): "
            + error.text.lowercased())
      }
      return 0
    case "validate":
      if let problem = configuration.warnings.first(where: { $0.contains("strict decoding") }) {
        return try await fail(problem)
      }
      try await process.write("ok\n")
      return 0
    default:
      return try await fail("unknown command \"\(verb)\" for \"kubeadm config\"")
    }
  }

  /// A kubeconfig for one more user, signed by the cluster's authority.
  func kubeconfig() async throws -> ExitStatus {
    guard let user = arguments["client-name"], !user.isEmpty else {
      return try await fail("required flag(s) \"client-name\" not set")
    }
    guard files.text("/etc/kubernetes/pki/ca.key") != nil else {
      return try await fail(
        "couldn't load CA certificate: failure loading key for ca: couldn't load the private key "
          + "file /etc/kubernetes/pki/ca.key: open /etc/kubernetes/pki/ca.key: no such file or "
          + "directory")
    }
    let groups = arguments.all("org").flatMap { $0.split(separator: ",").map(String.init) }
    let made = cluster.keys.leaf(
      "user/\(user)/\(groups.joined(separator: ","))",
      .init(commonName: user, organizations: groups), by: .kubernetes, uses: [.client],
      from: cluster.timeline.now.seconds)
    let address = cluster.controlPlane?.address ?? "127.0.0.1"
    try await process.write(
      Kubeconfigs.text(
        server: "https://\(address):6443", authority: cluster.keys.authority.facts.pem, user: user,
        certificate: made.certificate, key: made.key))
    return 0
  }
}
