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
    Self.copy(from: objects.get(.nodes, namespace: "", name: node), to: &attributes.object)
  }

  /// Those of a node's labels that its Pods get, over their own.
  static func copy(from node: Value?, to pod: inout Value) {
    for key in ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"] {
      guard let value = node?.labels?[key] else { continue }
      pod["metadata"]?.fillAbsent("labels", [:])
      pod["metadata"]?["labels"]?[key] = value
    }
  }
}
