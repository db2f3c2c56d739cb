import Documents
import KubeObjects
import Simulation

/// A claim grows only when it is bound and its class allows expansion.
struct PersistentVolumeClaimResize: ValidatingAdmissionPlugin {
  let name = "PersistentVolumeClaimResize"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .update }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.persistentVolumeClaims) else { return }
    func size(_ claim: Value) -> Quantity {
      ResourceValidation.quantity(
        claim["spec"]?["resources"]?["requests"]?["storage"] ?? .null)
    }
    let old = attributes.oldObject
    guard size(attributes.object) > size(old) else { return }
    guard old["status"]?.text("phase") == "Bound" else {
      throw attributes.forbidden("Only bound persistent volume claims can be expanded")
    }
    let storageClass = attributes.object["spec"]?.text("storageClassName") ?? ""
    let found = objects.get(.storageClasses, namespace: "", name: storageClass)
    if found?.flag("allowVolumeExpansion") == true { return }
    throw attributes.forbidden(
      "only dynamically provisioned pvc can be resized and the storageclass that provisions the "
        + "pvc must support resize")
  }
}
