import Documents
import KubeObjects
import Linux

/// What flags and a configuration file tell kubeadm of a cluster: kubeadm.k8s.io/v1beta4.
struct KubeadmConfiguration {
  /// ClusterConfiguration, InitConfiguration and JoinConfiguration with their defaults.
  private(set) var cluster: Value
  private(set) var initial: Value
  private(set) var joining: Value = .null
  /// KubeletConfiguration and KubeProxyConfiguration, as given.
  private(set) var components: [Value] = []
  /// klog's warnings of old or unknown fields.
  private(set) var warnings: [String] = []
  private var given: Set<String> = []

  struct Problem: Error { var text: String }

  static let group = "kubeadm.k8s.io"
  static let current = "v1beta4"

  init(version: String) {
    cluster = [
      "apiServer": [:], "apiVersion": "kubeadm.k8s.io/v1beta4",
      "caCertificateValidityPeriod": "87600h0m0s", "certificateValidityPeriod": "8760h0m0s",
      "certificatesDir": .string(PlaneCertificate.folder), "clusterName": "kubernetes",
      "controllerManager": [:], "dns": [:], "encryptionAlgorithm": "RSA-2048",
      "etcd": ["local": ["dataDir": "/var/lib/etcd"]], "imageRepository": "registry.k8s.io",
      "kind": "ClusterConfiguration", "kubernetesVersion": .string(version),
      "networking": ["dnsDomain": "cluster.local", "serviceSubnet": "10.96.0.0/12"],
      "proxy": [:], "scheduler": [:],
    ]
    initial = [
      "apiVersion": "kubeadm.k8s.io/v1beta4",
      "bootstrapTokens": [
        [
          "groups": ["system:bootstrappers:kubeadm:default-node-token"],
          "token": "abcdef.0123456789abcdef", "ttl": "24h0m0s",
          "usages": ["signing", "authentication"],
        ]
      ],
      "kind": "InitConfiguration",
      "localAPIEndpoint": ["advertiseAddress": "1.2.3.4", "bindPort": 6443],
      "nodeRegistration": Self.registration, "timeouts": Self.timeouts,
    ]
  }

  private static let registration: Value = [
    "criSocket": "unix:///var/run/containerd/containerd.sock", "imagePullPolicy": "IfNotPresent",
    "imagePullSerial": true, "name": "node", "taints": .null,
  ]

  private static let timeouts: Value = [
    "controlPlaneComponentHealthCheck": "4m0s", "discovery": "5m0s", "etcdAPICall": "2m0s",
    "kubeletHealthCheck": "4m0s", "kubernetesAPICall": "1m0s", "tlsBootstrap": "5m0s",
    "upgradeManifests": "5m0s",
  ]

  static let joinDefaults: Value = [
    "apiVersion": "kubeadm.k8s.io/v1beta4", "caCertPath": "/etc/kubernetes/pki/ca.crt",
    "discovery": [
      "bootstrapToken": [
        "apiServerEndpoint": "kube-apiserver:6443", "token": "abcdef.0123456789abcdef",
        "unsafeSkipCAVerification": true,
      ],
      "tlsBootstrapToken": "abcdef.0123456789abcdef",
    ],
    "kind": "JoinConfiguration", "nodeRegistration": Self.registration,
    "timeouts": Self.timeouts,
  ]

  // MARK: reading

  /// Reads the documents of a file.
  init(_ text: String, version: String) throws(Problem) {
    self.init(version: version)
    var seen = 0
    for part in Self.documents(text) {
      let document: Value
      do { document = try YAML.parse(part) } catch {
        throw Problem(text: "error converting YAML to JSON: \(error.message)")
      }
      if document.isNull { continue }
      seen += 1
      try take(document)
    }
    guard seen > 0, !given.isDisjoint(with: Self.kinds.keys) else {
      throw Problem(
        text:
          "no InitConfiguration, ClusterConfiguration or JoinConfiguration kind was found in the "
          + "YAML file")
    }
  }

  private static func documents(_ text: String) -> [String] {
    var parts = [""]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "---" || line.hasPrefix("--- ") {
        parts.append("")
      } else {
        parts[parts.count - 1] += line + "\n"
      }
    }
    return parts
  }

  private static let kinds: [String: Set<String>] = [
    "ClusterConfiguration": [
      "apiServer", "apiVersion", "caCertificateValidityPeriod", "certificateValidityPeriod",
      "certificatesDir", "clusterName", "controlPlaneEndpoint", "controllerManager", "dns",
      "encryptionAlgorithm", "etcd", "featureGates", "imageRepository", "kind",
      "kubernetesVersion", "networking", "proxy", "scheduler",
    ],
    "InitConfiguration": [
      "apiVersion", "bootstrapTokens", "certificateKey", "dryRun", "kind", "localAPIEndpoint",
      "nodeRegistration", "patches", "skipPhases", "timeouts",
    ],
    "JoinConfiguration": [
      "apiVersion", "caCertPath", "controlPlane", "discovery", "dryRun", "kind",
      "nodeRegistration", "patches", "skipPhases", "timeouts",
    ],
    "UpgradeConfiguration": [
      "apiVersion", "apply", "diff", "kind", "node", "plan", "timeouts",
    ],
    "ResetConfiguration": [
      "apiVersion", "certificatesDir", "cleanupTmpDir", "criSocket", "dryRun", "force",
      "ignorePreflightErrors", "kind", "skipPhases", "timeouts", "unmountFlags",
    ],
  ]

  private mutating func take(_ document: Value) throws(Problem) {
    let version = document["apiVersion"]?.string ?? ""
    let kind = document["kind"]?.string ?? ""
    guard !version.isEmpty, !kind.isEmpty else {
      throw Problem(
        text:
          "invalid configuration for GroupVersionKind /, Kind=: kind and apiVersion is mandatory "
          + "information that must be specified")
    }
    if version.hasSuffix(".config.k8s.io/v1beta1") || version.hasSuffix(".config.k8s.io/v1alpha1") {
      components.append(document)
      return
    }
    let number = version.hasPrefix("\(Self.group)/") ? version.dropFirst(Self.group.count + 1) : ""
    switch number {
    case "v1beta4": break
    case "v1beta3":
      warnings.append(
        "your configuration file uses a deprecated API spec: \(version.goQuoted) (kind: "
          + "\(kind.goQuoted)). Please use 'kubeadm config migrate --old-config old-config-file "
          + "--new-config new-config-file', which will write the new, similar spec using a newer API "
          + "version.")
    case "v1alpha1", "v1alpha2", "v1alpha3", "v1beta1", "v1beta2":
      let release = ["v1beta1": "v1.15", "v1beta2": "v1.22"][String(number)] ?? "v1.13"
      throw Problem(
        text: "your configuration file uses an old API spec: \(version.goQuoted) (kind: "
          + "\(kind.goQuoted)). Please use kubeadm \(release) instead and run 'kubeadm config migrate "
          + "--old-config old-config-file --new-config new-config-file', which will write the new, "
          + "similar spec using a newer API version.")
    default:
      warnings.append(
        "ignored configuration document with GroupVersionKind \(version), Kind=\(kind)")
      return
    }
    guard let known = Self.kinds[kind] else {
      throw Problem(text: "no kind \(kind.goQuoted) is registered for version \(version.goQuoted)")
    }
    guard given.insert(kind).inserted else {
      throw Problem(
        text: "invalid configuration: kind \(kind.goQuoted) is specified twice in YAML file")
    }
    for (name, _) in document.object ?? [:] where !known.contains(name) {
      warnings.append(
        "error unmarshaling configuration schema.GroupVersionKind{Group:\"\(Self.group)\", "
          + "Version:\(String(number).goQuoted), Kind:\(kind.goQuoted)}: strict decoding error: unknown "
          + "field \(name.goQuoted)")
    }
    var converted = document
    converted["apiVersion"] = .string("\(Self.group)/\(Self.current)")
    for part in ["apiServer", "controllerManager", "scheduler"] {
      if let arguments = converted[path: part, "extraArgs"] {
        converted[part]?["extraArgs"] = Self.list(arguments)
      }
    }
    if let arguments = converted[path: "etcd", "local", "extraArgs"] {
      converted["etcd"]?["local"]?["extraArgs"] = Self.list(arguments)
    }
    if let arguments = converted[path: "nodeRegistration", "kubeletExtraArgs"] {
      converted["nodeRegistration"]?["kubeletExtraArgs"] = Self.list(arguments)
    }
    switch kind {
    case "ClusterConfiguration": cluster = Self.merge(converted, into: cluster)
    case "InitConfiguration": initial = Self.merge(converted, into: initial)
    case "JoinConfiguration": joining = Self.merge(converted, into: Self.joinDefaults)
    default: break
    }
  }

  /// v1beta3 had extra arguments as a map, v1beta4 has names and values.
  private static func list(_ arguments: Value) -> Value {
    guard let map = arguments.object else { return arguments }
    return .array(
      map.map { ["name": .string($0.key), "value": .string($0.value.string ?? "")] as Value }
        .sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") })
  }

  private static func merge(_ given: Value, into value: Value) -> Value {
    guard let members = given.object, value.object != nil else { return given }
    var merged = value
    for (name, member) in members {
      merged[name] = value[name].map { merge(member, into: $0) } ?? member
    }
    return merged
  }

  // MARK: writing

  /// The documents that were given, in the current version.
  var migrated: String {
    var documents: [Value] = []
    if given.contains("InitConfiguration") || given.contains("ClusterConfiguration") {
      documents += [initial, cluster]
    }
    if given.contains("JoinConfiguration") { documents.append(joining) }
    return (documents + components).map { YAMLWriter.text($0) }.joined(separator: "---\n")
  }

  // MARK: flags

  /// Takes the flags of `kubeadm init`.
  mutating func apply(_ arguments: ToolArguments) {
    func set(_ flag: String, _ body: (inout KubeadmConfiguration, Value) -> Void) {
      if let text = arguments[flag] { body(&self, .string(text)) }
    }
    set("pod-network-cidr") { $0.cluster["networking"]?["podSubnet"] = $1 }
    set("service-cidr") { $0.cluster["networking"]?["serviceSubnet"] = $1 }
    set("service-dns-domain") { $0.cluster["networking"]?["dnsDomain"] = $1 }
    set("control-plane-endpoint") { $0.cluster["controlPlaneEndpoint"] = $1 }
    set("image-repository") { $0.cluster["imageRepository"] = $1 }
    set("kubernetes-version") { $0.cluster["kubernetesVersion"] = $1 }
    let names = arguments.all("apiserver-cert-extra-sans").flatMap {
      $0.split(separator: ",").map { Value.string(String($0)) }
    }
    if !names.isEmpty { cluster["apiServer"]?["certSANs"] = .array(names) }
  }

  /// Flags that may not stand beside --config.
  static let exclusive = [
    "apiserver-advertise-address", "apiserver-bind-port", "apiserver-cert-extra-sans",
    "control-plane-endpoint", "image-repository", "kubernetes-version", "pod-network-cidr",
    "service-cidr", "service-dns-domain", "token",
  ]

  // MARK: what follows from it

  /// With a `v`; nil: no version at all.
  var version: String? {
    guard let text = cluster["kubernetesVersion"]?.string else { return nil }
    let plain = text.drop { $0 == "v" }
    let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 3 && parts.allSatisfy { Int($0) != nil } ? "v" + plain : nil
  }

  var token: String? {
    guard given.contains("InitConfiguration") else { return nil }
    let token = initial["bootstrapTokens"]?.array?.first?["token"]?.string
    return token == "abcdef.0123456789abcdef" ? nil : token
  }

  /// `host:port`, where the cluster has a name of its own.
  var endpoint: String? {
    cluster["controlPlaneEndpoint"]?.string.flatMap { text in
      text.isEmpty ? nil : text.contains(":") ? text : text + ":6443"
    }
  }

  var certificateNames: [String] {
    cluster[path: "apiServer", "certSANs"]?.array?.compactMap(\.string) ?? []
  }

  /// nil: kubeadm's own taint.
  var taints: [Value]? {
    initial[path: "nodeRegistration", "taints"].flatMap { $0.array }
  }

  /// A manifest of kubeadm's with what the configuration adds to its component.
  func amended(_ manifest: String, of name: String) -> String {
    var flags: [(String, String)] = []
    let networking = cluster["networking"]
    if name == "kube-controller-manager", let range = networking?["podSubnet"]?.string {
      flags.append(("cluster-cidr", range))
    }
    if name == "kube-apiserver" || name == "kube-controller-manager",
      let range = networking?["serviceSubnet"]?.string
    {
      flags.append(("service-cluster-ip-range", range))
    }
    if name == "etcd", let folder = cluster[path: "etcd", "local", "dataDir"]?.string {
      flags.append(("data-dir", folder))
    }
    let parts: [String: [String]] = [
      "etcd": ["etcd", "local"], "kube-apiserver": ["apiServer"],
      "kube-controller-manager": ["controllerManager"], "kube-scheduler": ["scheduler"],
    ]
    let part = (parts[name] ?? []).reduce(cluster as Value?) { $0?[$1] }
    for argument in part?["extraArgs"]?.array ?? [] {
      flags.append((argument["name"]?.string ?? "", argument["value"]?.string ?? ""))
    }
    var text = manifest
    if name == "etcd", let folder = cluster[path: "etcd", "local", "dataDir"]?.string {
      text = text.replacing("path: /var/lib/etcd\n", with: "path: \(folder)\n")
        .replacing("mountPath: /var/lib/etcd\n", with: "mountPath: \(folder)\n")
    }
    if let repository = cluster["imageRepository"]?.string {
      text = text.replacing("image: registry.k8s.io/", with: "image: \(repository)/")
    }
    return Self.set(flags, in: text)
  }

  /// Puts flags at their place in the alphabet of a command's list.
  private static func set(_ flags: [(name: String, value: String)], in text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let mark = "    - --"
    for (name, value) in flags where !name.isEmpty {
      lines.removeAll { $0.hasPrefix("\(mark)\(name)=") }
      let line = "\(mark)\(name)=\(value)"
      let index =
        lines.firstIndex { $0.hasPrefix(mark) && line < $0 }
        ?? lines.lastIndex { $0.hasPrefix(mark) }.map { $0 + 1 }
      if let index { lines.insert(line, at: index) }
    }
    return lines.joined(separator: "\n")
  }
}
