import Documents
import KubeObjects

/// Which Pods, in which namespaces, by which topology: one term of a Pod's (anti-)affinity.
struct AffinityTerm: Hashable {
  var namespaces: Set<String>
  var namespaceSelector: LabelSelector?
  var selector: LabelSelector
  var topologyKey: String
  var weight: Int64

  /// Reads a PodAffinityTerm of a Pod that lives in `namespace` and has `labels`.
  init(_ value: Value, namespace: String, labels: Mapping, weight: Int64 = 0) {
    topologyKey = value["topologyKey"]?.string ?? ""
    self.weight = weight
    selector = Self.selector(
      value["labelSelector"], labels: labels, matching: value["matchLabelKeys"],
      mismatching: value["mismatchLabelKeys"])
    namespaces = Set(value["namespaces"]?.array?.compactMap(\.string) ?? [])
    if let selected = value["namespaceSelector"], !selected.isNull {
      namespaceSelector = LabelSelector(selected)
    } else if namespaces.isEmpty {
      namespaces = [namespace]
    }
  }

  func weighted(_ weight: Int64) -> AffinityTerm {
    var term = self
    term.weight = weight
    return term
  }

  /// The API server merges matchLabelKeys into the selector on creation; a term that still lacks
  /// them is completed here.
  static func selector(
    _ value: Value?, labels: Mapping, matching: Value?, mismatching: Value? = nil
  ) -> LabelSelector {
    guard var object = value, !object.isNull else { return .nothing }
    var expressions = object["matchExpressions"]?.array ?? []
    let known = Set(expressions.compactMap { $0["key"]?.string })
    for (keys, comparison) in [(matching, "In"), (mismatching, "NotIn")] {
      for key in keys?.array?.compactMap(\.string) ?? [] where !known.contains(key) {
        guard let own = labels[key] else { continue }
        expressions.append(["key": .string(key), "operator": .string(comparison), "values": [own]])
      }
    }
    if !expressions.isEmpty { object["matchExpressions"] = .array(expressions) }
    return LabelSelector(object) ?? .nothing
  }

  func matches(_ pod: PodInfo, _ namespaceLabels: (String) -> Mapping) -> Bool {
    guard matches(namespace: pod.namespace, namespaceLabels) else { return false }
    return selector.matches(pod.labels)
  }

  private func matches(namespace: String, _ namespaceLabels: (String) -> Mapping) -> Bool {
    if namespaces.contains(namespace) { return true }
    guard let namespaceSelector else { return false }
    return namespaceSelector.matches(namespaceLabels(namespace))
  }
}
