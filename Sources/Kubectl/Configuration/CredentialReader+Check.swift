import Documents
import KubeObjects
import Shell

/// What is wrong with the cluster and the user that a command would use: clientcmd's ConfirmUsable,
/// and what making a client of them refuses afterwards.
extension CredentialReader {
  func check() async throws {
    let problems = await userProblems() + clusterProblems()
    if problems.isEmpty { return }
    throw problems.count == 1
      ? CommandError.text(problems[0]) : CommandError.configuration(problems)
  }

  private func has(_ name: String, in entry: Kubeconfig.Entry?) -> Bool {
    !text(name, from: entry?.value).isEmpty
  }

  /// Why a file that the flag or the entry names cannot be read.
  private func unreadable(_ name: String, in entry: Kubeconfig.Entry?) async -> String? {
    guard let path = path(name, from: entry) else { return nil }
    do {
      _ = try await file(path, for: name)
      return nil
    } catch {
      return CommandError.message(error)
    }
  }

  private func userProblems() async -> [String] {
    var found: [String] = []
    var methods: [String] = []
    if has("token", in: user) { methods.append("token") }
    if has("username", in: user) || has("password", in: user) { methods.append("basicAuth") }
    let hasCertificate = path("client-certificate", from: user) != nil
    let hasData = has("client-certificate-data", in: user)
    if hasCertificate || hasData {
      let hasKey = path("client-key", from: user) != nil
      let hasKeyData = has("client-key-data", in: user)
      if hasCertificate, hasData {
        found.append(
          "client-cert-data and client-cert are both specified for \(userName). client-cert-data "
            + "will override.")
      }
      if hasKey, hasKeyData {
        found.append(
          "client-key-data and client-key are both specified for \(userName); client-key-data "
            + "will override")
      }
      if !hasKey, !hasKeyData {
        found.append(
          "client-key-data or client-key must be specified for \(userName) to use the clientCert "
            + "authentication method.")
      }
      for name in ["client-certificate", "client-key"] {
        if let problem = await unreadable(name, in: user) { found.append(problem) }
      }
    }
    found += programProblems()
    if methods.count > 1 {
      found.append(
        "more than one authentication method found for \(userName); found \(Go.list(methods)), only "
          + "one is allowed")
    }
    let groups =
      values.strings("as-group") + (user?.value["as-groups"]?.array ?? []).compactMap(\.string)
    if !has("as", in: user), !groups.isEmpty || has("as-uid", in: user) {
      found.append(
        "requesting uid, groups or user-extra for \(userName) without impersonating a user")
    }
    return found
  }

  private func programProblems() -> [String] {
    guard let program = user?.value["exec"], program.object != nil else { return [] }
    var found: [String] = []
    for name in ["command", "apiVersion"] where program[name]?.string?.isEmpty ?? true {
      found.append("\(name) must be specified for \(userName) to use exec authentication plugin")
    }
    for variable in program["env"]?.array ?? [] where variable["name"]?.string?.isEmpty ?? true {
      found.append(
        "env variable name must be specified for \(userName) to use exec authentication plugin")
    }
    let mode = program["interactiveMode"]?.string ?? ""
    if mode.isEmpty, program["apiVersion"]?.string == "client.authentication.k8s.io/v1beta1" {
      // The older version takes IfAvailable for nothing said.
    } else if mode.isEmpty {
      found.append(
        "interactiveMode must be specified for \(userName) to use exec authentication plugin")
    } else if !["Never", "IfAvailable", "Always"].contains(mode) {
      found.append("invalid interactiveMode for \(userName): \(Go.quoted(mode))")
    }
    return found
  }

  private func clusterProblems() async -> [String] {
    // A cluster of which nothing is said is another matter: the default server is asked.
    guard let cluster, !(cluster.value.object?.isEmpty ?? true) else { return [] }
    var found: [String] = []
    if !has("server", in: cluster) {
      found.append("no server found for cluster \(Go.quoted(clusterName))")
    }
    if let proxy = cluster.value["proxy-url"]?.string, !proxy.isEmpty,
      let problem = Self.proxyProblem(proxy)
    {
      found.append(
        "invalid 'proxy-url' \(Go.quoted(proxy)) for cluster \(Go.quoted(clusterName)): \(problem)")
    }
    // What the command line says of authorities takes the place of all that the entry says of them.
    let isFlagged = !values.string("certificate-authority").isEmpty
    let isOverridden = isFlagged || values.bool("insecure-skip-tls-verify")
    if !isOverridden, path("certificate-authority", from: cluster) != nil,
      has("certificate-authority-data", in: cluster)
    {
      found.append(
        "certificate-authority-data and certificate-authority are both specified for "
          + "\(clusterName). certificate-authority-data will override.")
    }
    if isFlagged || !isOverridden,
      let problem = await unreadable("certificate-authority", in: cluster)
    {
      found.append(problem)
    }
    return found
  }

  private static func proxyProblem(_ proxy: String) -> String? {
    if proxy.hasPrefix(":") { return "could not parse: \(proxy)" }
    let scheme = proxy.firstRange(of: ":").map { String(proxy[..<$0.lowerBound]) } ?? ""
    return ["http", "https", "socks5"].contains(scheme)
      ? nil : "unsupported scheme \(Go.quoted(scheme)), must be http, https, or socks5"
  }

  /// What programs and providers of tokens come to.
  func checkPlugins() throws {
    if let name = user?.value[path: "auth-provider", "name"]?.string, name != "oidc" {
      throw CommandError.text(
        name == "gcp"
          ? "The gcp auth plugin has been removed.\nPlease use the \"gke-gcloud-auth-plugin\" "
            + "kubectl/client-go credential plugin instead.\nSee https://cloud.google.com/blog/"
            + "products/containers-kubernetes/kubectl-auth-changes-in-gke for further details"
          : "no Auth Provider found for name \(Go.quoted(name))")
    }
    guard let program = user?.value["exec"], program.object != nil else { return }
    let version = program["apiVersion"]?.string ?? ""
    let known = ["v1", "v1beta1"].map { "client.authentication.k8s.io/\($0)" }
    guard known.contains(version) else {
      throw CommandError.text("exec plugin: invalid apiVersion \(Go.quoted(version))")
    }
  }

  /// The program that the user's entry gets credentials from; whoever brings a token needs none.
  func plugin(token: String?) -> CredentialPlugin? {
    guard token == nil, let program = user?.value["exec"], program.object != nil else { return nil }
    // Only what is looked for along PATH is a name; a path is the kubeconfig file's neighbour.
    let name = program.text("command")
    let command = name.contains("/") ? beside(name, user) : name
    return CredentialPlugin(
      program, command: command, cluster: cluster?.value, surroundings: surroundings)
  }

  /// Whether the entry says who the user is (canIdentifyUser).
  var identifiesUser: Bool {
    ["token", "tokenFile", "username"].contains { has($0, in: user) }
      || user?.value["auth-provider"]?.object != nil || user?.value["exec"]?.object != nil
  }
}
