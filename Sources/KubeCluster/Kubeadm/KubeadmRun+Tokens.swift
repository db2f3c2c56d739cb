import Documents
import KubeAPIServer
import KubeNode
import KubeObjects
import Linux
import PKI
import Shell
import Simulation

extension KubeadmRun {
  func token(_ verb: String) async throws -> ExitStatus {
    if verb == "generate" {
      try await process.write(newToken() + "\n")
      return 0
    }
    if let refusal = serverRefusal() { return try await fail(refusal) }
    switch verb {
    case "create": return try await createToken()
    case "list", "": return try await listTokens()
    case "delete": return try await deleteTokens()
    default: return try await fail("unknown command \"\(verb)\" for \"kubeadm token\"")
    }
  }

  func newToken() -> String {
    let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz")
    var bits = host.machine.randomBits()
    var text = ""
    for index in 0..<22 {
      if index % 8 == 0 { bits = host.machine.randomBits() }
      text.append(letters[Int(bits % 36)])
      bits /= 36
    }
    return "\(text.prefix(6)).\(text.suffix(16))"
  }

  static func isToken(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isPlain = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2E
    }
    return parts.count == 2 && parts[0].count == 6 && parts[1].count == 16 && isPlain
  }

  /// Go's durations: 24h, 1h30m, 0 for ever.
  static func span(_ text: String) -> Span? {
    if text == "0" { return .zero }
    var nanoseconds: Int64 = 0
    var digits = ""
    for character in text {
      if character.isNumber {
        digits.append(character)
        continue
      }
      let scale: Int64 = character == "h" ? 3600 : character == "m" ? 60 : character == "s" ? 1 : 0
      guard scale > 0, let number = Int64(digits), number < 1_000_000 else { return nil }
      nanoseconds += number * scale * 1_000_000_000
      digits = ""
    }
    return digits.isEmpty && nanoseconds > 0 ? Span(nanoseconds: nanoseconds) : nil
  }

  /// The Secret that keeps a token, as the flags want it.
  func tokenSecret(_ token: String, ttl: Span) -> Value {
    let groups = arguments["groups"] ?? "system:bootstrappers:kubeadm:default-node-token"
    var data: [String: String] = [
      "token-id": String(token.prefix(6)), "token-secret": String(token.suffix(16)),
      "auth-extra-groups": groups,
    ]
    for usage in (arguments["usages"] ?? "signing,authentication").split(separator: ",") {
      data["usage-bootstrap-\(usage)"] = "true"
    }
    if ttl > .zero { data["expiration"] = (cluster.timeline.now + ttl).rfc3339 }
    if let text = arguments["description"] { data["description"] = text }
    return [
      "apiVersion": "v1", "kind": "Secret", "type": "bootstrap.kubernetes.io/token",
      "metadata": [
        "name": .string("bootstrap-token-\(token.prefix(6))"), "namespace": "kube-system",
      ],
      "data": .strings(data.mapValues { Base64.encode(Array($0.utf8)) }),
    ]
  }

  private func createToken() async throws -> ExitStatus {
    let token = arguments.operands.dropFirst(2).first ?? newToken()
    guard Self.isToken(token) else {
      return try await fail(
        "the bootstrap token \"\(token)\" was not of the form \"\\A([a-z0-9]{6})\\.([a-z0-9]{16})\\z\""
      )
    }
    guard let ttl = Self.span(arguments["ttl"] ?? "24h") else {
      return try await fail(
        "invalid argument \"\(arguments["ttl"] ?? "")\" for \"--ttl\" flag: time: invalid duration")
    }
    do throws(StatusError) {
      _ = try client.create(.secrets, tokenSecret(token, ttl: ttl), namespace: "kube-system")
    } catch {
      return try await fail(
        error.reason == "AlreadyExists"
          ? "a token with id \"\(token.prefix(6))\" already exists" : error.message)
    }
    guard arguments.has("print-join-command") else {
      try await process.write(token + "\n")
      return 0
    }
    try await process.write(
      "kubeadm join \(cluster.controlPlane?.address ?? ""):6443 --token \(token) "
        + "--discovery-token-ca-cert-hash \(authorityHash) "
        + (arguments["certificate-key"].map { "--control-plane --certificate-key \($0)" } ?? "")
        + "\n")
    return 0
  }

  /// SHA-256 of the authority's public key, as discovery pins it.
  var authorityHash: String {
    let block = PEM.blocks(in: cluster.keys.authority.facts.publicKey.pem).first
    return "sha256:" + Digest.sha256(block?.bytes ?? [])
  }

  private var tokens: [[String: String]] {
    let secrets =
      (try? client.list(
        .secrets, namespace: "kube-system",
        fieldSelector: "type=bootstrap.kubernetes.io/token")) ?? []
    return secrets.compactMap { secret in
      secret["data"]?.strings.mapValues { Base64.text($0) }
    }
  }

  private func listTokens() async throws -> ExitStatus {
    var rows = [["TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS"]]
    for data in tokens {
      let expiry = data["expiration"].flatMap { Moment(rfc3339: $0) }
      let left = expiry.map { max(0, ($0 - cluster.timeline.now).seconds) }
      let usages = ["authentication", "signing"].filter { data["usage-bootstrap-\($0)"] == "true" }
      rows.append([
        "\(data["token-id"] ?? "").\(data["token-secret"] ?? "")",
        left.map { $0 >= 3600 ? "\($0 / 3600)h" : $0 >= 60 ? "\($0 / 60)m" : "\($0)s" }
          ?? "<forever>",
        data["expiration"] ?? "<never>", usages.joined(separator: ","),
        data["description"] ?? "<none>", data["auth-extra-groups"] ?? "",
      ])
    }
    if rows.count > 1 { try await process.write(ToolTable.plain(rows)) }
    return 0
  }

  private func deleteTokens() async throws -> ExitStatus {
    for word in arguments.operands.dropFirst(2) {
      let id = word.prefix(6)
      do throws(StatusError) {
        try client.delete(.secrets, "bootstrap-token-\(id)", namespace: "kube-system")
      } catch {
        return try await fail(
          "failed to delete bootstrap token \"\(id)\" "
            + "[secrets \"bootstrap-token-\(id)\" not found]")
      }
      try await process.write("bootstrap token \"\(id)\" deleted\n")
    }
    return 0
  }

  // MARK: joining and leaving

  func join() async throws -> ExitStatus {
    let ignores = arguments["ignore-preflight-errors"] == "all"
    var errors: [String] = []
    if files.status("/etc/kubernetes/kubelet.conf") != nil {
      errors.append(
        "FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists")
    }
    if host.process != nil { errors.append("Port-10250]: Port 10250 is in use") }
    if files.status("/etc/kubernetes/pki/ca.crt") != nil {
      errors.append(
        "FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists")
    }
    if arguments.has("control-plane") {
      try await process.writeError("drydock: not simulated: a second control plane node\n")
      return 1
    }
    try await process.write("[preflight] Running pre-flight checks\n")
    if !errors.isEmpty, !ignores { return try await preflight(errors) }
    let discovery = configuration.joining[path: "discovery", "bootstrapToken"]
    let hashes = discovery?["caCertHashes"]?.array?.compactMap(\.string) ?? []
    guard let plane = cluster.controlPlane,
      let endpoint = arguments.operands.dropFirst().first
        ?? discovery?["apiServerEndpoint"]?.string
    else {
      return try await fail("discovery: Invalid value: \"\": bootstrapToken or file must be set")
    }
    let token =
      arguments["token"] ?? arguments["discovery-token"] ?? discovery?["token"]?.string ?? ""
    guard Self.isToken(token) else {
      return try await fail(
        "discovery.bootstrapToken.token: Invalid value: \"\(token)\": the bootstrap token is invalid"
      )
    }
    let pinned = arguments["discovery-token-ca-cert-hash"] ?? hashes.first
    let skips = discovery?["unsafeSkipCAVerification"]?.bool ?? false
    if pinned == nil, !skips,
      !arguments.has("discovery-token-unsafe-skip-ca-verification")
    {
      return try await fail(
        "discovery.bootstrapToken: Invalid value: \"\": using token-based discovery without "
          + "caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config "
          + "file or pass --discovery-token-unsafe-skip-ca-verification flag to continue")
    }
    if let problem = plane.refusal(of: "https://" + endpoint, from: host.machine) {
      try await process.sleep(.minutes(5))
      return try await fail(
        "couldn't validate the identity of the API Server: failed to request the cluster-info "
          + "ConfigMap: Get \"https://\(endpoint)/api/v1/namespaces/kube-public/configmaps/"
          + "cluster-info?timeout=10s\": \(problem)")
    }
    guard cluster.keys.user(of: .bearer(token)) != nil else {
      try await process.sleep(.minutes(5))
      return try await fail(
        "couldn't validate the identity of the API Server: could not find a JWS signature in the "
          + "cluster-info ConfigMap for token ID \"\(token.prefix(6))\"")
    }
    if let hash = pinned, hash != authorityHash {
      return try await fail(
        "couldn't validate the identity of the API Server: cluster CA found in cluster-info ConfigMap "
          + "is invalid: none of the public keys \"\(authorityHash)\" are pinned")
    }
    return try await beNode()
  }

  private func beNode() async throws -> ExitStatus {
    try await process.write(
      reading("preflight")
        + "[kubelet-start] Writing kubelet configuration to file \"/var/lib/kubelet/config.yaml\"\n"
        + "[kubelet-start] Writing kubelet environment file with flags to file "
        + "\"/var/lib/kubelet/kubeadm-flags.env\"\n[kubelet-start] Starting the kubelet\n"
        + "[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can "
        + "take up to 4m0s\n")
    NodeFiles(host).join()
    try await writeKubeletConfiguration()
    try await restartKubelet()
    try await process.write(
      "[kubelet-check] The kubelet is healthy after 1.002s\n"
        + "[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n\n"
        + "This node has joined the cluster:\n"
        + "* Certificate signing request was sent to apiserver and a response was received.\n"
        + "* The Kubelet was informed of the new secure connection details.\n\n"
        + "Run 'kubectl get nodes' on the control-plane to see this node join the cluster.\n\n")
    return 0
  }

  /// The cluster's configuration of kubelets becomes this node's (kubelet.WriteConfigToDisk).
  func writeKubeletConfiguration() async throws {
    guard
      let object = try? client.get(.configMaps, "kubelet-config", namespace: "kube-system"),
      let text = object[path: "data", "kubelet"]?.string, var config = try? YAML.parse(text),
      config["kind"]?.string == "KubeletConfiguration"
    else { return }
    config["containerRuntimeEndpoint"] = "unix:///run/containerd/containerd.sock"
    try files.place(YAMLWriter.text(config), at: "/var/lib/kubelet/config.yaml")
  }

  func restartKubelet() async throws {
    if let services = host.machine.services, let unit = services.unit("kubelet.service") {
      if let ending = services.stop(unit) { _ = try await process.wait(for: ending) }
      services.start(unit)
    }
    try await process.sleep(.seconds(2))
  }

  func reset() async throws -> ExitStatus {
    if !arguments.has("force") {
      try await process.write(
        "W\(Linux.Calendar(cluster.timeline.now).formatted("%m%d %H:%M:%S")) preflight.go:56] "
          + "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be "
          + "reverted.\n[reset] Are you sure you want to proceed? [y/N]: ")
      let answer = try await process.readLine() ?? ""
      guard ["y", "yes"].contains(answer.lowercased()) else {
        return try await fail("won't proceed; the user didn't answer (Y|y) in order to continue")
      }
    }
    try await process.write(
      "[preflight] Running pre-flight checks\n[reset] Stopping the kubelet service\n"
        + "[reset] Unmounting mounted directories in \"/var/lib/kubelet\"\n")
    if let services = host.machine.services, let unit = services.unit("kubelet.service"),
      let ending = services.stop(unit)
    {
      _ = try await process.wait(for: ending)
    }
    host.kubelet.removeAll()
    for path in [
      "/etc/kubernetes/manifests", "/var/lib/kubelet", "/etc/kubernetes/pki",
    ] { try? files.removeAll(path) }
    for name in [
      "admin.conf", "super-admin.conf", "kubelet.conf", "bootstrap-kubelet.conf",
      "controller-manager.conf", "scheduler.conf",
    ] { try? files.removeAll("/etc/kubernetes/\(name)") }
    if host.plan.isControlPlane { try? files.removeAll("/var/lib/etcd") }
    for path in ["/etc/kubernetes/manifests", "/var/lib/kubelet"] {
      try? files.makeDirectories(path)
    }
    try await process.write(
      "[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet "
        + "/etc/kubernetes/pki]\n[reset] Deleting files: [/etc/kubernetes/admin.conf "
        + "/etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf "
        + "/etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf "
        + "/etc/kubernetes/scheduler.conf]\n\nThe reset process does not perform cleanup of CNI plugin "
        + "configuration,\nnetwork filtering rules and kubeconfig files.\n\nFor information on how to "
        + "perform this cleanup manually, please see:\n"
        + "    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/\n\n")
    return 0
  }
}
