import Documents
import KubeAPIServer
import KubeNode
import KubeObjects

/// The API server's flags as drydock's server obeys them.
final class ServerSettings {
  private static let modes: Set<String> = [
    "AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "RBAC", "Node",
  ]

  /// Why a server with these flags would not start.
  func problem(_ flags: ComponentFlags, _ text: (String) -> String?) -> String? {
    for mode in flags.list("authorization-mode") where !Self.modes.contains(mode) {
      return "authorization-mode \(mode.goQuoted) is not a valid mode"
    }
    let modes = flags.list("authorization-mode")
    if modes.contains("Webhook"), flags["authorization-webhook-config-file"] == nil {
      return "authorization-mode Webhook's authorization config file not passed"
    }
    if modes.contains("ABAC"), flags["authorization-policy-file"] == nil {
      return "authorization-mode ABAC's authorization policy file not passed"
    }
    for name in ["enable-admission-plugins", "disable-admission-plugins"] {
      let unknown = flags.list(name).filter { !AdmissionPlugins.names.contains($0) }
      if !unknown.isEmpty {
        return "\(name) plugin \(unknown[0].goQuoted) is unknown"
      }
    }
    for name in ["anonymous-auth", "allow-privileged", "profiling", "enable-bootstrap-token-auth"] {
      guard let value = flags[name], !["true", "false", "1", "0", "t", "f"].contains(value) else {
        continue
      }
      return "invalid argument \(value.goQuoted) for \"--\(name)\" flag: strconv.ParseBool: "
        + "parsing \(value.goQuoted): invalid syntax"
    }
    if let problem = RuntimeConfig(flags.list("runtime-config")).problem { return problem }
    if let range = flags["service-cluster-ip-range"], !range.contains("/") {
      return
        "specified --service-cluster-ip-range could not be parsed: invalid CIDR address: \(range)"
    }
    if case .failure(let refusal) = Self.policy(flags, text) { return refusal.message }
    if case .failure(let refusal) = Self.encryption(flags, text) { return refusal.message }
    if case .failure(let refusal) = Self.admission(flags, text) { return refusal.message }
    if let problem = Self.transportProblem(flags) { return problem }
    if flags["service-account-issuer"] == nil {
      return "--service-account-issuer is a required flag"
    }
    return nil
  }

  /// What these flags ask for and drydock does not do.
  func notSimulated(_ flags: ComponentFlags) -> [String] {
    var found: [String] = []
    for (flag, what) in [
      ("audit-webhook-config-file", "audit webhooks"),
      ("authentication-token-webhook-config-file", "token webhooks"),
      ("authorization-webhook-config-file", "authorization webhooks"),
      ("oidc-issuer-url", "OpenID Connect"),
      ("authentication-config", "--authentication-config"),
      ("authorization-config", "--authorization-config"),
    ] where flags[flag] != nil { found.append(what) }
    for (flag, usual) in [
      ("service-cluster-ip-range", "10.96.0.0/12"), ("service-node-port-range", "30000-32767"),
    ] where flags[flag].map({ $0 != usual }) == true { found.append("--\(flag)") }
    if flags["feature-gates"] != nil { found.append("--feature-gates") }
    found += RuntimeConfig(flags.list("runtime-config")).notSimulated
    if flags.list("authorization-mode").contains("ABAC") { found.append("ABAC policies") }
    let plugins = Set(flags.list("enable-admission-plugins"))
    for plugin in AdmissionPlugins.notSimulated where plugins.contains(plugin) {
      found.append("the admission plugin \(plugin)")
    }
    return found
  }

  /// Makes the server what its flags say.
  func apply(_ flags: ComponentFlags, _ plan: ContainerPlan, _ plane: ControlPlane) {
    let server = plane.cluster.server
    var configuration = ServerConfiguration()
    configuration.flags = flags.given
    if let address = flags["advertise-address"] {
      configuration.address = "\(address):\(flags["secure-port"] ?? "6443")"
    }
    configuration.enabledPlugins = Set(flags.list("enable-admission-plugins"))
    configuration.runtime = RuntimeConfig(flags.list("runtime-config"))
    configuration.disabledPlugins = Set(flags.list("disable-admission-plugins"))
    let modes = flags.list("authorization-mode")
    configuration.authorizationModes = modes.isEmpty ? ["AlwaysAllow"] : modes
    configuration.allowsAnonymous = !["false", "0", "f"].contains(flags["anonymous-auth"] ?? "")
    configuration.oldestTransportVersion = flags["tls-min-version"] == "VersionTLS13" ? 13 : 12
    configuration.allowsBootstrapTokens = flags["enable-bootstrap-token-auth"] == "true"
    if let path = flags["token-auth-file"], let text = plane.host?.text(of: path, in: plan) {
      configuration.tokens = Self.tokens(text)
    }
    let distribution = plane.cluster.blueprint.distribution
    let tag = plan.imageName.split(separator: ":").last.map(String.init)
    configuration.version = distribution == .kubeadm ? tag ?? "v1.36.2" : distribution.version
    plane.cluster.version = configuration.version
    let text: (String) -> String? = { plane.host?.text(of: $0, in: plan) }
    if case .success(let encryption) = Self.encryption(flags, text) {
      configuration.encryption = encryption
    }
    if case .success(let admission) = Self.admission(flags, text) {
      configuration.admission = admission
    }
    server.configuration = configuration
    plane.cluster.keys.clientAuthorities = CertificateJudge.certificates(
      flags["client-ca-file"].flatMap(text) ?? "")
    server.auditor = nil
    if case .success(let policy?) = Self.policy(flags, text),
      let log = Self.auditLog(flags, plan, plane)
    {
      server.auditor = Auditor(policy, timeline: plane.timeline, seed: plane.cluster.seed) {
        log.write($0)
      }
    }
  }

  /// `token,user,uid,"group1,group2"` in each line.
  private static func tokens(_ text: String) -> [String: UserInfo] {
    var found: [String: UserInfo] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count >= 3 else { continue }
      let groups =
        parts.count > 3
        ? parts[3].filter { $0 != "\"" }.split(separator: ",").map(String.init) : []
      found[String(parts[0])] = UserInfo(
        name: String(parts[1]), uid: String(parts[2]), groups: groups)
    }
    return found
  }
}
