import Documents
import KubeAPIServer
import KubeObjects

/// What `--admission-control-config-file` says, and the files that it names.
extension ServerSettings {
  static func admission(
    _ flags: ComponentFlags, _ text: (String) -> String?
  ) -> Result<AdmissionSettings, Refusal> {
    var settings = AdmissionSettings()
    let prefix = "failed to apply admission: "
    let asksForImages = flags.list("enable-admission-plugins").contains("ImagePolicyWebhook")
    func failed(_ words: String) -> Result<AdmissionSettings, Refusal> {
      .failure(.init(message: prefix + words))
    }
    func plugin(_ name: String, _ words: String) -> Result<AdmissionSettings, Refusal> {
      failed("couldn't init admission plugin \(name.goQuoted): \(words)")
    }
    var images: Value?
    if let path = flags["admission-control-config-file"] {
      guard let content = text(path), let file = try? YAML.parse(content) else {
        return failed(
          "failed to read plugin config: unable to decode admission control configuration from "
            + path.goQuoted)
      }
      let version = GroupVersion(apiVersion: file.apiVersion)
      guard file.kind == "AdmissionConfiguration", version.group == "apiserver.config.k8s.io",
        version.version == "v1"
      else {
        return failed(
          "failed to read plugin config: no kind \(file.kind.goQuoted) is registered for version "
            + "\(file.apiVersion.goQuoted) in scheme \"k8s.io/apiserver/pkg/server/options/admission.go\""
        )
      }
      for entry in file["plugins"]?.array ?? [] {
        let (configuration, problem) = configuration(of: entry, beside: path, text)
        if let problem { return failed("failed to read plugin config: \(problem)") }
        switch entry["name"]?.string {
        case "ImagePolicyWebhook": images = configuration
        case "PodSecurity":
          if let problem = configuration.flatMap({ settings.read(podSecurity: $0) }) {
            return plugin("PodSecurity", problem)
          }
        default: break
        }
      }
    }
    guard asksForImages else { return .success(settings) }
    guard let images else { return plugin("ImagePolicyWebhook", "no config specified") }
    switch imagePolicy(images, text) {
    case .success(let policy): settings.imagePolicy = policy
    case .failure(let refusal): return plugin("ImagePolicyWebhook", refusal.message)
    }
    return .success(settings)
  }

  /// A plug-in's own configuration: in the file, or in one beside it.
  private static func configuration(
    of entry: Value, beside file: String, _ text: (String) -> String?
  ) -> (Value?, problem: String?) {
    guard let path = entry["path"]?.string, !path.isEmpty else {
      return (entry["configuration"], nil)
    }
    let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? ""
    let whole = path.hasPrefix("/") ? path : "\(folder)/\(path)"
    guard let content = text(whole) else {
      return (
        nil,
        "couldn't open admission plugin configuration \(whole): open \(whole): no such file or "
          + "directory"
      )
    }
    return ((try? YAML.parse(content)) ?? .emptyObject, nil)
  }

  private static func imagePolicy(
    _ configuration: Value, _ text: (String) -> String?
  ) -> Result<AdmissionSettings.ImagePolicy, Refusal> {
    let policy = configuration["imagePolicy"] ?? .emptyObject
    for (name, least, most) in [
      ("retryBackoff", 1, 300_000), ("allowTTL", 1, 1800), ("denyTTL", 1, 1800),
    ] {
      // Milliseconds of the back-off, seconds of the others; none is the default, -1 is off.
      guard let given = policy[name]?.int, given != 0, given != -1 else { continue }
      if given < least || given > most {
        let unit = name == "retryBackoff" ? "1ms and 5m0s" : "1s and 30m0s"
        return .failure(
          .init(
            message:
              "valid value is between \(unit), got \(given)\(name == "retryBackoff" ? "ms" : "s")"))
      }
    }
    guard let path = policy["kubeConfigFile"]?.string, !path.isEmpty, let content = text(path)
    else {
      let path = policy["kubeConfigFile"]?.string ?? ""
      return .failure(
        .init(
          message: path.isEmpty
            ? "invalid configuration: no configuration has been provided, try setting "
              + "KUBERNETES_MASTER environment variable"
            : "stat \(path): no such file or directory"))
    }
    let file = (try? YAML.parse(content)) ?? .null
    func entry(_ list: String, _ name: String?) -> Value? {
      (file[list]?.array ?? []).first { $0["name"]?.string == name }
    }
    let context = entry("contexts", file["current-context"]?.string)?["context"]
    let cluster = entry("clusters", context?["cluster"]?.string)?["cluster"]
    guard let server = cluster?["server"]?.string, !server.isEmpty else {
      return .failure(
        .init(
          message: "invalid configuration: no configuration has been provided, try setting "
            + "KUBERNETES_MASTER environment variable"))
    }
    if let authority = cluster?["certificate-authority"]?.string, text(authority) == nil {
      return .failure(
        .init(
          message: "invalid configuration: unable to read certificate-authority \(authority) for "
            + "\(context?["cluster"]?.string ?? "") due to open \(authority): no such file or "
            + "directory"))
    }
    let user = entry("users", context?["user"]?.string)?["user"]
    for name in ["client-certificate", "client-key"] {
      guard let file = user?[name]?.string, text(file) == nil else { continue }
      return .failure(
        .init(
          message: "invalid configuration: unable to read \(name) \(file) for "
            + "\(context?["user"]?.string ?? "") due to open \(file): no such file or directory"))
    }
    return .success(
      .init(server: server, allowsByDefault: policy["defaultAllow"]?.bool ?? false))
  }

  // MARK: TLS

  private static let suites: Set<String> = [
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
    "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_RC4_128_SHA",
  ]

  private static let versions: Set<String> = [
    "VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13",
  ]

  /// Why the flags about TLS cannot be served with (SecureServingOptions.ApplyTo).
  static func transportProblem(_ flags: ComponentFlags) -> String? {
    if let suite = flags.list("tls-cipher-suites").first(where: { !suites.contains($0) }) {
      return "Cipher suite \(suite) not supported or doesn't exist"
    }
    if let version = flags["tls-min-version"], !version.isEmpty, !versions.contains(version) {
      return "unknown tls version \(version.goQuoted)"
    }
    return nil
  }

  /// Why etcd's flags about TLS cannot be served with.
  static func databaseTransportProblem(_ flags: ComponentFlags) -> String? {
    if let suite = flags.list("cipher-suites").first(where: { !suites.contains($0) }) {
      return "unexpected TLS cipher suite \(suite.goQuoted)"
    }
    for name in ["tls-min-version", "tls-max-version"] {
      guard let version = flags[name], !["", "TLS1.2", "TLS1.3"].contains(version) else { continue }
      return "unexpected TLS version \(version.goQuoted)"
    }
    if flags["tls-min-version"] == "TLS1.3", !flags.list("cipher-suites").isEmpty {
      return "cipher suites cannot be configured when only TLS1.3 is enabled"
    }
    return nil
  }
}
