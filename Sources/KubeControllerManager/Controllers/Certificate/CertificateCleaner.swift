import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Removes certificate requests that nobody needs any more.
final class CertificateCleaner: Reconciler {
  static let name = "certificatesigningrequest-cleaner-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let requests: Informer
  private var isWaiting = false

  private static let decidedAge = Span.hours(1)
  private static let pendingAge = Span.hours(24)

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("certificate-controller")
    requests = context.informer(.certificateSigningRequests)
  }

  func start() {
    requests.onChange { [weak self] _, new in if new != nil { self?.wait() } }
  }

  /// While there are requests they are looked through every five minutes.
  private func wait() {
    guard !isWaiting else { return }
    isWaiting = true
    context.timeline.after(.minutes(5)) { [weak self] in
      guard let self else { return }
      isWaiting = false
      for (key, request) in requests.objects.sorted(by: { $0.key < $1.key })
      where isStale(request) {
        _ = try? client.delete(.certificateSigningRequests, key.name)
      }
      if !requests.objects.isEmpty { wait() }
    }
  }

  private func isStale(_ request: Value) -> Bool {
    let now = context.timeline.now
    let conditions = request.items(in: "conditions")
    if conditions.isEmpty {
      return request.creationTimestamp.map { $0 + Self.pendingAge < now } ?? false
    }
    return conditions.contains { condition in
      guard ["Approved", "Denied", "Failed"].contains(condition.text("type")),
        let moment = Moment(rfc3339: condition.text("lastUpdateTime"))
      else { return false }
      return moment + Self.decidedAge < now
    }
  }
}
