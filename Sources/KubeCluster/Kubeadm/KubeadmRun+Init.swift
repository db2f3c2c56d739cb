import Documents
import KubeAPIServer
import KubeNode
import KubeObjects
import Linux
import PKI
import Shell
import Simulation

/// `kubeadm init` and its phases, each of which can be run alone.
extension KubeadmRun {
  var manifestFolder: String { "/etc/kubernetes/manifests" }
  var serverURL: String { "https://\(host.plan.address):6443" }

  /// As kubeadm reaches a server in which it has no rights yet: with super-admin.conf.
  var superClient: ComponentClient {
    ComponentClient(
      server: cluster.server,
      user: UserInfo(name: "kubernetes-super-admin", groups: ["system:masters"]),
      manager: "kubeadm")
  }

  func initialize() async throws -> ExitStatus {
    guard host.plan.isControlPlane else {
      try await process.writeError("drydock: not simulated: a control plane on this machine\n")
      return 1
    }
    let words = arguments.operands.dropFirst()
    if words.first == "phase" {
      return try await phase(words.dropFirst().first ?? "", words.dropFirst(2).first ?? "")
    }
    if let stranger = words.first {
      return try await fail("unknown command \"\(stranger)\" for \"kubeadm init\"")
    }
    let version = configuration.version ?? ownVersion
    guard Self.minor(version) >= Self.minor(ownVersion) - 1 else {
      return try await fail(
        "this version of kubeadm only supports deploying clusters with the control plane version >= "
          + "1.\(Self.minor(ownVersion) - 1).0. Current version: \(version)")
    }
    try await process.write("[init] Using Kubernetes version: \(version)\n")
    let errors = initialErrors
    if !errors.isEmpty, arguments["ignore-preflight-errors"] != "all" {
      try await process.write("[preflight] Running pre-flight checks\n")
      return try await preflight(errors)
    }
    let whole: [(String, String)] = [
      ("preflight", ""), ("certs", "all"), ("kubeconfig", "all"), ("etcd", "local"),
      ("control-plane", "all"), ("kubelet-start", ""), ("wait-control-plane", ""),
      ("upload-config", "all"), ("upload-certs", ""), ("mark-control-plane", ""),
      ("bootstrap-token", ""), ("kubelet-finalize", "all"), ("addon", "all"),
    ]
    let skipped = Set(
      arguments.all("skip-phases").flatMap { $0.split(separator: ",").map(String.init) })
    for (name, part) in whole where !skipped.contains(name) {
      let status = try await phase(name, part)
      if status != 0 { return status }
    }
    return try await farewell()
  }

  private static func minor(_ version: String) -> Int {
    let parts = version.split(separator: ".")
    return parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  }

  private var initialErrors: [String] {
    var errors: [String] = []
    if let plane = cluster.controlPlane {
      let ports: [(ControlPlane.Part, Int)] = [
        (.apiServer, 6443), (.scheduler, 10259), (.controllerManager, 10257),
      ]
      for (part, port) in ports where plane.isServing(part) {
        errors.append("Port-\(port)]: Port \(port) is in use")
      }
    }
    for name in ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"] {
      let path = "\(manifestFolder)/\(name).yaml"
      guard files.status(path) != nil else { continue }
      errors.append("FileAvailable--etc-kubernetes-manifests-\(name).yaml]: \(path) already exists")
    }
    if host.process != nil { errors.append("Port-10250]: Port 10250 is in use") }
    if cluster.controlPlane?.isServing(.etcd) == true {
      errors += ["2379", "2380"].map { "Port-\($0)]: Port \($0) is in use" }
    }
    if let names = try? files.names(in: "/var/lib/etcd"), !names.isEmpty {
      errors.append("DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty")
    }
    return errors
  }

  // MARK: phases

  private func phase(_ name: String, _ part: String) async throws -> ExitStatus {
    let parts = Self.parts[name]
    guard let parts else {
      return name.isEmpty
        ? try await help()
        : try await fail("unknown command \"\(name)\" for \"kubeadm init phase\"")
    }
    if !parts.isEmpty, !(parts + ["all"]).contains(part) {
      return part.isEmpty
        ? try await help()
        : try await fail("unknown command \"\(part)\" for \"kubeadm init phase \(name)\"")
    }
    let chosen = part == "all" ? parts : [part]
    switch name {
    case "preflight":
      try await process.write(
        "[preflight] Running pre-flight checks\n[preflight] Pulling images required for setting up a "
          + "Kubernetes cluster\n[preflight] This might take a minute or two, depending on the speed "
          + "of your internet connection\n[preflight] You can also perform this action beforehand "
          + "using 'kubeadm config images pull'\n")
      try await process.sleep(.seconds(8))
      return 0
    case "certs":
      try await process.write(
        "[certs] Using certificateDir folder \"\(PlaneCertificate.folder)\"\n")
      for one in chosen {
        let status = try await certify(one)
        if status != 0 { return status }
      }
      return 0
    case "kubeconfig":
      try await process.write("[kubeconfig] Using kubeconfig folder \"/etc/kubernetes\"\n")
      for one in chosen { try await writeKubeconfig(one) }
      return 0
    case "etcd":
      try writeManifest("etcd")
      try await process.write(
        "[etcd] Creating static Pod manifest for local etcd in \"\(manifestFolder)\"\n")
      return 0
    case "control-plane":
      try await process.write("[control-plane] Using manifest folder \"\(manifestFolder)\"\n")
      for one in chosen {
        try writeManifest("kube-" + one)
        try await process.write(
          "[control-plane] Creating static Pod manifest for \"kube-\(one)\"\n")
      }
      return 0
    case "kubelet-start": return try await startKubelet()
    case "wait-control-plane": return try await waitForPlane()
    case "kubelet-finalize":
      try await process.write(
        "[kubelet-finalize] Updating \"/etc/kubernetes/kubelet.conf\" to point to a rotatable kubelet "
          + "client certificate and key\n")
      return 0
    case "upload-certs" where !arguments.has("upload-certs"):
      try await process.write("[upload-certs] Skipping phase. Please see --upload-certs\n")
      return 0
    default: break
    }
    if let plane = cluster.controlPlane,
      let refusal = plane.refusal(of: serverURL, from: host.machine)
    {
      return try await fail("error execution phase \(name): Get \"\(serverURL)/\": \(refusal)")
    }
    do throws(StatusError) {
      switch name {
      case "upload-certs": return try await uploadCertificates()
      case "upload-config": return try await uploadConfiguration(chosen)
      case "mark-control-plane": return try await markControlPlane()
      case "bootstrap-token": return try await bootstrapToken()
      default: return try await addOns(chosen)
      }
    } catch {
      return try await fail("error execution phase \(name): \(error.message)")
    }
  }

  /// The phases with their parts; kubeadm's names and order.
  static let parts: KeyValuePairs<String, [String]> = [
    "preflight": [],
    "certs": [
      "ca", "apiserver", "apiserver-kubelet-client", "front-proxy-ca", "front-proxy-client",
      "etcd-ca", "etcd-server", "etcd-peer", "etcd-healthcheck-client", "apiserver-etcd-client",
      "sa",
    ],
    "kubeconfig": ["admin", "super-admin", "kubelet", "controller-manager", "scheduler"],
    "etcd": ["local"], "control-plane": ["apiserver", "controller-manager", "scheduler"],
    "kubelet-start": [], "wait-control-plane": [], "upload-config": ["kubeadm", "kubelet"],
    "upload-certs": [], "mark-control-plane": [], "bootstrap-token": [],
    "kubelet-finalize": ["enable-client-cert-rotation"], "addon": ["coredns", "kube-proxy"],
    "show-join-command": [],
  ]

  private func startKubelet() async throws -> ExitStatus {
    try await process.write(
      "[kubelet-start] Writing kubelet environment file with flags to file "
        + "\"/var/lib/kubelet/kubeadm-flags.env\"\n[kubelet-start] Writing kubelet configuration to "
        + "file \"/var/lib/kubelet/config.yaml\"\n[kubelet-start] Starting the kubelet\n")
    NodeFiles(host).join()
    try await restartKubelet()
    return 0
  }

  private func waitForPlane() async throws -> ExitStatus {
    try await process.write(
      "[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from "
        + "directory \"\(manifestFolder)\"\n[kubelet-check] Waiting for a healthy kubelet at "
        + "http://127.0.0.1:10248/healthz. This can take up to 4m0s\n[kubelet-check] The kubelet is "
        + "healthy after 501.2ms\n[control-plane-check] Waiting for healthy control plane components. "
        + "This can take up to 4m0s\n[control-plane-check] Checking kube-apiserver at "
        + "\(serverURL)/livez\n[control-plane-check] Checking kube-controller-manager at "
        + "https://127.0.0.1:10257/healthz\n[control-plane-check] Checking kube-scheduler at "
        + "https://127.0.0.1:10259/livez\n")
    let parts: [ControlPlane.Part] = [.controllerManager, .scheduler, .apiServer]
    let start = cluster.timeline.now
    var open = parts
    while !open.isEmpty {
      try await process.sleep(.milliseconds(500))
      let span = cluster.timeline.now - start
      for part in open where cluster.controlPlane?.isServing(part) == true {
        let tenths = span.nanoseconds / 100_000_000
        try await process.write(
          "[control-plane-check] \(part.rawValue) is healthy after \(tenths / 10).\(tenths % 10)s\n"
        )
        open.removeAll { $0 == part }
      }
      guard span < .minutes(4) || open.isEmpty else {
        let names = open.map(\.rawValue).joined(separator: ", ")
        return try await fail(
          "error execution phase wait-control-plane: failed while waiting for the control plane to "
            + "start: [\(names) check failed: context deadline exceeded]")
      }
    }
    return 0
  }

  private func put(_ object: Value) throws(StatusError) {
    guard let resource = cluster.server.resource(of: object) else {
      throw .badRequest("no such kind")
    }
    if (try? superClient.get(resource, object.name, namespace: object.namespace)) == nil {
      _ = try superClient.create(resource, object, namespace: object.namespace)
    } else {
      _ = try superClient.patch(
        resource, object.name, namespace: object.namespace, .merge, object)
    }
  }

  private func objects(_ names: Set<String>, kinds: Set<String> = []) -> [Value] {
    AddOns.objects(
      controlPlane: host.plan, authorityPEM: cluster.keys.authority.facts.pem, plugIn: nil
    ).filter { names.contains($0.name) && (kinds.isEmpty || kinds.contains($0.kind)) }
  }

  private func uploadConfiguration(_ parts: [String]) async throws(StatusError) -> ExitStatus {
    if parts.contains("kubeadm") {
      await say(
        "[upload-config] Storing the configuration used in ConfigMap \"kubeadm-config\" in the "
          + "\"kube-system\" Namespace\n")
      for var object in objects(["kubeadm-config"]) {
        var shown = configuration.cluster
        shown["kubernetesVersion"] = .string(configuration.version ?? ownVersion)
        if shown[path: "networking", "podSubnet"] == nil {
          // What the manifests say when nobody said anything.
          shown["networking"]?["podSubnet"] = .string(cluster.blueprint.podCIDR)
        }
        object["data"]?["ClusterConfiguration"] = .string(YAMLWriter.text(shown))
        try put(object)
      }
    }
    if parts.contains("kubelet") {
      await say(
        "[kubelet] Creating a ConfigMap \"kubelet-config\" in namespace kube-system with the "
          + "configuration for the kubelets in the cluster\n")
      for object in objects(["kubelet-config"]) { try put(object) }
    }
    return 0
  }

  /// A line that is lost when nobody reads any more.
  private func say(_ text: String) async { try? await process.write(text) }

  private func uploadCertificates() async throws(StatusError) -> ExitStatus {
    var key = ""
    for _ in 0..<4 {
      let word = String(host.machine.randomBits(), radix: 16)
      key += String(repeating: "0", count: 16 - word.count) + word
    }
    key = arguments["certificate-key"] ?? key
    var data: [String: String] = [:]
    for name in [
      "ca.crt", "ca.key", "etcd/ca.crt", "etcd/ca.key", "front-proxy-ca.crt", "front-proxy-ca.key",
      "sa.key", "sa.pub",
    ] {
      let text = files.text("\(PlaneCertificate.folder)/\(name)") ?? ""
      let sealed = StoredForm.sealed(Array(text.utf8), key, name, cluster.seed)
      data[name.replacing("/", with: "-")] = Base64.encode(sealed)
    }
    try put([
      "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
      "metadata": ["name": "kubeadm-certs", "namespace": "kube-system"], "data": .strings(data),
    ])
    await say(
      "[upload-certs] Storing the certificates in Secret \"kubeadm-certs\" in the \"kube-system\" "
        + "Namespace\n[upload-certs] Using certificate key:\n\(key)\n")
    return 0
  }

  private func markControlPlane() async throws(StatusError) -> ExitStatus {
    let name = host.plan.name
    let prefix = "[mark-control-plane] Marking the node \(name) as control-plane by adding the "
    let taints =
      configuration.taints ?? [
        ["key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"]
      ]
    let shown = taints.map { "\($0["key"]?.string ?? ""):\($0["effect"]?.string ?? "")" }
    await say(
      "\(prefix)labels: [node-role.kubernetes.io/control-plane "
        + "node.kubernetes.io/exclude-from-external-load-balancers]\n")
    if !taints.isEmpty {
      await say("\(prefix)taints [\(shown.joined(separator: " "))]\n")
    }
    _ = try superClient.patch(
      .nodes, name, .strategic,
      [
        "metadata": [
          "labels": [
            "node-role.kubernetes.io/control-plane": "",
            "node.kubernetes.io/exclude-from-external-load-balancers": "",
          ]
        ],
        "spec": ["taints": .array(taints)],
      ])
    return 0
  }

  private func bootstrapToken() async throws(StatusError) -> ExitStatus {
    let token = arguments["token"] ?? configuration.token ?? newToken()
    let prefix = "[bootstrap-token] Configured RBAC rules to allow"
    await say(
      "[bootstrap-token] Using token: \(token)\n[bootstrap-token] Configuring bootstrap tokens, "
        + "cluster-info ConfigMap, RBAC Roles\n\(prefix) Node Bootstrap tokens to get nodes\n"
        + "\(prefix) Node Bootstrap tokens to post CSRs in order for nodes to get long term "
        + "certificate credentials\n\(prefix) the csrapprover controller automatically approve CSRs "
        + "from a Node Bootstrap Token\n\(prefix) certificate rotation for all node client "
        + "certificates in the cluster\n[bootstrap-token] Creating the \"cluster-info\" ConfigMap in "
        + "the \"kube-public\" namespace\n")
    try put(tokenSecret(token, ttl: .seconds(86_400)))
    for object in objects(["cluster-info"]) { try put(object) }
    return 0
  }

  private func addOns(_ parts: [String]) async throws(StatusError) -> ExitStatus {
    if parts.contains("coredns") {
      for object in objects(["coredns", "kube-dns"]) { try put(object) }
      await say("[addons] Applied essential addon: CoreDNS\n")
    }
    if parts.contains("kube-proxy") {
      for object in objects(["kube-proxy"]) { try put(object) }
      await say("[addons] Applied essential addon: kube-proxy\n")
    }
    return 0
  }
}

extension KeyValuePairs where Key == String {
  fileprivate subscript(_ key: String) -> Value? { first { $0.key == key }?.value }
}
