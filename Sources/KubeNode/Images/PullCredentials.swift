import Documents
import KubeObjects
import Shell

/// The name and password of an account at a registry.
package struct RegistryLogin: Hashable, Sendable {
  package let user: String
  package let password: String

  package init(user: String, password: String) {
    self.user = user
    self.password = password
  }
}

/// The logins that a Pod's imagePullSecrets hold, as the kubelet's keyring finds them
/// (pkg/credentialprovider).
struct PullCredentials {
  private var entries: [(key: String, login: RegistryLogin)] = []

  init(secrets: [Value]) {
    for secret in secrets {
      for (server, login) in Self.logins(of: secret) { entries.append((Self.key(server), login)) }
    }
    // The more of an image's name a key tells, the earlier it is tried.
    entries.sort { $1.key < $0.key }
  }

  /// Those to be tried for an image, in order.
  func logins(for image: ImageReference) -> [RegistryLogin] {
    let name = "\(image.registry)/\(image.repository)"
    let found = entries.filter { Self.matches($0.key, name) }
    if found.isEmpty, image.registry == "docker.io" {
      return entries.filter { $0.key == "index.docker.io" }.map(\.login)
    }
    return found.map(\.login)
  }

  private static func logins(of secret: Value) -> [(server: String, login: RegistryLogin)] {
    let (name, isWrapped) =
      secret["type"]?.string == "kubernetes.io/dockercfg"
      ? (".dockercfg", false) : (".dockerconfigjson", true)
    guard let data = secret["data"]?[name]?.string, let bytes = Base64.decode(data),
      let parsed = try? JSON.parse(bytes),
      let servers = (isWrapped ? parsed["auths"] : parsed)?.object
    else { return [] }
    return servers.compactMap { server, entry in
      // What is encoded goes before what stands beside it.
      if let auth = entry["auth"]?.string, !auth.isEmpty {
        guard let plain = Base64.decode(auth) else { return nil }
        let parts = String(decoding: plain, as: UTF8.self)
          .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        return (server, RegistryLogin(user: parts[0], password: parts[1]))
      }
      return (
        server, RegistryLogin(user: entry.text("username"), password: entry.text("password"))
      )
    }
  }

  /// Host and path of a server's name, without its scheme and the API's version.
  private static func key(_ server: String) -> String {
    var rest = server[...]
    for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
    }
    let host = rest.prefix { $0 != "/" }
    var path = rest.dropFirst(host.count)
    if path.hasPrefix("/v1/") || path.hasPrefix("/v2/") { path = path.dropFirst(3) }
    return path == "/" ? String(host) : String(host) + path
  }

  /// A key's host may have stars in its parts; its path is the beginning of the image's
  /// (URLsMatch).
  private static func matches(_ key: String, _ name: String) -> Bool {
    func parts(_ text: String) -> (host: [Substring], port: Substring, path: Substring) {
      let address = text.prefix { $0 != "/" }
      let host = address.prefix { $0 != ":" }
      return (
        host.split(separator: ".", omittingEmptySubsequences: false),
        address.dropFirst(host.count), text.dropFirst(address.count)
      )
    }
    let (wanted, given) = (parts(key), parts(name))
    return wanted.port == given.port && wanted.host.count == given.host.count
      && given.path.hasPrefix(wanted.path)
      && zip(wanted.host, given.host).allSatisfy {
        GlobPattern(String($0)).matches(String($1))
      }
  }
}
