/// What an API server's command line may make different; as it stands, what kubeadm asks for.
package struct ServerConfiguration {
  /// The release that it says it is.
  package var version = "v1.36.2"
  /// Its command line.
  package var flags: [(name: String, value: String)] = []
  /// --advertise-address and --secure-port.
  package var address = "172.30.1.2:6443"
  /// --enable-admission-plugins, beyond those that are on by default.
  package var enabledPlugins: Set<String> = ["NodeRestriction"]
  package var disabledPlugins: Set<String> = []
  /// --runtime-config.
  package var runtime = RuntimeConfig()
  /// --authorization-mode, in order.
  package var authorizationModes = ["Node", "RBAC"]
  /// --anonymous-auth.
  package var allowsAnonymous = true
  /// --enable-bootstrap-token-auth.
  package var allowsBootstrapTokens = true
  /// --token-auth-file: users by token.
  package var tokens: [String: UserInfo] = [:]

  /// --tls-min-version: 12 is 1.2.
  package var oldestTransportVersion = 12
  /// --admission-control-config-file.
  package var admission = AdmissionSettings()

  /// --encryption-provider-config.
  package var encryption = StorageEncryption()

  package init() {}
}
