import Documents

/// Kubeconfig files as kubeadm writes them.
package enum Kubeconfigs {
  /// One cluster named kubernetes, one user, one context USER@kubernetes.
  package static func text(
    server: String, authority: String, user: String, certificate: String, key: String
  ) -> String {
    """
    apiVersion: v1
    clusters:
    - cluster:
        certificate-authority-data: \(Base64.encode(Array(authority.utf8)))
        server: \(server)
      name: kubernetes
    contexts:
    - context:
        cluster: kubernetes
        user: \(user)
      name: \(user)@kubernetes
    current-context: \(user)@kubernetes
    kind: Config
    users:
    - name: \(user)
      user:
        client-certificate-data: \(Base64.encode(Array(certificate.utf8)))
        client-key-data: \(Base64.encode(Array(key.utf8)))

    """
  }
}

extension Kubeconfigs {
  /// The server of a kubeconfig's current context; nil when there is none.
  static func server(of text: String) -> String? {
    guard let config = try? YAML.parse(text) else { return nil }
    func named(_ list: String, _ name: String) -> Value? {
      config[list]?.array?.first { $0["name"]?.string == name }
    }
    let context = named("contexts", config["current-context"]?.string ?? "")
    let cluster = context?[path: "context", "cluster"]?.string ?? ""
    return (named("clusters", cluster) ?? config["clusters"]?.array?.first)?[
      path: "cluster", "server"]?.string
  }
}
