package import Documents
import KubeObjects

/// What an AdmissionConfiguration file says to plug-ins.
package struct AdmissionSettings: Sendable {
  /// How ImagePolicyWebhook asks about images.
  package struct ImagePolicy: Sendable {
    package var endpoint: WebhookEndpoint
    /// What holds while the backend does not answer.
    package var allowsByDefault: Bool

    package init(server: String, allowsByDefault: Bool) {
      let (host, port) = WebhookClient.hostAndPort(
        server.split(separator: "/").dropFirst().first.map(String.init) ?? server)
      let slash = server.split(separator: "/").count > 2 ? "" : "/"
      endpoint = WebhookEndpoint(
        url: "\(server)\(slash)?timeout=30s", host: host == "localhost" ? "127.0.0.1" : host,
        port: port, seconds: 30)
      self.allowsByDefault = allowsByDefault
    }
  }

  package var imagePolicy: ImagePolicy?
  /// Levels and versions by mode (`enforce`, `warn-version`) where a namespace says nothing.
  package var podSecurityDefaults: [String: String] = [:]
  /// Whom PodSecurity leaves alone.
  package var exemptNamespaces: Set<String> = []
  package var exemptUsers: Set<String> = []
  package var exemptRuntimeClasses: Set<String> = []

  package init() {}

  /// Takes PodSecurity's own part; the problem with it otherwise.
  package mutating func read(podSecurity configuration: Value) -> String? {
    if !["pod-security.admission.config.k8s.io/v1", "pod-security.admission.config.k8s.io/v1beta1"]
      .contains(configuration.apiVersion) || configuration.kind != "PodSecurityConfiguration"
    {
      return "no kind \(configuration.kind.goQuoted) is registered for version "
        + configuration.apiVersion.goQuoted
    }
    for (name, value) in configuration["defaults"]?.object ?? [:] {
      podSecurityDefaults[name] = value.string ?? ""
    }
    let labels = podSecurityDefaults.map {
      (PodSecurityPolicy.prefix + $0.key, Value.string($0.value))
    }
    if let problem = PodSecurityPolicy.problems(.object(Mapping(labels))).first {
      return "\(problem)"
    }
    func names(_ member: String) -> Set<String> {
      Set((configuration[path: "exemptions", member]?.array ?? []).compactMap(\.string))
    }
    exemptNamespaces = names("namespaces")
    exemptUsers = names("usernames")
    exemptRuntimeClasses = names("runtimeClasses")
    return nil
  }
}
