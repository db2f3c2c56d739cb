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
  /// Where the credentials come from at the first request, if from a program.
  var plugin: CredentialPlugin?
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
    // Who and what the command line names must be there; what the context names need not.
    if !userName.isEmpty, users[userName] == nil, userName != context["user"]?.string {
      throw CommandError.text("auth info \(Go.quoted(userName)) does not exist")
    }
    if !clusterName.isEmpty, clusters[clusterName] == nil, server.isEmpty,
      clusterName != context["cluster"]?.string
    {
      throw CommandError.text("no server found for cluster \(Go.quoted(clusterName))")
    }
    let account = !isFound && server.isEmpty ? await InClusterAccount.find(surroundings) : nil
    let reader = CredentialReader(
      cluster: clusters[clusterName], user: users[userName], values: values,
      surroundings: surroundings, clusterName: clusterName, userName: userName)
    try await reader.check()
    var address = ServerAddress(
      url: try Self.completed(
        reader.text("server", from: reader.cluster?.value), account?.server,
        isSecure: reader.speaksSecurely))
    address.timeout = try Self.timeout(values.string("request-timeout"))
    address.serverName = reader.text("tls-server-name", from: reader.cluster?.value)
    address.skipsVerification =
      values.bool("insecure-skip-tls-verify")
      || reader.cluster?.value["insecure-skip-tls-verify"]?.bool ?? false
    try reader.checkPlugins()
    address.certificateAuthority = try await reader.authority() ?? account?.authority
    address.clientCertificate = try await reader.bytes("client-certificate", from: reader.user)
    address.clientKey = try await reader.bytes("client-key", from: reader.user)
    var headers = Self.impersonation(values)
    let token = try await reader.token(account: account)
    if address.isSecure, token == nil, !reader.identifiesUser,
      address.clientCertificate == nil || address.clientKey == nil
    {
      try await Self.prompt(surroundings)
    }
    // Both are sent: the server knows whoever shows a good certificate by that.
    if let token, address.clientCertificate != nil {
      headers.append(("authorization", "Bearer \(token)"))
    }
    return Identity(
      address: address, credential: try reader.credential(address, token: token),
      headers: headers, plugin: reader.plugin(token: token))
  }

  private func override(_ values: FlagValues, _ flag: String, _ configured: String?) -> String {
    // `create rolebinding --user` is the command's own flag and says nothing of who asks.
    let given = values.flag(flag)?.kind == .string ? values.string(flag) : ""
    return given.isEmpty ? configured ?? "" : given
  }

  /// A server given as host and port alone is spoken to over TLS by those who have an authority or a
  /// certificate (DefaultServerURL).
  private static func completed(
    _ server: String, _ own: String?, isSecure: Bool
  ) throws -> String {
    if server.isEmpty { return own ?? "http://localhost:8080" }
    let isURL = server.contains("://")
    let host =
      isURL
      ? server[(server.firstRange(of: "://")?.upperBound ?? server.startIndex)...] : server[...]
    if host.hasPrefix("["), !host.contains("]") {
      throw CommandError.text("host must be a URL or a host:port pair: \(Go.quoted(server))")
    }
    if let blank = host.prefix(while: { $0 != "/" }).first(where: \.isWhitespace) {
      throw CommandError.told(
        "Unable to connect to the server: invalid character \(Go.quoted(String(blank))) in host "
          + "name\n", 1)
    }
    return isURL ? server : (isSecure ? "https://" : "http://") + server
  }

  /// Who has said nothing of the user is asked on the terminal; the server takes no passwords.
  private static func prompt(_ surroundings: any Surroundings) async throws {
    for question in ["Username", "Password"] {
      try await surroundings.write(Array("Please enter \(question): ".utf8))
      var isFirst = true
      while true {
        let byte = try await surroundings.readInput(upTo: 1)
        if byte.isEmpty, isFirst { throw CommandError.text("EOF") }
        if byte.isEmpty || byte == [UInt8(ascii: "\n")] { break }
        isFirst = false
      }
    }
  }

  private static func timeout(_ text: String) throws -> Span? {
    if let seconds = Int64(text), seconds >= 0 { return seconds == 0 ? nil : .seconds(seconds) }
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
struct CredentialReader {
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
    guard let path = path(name, from: entry) else { return nil }
    return try await file(path, for: name)
  }

  /// Where the flag or the entry says that something is; the entry's is beside its own file.
  func path(_ name: String, from entry: Kubeconfig.Entry?) -> String? {
    if !values.string(name).isEmpty { return values.string(name) }
    guard let path = entry?.value[name]?.string, !path.isEmpty else { return nil }
    return beside(path, entry)
  }

  /// A path of an entry, which stands beside the file that the entry is from.
  func beside(_ path: String, _ entry: Kubeconfig.Entry?) -> String {
    if path.hasPrefix("/") { return path }
    let origin = surroundings.absolute(entry?.origin ?? "")
    guard let slash = origin.lastIndex(of: "/") else { return path }
    return String(origin[...slash]) + path
  }

  /// What the server is judged by; nobody is judged where the command line says so.
  func authority() async throws -> [UInt8]? {
    let isGiven = !values.string("certificate-authority").isEmpty
    let isSkipped = values.bool("insecure-skip-tls-verify")
    if isSkipped, !isGiven { return nil }
    guard let bytes = try await bytes("certificate-authority", from: cluster) else { return nil }
    if isSkipped || cluster?.value["insecure-skip-tls-verify"]?.bool == true {
      throw CommandError.text(
        "specifying a root certificates file with the insecure flag is not allowed")
    }
    guard !PEM.blocks(in: String(decoding: bytes, as: UTF8.self)).isEmpty else {
      throw CommandError.text(
        "unable to load root certificates: unable to parse bytes as PEM block")
    }
    return bytes
  }

  /// Whether anything is there that only TLS has a use for.
  var speaksSecurely: Bool {
    values.bool("insecure-skip-tls-verify")
      || cluster?.value["insecure-skip-tls-verify"]?.bool == true
      || [("certificate-authority", cluster), ("client-certificate", user)].contains {
        path($0, from: $1) != nil || !text($0 + "-data", from: $1?.value).isEmpty
      }
  }

  func file(_ path: String, for name: String) async throws -> [UInt8] {
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
    if let path = path("tokenFile", from: user) {
      let bytes: [UInt8]
      do {
        bytes = try await surroundings.readFile(path)
      } catch let error as HostError {
        let reason = error == .notFound ? "no such file or directory" : error.text.lowercased()
        throw CommandError.text("open \(path): \(reason)")
      }
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
