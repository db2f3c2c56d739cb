import Documents

/// The subcommands of config that set entries.
enum ConfigWriting {
  private static func name(_ call: Invocation) throws -> String {
    guard call.arguments.count == 1, let name = call.arguments.first, !name.isEmpty else {
      call.output.print(HelpText([Commands.root, ConfigCommand.specification, call.command]).text)
      throw CommandError.text("Unexpected args: \(Go.list(call.arguments))")
    }
    return name
  }

  /// Sets what was given on the command line; an empty value takes a member away.
  private static func assign(_ flags: [String], to entry: inout Value, _ call: Invocation) {
    for flag in flags where call.values.changed(flag) {
      let text = call.values.string(flag)
      entry[flag] = text.isEmpty ? Value?.none : .string(text)
    }
  }

  static func cluster(_ call: Invocation) async throws {
    let name = try name(call)
    let values = call.values
    if values.bool("embed-certs") {
      let path = values.string("certificate-authority")
      guard !path.isEmpty else {
        throw CommandError.text("you must specify a --certificate-authority to embed")
      }
      guard call.surroundings.status(path) != nil else {
        throw CommandError.text(
          "could not stat certificate-authority file \(path): stat \(path): no such file or "
            + "directory"
        )
      }
    }
    let change = try await ConfigurationChange(call)
    let data =
      values.bool("embed-certs")
      ? try await call.surroundings.readFile(values.string("certificate-authority")) : nil
    try await change.change(change.path(of: change.configuration.clusters[name])) { file in
      var entry = file.clusters[name] ?? .emptyObject
      assign(["server", "tls-server-name", "proxy-url"], to: &entry, call)
      if values.changed("insecure-skip-tls-verify") {
        let skips = values.bool("insecure-skip-tls-verify")
        entry["insecure-skip-tls-verify"] = skips ? .bool(true) : Value?.none
        if skips {
          entry["certificate-authority"] = nil
          entry["certificate-authority-data"] = nil
        }
      }
      // A name to check against means that the certificate is checked.
      if values.changed("tls-server-name") { entry["insecure-skip-tls-verify"] = nil }
      if values.changed("certificate-authority") {
        entry["insecure-skip-tls-verify"] = nil
        if let data {
          entry["certificate-authority-data"] = .string(Base64.encode(data))
          entry["certificate-authority"] = nil
        } else {
          assign(["certificate-authority"], to: &entry, call)
          entry["certificate-authority-data"] = nil
        }
      }
      if entry["server"] == nil { entry["server"] = "" }
      file.clusters[name] = entry
    }
    call.output.line("Cluster \(Go.quoted(name)) set.")
  }

  static func user(_ call: Invocation) async throws {
    let name = try name(call)
    let values = call.values
    var ways: [String] = []
    if !values.string("token").isEmpty { ways.append("--token") }
    if !values.string("username").isEmpty || !values.string("password").isEmpty {
      ways.append("--username/--password")
    }
    if ways.count > 1 {
      throw CommandError.text(
        "you cannot specify more than one authentication method at the same time: "
          + ways.joined(separator: ", "))
    }
    var data: [String: [UInt8]] = [:]
    for flag in ["client-certificate", "client-key"] where values.bool("embed-certs") {
      let path = values.string(flag)
      guard !path.isEmpty else { continue }
      guard call.surroundings.status(path) != nil else {
        throw CommandError.text(
          "could not stat \(flag) file \(path): stat \(path): no such file or directory")
      }
      data[flag] = try await call.surroundings.readFile(path)
    }
    let change = try await ConfigurationChange(call)
    try await change.change(change.path(of: change.configuration.users[name])) { file in
      var entry = file.users[name] ?? .emptyObject
      assign(["token", "username", "password"], to: &entry, call)
      if values.changed("token") {
        entry["username"] = nil
        entry["password"] = nil
      }
      if values.changed("username") { entry["token"] = nil }
      for flag in ["client-certificate", "client-key"] where values.changed(flag) {
        if let bytes = data[flag] {
          entry[flag + "-data"] = .string(Base64.encode(bytes))
          entry[flag] = nil
        } else {
          assign([flag], to: &entry, call)
          entry[flag + "-data"] = nil
        }
      }
      file.users[name] = entry
    }
    call.output.line("User \(Go.quoted(name)) set.")
  }

  static func context(_ call: Invocation) async throws {
    let values = call.values
    let change = try await ConfigurationChange(call)
    var name = call.arguments.first ?? ""
    if values.bool("current") {
      guard name.isEmpty else {
        throw CommandError.text("you cannot specify both a context name and --current")
      }
      name = change.configuration.currentContext
      if name.isEmpty { throw CommandError.text("no current context is set") }
    }
    guard call.arguments.count <= 1, !name.isEmpty else {
      throw CommandError.text("you must specify a non-empty context name or --current")
    }
    let existing = change.configuration.contexts[name]
    try await change.change(change.path(of: existing)) { file in
      var entry = file.contexts[name] ?? ["cluster": "", "user": ""]
      for flag in ["cluster", "user", "namespace"] where values.changed(flag) {
        let text = values.string(flag)
        entry[flag] = flag == "namespace" && text.isEmpty ? Value?.none : .string(text)
      }
      file.contexts[name] = entry
    }
    call.output.line("Context \(Go.quoted(name)) \(existing == nil ? "created" : "modified").")
  }

  static func use(_ call: Invocation) async throws {
    let name = try name(call)
    let change = try await ConfigurationChange(call)
    guard change.configuration.contexts[name] != nil else {
      throw CommandError.text("no context exists with the name: \(Go.quoted(name))")
    }
    try await change.change(try await change.currentContextPath()) { $0.currentContext = name }
    call.output.line("Switched to context \(Go.quoted(name)).")
  }

  static func rename(_ call: Invocation) async throws {
    guard call.arguments.count == 2 else {
      throw CommandError.text("Unexpected args: \(Go.list(call.arguments))")
    }
    let (old, new) = (call.arguments[0], call.arguments[1])
    let change = try await ConfigurationChange(call)
    guard let entry = change.configuration.contexts[old] else {
      throw CommandError.text(
        "cannot rename the context \(Go.quoted(old)), it's not in \(change.defaultPath)")
    }
    if change.configuration.contexts[new] != nil {
      throw CommandError.text(
        "cannot rename the context \(Go.quoted(old)), the context \(Go.quoted(new)) already exists "
          + "in \(change.defaultPath)")
    }
    try await change.change(entry.origin) { file in
      file.contexts[new] = file.contexts[old]
      file.contexts[old] = nil
      if file.currentContext == old { file.currentContext = new }
    }
    call.output.line("Context \(Go.quoted(old)) renamed to \(Go.quoted(new)).")
  }
}

/// config delete-context, delete-cluster and delete-user.
enum ConfigDeletion {
  static func context(_ call: Invocation) async throws {
    let change = try await ConfigurationChange(call)
    let name = try name(call)
    if name == change.configuration.currentContext {
      call.output.complainLine(
        "warning: this removed your active context, use \"kubectl config use-context\" to select a "
          + "different one")
    }
    try await delete("context", change.configuration.contexts[name], name, change) {
      $0.contexts[name] = nil
    }
  }

  static func cluster(_ call: Invocation) async throws {
    let change = try await ConfigurationChange(call)
    let name = try name(call)
    try await delete("cluster", change.configuration.clusters[name], name, change) {
      $0.clusters[name] = nil
    }
  }

  static func user(_ call: Invocation) async throws {
    let change = try await ConfigurationChange(call)
    let name = try name(call)
    try await delete("user", change.configuration.users[name], name, change) {
      $0.users[name] = nil
    }
  }

  private static func name(_ call: Invocation) throws -> String {
    guard call.arguments.count == 1, let name = call.arguments.first else {
      throw CommandError.text("Unexpected args: \(Go.list(call.arguments))")
    }
    return name
  }

  private static func delete(
    _ what: String, _ entry: Kubeconfig.Entry?, _ name: String, _ change: ConfigurationChange,
    _ body: (inout ConfigurationFile) -> Void
  ) async throws {
    guard let entry else {
      throw CommandError.text("cannot delete \(what) \(name), not in \(change.defaultPath)")
    }
    try await change.change(entry.origin, body)
    change.call.output.line("deleted \(what) \(name) from \(change.defaultPath)")
  }
}

/// config set and unset: one property by its path.
enum ConfigProperty {
  static func set(_ call: Invocation) async throws {
    guard call.arguments.count == 2 else {
      throw CommandError.text("Unexpected args: \(Go.list(call.arguments))")
    }
    let value = call.arguments[1]
    try await change(call, to: .string(value))
    call.output.line("Property \(Go.quoted(call.arguments[0])) set.")
  }

  static func unset(_ call: Invocation) async throws {
    guard call.arguments.count == 1 else {
      throw CommandError.text("Unexpected args: \(Go.list(call.arguments))")
    }
    try await change(call, to: nil)
    call.output.line("Property \(Go.quoted(call.arguments[0])) unset.")
  }

  private static func change(_ call: Invocation, to value: Value?) async throws {
    let text = call.arguments[0]
    let parts = text.split(separator: ".").map(String.init)
    let change = try await ConfigurationChange(call)
    guard let first = parts.first else { throw problem(text) }
    if first == "current-context", parts.count == 1 {
      return try await change.change(try await change.currentContextPath()) {
        $0.currentContext = value?.string ?? ""
      }
    }
    guard ["clusters", "users", "contexts"].contains(first), parts.count >= 2 else {
      throw problem(text)
    }
    // A name may hold dots: the longest that is known wins.
    let known =
      first == "clusters"
      ? change.configuration.clusters
      : first == "users" ? change.configuration.users : change.configuration.contexts
    var count = 1
    for length in stride(from: parts.count - 1, to: 0, by: -1)
    where known[parts[1...length].joined(separator: ".")] != nil {
      count = length
      break
    }
    let name = parts[1...count].joined(separator: ".")
    let rest = parts.dropFirst(count + 1)
    if value == nil, known[name] == nil { throw problem(text) }
    try await change.change(change.path(of: known[name])) { file in
      var entry: Value? =
        (first == "clusters"
          ? file.clusters[name] : first == "users" ? file.users[name] : file.contexts[name])
        ?? .emptyObject
      if rest.isEmpty {
        entry = value == nil ? nil : entry
      } else {
        var shown = value
        if let text = value?.string, let flag = GoNumber.bool(text),
          rest.last == "insecure-skip-tls-verify"
        {
          shown = .bool(flag)
        }
        entry?.set(rest[...], shown)
      }
      switch first {
      case "clusters": file.clusters[name] = entry
      case "users": file.users[name] = entry
      default: file.contexts[name] = entry
      }
    }
  }

  private static func problem(_ text: String) -> CommandError {
    .text("unable to parse \(text) after [] at api.Config")
  }
}
