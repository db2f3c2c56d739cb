import Documents
import KubeCluster
import PKI

/// The kubeconfig for a served cluster: kubeadm's two administrators, the ordinary one current.
enum AdministratorKubeconfig {
  private static let users = [
    (name: "kubernetes-admin", group: "kubeadm:cluster-admins"),
    (name: "kubernetes-super-admin", group: "system:masters"),
  ]

  static func text(keys: ClusterKeys, host: String, port: Int) throws -> String {
    let reachable = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
    let place = reachable.contains(":") ? "[\(reachable)]" : reachable
    var contexts: [Value] = []
    var entries: [Value] = []
    for user in users {
      guard
        let (certificate, key) = keys.clientCertificate(user: user.name, groups: [user.group])
      else { throw TransportSecurity.KeyTrouble() }
      contexts.append([
        "context": ["cluster": "kubernetes", "user": .string(user.name)],
        "name": .string("\(user.name)@kubernetes"),
      ])
      entries.append([
        "name": .string(user.name),
        "user": [
          "client-certificate-data": encoded(certificate.pem), "client-key-data": encoded(key.pem),
        ],
      ])
    }
    return YAMLWriter.text([
      "apiVersion": "v1", "kind": "Config",
      "clusters": [
        [
          "cluster": [
            "certificate-authority-data": encoded(keys.authority.facts.pem),
            "server": .string("https://\(place):\(port)"),
          ],
          "name": "kubernetes",
        ]
      ],
      "contexts": .array(contexts),
      "current-context": .string("\(users[0].name)@kubernetes"),
      "users": .array(entries),
    ])
  }

  private static func encoded(_ pem: String) -> Value { .string(Base64.encode(Array(pem.utf8))) }
}
