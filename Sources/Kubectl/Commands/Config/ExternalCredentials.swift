import Documents

/// What --auth-provider and --exec-… of `config set-credentials` write.
enum ExternalCredentials {
  static func change(_ entry: inout Value, _ values: FlagValues) {
    provider(&entry, values)
    program(&entry, values)
  }

  private static func provider(_ entry: inout Value, _ values: FlagValues) {
    if values.changed("auth-provider") {
      let name = values.string("auth-provider")
      entry["auth-provider"] =
        name.isEmpty ? Value?.none : ["config": [:], "name": .string(name)]
    }
    guard entry["auth-provider"] != nil, values.changed("auth-provider-arg") else { return }
    var settings = entry[path: "auth-provider", "config"]?.object ?? [:]
    for text in values.strings("auth-provider-arg") {
      if let equals = text.firstIndex(of: "=") {
        settings[String(text[..<equals])] = .string(String(text[equals...].dropFirst()))
      } else {
        settings[String(text.dropLast())] = nil
      }
    }
    entry[path: "auth-provider", "config"] = .object(settings)
  }

  /// A path as it is written beside the file: `./x` is `x`, which is then looked for along PATH.
  private static func cleaned(_ command: String) -> String {
    guard command.contains("/"), !command.hasPrefix("/") else { return command }
    return command.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  private static func program(_ entry: inout Value, _ values: FlagValues) {
    if values.changed("exec-command") {
      var program = entry["exec"] ?? ["args": .null, "env": .null, "provideClusterInfo": false]
      program["command"] = .string(cleaned(values.string("exec-command")))
      // Another program has arguments of its own.
      program["args"] = .some(.null)
      entry["exec"] = program
    }
    guard var program = entry["exec"] else { return }
    if values.changed("exec-api-version") {
      program["apiVersion"] = .string(values.string("exec-api-version"))
    }
    if values.changed("exec-interactive-mode") {
      program["interactiveMode"] = .string(values.string("exec-interactive-mode"))
    }
    if values.changed("exec-provide-cluster-info") {
      program["provideClusterInfo"] = .bool(values.bool("exec-provide-cluster-info"))
    }
    if values.changed("exec-arg") {
      let words = values.strings("exec-arg").flatMap(FlagValues.fields)
      program["args"] = .array(words.map { .string($0) })
    }
    var variables = program["env"]?.array ?? []
    for text in values.strings("exec-env").flatMap(FlagValues.fields) {
      let equals = text.firstIndex(of: "=")
      let name = equals.map { String(text[..<$0]) } ?? String(text.dropLast())
      let place = variables.firstIndex { $0["name"]?.string == name }
      guard let equals else {
        if let place { variables.remove(at: place) }
        continue
      }
      let variable: Value = [
        "name": .string(name), "value": .string(String(text[equals...].dropFirst())),
      ]
      if let place { variables[place] = variable } else { variables.append(variable) }
    }
    program["env"] = variables.isEmpty ? .null : .array(variables)
    entry["exec"] = program
  }

  /// An entry as reading and writing it leaves it: what is not said is told.
  static func normal(_ entry: Value) -> Value {
    guard var program = entry["exec"], program.object != nil else { return entry }
    var fallbacks: [(String, Value)] = [
      ("args", .null), ("env", .null), ("provideClusterInfo", false),
    ]
    // Only the beta version has a default (SetDefaults_ExecConfig).
    if program["apiVersion"]?.string?.hasSuffix("beta1") == true {
      fallbacks.append(("interactiveMode", "IfAvailable"))
    }
    for (name, fallback) in fallbacks where program[name] == nil {
      program[name] = .some(fallback)
    }
    var entry = entry
    entry["exec"] = program
    return entry
  }
}
