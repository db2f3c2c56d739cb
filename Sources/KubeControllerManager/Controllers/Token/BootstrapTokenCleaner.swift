import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Removes bootstrap tokens (`kubeadm token create`) when they expire.
final class BootstrapTokenCleaner: Reconciler {
  static let name = "token-cleaner-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let secrets: Informer
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("token-cleaner")
    secrets = context.informer(.secrets)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key) ?? .done
    }
    secrets.onChange { [weak self] _, new in
      guard let new, BootstrapToken.isToken(new) else { return }
      self?.queue.add(Informer.Key(namespace: new.namespace, name: new.name))
    }
  }

  private func reconcile(
    _ key: Informer.Key
  ) throws(StatusError) -> WorkQueue<Informer.Key>.Outcome {
    guard let secret = secrets.objects[key], BootstrapToken.isToken(secret),
      let text = secret[path: "data", "expiration"]?.string.map({ Base64.text($0) }),
      let expiry = Moment(rfc3339: text)
    else { return .done }
    let left = expiry - context.timeline.now
    if left > .zero { return .again(after: left) }
    do throws(StatusError) {
      try client.delete(
        .secrets, key.name, namespace: key.namespace,
        options: ["preconditions": ["uid": .string(secret.uid)]])
    } catch { if !error.isNotFound { throw error } }
    return .done
  }
}
