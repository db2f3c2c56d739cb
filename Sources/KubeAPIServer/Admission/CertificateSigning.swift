import Documents
import KubeObjects
import Simulation

/// Who issues a certificate must be allowed to sign for its signer.
struct CertificateSigning: ValidatingAdmissionPlugin {
  let name = "CertificateSigning"
  static let resource = GroupVersionResource(
    "certificates.k8s.io", "v1", "certificatesigningrequests")

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .update }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let (new, old) = (attributes.object["status"], attributes.oldObject["status"])
    guard attributes.concerns(Self.resource, "status"),
      new?["certificate"] != old?["certificate"]
        || (new?.items("conditions") ?? []) != (old?.items("conditions") ?? [])
    else { return }
    try Self.require("sign", attributes, objects)
  }

  /// The signer by name, or all signers of its domain.
  static func require(
    _ verb: String, _ attributes: AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let signer = attributes.oldObject["spec"]?.text("signerName") ?? ""
    let domain = signer.split(separator: "/").first.map(String.init) ?? ""
    let isAllowed = [signer, domain + "/*"].contains { name in
      objects.isAllowed(
        attributes.user,
        AccessQuestion(
          verb: verb, group: "certificates.k8s.io", version: "*", resource: "signers",
          name: name))
    }
    if isAllowed { return }
    throw attributes.forbidden(
      "user not permitted to \(verb) requests with signerName \(signer.goQuoted)")
  }
}
