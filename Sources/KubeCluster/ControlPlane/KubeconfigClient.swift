import Documents
import PKI

/// Who a component is and whom it believes, as the current context of its kubeconfig says.
struct KubeconfigClient {
  let server: String
  /// Authorities that it believes.
  let roots: [CertificateFacts]
  let skipsVerification: Bool
  /// DER of its own certificate.
  let certificate: [UInt8]?

  /// nil when the text names no server. `file` reads what it refers to.
  init?(_ text: String, file: (String) -> String?) {
    guard let config = try? YAML.parse(text), let server = Kubeconfigs.server(of: text) else {
      return nil
    }
    func part(_ list: String, _ name: String?, _ member: String) -> Value? {
      let all = config[list]?.array
      return (all?.first { $0["name"]?.string == name } ?? all?.first)?[member]
    }
    func pem(_ place: Value?, _ member: String) -> String {
      if let data = place?[member + "-data"]?.string, let bytes = Base64.decode(data) {
        return String(decoding: bytes, as: UTF8.self)
      }
      return place?[member]?.string.flatMap(file) ?? ""
    }
    let context = part("contexts", config["current-context"]?.string, "context")
    let cluster = part("clusters", context?["cluster"]?.string, "cluster")
    let user = part("users", context?["user"]?.string, "user")
    self.server = server
    skipsVerification = cluster?["insecure-skip-tls-verify"]?.bool == true
    roots = CertificateJudge.certificates(pem(cluster, "certificate-authority"))
    certificate =
      PEM.blocks(in: pem(user, "client-certificate")).first {
        $0.label == "CERTIFICATE"
      }?.bytes
  }
}
