import Documents
import KubeObjects
import Simulation

/// A Pod stays five minutes on a node that is not ready or not reachable.
struct DefaultTolerationSeconds: MutatingAdmissionPlugin {
  let name = "DefaultTolerationSeconds"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods) else { return }
    var tolerations = attributes.object["spec"]?.items("tolerations") ?? []
    let given = tolerations.count
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
      let isTolerated = tolerations.contains {
        ["", key].contains($0.text("key")) && ["", "NoExecute"].contains($0.text("effect"))
      }
      if !isTolerated {
        tolerations.append([
          "key": .string(key), "operator": "Exists", "effect": "NoExecute",
          "tolerationSeconds": 300,
        ])
      }
    }
    if tolerations.count > given {
      attributes.object["spec"]?["tolerations"] = .array(tolerations)
    }
  }
}
