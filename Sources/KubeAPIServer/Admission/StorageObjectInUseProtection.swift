import Documents
import KubeObjects
import Simulation

/// Claims and volumes go only when nothing uses them any more.
struct StorageObjectInUseProtection: MutatingAdmissionPlugin {
  let name = "StorageObjectInUseProtection"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .create }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let finalizer: String
    if attributes.concerns(.persistentVolumeClaims) {
      finalizer = "kubernetes.io/pvc-protection"
    } else if attributes.concerns(.persistentVolumes) {
      finalizer = "kubernetes.io/pv-protection"
    } else if attributes.concerns(
      GroupVersionResource("storage.k8s.io", "v1", "volumeattributesclasses"))
    {
      finalizer = "kubernetes.io/vac-protection"
    } else {
      return
    }
    let known = attributes.object.finalizers
    guard !known.contains(finalizer) else { return }
    attributes.object["metadata"]?["finalizers"] = .array(
      (known + [finalizer]).map { .string($0) })
  }
}
