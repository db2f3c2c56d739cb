import Documents
import KubeAPIServer
import KubeObjects

/// Fills roles that are made of others with the rules of those.
final class ClusterRoleAggregation: Reconciler {
  static let name = "clusterrole-aggregation-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let roles: Informer
  private var queue: WorkQueue<String>!
  /// The names of roles that are, or were, made of others.
  private var aggregating: Set<String> = []

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    roles = context.informer(.clusterRoles)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.reconcile(name)
      return .done
    }
    roles.onChange { [weak self] old, new in
      guard let self else { return }
      for role in [old, new] {
        guard let role else { continue }
        if role["aggregationRule"] != nil { aggregating.insert(role.name) }
      }
      for name in aggregating.sorted() { queue.add(name) }
    }
  }

  private func reconcile(_ name: String) throws(StatusError) {
    guard let role = roles["", name], let rule = role["aggregationRule"], !rule.isNull else {
      return
    }
    var rules: [Value] = []
    for selector in rule["clusterRoleSelectors"]?.array ?? [] {
      guard let selector = try? LabelSelector(object: selector) else { continue }
      for (_, other) in roles.objects.sorted(by: { $0.key < $1.key })
      where other.name != name && selector.matches(other.labels) {
        for found in other["rules"]?.array ?? [] where !rules.contains(found) {
          rules.append(found)
        }
      }
    }
    if rules == role["rules"]?.array ?? [] { return }
    // Applied, so that rules which were never its own stay when there is no role to take from.
    var wanted: Value = [
      "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
      "metadata": ["name": .string(name)],
    ]
    if !rules.isEmpty { wanted["rules"] = .array(rules) }
    _ = try client.patch(.clusterRoles, name, .apply(force: true), wanted)
  }
}
