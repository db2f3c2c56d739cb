import Documents
import KubeObjects
import Simulation

/// What a CertificateSigningRequest asks for and what became of it.
struct CertificateRequestForm {
  let signer: String
  let userName: String
  let groups: [String]
  let usages: [String]
  let seconds: Int64?
  /// The PKCS#10 request; nil when it is not encoded as it should be.
  let pem: String?
  let certificate: String
  let conditions: [Value]

  init(_ request: Value) {
    let spec = request["spec"] ?? .emptyObject
    signer = spec.text("signerName")
    userName = spec.text("username")
    groups = spec.texts("groups")
    usages = spec.texts("usages")
    seconds = spec["expirationSeconds"]?.int
    pem = Base64.decode(spec.text("request")).map { String(decoding: $0, as: UTF8.self) }
    certificate = request[path: "status", "certificate"]?.string ?? ""
    conditions = request.items(in: "conditions")
  }

  func has(_ type: String) -> Bool {
    conditions.contains { $0.text("type") == type && $0.text("status") == "True" }
  }

  var isDecided: Bool { has("Approved") || has("Denied") }

  typealias Subject = (commonName: String, organizations: [String])

  func isKubeletClient(_ subject: Subject) -> Bool {
    signer == "kubernetes.io/kube-apiserver-client-kubelet"
      && kubeletFailure(subject, "client auth") == nil
  }

  /// Why a signer of kubelets' certificates refuses (ValidateKubeletClientCSR and its sibling).
  private func kubeletFailure(_ subject: Subject, _ usage: String) -> String? {
    if subject.organizations != ["system:nodes"] { return "organization is not system:nodes" }
    if !subject.commonName.hasPrefix("system:node:") {
      return "subject common name does not begin with system:node:"
    }
    let own = Set(usages)
    guard
      own == ["digital signature", usage]
        || own == ["digital signature", "key encipherment", usage]
    else {
      return usage == "client auth"
        ? "usages did not match [client auth digital signature]"
        : "usages did not match [digital signature server auth]"
    }
    return nil
  }

  /// Why its signer refuses to sign; nil: it signs.
  func refusal(_ subject: Subject) -> String? {
    switch signer {
    case "kubernetes.io/kubelet-serving": return kubeletFailure(subject, "server auth")
    case "kubernetes.io/kube-apiserver-client-kubelet":
      return kubeletFailure(subject, "client auth")
    case "kubernetes.io/kube-apiserver-client":
      let allowed: Set<String> = ["digital signature", "key encipherment", "client auth"]
      if let other = usages.first(where: { !allowed.contains($0) }) {
        return "invalid usage for client certificate: \(other)"
      }
      return usages.contains("client auth")
        ? nil : "missing required usage for client certificate: client auth"
    default: return nil
    }
  }

  /// The signers that the controller manager has keys for.
  static let signers: Set<String> = [
    "kubernetes.io/kubelet-serving", "kubernetes.io/kube-apiserver-client-kubelet",
    "kubernetes.io/kube-apiserver-client", "kubernetes.io/legacy-unknown",
  ]
}
