import Documents
import KubeObjects

/// A Pod has the zone and the region of its node as labels.
struct PodTopologyLabels: MutatingAdmissionPlugin {
  let name = "PodTopologyLabels"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .create }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods),
      let node = attributes.object["spec"]?["nodeName"]?.string, !node.isEmpty
    else { return }
    for (key, value) in Self.labels(of: objects.get(.nodes, namespace: "", name: node)) {
      attributes.object["metadata"]?.fillAbsent("labels", [:])
      attributes.object["metadata"]?["labels"]?[key] = value
    }
  }

  /// Those of a node's labels that its Pods get, over their own.
  static func labels(of node: Value?) -> [(key: String, value: Value)] {
    ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"].compactMap { key in
      (node?.labels?[key]).map { (key, $0) }
    }
  }
}
