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
