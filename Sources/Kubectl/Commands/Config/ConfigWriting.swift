import Documents

/// The subcommands of config that set entries.
enum ConfigWriting {
  private static func name(
    _ call: Invocation, _ complaint: String = "Unexpected args", whenEmpty empty: String
  ) throws -> String {
    guard call.arguments.count == 1, let name = call.arguments.first else {
      throw misuse(call, complaint)
    }
    guard !name.isEmpty else { throw CommandError.text(empty) }
    return name
  }

  /// The help on standard output, and what was wrong on standard error.
  static func misuse(_ call: Invocation, _ complaint: String = "Unexpected args") -> CommandError {
    call.output.print(HelpText([Commands.root, ConfigCommand.specification, call.command]).text)
    return .text("\(complaint): \(Go.list(call.arguments))")
  }

  /// Sets what was given on the command line; an empty value takes a member away.
  private static func assign(_ flags: [String], to entry: inout Value, _ call: Invocation) {
    for flag in flags where call.values.changed(flag) {
      let text = call.values.string(flag)
      entry[flag] = text.isEmpty ? Value?.none : .string(text)
    }
  }

  /// A file's path as the configuration keeps it: from the root, or from the configuration's own
  /// folder when it lies below (`RelativizePathWithNoBacksteps`).
  private static func assign(
    file flag: String, to entry: inout Value, beside configuration: String, _ call: Invocation
  ) {
    let text = call.values.string(flag)
    guard !text.isEmpty else { return assign([flag], to: &entry, call) }
    let path = call.surroundings.absolute(text)
    let own = call.surroundings.absolute(configuration)
    let folder = own[...(own.lastIndex(of: "/") ?? own.startIndex)]
    entry[flag] = .string(path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path)
  }

  static func cluster(_ call: Invocation) async throws {
    let name = try name(call, whenEmpty: "you must specify a non-empty cluster name")
    let values = call.values
    if values.bool("insecure-skip-tls-verify"), !values.string("certificate-authority").isEmpty {
      throw CommandError.text(
        "you cannot specify a certificate authority and insecure mode at the same time")
    }
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
    let path = change.path(of: change.configuration.clusters[name])
    try await change.change(path) { file in
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
          assign(file: "certificate-authority", to: &entry, beside: path, call)
          entry["certificate-authority-data"] = nil
        }
      }
      if entry["server"] == nil { entry["server"] = "" }
      file.clusters[name] = entry
    }
    call.output.line("Cluster \(Go.quoted(name)) set.")
  }

  static func user(_ call: Invocation) async throws {
    let name = try name(
      call, "unexpected args", whenEmpty: "you must specify a non-empty user name")
    let values = call.values
    if values.bool("embed-certs"), values.string("client-certificate").isEmpty,
      values.string("client-key").isEmpty
    {
      throw CommandError.text("you must specify a --client-certificate or --client-key to embed")
    }
    let mode = values.string("exec-interactive-mode")
    if !mode.isEmpty, !["IfAvailable", "Never", "Always"].contains(mode) {
      throw CommandError.text(
        "invalid interactive mode type, can be only IfAvailable, Never, Always")
    }
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
    for flag in ["auth-provider-arg", "exec-env"] {
      for text in values.strings(flag) where !text.contains("=") && !text.hasSuffix("-") {
        call.output.print(
          HelpText([Commands.root, ConfigCommand.specification, call.command]).text)
        throw CommandError.text("invalid \(flag) format: \(text)")
      }
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
    let path = change.path(of: change.configuration.users[name])
    try await change.change(path) { file in
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
          assign(file: flag, to: &entry, beside: path, call)
          entry[flag + "-data"] = nil
        }
      }
      ExternalCredentials.change(&entry, values)
      file.users[name] = entry
    }
    call.output.line("User \(Go.quoted(name)) set.")
  }

  static func context(_ call: Invocation) async throws {
    let values = call.values
    if call.arguments.count > 1 { throw misuse(call) }
    let change = try await ConfigurationChange(call)
    var name = call.arguments.first ?? ""
    if values.bool("current") {
      guard name.isEmpty else {
        throw CommandError.text("you cannot specify both a context name and --current")
      }
      name = change.configuration.currentContext
      if name.isEmpty { throw CommandError.text("no current context is set") }
    }
    guard !name.isEmpty else {
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
    let name = try name(call, whenEmpty: "empty context names are not allowed")
    let change = try await ConfigurationChange(call)
    guard change.configuration.contexts[name] != nil else {
      throw CommandError.text("no context exists with the name: \(Go.quoted(name))")
    }
    try await change.change(try await change.currentContextPath()) { $0.currentContext = name }
    call.output.line("Switched to context \(Go.quoted(name)).")
  }

  static func rename(_ call: Invocation) async throws {
    guard call.arguments.count == 2 else { throw misuse(call) }
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
    guard let name = try name(call) else { return }
    let change = try await ConfigurationChange(call)
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
    guard let name = try name(call) else { return }
    let change = try await ConfigurationChange(call)
    try await delete("cluster", change.configuration.clusters[name], name, change) {
      $0.clusters[name] = nil
    }
  }

  static func user(_ call: Invocation) async throws {
    guard call.arguments.count == 1, let name = call.arguments.first else {
      throw CommandError.usage("user to delete is required")
    }
    let change = try await ConfigurationChange(call)
    try await delete("user", change.configuration.users[name], name, change) {
      $0.users[name] = nil
    }
  }

  /// Without a name the help is all that comes, and no failure.
  private static func name(_ call: Invocation) throws -> String? {
    if let name = call.arguments.first, call.arguments.count == 1 { return name }
    call.output.print(HelpText([Commands.root, ConfigCommand.specification, call.command]).text)
    return nil
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
