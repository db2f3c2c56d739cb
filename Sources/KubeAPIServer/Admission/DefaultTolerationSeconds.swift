import Documents
import KubeObjects
import Simulation

/// A Pod stays five minutes on a node that is not ready or not reachable.
struct DefaultTolerationSeconds: MutatingAdmissionPlugin {
  let name = "DefaultTolerationSeconds"

  // Made once, so that all Pods share them.
  private static let tolerations = [
    "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable",
  ].map { key -> (String, Value) in
    (
      key,
      [
        "key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
      ]
    )
  }
  private static let all = tolerations.map(\.1)

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods) else { return }
    var tolerations = attributes.object["spec"]?.items("tolerations") ?? []
    let given = tolerations.count
    for (key, toleration) in Self.tolerations {
      let isTolerated = tolerations.contains {
        ["", key].contains($0.text("key")) && ["", "NoExecute"].contains($0.text("effect"))
      }
      if !isTolerated { tolerations.append(toleration) }
    }
    if given == 0 { tolerations = Self.all }
    if tolerations.count > given {
      attributes.object["spec"]?["tolerations"] = .array(tolerations)
    }
  }
}
