/// Every command of helm's.
enum Commands {
  struct Command: Sendable {
    /// `repo add`
    let path: String
    /// Its arguments, as usage shows them.
    let usage: String
    let summary: String
    let grammar: String
    let run: @Sendable (Call) async throws -> Void
  }

  static let all: [Command] =
    InstallCommand.commands + ReleaseCommands.commands + ReadCommands.commands
    + RepositoryCommands.commands + ChartCommands.commands + DependencyCommands.commands + [
      Command(
        path: "version", usage: "[flags]", summary: "print the client version information",
        grammar: "short template= client c"
      ) { call in
        try await call.print(
          call.flags.has("short")
            ? "\(HelmVersion.text)+g4f953c2\n"
            : "version.BuildInfo{Version:\"\(HelmVersion.text)\", "
              + "GitCommit:\"4f953c2\", GitTreeState:\"clean\", GoVersion:\"go1.24.9\"}\n")
      },
      Command(
        path: "env", usage: "[flags]", summary: "helm client environment information", grammar: ""
      ) { call in
        try await call.print(
          """
          HELM_BIN="helm"
          HELM_CACHE_HOME="/root/.cache/helm"
          HELM_CONFIG_HOME="/root/.config/helm"
          HELM_DATA_HOME="/root/.local/share/helm"
          HELM_DEBUG="false"
          HELM_MAX_HISTORY="10"
          HELM_NAMESPACE="\(try await call.namespace())"
          HELM_REPOSITORY_CACHE="/root/.cache/helm/repository"
          HELM_REPOSITORY_CONFIG="/root/.config/helm/repositories.yaml"

          """)
      },
    ]

  /// Other names of commands.
  private static let aliases = [
    "ls": "list", "delete": "uninstall", "del": "uninstall", "un": "uninstall", "hist": "history",
    "inspect": "show", "fetch": "pull", "dep": "dependency", "dependencies": "dependency",
  ]

  /// Commands that only have commands of their own.
  static let groups: [String: [String]] = {
    var groups: [String: [String]] = [:]
    for command in all {
      let parts = command.path.split(separator: " ").map(String.init)
      if parts.count == 2 { groups[parts[0], default: []].append(parts[1]) }
    }
    return groups
  }()

  /// The command that words name, and the words behind it. Flags may stand in front.
  static func find(_ words: [String]) -> (Command, [String])? {
    var front: [String] = []
    var rest = words[...]
    while let first = rest.first, first.hasPrefix("-") {
      front.append(rest.removeFirst())
      let takesValue = ["-n", "--namespace", "--kubeconfig", "--kube-context"].contains(first)
      if takesValue, let value = rest.popFirst() { front.append(value) }
    }
    guard let word = rest.popFirst() else { return nil }
    let name = aliases[word] ?? word
    if groups[name] != nil, let second = rest.popFirst() {
      let inner = ["ls": "list", "rm": "remove", "up": "update"][second] ?? second
      return all.first { $0.path == "\(name) \(inner)" }.map { ($0, front + rest) }
    }
    return all.first { $0.path == name }.map { ($0, front + rest) }
  }
}

/// What `--help` prints.
enum HelpText {
  static func text(_ command: Commands.Command) -> String {
    var text =
      "\(command.summary.prefix(1).uppercased())\(command.summary.dropFirst()).\n\nUsage:\n"
      + "  helm \(command.path) \(command.usage)\n\nFlags:\n"
    for word in command.grammar.split(separator: " ") {
      let names = word.filter { $0 != "=" }.split(separator: ",").map(String.init)
      let shown = names.map { $0.count == 1 ? "-\($0)" : "--\($0)" }.joined(separator: ", ")
      text += "  \(names.count == 1 ? "    " : "")\(shown)\(word.hasSuffix("=") ? " string" : "")\n"
    }
    return text
  }

  static func group(_ name: String, _ commands: [String]) -> String {
    var text = "Usage:\n  helm \(name) [command]\n\nAvailable Commands:\n"
    for inner in commands.sorted() {
      let summary = Commands.all.first { $0.path == "\(name) \(inner)" }?.summary ?? ""
      text += "  \(inner)\(String(repeating: " ", count: max(1, 12 - inner.count)))\(summary)\n"
    }
    return text + "\nUse \"helm \(name) [command] --help\" for more information about a command.\n"
  }

  static var root: String {
    var text =
      "The Kubernetes package manager\n\nUsage:\n  helm [command]\n\nAvailable Commands:\n"
    var seen: Set<String> = []
    for command in Commands.all.sorted(by: { $0.path < $1.path }) {
      let name = command.path.split(separator: " ").first.map(String.init) ?? ""
      guard seen.insert(name).inserted else { continue }
      let summary = command.path.contains(" ") ? "\(name) commands" : command.summary
      text += "  \(name)\(String(repeating: " ", count: max(1, 12 - name.count)))\(summary)\n"
    }
    return text + "\nUse \"helm [command] --help\" for more information about a command.\n"
  }
}

/// Tables as helm prints them: every cell filled up to its column, tabs between.
enum Table {
  static func text(_ rows: [[String]], widest: Int = 60) -> String {
    let cut = rows.map { row in
      row.map { $0.count > widest ? $0.prefix(widest - 3) + "..." : $0 }
    }
    let count = cut.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      cut.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return cut.map { row in
      row.enumerated().map { column, cell in
        cell + String(repeating: " ", count: widths[column] - cell.count)
      }.joined(separator: "\t") + "\n"
    }.joined()
  }
}
