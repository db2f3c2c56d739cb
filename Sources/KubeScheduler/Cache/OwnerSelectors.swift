import Documents
import KubeAPIServer
import KubeObjects

/// The selectors of Services and of the sets that own Pods: what the scheduler's default spreading
/// counts by.
final class OwnerSelectors {
  private var services: [String: [String: Mapping]] = [:]
  private var sets: [Informer.Key: Value] = [:]

  func setService(_ namespace: String, _ name: String, _ object: Value?) {
    guard let selector = object?[path: "spec", "selector"]?.object, !selector.isEmpty else {
      services[namespace]?[name] = nil
      return
    }
    services[namespace, default: [:]][name] = selector
  }

  /// `kind` is ReplicaSet, ReplicationController or StatefulSet.
  func setOwner(_ kind: String, _ namespace: String, _ name: String, _ object: Value?) {
    sets[Informer.Key(namespace: namespace, name: "\(kind)/\(name)")] =
      object?[path: "spec", "selector"]
  }

  /// What chooses the Pods that `pod` should be spread among; nil when nothing owns it.
  func selector(for pod: PodInfo) -> (selector: LabelSelector, key: Value)? {
    var labels = Mapping()
    for (_, selector) in (services[pod.namespace] ?? [:]).sorted(by: { $0.key < $1.key })
    where selector.allSatisfy({ pod.labels[$0.key] == $0.value }) {
      for (key, value) in selector { labels[key] = value }
    }
    var object: Value = [:]
    if let owner = pod.value[path: "metadata", "ownerReferences"]?.array?.first(where: {
      $0["controller"]?.bool == true
    }), let kind = owner["kind"]?.string, let name = owner["name"]?.string,
      let own = sets[Informer.Key(namespace: pod.namespace, name: "\(kind)/\(name)")]
    {
      if kind == "ReplicationController" {
        for (key, value) in own.object ?? [:] { labels[key] = value }
      } else {
        for (key, value) in own["matchLabels"]?.object ?? [:] { labels[key] = value }
        object["matchExpressions"] = own["matchExpressions"]
      }
    }
    if !labels.isEmpty { object["matchLabels"] = .object(labels) }
    guard case .object(let members) = object, !members.isEmpty,
      let selector = LabelSelector(object)
    else { return nil }
    return (selector, object)
  }
}
