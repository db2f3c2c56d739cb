import Documents
import KubeObjects

/// The order in which a build's objects are written.
struct KustomizeOrder {
  private let first: [String: Int]
  private let last: [String: Int]
  private let isFirstInFirstOut: Bool

  init(_ options: Value?) {
    isFirstInFirstOut = options?["order"]?.string == "fifo"
    func table(_ member: String, _ usual: [String]) -> [String: Int] {
      let given = options?[path: "legacySortOptions", member]?.array?.compactMap(\.string)
      let kinds = given ?? usual
      return Dictionary(
        kinds.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { old, _ in old })
    }
    first = table("orderFirst", Self.usualFirst)
    last = table("orderLast", Self.usualLast)
  }

  private static let usualFirst = [
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount",
    "PodSecurityPolicy", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap",
    "Secret", "Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume",
    "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
  ]
  private static let usualLast = [
    "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
  ]

  func sort(_ items: inout [KustomizedObject]) {
    guard !isFirstInFirstOut else { return }
    let keyed = items.map { (key: key($0), item: $0) }.sorted { $0.key < $1.key }
    items = keyed.map { $0.item }
  }

  private func key(_ item: KustomizedObject) -> (rank: Int, kind: String, name: String) {
    let rank =
      first[item.kind].map { $0 - 10_000 } ?? last[item.kind].map { $0 + 10_000 } ?? 0
    func or(_ text: String, _ absent: String) -> String { text.isEmpty ? absent : text }
    let id = item.identity
    let version = item.groupVersion
    let kind = "\(or(version.group, "~G"))_\(or(version.version, "~V"))_\(or(item.kind, "~K"))"
    return (rank, kind, "\(or(id.namespace, "~X"))|\(or(id.name, "~N"))")
  }
}
