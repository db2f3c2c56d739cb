import Documents
import KubeAPIServer
import KubeObjects

/// Tells kubelets by an annotation how long they may keep Secrets and ConfigMaps: longer in larger
/// clusters.
final class NodeTTLController: Reconciler {
  static let name = "ttl-controller"
  private static let key = "node.alpha.kubernetes.io/ttl"

  private let context: ControllerContext
  private let client: ComponentClient
  private let nodes: Informer
  private var queue: WorkQueue<String>!
  private var step = 0

  /// Up to so many nodes so many seconds; a little below it shrinks again.
  private static let steps: [(least: Int, most: Int, seconds: Int)] = [
    (0, 100, 0), (90, 500, 15), (450, 1000, 30), (900, 2000, 60), (1800, .max, 300),
  ]

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    nodes = context.informer(.nodes)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.reconcile(name)
      return .done
    }
    nodes.onChange { [weak self] old, new in
      guard let self else { return }
      let count = nodes.objects.count
      while step + 1 < Self.steps.count, count > Self.steps[step].most { step += 1 }
      while step > 0, count < Self.steps[step].least { step -= 1 }
      if let new { queue.add(new.name) }
    }
  }

  private func reconcile(_ name: String) throws(StatusError) {
    guard let node = nodes["", name] else { return }
    let wanted = String(Self.steps[step].seconds)
    guard node.annotation(Self.key) != wanted else { return }
    do throws(StatusError) {
      _ = try client.patch(
        .nodes, name, .merge, ["metadata": ["annotations": [Self.key: .string(wanted)]]])
    } catch { if !error.isNotFound { throw error } }
  }
}
