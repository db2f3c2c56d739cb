import Documents
import KubeObjects
package import Linux
import Shell
import Simulation

/// kube-proxy as its image runs it: reads its configuration, and then keeps the rules of its node
/// for as long as it runs. What it has written stays when it stops (`NodeRules`).
package struct KubeProxy: NetworkServer {
  package let name = "kube-proxy"
  // Used on the cluster's one thread only.
  nonisolated(unsafe) private unowned let network: ClusterNetwork

  package init(network: ClusterNetwork) { self.network = network }

  package func start(_ process: Process) async throws -> [ServerSocket] {
    if process.arguments.contains("--version") {
      throw ServerRefusal("Kubernetes v1.36.2\n", status: 0)
    }
    let log = ControllerLog(process, thread: 1)
    if let refusal = Self.refusal(process) {
      throw ServerRefusal(
        log.line("E", "run.go:72", "\"command failed\" err=\(refusal.goQuoted)"))
    }
    let mode = ProxyConfiguration(Self.text(process) ?? "").mode
    let own = (process.machine.wires as? NetworkNamespace)?.address ?? ""
    log.info("server_linux.go:53", "\"Using \(mode) proxy\"")
    if mode == "ipvs" {
      log.info(
        "server_linux.go:222",
        "\"The ipvs proxier is now deprecated and may be removed in a future release. Please use "
          + "'nftables' instead.\"")
    }
    log.info("server.go:715", "\"Successfully retrieved NodeIPs\" NodeIPs=[\"\(own)\"]")
    log.info("conntrack.go:60", "\"Setting nf_conntrack_max\" nfConntrackMax=131072")
    log.info("server.go:254", "\"kube-proxy running in dual-stack mode\" primary ipFamily=\"IPv4\"")
    log.info("server.go:516", "\"Version info\" version=\"v1.36.2\"")
    let kinds = ["service", "endpoint slice", "node"]
    for kind in kinds {
      log.info("config.go:199", "\"Starting \(kind) config controller\"")
      log.info(
        "shared_informer.go:349", "\"Waiting for caches to sync\" controller=\"\(kind) config\"")
    }
    for kind in kinds {
      log.info("shared_informer.go:356", "\"Caches are synced\" controller=\"\(kind) config\"")
    }
    return sockets(process, mode)
  }

  /// Its health for everybody, its mode and metrics for the node alone.
  private func sockets(_ process: Process, _ mode: String) -> [ServerSocket] {
    let machine = process.machine
    let health = WebService { request in
      guard request.path == "/healthz" || request.path == "/livez" else {
        return WebResponse(404, text: "404 page not found\n")
      }
      let now = Calendar(machine.now).formatted("%Y-%m-%d %H:%M:%S")
      return WebResponse(
        200, headers: [("Content-Type", "application/json")],
        body: Array(
          "{\"lastUpdated\": \"\(now) +0000 UTC\",\"currentTime\": \"\(now) +0000 UTC\", \"nodeEligible\": true}"
            .utf8))
    }
    let metrics = WebService { request in
      switch request.path {
      case "/proxyMode": WebResponse(text: mode)
      case "/healthz": WebResponse(text: "ok")
      case "/metrics": WebResponse(text: "# drydock: not simulated: metrics of kube-proxy\n")
      default: WebResponse(404, text: "404 page not found\n")
      }
    }
    return [
      ServerSocket(10256, address: "::") { try await health.serve($0) },
      ServerSocket(10249, address: "127.0.0.1") { try await metrics.serve($0) },
    ]
  }

  private static func text(_ process: Process) -> String? {
    option("config", process).flatMap { process.machine.files.text($0) }
  }

  private static func option(_ name: String, _ process: Process) -> String? {
    let words = process.arguments
    for (index, word) in words.enumerated() {
      if word.hasPrefix("--\(name)=") { return String(word.dropFirst(name.count + 3)) }
      if word == "--\(name)" { return words.dropFirst(index + 1).first }
    }
    return nil
  }

  /// Why it does not start, in its own words; nil when it does.
  private static func refusal(_ process: Process) -> String? {
    guard let path = option("config", process) else { return nil }
    guard let text = text(process) else {
      return "failed complete: open \(path): no such file or directory"
    }
    let configuration = ProxyConfiguration(text)
    if let problem = configuration.problem { return "failed complete: \(problem)" }
    guard ["iptables", "ipvs", "nftables"].contains(configuration.mode) else {
      return "failed validate: KubeProxyConfiguration.Mode: Invalid value: "
        + "\(configuration.mode.goQuoted): must be iptables,ipvs,nftables or blank (blank means "
        + "the best-available proxy [currently iptables])"
    }
    if let path = configuration.kubeconfig, process.machine.files.text(path) == nil {
      return "stat \(path): no such file or directory"
    }
    return nil
  }
}

/// What kube-proxy takes from its configuration file.
struct ProxyConfiguration {
  /// iptables, ipvs, nftables, or what is none of them; empty: no rules at all.
  private(set) var mode = "iptables"
  private(set) var kubeconfig: String?
  /// How virtual servers choose, in ipvs mode.
  private(set) var scheduler = "rr"
  /// Whether all that goes to ClusterIPs is masqueraded.
  private(set) var masqueradesAll = false
  /// Why the file is no configuration.
  private(set) var problem: String?

  init() {}

  /// That of a node to which no kube-proxy has come yet.
  static var none: ProxyConfiguration {
    var configuration = ProxyConfiguration()
    configuration.mode = ""
    return configuration
  }

  init(_ text: String) {
    let manifest = Manifest(text)
    guard let object = manifest.documents.first?.value, manifest.problems.isEmpty else {
      problem =
        "error converting YAML to JSON: \(manifest.problems.first?.message ?? "yaml: no document")"
      return
    }
    guard object.kind == "KubeProxyConfiguration" else {
      problem =
        "no kind \(object.kind.goQuoted) is registered for version "
        + "\(object.apiVersion.goQuoted) in scheme \"pkg/proxy/apis/config/scheme/scheme.go:30\""
      return
    }
    let wanted = object.text("mode")
    if !wanted.isEmpty { mode = wanted }
    let scheduler = object["ipvs"]?.text("scheduler") ?? ""
    if !scheduler.isEmpty { self.scheduler = scheduler }
    let own = mode == "nftables" ? "nftables" : "iptables"
    masqueradesAll = object[path: own, "masqueradeAll"]?.bool ?? false
    kubeconfig = object[path: "clientConnection", "kubeconfig"]?.string
      .flatMap { $0.isEmpty ? nil : $0 }
  }
}
