import Documents
import KubeObjects
import Simulation

/// An Ingress that names no class has the default one.
struct DefaultIngressClass: MutatingAdmissionPlugin {
  let name = "DefaultIngressClass"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .create }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.ingresses),
      attributes.object["spec"]?["ingressClassName"]?.string == nil,
      attributes.object.annotation("kubernetes.io/ingress.class") == nil
    else { return }
    let classes = GroupVersionResource("networking.k8s.io", "v1", "ingressclasses")
    let standard = objects.list(classes, namespace: "").filter {
      $0.annotation("ingressclass.kubernetes.io/is-default-class") == "true"
    }
    guard let chosen = Newest.of(standard) else { return }
    if attributes.object["spec"] == nil { attributes.object["spec"] = [:] }
    attributes.object["spec"]?["ingressClassName"] = .string(chosen.name)
  }
}
