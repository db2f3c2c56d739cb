import Documents

/// kubectl config and its subcommands.
enum ConfigCommand {
  static let specification = CommandSpecification(
    name: "config", usage: "config SUBCOMMAND", summary: "Modify kubeconfig files",
    about:
      "Modify kubeconfig files using subcommands like \"kubectl config set current-context "
      + "my-context\".\n\n The loading order follows these rules:\n\n"
      + "  1.  If the --kubeconfig flag is set, then only that file is loaded.\n"
      + "  2.  If $KUBECONFIG is set, its list of files is merged.\n"
      + "  3.  Otherwise, ${HOME}/.kube/config is used.",
    examples: [("Another cluster", "kubectl config use-context staging")],
    subcommands: [
      plain(
        "current-context", "current-context [flags]", "Display the current-context",
        ConfigReading.currentContext),
      plain(
        "delete-cluster", "delete-cluster NAME", "Delete the specified cluster from the kubeconfig",
        { try await ConfigDeletion.cluster($0) }),
      plain(
        "delete-context", "delete-context NAME", "Delete the specified context from the kubeconfig",
        { try await ConfigDeletion.context($0) }),
      plain(
        "delete-user", "delete-user NAME", "Delete the specified user from the kubeconfig",
        { try await ConfigDeletion.user($0) }),
      plain(
        "get-clusters", "get-clusters [flags]", "Display clusters defined in the kubeconfig",
        { try await ConfigReading.names($0, \.clusters) }),
      plain(
        "get-contexts", "get-contexts [(-o|--output=)name)]", "Describe one or many contexts",
        ConfigReading.contexts, flags: Flag.list("no-headers:bool output,o:string")),
      plain(
        "get-users", "get-users [flags]", "Display users defined in the kubeconfig",
        { try await ConfigReading.names($0, \.users) }),
      plain(
        "rename-context", "rename-context CONTEXT_NAME NEW_NAME",
        "Rename a context from the kubeconfig file", ConfigWriting.rename),
      plain(
        "set", "set PROPERTY_NAME PROPERTY_VALUE", "Set an individual value in a kubeconfig file",
        { try await ConfigProperty.set($0) }, flags: Flag.list("set-raw-bytes:bool")),
      plain(
        "set-cluster",
        "set-cluster NAME [--server=server] "
          + "[--certificate-authority=path/to/certificate/authority] "
          + "[--insecure-skip-tls-verify=true] [--tls-server-name=example.com]",
        "Set a cluster entry in kubeconfig", ConfigWriting.cluster,
        flags: Flag.list(
          "certificate-authority:string embed-certs:bool insecure-skip-tls-verify:bool "
            + "proxy-url:string server:string tls-server-name:string")),
      plain(
        "set-context",
        "set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] "
          + "[--namespace=namespace]", "Set a context entry in kubeconfig", ConfigWriting.context,
        flags: Flag.list("cluster:string current:bool namespace:string user:string")),
      plain(
        "set-credentials",
        "set-credentials NAME [--client-certificate=path/to/certfile] "
          + "[--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] "
          + "[--password=basic_password] [--auth-provider=provider_name] "
          + "[--auth-provider-arg=key=value] [--exec-command=exec_command] "
          + "[--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value]",
        "Set a user entry in kubeconfig", ConfigWriting.user,
        flags: Flag.list(
          "auth-provider:string auth-provider-arg:array client-certificate:string "
            + "client-key:string embed-certs:bool exec-api-version:string exec-arg:array "
            + "exec-command:string exec-env:array exec-interactive-mode:string "
            + "exec-provide-cluster-info:bool password:string token:string username:string")),
      plain(
        "unset", "unset PROPERTY_NAME", "Unset an individual value in a kubeconfig file",
        { try await ConfigProperty.unset($0) }),
      plain(
        "use-context", "use-context CONTEXT_NAME", "Set the current-context in a kubeconfig file",
        ConfigWriting.use, aliases: ["use"]),
      plain(
        "view", "view [flags]", "Display merged kubeconfig settings or a specified kubeconfig file",
        ConfigReading.view,
        flags: .printing
          + Flag.list("flatten:bool merge:bool=true minify:bool raw:bool")),
    ], isErrorAlone: true)

  private static func plain(
    _ name: String, _ usage: String, _ summary: String,
    _ run: @escaping @Sendable (Invocation) async throws -> Void, flags: [Flag] = [],
    aliases: [String] = []
  ) -> CommandSpecification {
    CommandSpecification(
      name: name, aliases: aliases, usage: usage, summary: summary, about: summary + ".",
      flags: flags, run: run)
  }
}

/// The subcommands of config that only look.
enum ConfigReading {
  static func currentContext(_ call: Invocation) async throws {
    let name = try await call.configuration().currentContext
    if name.isEmpty { throw CommandError.text("current-context is not set") }
    call.output.line(name)
  }

  static func names(
    _ call: Invocation, _ list: (Kubeconfig) -> [String: Kubeconfig.Entry]
  ) async throws {
    // The lists of a real kubectl come in the order of a Go map; ours are sorted.
    call.output.line("NAME")
    for name in list(try await call.configuration()).keys.sorted() { call.output.line(name) }
  }

  static func contexts(_ call: Invocation) async throws {
    let configuration = try await call.configuration()
    let form = call.values.string("output")
    guard form.isEmpty || form == "name" else {
      throw CommandError.text(
        "--output \(form) is not available in kubectl config get-contexts; resetting to default "
          + "output format")
    }
    let asked = call.arguments.isEmpty ? Array(configuration.contexts.keys) : call.arguments
    let names = asked.filter { configuration.contexts[$0] != nil }.sorted()
    let missing = asked.filter { configuration.contexts[$0] == nil }.map {
      CommandError.text("context \($0) not found")
    }
    if form == "name" {
      for name in names { call.output.line(name) }
    } else {
      var lines =
        call.values.bool("no-headers")
        ? "" : "CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n"
      for name in names {
        let mark = name == configuration.currentContext ? "*" : ""
        let cells = ["cluster", "user", "namespace"].map {
          configuration.contexts[name]?.value[$0]?.string ?? ""
        }
        lines += "\(mark)\t\(name)\t\(cells.joined(separator: "\t"))\n"
      }
      call.output.print(Tabulator.table.align(lines))
    }
    if let first = missing.first {
      throw missing.count == 1 ? first : CommandError.aggregate(missing)
    }
  }

  static func view(_ call: Invocation) async throws {
    let values = call.values
    if !call.arguments.isEmpty {
      throw CommandError.usage("unexpected arguments: \(Go.list(call.arguments))")
    }
    if !values.bool("merge"), values.string("kubeconfig").isEmpty {
      throw CommandError.text("if merge==false a precise file must be specified")
    }
    let configuration = try await call.configuration()
    var file = ConfigurationFile()
    file.clusters = configuration.clusters.mapValues(\.value)
    file.users = configuration.users.mapValues(\.value)
    file.contexts = configuration.contexts.mapValues(\.value)
    file.currentContext = configuration.currentContext
    file.preferences = configuration.preferences
    file.extensions = configuration.extensions
    if values.bool("minify") { try minify(&file, configuration, values) }
    if values.bool("flatten") { try await flatten(&file, configuration, call) }
    if !values.bool("raw"), !values.bool("flatten") { redact(&file) }
    let form = values.string("output")
    if form == "json" {
      return call.output.print(
        JSONText.kubeconfig(file.value) + "\n")
    }
    guard !form.isEmpty, form != "yaml" else {
      return call.output.print(YAMLText.text(file.value))
    }
    guard let format = try await OutputFormat.parse(call) else { return }
    call.output.print(try ObjectPrinter(format, values: values).text(file.value))
  }

  private static func minify(
    _ file: inout ConfigurationFile, _ configuration: Kubeconfig, _ values: FlagValues
  ) throws {
    let name = configuration.contextName(values)
    guard !name.isEmpty else {
      throw CommandError.text("current-context must exist in order to minify")
    }
    guard let context = file.contexts[name] else {
      throw CommandError.text("cannot locate context \(name)")
    }
    file.currentContext = name
    file.contexts = [name: context]
    let cluster = context["cluster"]?.string ?? ""
    let user = context["user"]?.string ?? ""
    if !cluster.isEmpty, file.clusters[cluster] == nil {
      throw CommandError.text("cannot locate cluster \(cluster)")
    }
    if !user.isEmpty, file.users[user] == nil {
      throw CommandError.text("cannot locate user \(user)")
    }
    file.clusters = file.clusters.filter { $0.key == cluster }
    file.users = file.users.filter { $0.key == user }
  }

  private static func flatten(
    _ file: inout ConfigurationFile, _ configuration: Kubeconfig, _ call: Invocation
  ) async throws {
    for name in file.clusters.keys.sorted() {
      try await embed(
        ["certificate-authority"], in: &file.clusters[name],
        origin: configuration.clusters[name]?.origin ?? "", call)
    }
    for name in file.users.keys.sorted() {
      try await embed(
        ["client-certificate", "client-key"], in: &file.users[name],
        origin: configuration.users[name]?.origin ?? "", call)
    }
  }

  private static func embed(
    _ members: [String], in entry: inout Value?, origin: String, _ call: Invocation
  ) async throws {
    for member in members {
      guard let path = entry?[member]?.string, !path.isEmpty else { continue }
      let full = call.surroundings.absolute(
        path.hasPrefix("/")
          ? path : (origin.lastIndex(of: "/").map { origin[...$0] + path } ?? path))
      do {
        let bytes = try await call.surroundings.readFile(full)
        entry?[member + "-data"] = .string(Base64.encode(bytes))
        entry?[member] = nil
      } catch {
        throw CommandError.text("open \(full): no such file or directory")
      }
    }
  }

  private static func redact(_ file: inout ConfigurationFile) {
    func hide(_ entry: Value, _ members: [String], _ word: String) -> Value {
      var entry = entry
      for member in members where !(entry[member]?.string ?? "").isEmpty {
        entry[member] = .string(word)
      }
      return entry
    }
    file.clusters = file.clusters.mapValues {
      hide($0, ["certificate-authority-data"], "DATA+OMITTED")
    }
    file.users = file.users.mapValues {
      hide(
        hide($0, ["client-certificate-data", "client-key-data"], "DATA+OMITTED"),
        ["token", "password"], "REDACTED")
    }
  }
}

/// The order of a kubeconfig's members in JSON.
private struct KubeconfigOrder: NamedOrder {
  let names: [String]
  private static let top = [
    "kind", "apiVersion", "preferences", "clusters", "users", "contexts", "current-context",
  ]
  static let root = KubeconfigOrder(names: top)
  private static let inner = KubeconfigOrder(names: [
    "name", "value", "cluster", "user", "server", "tls-server-name", "insecure-skip-tls-verify",
    "certificate-authority", "certificate-authority-data", "proxy-url", "disable-compression",
    "namespace", "client-certificate", "client-certificate-data", "client-key", "client-key-data",
    "token", "tokenFile", "as", "as-uid", "as-groups", "username", "password", "exec", "command",
    "args", "env", "apiVersion", "installHint", "provideClusterInfo", "interactiveMode",
  ])
  func order(within member: String) -> KubeconfigOrder? { Self.inner }
  var elementOrder: KubeconfigOrder? { self }
}

extension JSONText {
  static func kubeconfig(_ value: Value) -> String {
    var writer = JSONWriter(.indented)
    writer.write(value, KubeconfigOrder.root)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
