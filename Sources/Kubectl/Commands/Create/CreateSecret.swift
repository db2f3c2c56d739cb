import Documents
import PKI

/// kubectl create secret and its three kinds.
enum CreateSecret {
  static let specification = CommandSpecification(
    name: "secret", usage: "secret (docker-registry | generic | tls)",
    summary: "Create a secret using a specified subcommand",
    about: "Create a secret with specified type.", subcommands: [registry, generic, certificate],
    isErrorAlone: true)

  private static let registry = CommandSpecification(
    name: "docker-registry",
    usage: "docker-registry NAME --docker-username=user --docker-password=password "
      + "--docker-email=email [--docker-server=string] [--from-file=[key=]source] "
      + "[--dry-run=server|client|none]",
    summary: "Create a secret for use with a Docker registry",
    about: "Create a new secret for use with Docker registries.",
    examples: [
      (
        "Credentials of a registry",
        "kubectl create secret docker-registry pull --docker-server=registry.local "
          + "--docker-username=ann --docker-password=pw"
      )
    ],
    flags: Creation.flags
      + Flag.list(
        "append-hash:bool docker-email:string docker-password:string "
          + "docker-server:string=https://index.docker.io/v1/ docker-username:string from-file:list"
      ),
    run: runRegistry)

  private static let generic = CommandSpecification(
    name: "generic",
    usage: "generic NAME [--type=string] [--from-file=[key=]source] "
      + "[--from-literal=key1=value1] [--dry-run=server|client|none]",
    summary: "Create a secret from a local file, directory, or literal value",
    about: "Create a secret based on a file, directory, or specified literal value.",
    examples: [("One value", "kubectl create secret generic db --from-literal=password=pw")],
    flags: Creation.flags
      + Flag.list(
        "append-hash:bool from-env-file:list from-file:list from-literal:array type:string"),
    run: runGeneric)

  private static let certificate = CommandSpecification(
    name: "tls",
    usage: "tls NAME --cert=path/to/cert/file --key=path/to/key/file "
      + "[--dry-run=server|client|none]",
    summary: "Create a TLS secret",
    about: "Create a TLS secret from the given public/private key pair.",
    examples: [("A key pair", "kubectl create secret tls web --cert=web.crt --key=web.key")],
    flags: Creation.flags + Flag.list("append-hash:bool cert:string key:string"),
    run: runCertificate)

  private static func runGeneric(_ call: Invocation) async throws {
    let creation = try Creation(call, .secrets)
    let entries = try await DataSources(call, owner: "Secret \(Go.quoted(creation.name))").entries()
    var data = Mapping()
    for (key, bytes) in entries { data[key] = .string(Base64.encode(bytes)) }
    try await finish(creation, data, type: call.values.string("type"))
  }

  private static func runRegistry(_ call: Invocation) async throws {
    let creation = try Creation(call, .secrets)
    let values = call.values
    let key = ".dockerconfigjson"
    var data = Mapping()
    if !values.strings("from-file").isEmpty {
      let owner = "Secret \(Go.quoted(creation.name))"
      for (name, bytes) in try await DataSources(call, owner: owner).entries() {
        // A lone file may have any name.
        data[values.strings("from-file").count == 1 ? key : name] = .string(Base64.encode(bytes))
      }
    } else {
      let user = values.string("docker-username")
      let password = values.string("docker-password")
      let server = values.string("docker-server")
      guard !user.isEmpty, !password.isEmpty, !server.isEmpty else {
        throw CommandError.text(
          "either --from-file or the combination of --docker-username, --docker-password and "
            + "--docker-server is required")
      }
      var parts = [
        "\"username\":\(text(user))", "\"password\":\(text(password))",
      ]
      let mail = values.string("docker-email")
      if !mail.isEmpty { parts.append("\"email\":\(text(mail))") }
      parts.append("\"auth\":\(text(Base64.encode(Array("\(user):\(password)".utf8))))")
      let json = "{\"auths\":{\(text(server)):{\(parts.joined(separator: ","))}}}"
      data[key] = .string(Base64.encode(Array(json.utf8)))
    }
    try await finish(creation, data, type: "kubernetes.io/dockerconfigjson")
  }

  private static func text(_ string: String) -> String { JSONText.marshal(.string(string)) }

  private static func runCertificate(_ call: Invocation) async throws {
    let creation = try Creation(call, .secrets)
    let certificate = call.values.string("cert")
    let key = call.values.string("key")
    guard !certificate.isEmpty, !key.isEmpty else {
      throw CommandError.text("key and cert must be specified")
    }
    let certificateBytes = try await file(certificate, call)
    let keyBytes = try await file(key, call)
    do throws(CertificatePair.Refusal) {
      _ = try CertificatePair(
        certificate: String(decoding: certificateBytes, as: UTF8.self),
        key: String(decoding: keyBytes, as: UTF8.self))
    } catch {
      throw CommandError.text(error.message)
    }
    let data: Mapping = [
      "tls.crt": .string(Base64.encode(certificateBytes)),
      "tls.key": .string(Base64.encode(keyBytes)),
    ]
    try await finish(creation, data, type: "kubernetes.io/tls")
  }

  private static func file(_ path: String, _ call: Invocation) async throws -> [UInt8] {
    do {
      return try await DataSources.read(path, call)
    } catch CommandError.text(let problem) {
      throw CommandError.text("Cannot read file \(path), \(problem)")
    }
  }

  private static func finish(_ creation: Creation, _ data: Mapping, type: String) async throws {
    var creation = creation
    if creation.call.values.bool("append-hash") {
      let hashed: Value = [
        "kind": "Secret", "type": .string(type), "name": .string(creation.name),
        "data": .object(data),
      ]
      creation = creation.renamed(creation.name + "-" + ShortHash.suffix(of: hashed))
    }
    var members: Mapping = [:]
    if !data.isEmpty { members["data"] = .object(data) }
    if !type.isEmpty { members["type"] = .string(type) }
    try await creation.finish(creation.frame(members), failure: "failed to create secret ")
  }
}
