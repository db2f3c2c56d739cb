import Documents
import KubeAPIServer
import KubeNode
import KubeObjects
import Simulation

/// metrics-server: asks the kubelets every 15 seconds what containers use and serves the answers
/// as `metrics.k8s.io`, while its APIService is available.
final class MetricsServer: ObjectSource {
  static let group = GroupVersion("metrics.k8s.io", "v1beta1")
  private static let resolution = Span.seconds(15)

  private let timeline: Timeline
  private let client: ComponentClient
  private let fleet: NodeFleet
  private let gauge: UsageGauge
  private var last: Scrape?
  private var previous: Scrape?
  private var timer: Timeline.Timer?

  /// What was read at one moment, by container id.
  private struct Scrape {
    var moment: Moment
    var cpu: [String: Span] = [:]
  }

  init(client: ComponentClient, fleet: NodeFleet, seed: UInt64) {
    self.client = client
    self.fleet = fleet
    timeline = client.server.timeline
    gauge = UsageGauge(seed: seed)
  }

  func start() {
    guard timer == nil else { return }
    client.server.aggregate(Self.definitions, from: self)
    scrape()
  }

  func stop() {
    if let timer { timeline.cancel(timer) }
    timer = nil
    (last, previous) = (nil, nil)
    client.server.withdraw(Self.group)
  }

  private func scrape() {
    var scrape = Scrape(moment: timeline.now)
    forEachContainer { _, _, plan, runtime in
      scrape.cpu[plan.id] = runtime.cpuTime(of: plan)
    }
    (previous, last) = (last, scrape)
    timer = timeline.after(Self.resolution) { [weak self] in self?.scrape() }
  }

  private func forEachContainer(
    _ body: (_ node: String, _ pod: Value, _ plan: ContainerPlan, _ runtime: MachineRuntime) -> Void
  ) {
    for name in fleet.kubelets.keys.sorted() {
      guard let kubelet = fleet.kubelets[name], kubelet.isRunning,
        let runtime = kubelet.runtime as? MachineRuntime
      else { continue }
      for uid in kubelet.workers.keys.sorted() {
        guard let worker = kubelet.workers[uid] else { continue }
        for container in worker.containers where container.isRunning {
          if let plan = container.plan { body(name, worker.pod, plan, runtime) }
        }
      }
    }
  }

  // MARK: answers

  func objects(of resource: GroupVersionResource, namespace: String) -> [Value] {
    guard let last, let previous else { return [] }
    var pods: [String: Value] = [:]
    var nodes: [String: Usage] = [:]
    forEachContainer { node, pod, plan, runtime in
      // Two readings make a rate: a younger container has none yet.
      guard let now = last.cpu[plan.id], let before = previous.cpu[plan.id] else { return }
      let usage = gauge.usage(
        of: plan, in: runtime, spent: Span(nanoseconds: now.nanoseconds - before.nanoseconds),
        during: last.moment - previous.moment,
        at: last.moment)
      nodes[node, default: gauge.system(of: node, at: last.moment)] += usage
      guard resource.resource == "pods", namespace.isEmpty || pod.namespace == namespace else {
        return
      }
      let key = pod.namespacedName
      var object = pods[key] ?? metrics("PodMetrics", pod, last.moment)
      let list = object["containers"]?.array ?? []
      object["containers"] = .array(
        list + [["name": .string(plan.name), "usage": usage.value]])
      pods[key] = object
    }
    guard resource.resource == "nodes" else { return pods.sorted { $0.key < $1.key }.map(\.value) }
    return nodes.sorted { $0.key < $1.key }.compactMap { name, usage in
      guard let node = try? client.get(.nodes, name) else { return nil }
      var object = metrics("NodeMetrics", node, last.moment)
      object["usage"] = usage.value
      return object
    }
  }

  private func metrics(_ kind: String, _ object: Value, _ moment: Moment) -> Value {
    var metadata: Value = [
      "name": .string(object.name), "creationTimestamp": .string(timeline.now.rfc3339),
    ]
    if !object.namespace.isEmpty { metadata["namespace"] = .string(object.namespace) }
    if let labels = object.labels { metadata["labels"] = labels }
    return [
      "kind": .string(kind), "apiVersion": .string(Self.group.description), "metadata": metadata,
      "timestamp": .string(moment.rfc3339), "window": "15s",
    ]
  }

  private static let definitions = [
    definition("nodes", "NodeMetrics", isNamespaced: false),
    definition("pods", "PodMetrics", isNamespaced: true),
  ]

  private static func definition(
    _ plural: String, _ kind: String, isNamespaced: Bool
  ) -> ResourceDefinition {
    ResourceDefinition(
      resource: GroupVersionResource(group.group, group.version, plural), kind: kind,
      singular: "", isNamespaced: isNamespaced, verbs: ["get", "list"], shortNames: [],
      categories: [], storageVersionHash: "", subresources: [])
  }
}
