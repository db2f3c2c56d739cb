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

  func isKubeletClient(_ subject: RequestedSubject) -> Bool {
    signer == "kubernetes.io/kube-apiserver-client-kubelet" && clientFailure(subject) == nil
  }

  private static let strangerOrganization = "subject organization is not system:nodes"
  private static let strangerName = "subject common name does not begin with system:node:"

  private func lacks(_ usage: String) -> Bool {
    let own = Set(usages)
    return own != ["digital signature", usage]
      && own != ["digital signature", "key encipherment", usage]
  }

  /// ValidateKubeletClientCSR.
  private func clientFailure(_ subject: RequestedSubject) -> String? {
    if subject.organizations != ["system:nodes"] { return Self.strangerOrganization }
    if subject.hasNames { return "DNS subjectAltNames are not allowed" }
    if subject.hasAddresses { return "IP subjectAltNames are not allowed" }
    if !subject.commonName.hasPrefix("system:node:") { return Self.strangerName }
    return lacks("client auth")
      ? "usages did not match [client auth digital signature key encipherment]" : nil
  }

  /// ValidateKubeletServingCSR.
  private func servingFailure(_ subject: RequestedSubject) -> String? {
    if subject.organizations != ["system:nodes"] { return Self.strangerOrganization }
    if !subject.hasNames, !subject.hasAddresses { return "DNS or IP subjectAltName is required" }
    if lacks("server auth") {
      return "usages did not match [digital signature key encipherment server auth]"
    }
    return subject.commonName.hasPrefix("system:node:") ? nil : Self.strangerName
  }

  /// Why its signer refuses to sign; nil: it signs.
  func refusal(_ subject: RequestedSubject) -> String? {
    switch signer {
    case "kubernetes.io/kubelet-serving": return servingFailure(subject)
    case "kubernetes.io/kube-apiserver-client-kubelet": return clientFailure(subject)
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
