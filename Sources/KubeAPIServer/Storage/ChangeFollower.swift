import Etcd
import KubeObjects
import Simulation

/// Looks at what it keeps in step once after changes of some resources, on the timeline after the
/// write: however many changed, one look is enough.
final class ChangeFollower {
  private let timeline: Timeline
  private let look: () -> Void
  private var isDue = false

  init(_ server: APIServer, of resources: [GroupVersionResource], _ look: @escaping () -> Void) {
    timeline = server.timeline
    self.look = look
    for name in resources {
      guard let range = server.table[name]?.range(namespace: "") else { continue }
      _ = try? server.etcd.watch(from: range.start, before: range.end) { [weak self] _ in
        self?.lookSoon()
      }
    }
  }

  private func lookSoon() {
    guard !isDue else { return }
    isDue = true
    timeline.after(.zero) { [weak self] in
      self?.isDue = false
      self?.look()
    }
  }
}
