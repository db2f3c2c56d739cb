import Documents
import Shell

/// The merged kubeconfig files of a user: clusters, users, contexts and which file each is from.
struct Kubeconfig {
  struct Entry {
    var value: Value
    /// The file that holds it; a relative path in it is relative to that file's folder.
    var origin: String
  }

  var clusters: [String: Entry] = [:]
  var users: [String: Entry] = [:]
  var contexts: [String: Entry] = [:]
  var currentContext = ""
  var preferences: Value = .emptyObject
  /// What other programs keep beside.
  var extensions: Value?
  /// The files asked for, in order of precedence; those that exist or the default.
  var paths: [String] = []
  /// From --kubeconfig: nothing else is read or written.
  var isExplicit = false
  /// Whether any file was found.
  var isFound = false

  /// Where changes to things that are in no file yet go.
  var defaultPath: String { paths.last ?? "" }

  static func load(values: FlagValues, surroundings: any Surroundings) async throws -> Kubeconfig {
    var configuration = Kubeconfig()
    let explicit = values.string("kubeconfig")
    let listed = surroundings.environment["KUBECONFIG"] ?? ""
    if !explicit.isEmpty {
      configuration.paths = [explicit]
      configuration.isExplicit = true
      if surroundings.status(explicit) == nil, values.changed("kubeconfig") {
        configuration.isFound = false
        return configuration
      }
    } else if !listed.isEmpty {
      configuration.paths = listed.split(separator: ":").map(String.init)
    } else {
      configuration.paths = [surroundings.home + "/.kube/config"]
    }
    for path in configuration.paths where surroundings.status(path) != nil {
      let file = try await ConfigurationFile.read(path, surroundings)
      configuration.isFound = true
      configuration.merge(file, from: path)
    }
    return configuration
  }

  /// The first file that says something wins.
  private mutating func merge(_ file: ConfigurationFile, from path: String) {
    if currentContext.isEmpty { currentContext = file.currentContext }
    if preferences.object?.isEmpty ?? true { preferences = file.preferences }
    if extensions == nil { extensions = file.extensions }
    for (name, value) in file.clusters where clusters[name] == nil {
      clusters[name] = Entry(value: value, origin: path)
    }
    for (name, value) in file.users where users[name] == nil {
      users[name] = Entry(value: value, origin: path)
    }
    for (name, value) in file.contexts where contexts[name] == nil {
      contexts[name] = Entry(value: value, origin: path)
    }
  }

  /// The context in force: --context or the current one.
  func contextName(_ values: FlagValues) -> String {
    let asked = values.string("context")
    return asked.isEmpty ? currentContext : asked
  }

  func context(_ values: FlagValues) throws -> Value {
    let name = contextName(values)
    if let entry = contexts[name] { return entry.value }
    if !values.string("context").isEmpty {
      // With a namespace of the command line the context is first looked for by its name.
      if !values.string("namespace").isEmpty {
        throw CommandError.text("context \(Go.quoted(name)) does not exist")
      }
      throw CommandError.configuration(["context was not found for specified context: \(name)"])
    }
    if !name.isEmpty {
      throw CommandError.configuration(["context was not found for specified context: \(name)"])
    }
    return .emptyObject
  }

  func namespace(values: FlagValues, surroundings: any Surroundings) async throws -> String {
    if isFound || isExplicit {
      let named = try context(values)["namespace"]?.string ?? ""
      if !named.isEmpty { return named }
    } else if let token = await InClusterAccount.find(surroundings) {
      return token.namespace
    }
    return "default"
  }
}

/// One kubeconfig file, its lists as dictionaries.
struct ConfigurationFile {
  var clusters: [String: Value] = [:]
  var users: [String: Value] = [:]
  var contexts: [String: Value] = [:]
  var currentContext = ""
  var preferences: Value = .emptyObject
  var extensions: Value?

  static func read(_ path: String, _ surroundings: any Surroundings) async throws
    -> ConfigurationFile
  {
    let bytes: [UInt8]
    do {
      bytes = try await surroundings.readFile(path)
    } catch let error as HostError {
      throw CommandError.text(
        "error loading config file \(Go.quoted(path)): open \(path): \(error.text.lowercased())")
    }
    var file = ConfigurationFile()
    let documents: [Value]
    do {
      documents = try ManifestText.documents(bytes)
    } catch {
      throw CommandError.text(
        "error loading config file \(Go.quoted(path)): "
          + CommandError.message(error).replacing("error converting YAML to JSON: ", with: ""))
    }
    guard let root = documents.first, !root.isNull else { return file }
    if let problem = problem(root) {
      throw CommandError.text("error loading config file \(Go.quoted(path)): \(problem)")
    }
    file.clusters = named(root["clusters"], "cluster")
    file.users = named(root["users"], "user").mapValues(ExternalCredentials.normal)
    file.contexts = named(root["contexts"], "context")
    file.currentContext = root["current-context"]?.string ?? ""
    file.preferences = root["preferences"] ?? .emptyObject
    if let list = root["extensions"]?.array, !list.isEmpty { file.extensions = .array(list) }
    return file
  }

  /// Why the client's scheme cannot decode a file.
  private static func problem(_ root: Value) -> String? {
    guard root.object != nil else {
      return "couldn't get version/kind; json parse error: json: cannot unmarshal "
        + MetadataShape.kind(root) + " into Go value of type struct { APIVersion string "
        + #""json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#
    }
    let version = root["apiVersion"]?.string ?? ""
    let kind = root["kind"]?.string ?? ""
    guard ["", "v1"].contains(version), ["", "Config"].contains(kind) else {
      return "no kind \(Go.quoted(kind.isEmpty ? "Config" : kind)) is registered for version "
        + "\(Go.quoted(version.isEmpty ? "v1" : version)) in scheme "
        + "\"k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50\""
    }
    return KubeconfigShape.root.problem(root)
  }

  private static func named(_ list: Value?, _ member: String) -> [String: Value] {
    var found: [String: Value] = [:]
    for item in list?.array ?? [] {
      let name = item["name"]?.string ?? ""
      if found[name] == nil { found[name] = item[member] ?? .emptyObject }
    }
    return found
  }

  /// The file as kubectl writes it: lists sorted by name, absent ones null.
  var value: Value {
    var value: Value = [
      "apiVersion": "v1", "kind": "Config",
      "clusters": Self.list(clusters, "cluster"), "contexts": Self.list(contexts, "context"),
      "users": Self.list(users, "user"), "current-context": .string(currentContext),
      "preferences": preferences.object == nil ? .emptyObject : preferences,
    ]
    if let extensions { value["extensions"] = extensions }
    return value
  }

  static func list(_ entries: [String: Value], _ member: String) -> Value {
    if entries.isEmpty { return .null }
    return .array(
      entries.keys.sorted().map { name in
        Value.object(["name": .string(name), member: entries[name] ?? .emptyObject])
      })
  }
}

/// The service account that a container runs as, from the files that kubelets put there.
struct InClusterAccount {
  static let folder = "/var/run/secrets/kubernetes.io/serviceaccount"
  var server: String
  var token: String
  var authority: [UInt8]?
  var namespace: String

  static func find(_ surroundings: any Surroundings) async -> InClusterAccount? {
    guard let host = surroundings.environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
      let port = surroundings.environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty,
      let token = try? await surroundings.readFile(folder + "/token")
    else { return nil }
    let space = try? await surroundings.readFile(folder + "/namespace")
    return InClusterAccount(
      server: "https://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)",
      token: String(decoding: token, as: UTF8.self),
      authority: try? await surroundings.readFile(folder + "/ca.crt"),
      namespace: space.map { String(decoding: $0, as: UTF8.self) } ?? "default")
  }
}
