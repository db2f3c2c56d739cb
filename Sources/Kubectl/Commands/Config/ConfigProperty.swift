import Documents

/// config set and unset: one property by its path.
enum ConfigProperty {
  static func set(_ call: Invocation) async throws {
    guard call.arguments.count == 2 else { throw ConfigWriting.misuse(call) }
    let value = call.arguments[1]
    try await change(call, to: .string(value))
    call.output.line("Property \(Go.quoted(call.arguments[0])) set.")
  }

  static func unset(_ call: Invocation) async throws {
    guard call.arguments.count == 1 else { throw ConfigWriting.misuse(call) }
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
    // What a file is is not for it to say.
    if parts == ["kind"] || parts == ["apiVersion"] {
      return try await change.change(change.defaultPath) { _ in }
    }
    if first == "preferences", parts.count > 1 {
      return try await change.change(change.defaultPath) { file in
        file.preferences.set(parts.dropFirst()[...], value.map(Self.plain))
      }
    }
    if value == nil, parts.count == 1, ["clusters", "users", "contexts"].contains(first) {
      return try await change.change(change.defaultPath) { file in
        switch first {
        case "clusters": file.clusters = [:]
        case "users": file.users = [:]
        default: file.contexts = [:]
        }
      }
    }
    guard ["clusters", "users", "contexts"].contains(first) else { throw problem(text) }
    let known =
      first == "clusters"
      ? change.configuration.clusters
      : first == "users" ? change.configuration.users : change.configuration.contexts
    // A name may hold dots: it ends before a field of the entry, or is all there is.
    let field = parts.dropFirst(2).firstIndex { Self.fields[first]?.contains($0) ?? false }
    let name = parts.dropFirst().prefix((field ?? parts.count) - 1).joined(separator: ".")
    let rest = parts[(field ?? parts.count)...]
    if value == nil, known[name] == nil {
      if rest.isEmpty { return }
      throw CommandError.text("current map key `\(name)` is invalid")
    }
    if value != nil, rest.isEmpty || rest.last == "as-groups" {
      // Go shows the pointers behind the names.
      let names = known.keys.sorted().map { name in
        "\(name):0xc000\(ShortHash.hexadecimal(ShortHash.digest(Array(name.utf8))).prefix(6))"
      }.joined(separator: " ")
      throw CommandError.text("can't set a map to a value: map[\(names)]")
    }
    let shown = try value.map { try typed($0, rest.last ?? "", call) }
    try await change.change(change.path(of: known[name])) { file in
      var entry: Value?
      switch first {
      case "clusters": entry = file.clusters[name] ?? ["server": ""]
      case "users": entry = file.users[name] ?? .emptyObject
      default: entry = file.contexts[name] ?? ["cluster": "", "user": ""]
      }
      if rest.isEmpty { entry = nil } else { entry?.set(rest[...], shown) }
      switch first {
      case "clusters": file.clusters[name] = entry
      case "users": file.users[name] = entry
      default: file.contexts[name] = entry
      }
    }
  }

  private static let fields: [String: Set<String>] = [
    "clusters": [
      "certificate-authority", "certificate-authority-data", "disable-compression",
      "insecure-skip-tls-verify", "proxy-url", "server", "tls-server-name",
    ],
    "contexts": ["cluster", "namespace", "user"],
    "users": [
      "as", "as-groups", "as-uid", "as-user-extra", "auth-provider", "client-certificate",
      "client-certificate-data", "client-key", "client-key-data", "exec", "password", "token",
      "tokenFile", "username",
    ],
  ]

  /// The text as the field's type has it.
  private static func typed(_ value: Value, _ field: String, _ call: Invocation) throws -> Value {
    guard let text = value.string else { return value }
    if field == "insecure-skip-tls-verify" || field == "disable-compression" {
      guard let flag = GoNumber.bool(text) else {
        throw CommandError.text("strconv.ParseBool: parsing \(Go.quoted(text)): invalid syntax")
      }
      return .bool(flag)
    }
    guard field.hasSuffix("-data") else { return value }
    if call.values.bool("set-raw-bytes") { return .string(Base64.encode(Array(text.utf8))) }
    if let bad = Base64.problem(text) {
      throw CommandError.text(
        "error decoding input value: illegal base64 data at input byte \(bad)")
    }
    return value
  }

  private static func plain(_ value: Value) -> Value {
    value.string.flatMap(GoNumber.bool).map { .bool($0) } ?? value
  }

  private static func problem(_ text: String) -> CommandError {
    .text("unable to parse \(text) after [] at api.Config")
  }
}
