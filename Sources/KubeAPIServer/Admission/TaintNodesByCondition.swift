import Documents
import KubeObjects
import Simulation

/// A new node takes no Pods until it has been seen ready.
struct TaintNodesByCondition: MutatingAdmissionPlugin {
  let name = "TaintNodesByCondition"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .create }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.nodes) else { return }
    let taints = attributes.object["spec"]?.items("taints") ?? []
    let key: Value = "node.kubernetes.io/not-ready"
    guard !taints.contains(where: { $0["key"] == key && $0["effect"] == "NoSchedule" }) else {
      return
    }
    attributes.object.fillAbsent("spec", [:])
    attributes.object["spec"]?["taints"] = .array(
      taints + [["key": key, "effect": "NoSchedule"]])
  }
}
