import Documents
import KubeAPIServer
import KubeNode
import Linux
import PKI
import Shell
import Simulation

/// The kubelet's binary: reads its configuration, and keeps the node's kubelet running.
struct KubeletProgram: Program {
  let name = "kubelet"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    if process.arguments.contains("--version") {
      try await process.write("Kubernetes \(host.installedVersion)\n")
      return 0
    }
    let flags = ComponentFlags(process.arguments)
    let check = KubeletCheck(host: host, flags: flags)
    let start: KubeletCheck.Start
    switch check.outcome() {
    case .failure(let refusal):
      try await process.writeError(
        KubernetesLog.line(
          "E", "run.go:72", "\"command failed\" err=\"\(refusal.message)\"",
          at: host.machine.timeline.now, process: process.id) + "\n")
      return 1
    case .success(let value): start = value
    }
    guard host.process == nil else {
      try await process.writeError(
        KubernetesLog.line(
          "E", "server.go:998",
          "\"Failed to listen and serve\" err=\"listen tcp 0.0.0.0:10250: bind: address already in "
            + "use\"", at: host.machine.timeline.now, process: process.id) + "\n")
      return 1
    }
    process.memory = 38 << 20
    process.handle([Signal.terminate, Signal.interrupt])
    let isNew = !host.adopts("kubelet")
    if isNew { try await greet(process, start) }
    host.kubeletStarted(process, start, isNew: isNew)
    defer { host.kubeletEnded(process) }
    while process.takeSignals().isEmpty { try await process.wait() }
    return 0
  }

  private func greet(_ process: Linux.Process, _ start: KubeletCheck.Start) async throws {
    var lines = [
      ("I", "server.go:529", "\"Kubelet version\" kubeletVersion=\"\(host.installedVersion)\""),
      ("I", "server.go:961", "\"Client rotation is on, will bootstrap in background\""),
      (
        "I", "dynamic_cafile_content.go:161",
        "\"Starting controller\" name=\"client-ca-bundle::/etc/kubernetes/pki/ca.crt\""
      ),
      (
        "I", "server.go:764",
        "\"--cgroups-per-qos enabled, but --cgroup-root was not specified.  "
          + "Defaulting to /\""
      ),
      ("I", "kubelet.go:475", "\"Attempting to sync node with API server\""),
    ]
    if let path = start.manifests {
      lines.append(("I", "kubelet.go:376", "\"Adding static pod path\" path=\"\(path)\""))
    }
    lines += start.warnings.map { ("W", "server.go:310", $0) }
    lines.append(("I", "server.go:1262", "\"Started kubelet\""))
    for (letter, place, text) in lines {
      try await process.writeError(
        KubernetesLog.line(
          letter, place, text, at: host.machine.timeline.now, process: process.id) + "\n")
    }
  }
}

/// Whether a kubelet can start with its flags and files.
struct KubeletCheck {
  struct Start {
    var server: String
    /// nil: it has a bootstrap kubeconfig only.
    var client: KubeconfigClient?
    var manifests: String?
    var access = KubeletAccess()
    var settings = KubeletSettings()
    var warnings: [String] = []
  }
  struct Refusal: Error { var message: String }

  let host: NodeHost
  let flags: ComponentFlags
  private var files: MountNamespace { host.machine.files }

  init(host: NodeHost, flags: ComponentFlags) {
    self.host = host
    self.flags = flags
  }

  private static let known: Set<String> = [
    "bootstrap-kubeconfig", "kubeconfig", "config", "container-runtime-endpoint",
    "pod-infra-container-image", "node-ip", "hostname-override", "node-labels",
    "register-with-taints", "v", "root-dir", "cert-dir", "cgroup-driver", "max-pods",
    "pod-manifest-path", "fail-swap-on", "feature-gates", "cluster-dns", "cluster-domain",
    "anonymous-auth", "authorization-mode", "client-ca-file", "read-only-port", "config-dir",
    "image-credential-provider-config", "image-credential-provider-bin-dir", "cloud-provider",
    "runtime-cgroups", "image-service-endpoint", "eviction-hard", "rotate-certificates",
    "tls-cert-file", "tls-private-key-file", "address", "port", "healthz-port", "event-qps",
    "protect-kernel-defaults", "streaming-connection-idle-timeout", "make-iptables-util-chains",
    "serialize-image-pulls", "kube-reserved", "system-reserved", "logging-format", "version",
    "tls-cipher-suites", "register-node", "provider-id",
  ]

  func outcome() -> Result<Start, Refusal> {
    func fail(_ text: String) -> Result<Start, Refusal> { .failure(Refusal(message: text)) }
    if let unknown = flags.given.first(where: { !Self.known.contains($0.name) }) {
      return fail("failed to parse kubelet flag: unknown flag: --\(unknown.name)")
    }
    var start = Start(server: "", manifests: flags["pod-manifest-path"])
    var config: Value = [:]
    if let path = flags["config"] {
      let prefix =
        "failed to load kubelet config file, path: \(path), error: failed to load Kubelet "
        + "config file \(path), error "
      guard let text = files.text(path) else {
        return fail(
          prefix
            + "failed to read kubelet config file \\\"\(path)\\\", error: open \(path): no such "
            + "file or directory")
      }
      do { config = try YAML.parse(text) } catch {
        return fail(
          prefix + "failed to decode: error converting YAML to JSON: " + error.message)
      }
      if let problem = KubeletConfigurationCheck(config).problem { return fail(prefix + problem) }
      start.warnings = KubeletConfigurationCheck(config).warnings
      start.access = KubeletAccess(config)
      if let path = config["staticPodPath"]?.string, !path.isEmpty { start.manifests = path }
    }
    start.settings = KubeletSettings(config) { flags[$0] }
    if let path = config[path: "authentication", "x509", "clientCAFile"]?.string, !path.isEmpty,
      files.text(path).map({ !PEM.blocks(in: $0).isEmpty }) != true
    {
      let why =
        files.status(path) == nil
        ? "open \(path): no such file or directory"
        : "data does not contain any valid RSA or ECDSA certificates"
      return fail(
        "failed to construct kubelet dependencies: unable to load client CA file \(path): \(why)")
    }
    if let refusal = kubeconfig(&start) { return fail(refusal) }
    let endpoint =
      flags["container-runtime-endpoint"] ?? config["containerRuntimeEndpoint"]?.string ?? ""
    if let refusal = runtime(endpoint) { return fail(refusal) }
    return .success(start)
  }

  private func kubeconfig(_ start: inout Start) -> String? {
    let path = flags["kubeconfig"] ?? ""
    guard let text = files.text(path) else {
      let bootstrap = flags["bootstrap-kubeconfig"] ?? ""
      guard let first = files.text(bootstrap), Kubeconfigs.server(of: first) != nil else {
        return "failed to run Kubelet: unable to load bootstrap kubeconfig: stat \(bootstrap): no "
          + "such file or directory"
      }
      start.server = Kubeconfigs.server(of: first) ?? ""
      return nil
    }
    guard let config = try? YAML.parse(text), case .object = config else {
      return
        "failed to run Kubelet: invalid kubeconfig: error loading config file \\\"\(path)\\\": "
        + "yaml: could not be read"
    }
    guard let server = Kubeconfigs.server(of: text), server.hasPrefix("http") else {
      return "failed to run Kubelet: invalid configuration: no server found for cluster"
    }
    start.server = server
    let user = config["users"]?.array?.first?["user"]
    if let certificate = user?["client-certificate"]?.string, files.text(certificate) == nil {
      return "failed to run Kubelet: invalid configuration: [unable to read client-cert "
        + "\(certificate) for \(config["users"]?.array?.first?["name"]?.string ?? "") due to open "
        + "\(certificate): no such file or directory]"
    }
    start.client = KubeconfigClient(text) { files.text($0) }
    return nil
  }

  private func runtime(_ endpoint: String) -> String? {
    let socket = "/run/containerd/containerd.sock"
    let wanted = endpoint.isEmpty ? "unix://" + socket : endpoint
    let path = wanted.replacing("unix://", with: "").replacing("/var/run/", with: "/run/")
    let prefix =
      "failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint "
      + "\\\"\(wanted)\\\": rpc error: code = "
    if path == socket, host.kubelet.isRuntimeUp { return nil }
    if path == socket, host.hasRuntimeWithoutCRI {
      return prefix + "Unimplemented desc = unknown service runtime.v1.RuntimeService"
    }
    return prefix
      + "Unavailable desc = connection error: desc = \\\"transport: Error while dialing: dial unix "
      + "\(path): connect: no such file or directory\\\""
  }
}

/// What is wrong with a KubeletConfiguration.
struct KubeletConfigurationCheck {
  private let config: Value

  init(_ config: Value) { self.config = config }

  var problem: String? {
    let kind = config["kind"]?.string ?? ""
    let version = config["apiVersion"]?.string ?? ""
    if kind.isEmpty { return "Object 'Kind' is missing in '\(JSON.text(config).prefix(200))'" }
    if version.isEmpty {
      return "Object 'apiVersion' is missing in '\(JSON.text(config).prefix(200))'"
    }
    guard kind == "KubeletConfiguration", version == "kubelet.config.k8s.io/v1beta1" else {
      return "no kind \\\"\(kind)\\\" is registered for version \\\"\(version)\\\" in scheme "
        + "\\\"k8s.io/kubernetes/pkg/kubelet/apis/config/scheme/scheme.go:33\\\""
    }
    for (key, value) in config.object.map({ Array($0) }) ?? [] {
      if let why = Self.mismatch(key, value) { return why }
    }
    if let driver = config["cgroupDriver"]?.string, !["systemd", "cgroupfs"].contains(driver) {
      return "invalid configuration: cgroup driver \\\"\(driver)\\\" is not supported"
    }
    return nil
  }

  /// Unknown members are told of, and passed over (lenient decoding).
  var warnings: [String] {
    let unknown = (config.object.map { $0.map(\.key) } ?? []).filter {
      !Self.strings.contains($0) && !Self.numbers.contains($0) && !Self.flags.contains($0)
        && !Self.others.contains($0)
    }
    guard !unknown.isEmpty else { return [] }
    return [
      "Using lenient decoding as strict decoding failed: strict decoding error: "
        + unknown.map { "unknown field \"\($0)\"" }.joined(separator: ", ")
    ]
  }

  private static func mismatch(_ key: String, _ value: Value) -> String? {
    func wrong(_ type: String) -> String {
      let found: String =
        switch value {
        case .string: "string"
        case .bool: "bool"
        case .array: "array"
        case .object: "object"
        default: "number"
        }
      return "failed to decode: json: cannot unmarshal \(found) into Go struct field "
        + "KubeletConfiguration.\(key) of type \(type)"
    }
    if case .null = value { return nil }
    if strings.contains(key), value.string == nil { return wrong("string") }
    if numbers.contains(key), value.int == nil { return wrong("int32") }
    if flags.contains(key), value.bool == nil { return wrong("bool") }
    return nil
  }

  private static let strings: Set<String> = [
    "staticPodPath", "clusterDomain", "cgroupDriver", "resolvConf", "healthzBindAddress", "address",
    "tlsCertFile", "tlsPrivateKeyFile", "containerRuntimeEndpoint", "cpuManagerPolicy",
    "memoryManagerPolicy", "topologyManagerPolicy", "kubeletCgroups", "hairpinMode", "apiVersion",
    "kind", "staticPodURL", "tlsMinVersion", "cgroupRoot", "systemCgroups", "imageServiceEndpoint",
    "providerID", "containerLogMaxSize", "volumePluginDir",
  ]
  private static let numbers: Set<String> = [
    "port", "readOnlyPort", "healthzPort", "maxPods", "podPidsLimit", "registryPullQPS",
    "registryBurst", "eventRecordQPS", "eventBurst", "kubeAPIQPS", "kubeAPIBurst", "oomScoreAdj",
    "nodeLeaseDurationSeconds", "imageGCHighThresholdPercent", "imageGCLowThresholdPercent",
    "maxOpenFiles", "podsPerCore", "containerLogMaxFiles", "maxParallelImagePulls",
    "iptablesMasqueradeBit", "iptablesDropBit", "nodeStatusMaxImages",
  ]
  private static let flags: Set<String> = [
    "failSwapOn", "rotateCertificates", "serverTLSBootstrap", "enableServer",
    "protectKernelDefaults",
    "makeIPTablesUtilChains", "serializeImagePulls", "cgroupsPerQOS",
    "enableControllerAttachDetach",
    "enableDebuggingHandlers", "localStorageCapacityIsolation", "cpuCFSQuota", "registerNode",
    "enableContentionProfiling", "enableProfilingHandler", "enableDebugFlagsHandler",
    "seccompDefault",
    "enableSystemLogHandler", "enableSystemLogQuery", "runOnce",
  ]
  private static let others: Set<String> = [
    "authentication", "authorization", "clusterDNS", "cpuManagerReconcilePeriod",
    "crashLoopBackOff", "evictionPressureTransitionPeriod", "fileCheckFrequency",
    "httpCheckFrequency", "imageMaximumGCAge", "imageMinimumGCAge", "logging", "memorySwap",
    "nodeStatusReportFrequency", "nodeStatusUpdateFrequency", "runtimeRequestTimeout",
    "shutdownGracePeriod", "shutdownGracePeriodCriticalPods", "streamingConnectionIdleTimeout",
    "syncFrequency", "volumeStatsAggPeriod", "evictionHard", "evictionSoft", "featureGates",
    "kubeReserved", "systemReserved", "enforceNodeAllocatable", "registerWithTaints",
    "evictionSoftGracePeriod", "evictionMinimumReclaim", "evictionMaxPodGracePeriod", "tracing",
    "tlsCipherSuites", "userNamespaces", "allowedUnsafeSysctls", "reservedSystemCPUs",
    "cpuCFSQuotaPeriod", "qosReserved", "showHiddenMetricsForVersion", "nodeIP",
    "imagePullCredentialsVerificationPolicy", "topologyManagerScope", "reservedMemory",
    "configMapAndSecretChangeDetectionStrategy", "systemReservedCgroup", "kubeReservedCgroup",
    "shutdownGracePeriodByPodPriority", "volumePluginDir", "singleProcessOOMKill",
    "mergeDefaultEvictionSettings", "containerLogMaxWorkers", "containerLogMonitorInterval",
    "topologyManagerPolicyOptions", "cpuManagerPolicyOptions",
    "preloadedImagesVerificationAllowlist",
    "staticPodURLHeader", "attributionAnnotations",
  ]
}
