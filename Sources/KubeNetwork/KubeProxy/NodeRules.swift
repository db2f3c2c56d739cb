import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

/// The Services and endpoints that the rules of a node are made from.
struct ServiceBook {
  let services: [Informer.Key: Value]
  let entries: InformerIndex
  let slices: InformerIndex
  /// What the kube-proxy that wrote them was told.
  let configuration: ProxyConfiguration
  /// When they were written last; nil while kube-proxy keeps them up to date.
  var written: Moment?
}

/// The rules of the nodes, as their kube-proxies write them: up to date while one runs, and left as
/// they were when it stops.
final class NodeRules {
  private unowned let network: ClusterNetwork
  private let running: InformerIndex
  private var left: [String: ServiceBook] = [:]
  private var configurations: [String: ProxyConfiguration] = [:]
  /// How often the virtual servers of a node have chosen, by node and server.
  var turns: [String: Int] = [:]
  /// A kube-proxy has read everything and written its rules a second after its start.
  private static let delay = Span.seconds(1)

  init(_ network: ClusterNetwork) {
    self.network = network
    running = InformerIndex(network.pods) { Self.process($0).map { [$0.node] } ?? [] }
    network.pods.onChange { [weak self] old, new in
      let (before, after) = (old.flatMap(Self.process), new.flatMap(Self.process))
      guard before?.container != after?.container else { return }
      if let before { self?.stopped(before.node) }
      if let after { self?.started(after.node) }
    }
  }

  /// The running kube-proxy that a Pod is: where, and as which container.
  private static func process(_ pod: Value) -> (node: String, container: String)? {
    guard pod.namespace == "kube-system",
      (pod["spec"]?.items("containers") ?? []).contains(where: {
        $0.text("image").split(separator: "/").last?.hasPrefix("kube-proxy") ?? false
      }), let node = pod[path: "spec", "nodeName"]?.string,
      let container = (pod[path: "status", "containerStatuses"]?.array ?? []).first(where: {
        $0[path: "state", "running"] != nil
      })
    else { return nil }
    return (node, container.text("containerID"))
  }

  private func containers(_ node: String) -> [String] {
    running[node].compactMap { Self.process($0)?.container }
  }

  private func stopped(_ node: String) {
    // One that never got as far as writing leaves what was there before.
    guard running.isEmpty(node), left[node] == nil else { return }
    left[node] = ServiceBook(
      services: network.services.objects, entries: network.servicesByEntry.frozen(),
      slices: network.slicesByService.frozen(),
      configuration: configurations[node] ?? ProxyConfiguration(),
      written: network.timeline.now)
  }

  private func started(_ node: String) {
    guard left[node] != nil else {
      configurations[node] = network.proxyConfiguration
      return
    }
    let started = containers(node)
    network.timeline.after(Self.delay) { [weak self] in
      // Only the same process, still running, has come that far.
      guard let self, containers(node) == started else { return }
      left[node] = nil
      configurations[node] = network.proxyConfiguration
    }
  }

  private func current(_ configuration: ProxyConfiguration?) -> ServiceBook {
    ServiceBook(
      services: network.services.objects, entries: network.servicesByEntry,
      slices: network.slicesByService, configuration: configuration ?? ProxyConfiguration())
  }

  /// What the rules of a node say; without a node, what the API says.
  subscript(node: String?) -> ServiceBook {
    guard let node else { return current(nil) }
    if let left = left[node] { return left }
    if running.isEmpty(node), network.hasProxies {
      // kube-proxy has not come to this node yet.
      return ServiceBook(
        services: [:], entries: .empty, slices: .empty, configuration: .none,
        written: network.timeline.now)
    }
    return current(configurations[node])
  }

  /// What a running kube-proxy answers at a Service's healthCheckNodePort; nil at other ports.
  func healthCheck(_ port: Int, on node: String) -> WebResponse? {
    guard !running.isEmpty(node) || !network.hasProxies,
      let service = self[node].entries["healthCheck/\(port)"].first
    else { return nil }
    let book = self[node]
    let local = Set(
      (service["spec"]?.items("ports") ?? []).flatMap { book.endpoints(of: service, port: $0) }
        .filter { $0.node == node && $0.isReady }.map(\.address))
    let text = """
      {
      \t"service": {
      \t\t"namespace": "\(service.namespace)",
      \t\t"name": "\(service.name)"
      \t},
      \t"localEndpoints": \(local.count),
      \t"serviceProxyHealthy": true
      }
      """
    return WebResponse(
      local.isEmpty ? 503 : 200,
      headers: [
        ("Content-Type", "application/json"), ("X-Content-Type-Options", "nosniff"),
        ("X-Load-Balancing-Endpoint-Weight", "\(local.count)"),
      ], body: Array(text.utf8))
  }
}
