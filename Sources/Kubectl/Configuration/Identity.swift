import Documents
import KubeAPIServer
import PKI
import Shell
import Simulation

/// Which server a command talks to and as whom.
struct Identity {
  var address: ServerAddress
  var credential: Credential
  var headers: [(name: String, value: String)]
}

extension Kubeconfig {
  /// What the files and the command line's own flags make of server and user.
  func identity(values: FlagValues, surroundings: any Surroundings) async throws -> Identity {
    if isExplicit, !isFound {
      let path = paths.first ?? ""
      throw CommandError.text("stat \(path): no such file or directory")
    }
    let context = try context(values)
    let clusterName = override(values, "cluster", context["cluster"]?.string)
    let userName = override(values, "user", context["user"]?.string)
    let server = values.string("server")
    if values.string("as").isEmpty,
      !values.strings("as-group").isEmpty
        || !values.string("as-uid").isEmpty
    {
      throw CommandError.text(
        "requesting uid, groups or user-extra for \(userName) without impersonating a user")
    }
    if !userName.isEmpty, users[userName] == nil {
      throw CommandError.text("auth info \(Go.quoted(userName)) does not exist")
    }
    if !clusterName.isEmpty, clusters[clusterName] == nil, server.isEmpty {
      throw CommandError.text("no server found for cluster \(Go.quoted(clusterName))")
    }
    let account = !isFound && server.isEmpty ? await InClusterAccount.find(surroundings) : nil
    let reader = CredentialReader(
      cluster: clusters[clusterName], user: users[userName], values: values,
      surroundings: surroundings, clusterName: clusterName, userName: userName)
    var address = ServerAddress(
      url: server.isEmpty
        ? clusters[clusterName]?.value["server"]?.string ?? account?.server
          ?? "http://localhost:8080" : Self.completed(server))
    address.timeout = try Self.timeout(values.string("request-timeout"))
    address.serverName = reader.text("tls-server-name", from: reader.cluster?.value)
    address.skipsVerification =
      values.bool("insecure-skip-tls-verify")
      || reader.cluster?.value["insecure-skip-tls-verify"]?.bool ?? false
    address.certificateAuthority =
      try await reader.bytes("certificate-authority", from: reader.cluster) ?? account?.authority
    address.clientCertificate = try await reader.bytes("client-certificate", from: reader.user)
    address.clientKey = try await reader.bytes("client-key", from: reader.user)
    if address.clientCertificate != nil, address.clientKey == nil {
      throw CommandError.text(
        "client-key-data or client-key must be specified for \(userName) to use the clientCert "
          + "authentication method.")
    }
    var headers = Self.impersonation(values)
    let token = try await reader.token(account: account)
    // Both are sent: the server knows whoever shows a good certificate by that.
    if let token, address.clientCertificate != nil {
      headers.append(("authorization", "Bearer \(token)"))
    }
    return Identity(
      address: address, credential: try reader.credential(address, token: token),
      headers: headers)
  }

  private func override(_ values: FlagValues, _ flag: String, _ configured: String?) -> String {
    // `create rolebinding --user` is the command's own flag and says nothing of who asks.
    let given = values.flag(flag)?.kind == .string ? values.string(flag) : ""
    return given.isEmpty ? configured ?? "" : given
  }

  /// A server given as host and port alone is spoken to in plain HTTP.
  private static func completed(_ server: String) -> String {
    server.contains("://") ? server : "http://" + server
  }

  private static func timeout(_ text: String) throws -> Span? {
    if let seconds = Int64(text) { return seconds == 0 ? nil : .seconds(seconds) }
    guard let span = GoDuration.parse(text) else {
      throw CommandError.text(
        "Invalid timeout value. Timeout must be a single integer in seconds, or an integer "
          + "followed by a corresponding time unit (e.g. 1s | 2m | 3h)")
    }
    return span == .zero ? nil : span
  }

  private static func impersonation(_ values: FlagValues) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if !values.string("as").isEmpty { headers.append(("impersonate-user", values.string("as"))) }
    for group in values.strings("as-group") { headers.append(("impersonate-group", group)) }
    if !values.string("as-uid").isEmpty {
      headers.append(("impersonate-uid", values.string("as-uid")))
    }
    return headers
  }
}

/// Reads what a cluster's and a user's entries say in themselves or in files they name.
private struct CredentialReader {
  let cluster: Kubeconfig.Entry?
  let user: Kubeconfig.Entry?
  let values: FlagValues
  let surroundings: any Surroundings
  let clusterName: String
  let userName: String

  func text(_ name: String, from value: Value?) -> String {
    values.string(name).isEmpty ? value?[name]?.string ?? "" : values.string(name)
  }

  /// From the flag's file, else the entry's data, else the entry's file.
  func bytes(_ name: String, from entry: Kubeconfig.Entry?) async throws -> [UInt8]? {
    if !values.string(name).isEmpty { return try await file(values.string(name), for: name) }
    if let data = entry?.value[name + "-data"]?.string, !data.isEmpty { return Base64.decode(data) }
    guard let path = entry?.value[name]?.string, !path.isEmpty else { return nil }
    return try await file(Self.resolve(path, beside: entry?.origin ?? ""), for: name)
  }

  static func resolve(_ path: String, beside origin: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let slash = origin.lastIndex(of: "/") else { return path }
    return String(origin[...slash]) + path
  }

  private func file(_ path: String, for name: String) async throws -> [UInt8] {
    do {
      return try await surroundings.readFile(path)
    } catch let error as HostError {
      let reason = error == .notFound ? "no such file or directory" : error.text.lowercased()
      let entry = name == "certificate-authority" ? clusterName : userName
      let short = name == "client-certificate" ? "client-cert" : name
      throw CommandError.text(
        "unable to read \(short) \(path) for \(entry) due to open \(path): \(reason)")
    }
  }

  /// The flag's, else the user's own, else what its file holds, else the Pod's.
  func token(account: InClusterAccount?) async throws -> String? {
    let flag = values.string("token")
    if !flag.isEmpty { return flag }
    if let configured = user?.value["token"]?.string, !configured.isEmpty { return configured }
    if let path = user?.value["tokenFile"]?.string, !path.isEmpty {
      let bytes = try await file(Self.resolve(path, beside: user?.origin ?? ""), for: "tokenFile")
      return String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
    }
    return account?.token
  }

  func credential(_ address: ServerAddress, token: String?) throws -> Credential {
    guard let pem = address.clientCertificate else {
      return token.map { .bearer($0) } ?? .anonymous
    }
    guard let certificate = PEM.blocks(in: String(decoding: pem, as: UTF8.self)).first else {
      throw CommandError.text("tls: failed to find any PEM data in certificate input")
    }
    return .certificate(certificate.bytes)
  }
}
