import Documents

/// Kubeconfig files as kubeadm writes them.
package enum Kubeconfigs {
  /// What a kubeconfig says of one cluster and its one user; certificates and keys as PEM.
  package struct Access {
    package var server: String
    package var authority: String
    package var user: String
    package var certificate: String
    package var key: String
    package var cluster = "kubernetes"
    /// What the user is called where several clusters have one of that name.
    package var userEntry: String
    /// USER@CLUSTER, unless it is called otherwise.
    package var context: String {
      get { contextEntry ?? "\(user)@\(cluster)" }
      set { contextEntry = newValue }
    }
    private var contextEntry: String?

    package init(
      server: String, authority: String, user: String, certificate: String, key: String
    ) {
      self.server = server
      self.authority = authority
      self.user = user
      self.certificate = certificate
      self.key = key
      userEntry = user
    }
  }

  /// One cluster named kubernetes, one user, one context USER@kubernetes.
  package static func text(
    server: String, authority: String, user: String, certificate: String, key: String
  ) -> String {
    text([
      Access(
        server: server, authority: authority, user: user, certificate: certificate, key: key)
    ])
  }

  /// A context USER@CLUSTER for each; the first is the current one.
  package static func text(_ accesses: [Access]) -> String {
    func each(_ entry: (Access) -> String) -> String { accesses.map(entry).joined() }
    func encoded(_ pem: String) -> String { Base64.encode(Array(pem.utf8)) }
    let clusters = each {
      """
      - cluster:
          certificate-authority-data: \(encoded($0.authority))
          server: \($0.server)
        name: \($0.cluster)

      """
    }
    let contexts = each {
      "- context:\n    cluster: \($0.cluster)\n    user: \($0.userEntry)\n  name: \($0.context)\n"
    }
    let users = each {
      """
      - name: \($0.userEntry)
        user:
          client-certificate-data: \(encoded($0.certificate))
          client-key-data: \(encoded($0.key))

      """
    }
    return "apiVersion: v1\nclusters:\n\(clusters)contexts:\n\(contexts)"
      + "current-context: \(accesses.first?.context ?? "\"\"")\nkind: Config\nusers:\n\(users)"
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
