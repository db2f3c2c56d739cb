import Documents
import KubeObjects

/// Makes requirements of selectors out of the labels of a new Pod that matchLabelKeys name.
enum MatchedLabelKeys {
  static func merge(into pod: inout Value) {
    let labels = pod["metadata"]?.members("labels") ?? [:]
    guard !labels.isEmpty else { return }
    pod.update("spec") { spec in
      spec.updateEach("topologySpreadConstraints") { merge(into: &$0, labels) }
      spec.update("affinity") { affinity in
        for kind in ["podAffinity", "podAntiAffinity"] {
          affinity.update(kind) { affinity in
            affinity.updateEach("requiredDuringSchedulingIgnoredDuringExecution") {
              merge(into: &$0, labels)
            }
            affinity.updateEach("preferredDuringSchedulingIgnoredDuringExecution") {
              $0.update("podAffinityTerm") { merge(into: &$0, labels) }
            }
          }
        }
      }
    }
  }

  private static func merge(into term: inout Value, _ labels: Mapping) {
    guard let selector = term["labelSelector"], !selector.isNull else { return }
    var added: [Value] = []
    for (field, comparison) in [("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")] {
      for key in term.texts(field) {
        guard let value = labels[key] else { continue }
        added.append(["key": .string(key), "operator": .string(comparison), "values": [value]])
      }
    }
    guard !added.isEmpty else { return }
    term["labelSelector"]?["matchExpressions"] = .array(
      selector.items("matchExpressions") + added)
  }
}
