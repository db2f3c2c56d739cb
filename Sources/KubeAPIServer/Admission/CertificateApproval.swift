import Documents
import KubeObjects
import Simulation

/// Who approves a certificate request must be allowed to approve for its signer.
struct CertificateApproval: ValidatingAdmissionPlugin {
  let name = "CertificateApproval"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .update }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(CertificateSigning.resource, "approval") else { return }
    try CertificateSigning.require("approve", attributes, objects)
  }
}
