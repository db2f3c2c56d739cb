import Documents
import KubeObjects

/// Services get no new external addresses.
struct DenyServiceExternalIPs: ValidatingAdmissionPlugin {
  let name = "DenyServiceExternalIPs"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.services) else { return }
    let old = Set(attributes.oldObject[path: "spec", "externalIPs"]?.array ?? [])
    let new = Set(attributes.object[path: "spec", "externalIPs"]?.array ?? [])
    guard new.isSubset(of: old) else {
      throw attributes.forbidden("Use of external IPs is denied by admission control")
    }
  }
}
