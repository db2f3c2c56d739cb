import Documents
import KubeObjects

/// Nobody gets a certificate of the group that may do everything by asking for it.
struct CertificateSubjectRestriction: ValidatingAdmissionPlugin {
  let name = "CertificateSubjectRestriction"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .create }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(CertificateSigning.resource, ""),
      let spec = attributes.object["spec"],
      spec.text("signerName") == "kubernetes.io/kube-apiserver-client",
      objects.organizations(ofRequest: Base64.text(spec.text("request"))).contains(
        "system:masters")
    else { return }
    throw attributes.forbidden(
      "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed")
  }
}
