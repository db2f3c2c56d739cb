import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Looks every 15 seconds at what HorizontalPodAutoscalers measure, and scales their targets.
final class HorizontalAutoscaler: Reconciler {
  static let name = "horizontal-pod-autoscaler-controller"

  let context: ControllerContext
  let client: ComponentClient
  let events: EventRecorder
  let metrics: MetricsClient
  let autoscalers: Informer
  private var queue: WorkQueue<Informer.Key>!
  /// What was recommended of late, and how targets were scaled, by autoscaler.
  var histories: [Informer.Key: ScalingHistory] = [:]

  /// --horizontal-pod-autoscaler-sync-period.
  private static let period = Span.seconds(15)

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("horizontal-pod-autoscaler")
    events = context.recorder(client, "horizontal-pod-autoscaler")
    metrics = MetricsClient(client)
    autoscalers = context.informer(.horizontalPodAutoscalers)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      guard let self, let autoscaler = autoscalers.objects[key] else { return .done }
      var round = AutoscalingRound(self, autoscaler, key)
      // What failed is told in conditions and events; the next look comes in its time anyhow.
      round.run()
      return .again(after: Self.period)
    }
    // A new one waits for its turn, too, as upstream's rate limiter has it.
    autoscalers.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      let key = Informer.Key(namespace: object.namespace, name: object.name)
      guard new != nil else {
        histories[key] = nil
        return
      }
      queue.add(key, after: Self.period)
    }
  }

  /// The other autoscalers of a namespace whose targets select one of the Pods.
  func autoscalers(
    selecting pods: [PodRecord], in namespace: String
  ) -> [Informer.Key] {
    autoscalers.objects.keys.filter { key in
      guard key.namespace == namespace, let selector = histories[key]?.selector else {
        return false
      }
      return pods.contains { selector.matches($0.labels) }
    }.sorted()
  }
}
