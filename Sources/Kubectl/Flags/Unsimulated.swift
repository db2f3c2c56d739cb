/// Flags that are read but whose effect is not simulated: using one says so.
enum Unsimulated {
  private static let everywhere = ["match-server-version": "comparing versions"]
  private static let byCommand = [
    "kubectl kustomize": [
      "as-current-user": "functions of a kustomization",
      "enable-alpha-plugins": "plugins of a kustomization",
      "env": "functions of a kustomization", "helm-api-versions": "charts of a kustomization",
      "helm-command": "charts of a kustomization", "helm-debug": "charts of a kustomization",
      "helm-kube-version": "charts of a kustomization", "mount": "functions of a kustomization",
      "network": "functions of a kustomization", "network-name": "functions of a kustomization",
    ],
    "kubectl proxy": [
      "accept-hosts": "proxy --accept-hosts", "accept-paths": "proxy --accept-paths",
      "append-server-path": "proxy --append-server-path", "keepalive": "proxy --keepalive",
      "reject-methods": "proxy --reject-methods", "reject-paths": "proxy --reject-paths",
      "unix-socket": "proxy --unix-socket", "www": "proxy --www",
      "www-prefix": "proxy --www-prefix",
    ],
  ]

  private static let profiles: Set<String> = [
    "block", "cpu", "goroutine", "heap", "mutex", "threadcreate",
  ]

  /// What is said of a flag of a command, nil when it has its effect.
  static func message(_ command: String, _ flag: String) -> String? {
    (byCommand[command]?[flag] ?? everywhere[flag]).map { "drydock: not simulated: \($0)" }
  }

  static func check(_ reading: CommandLineReader.Reading) throws {
    for flag in reading.command.allFlags where reading.values.changed(flag.name) {
      if let text = message(reading.commandPath, flag.name) { throw CommandError.text(text) }
    }
    let profile = reading.values.string("profile")
    if reading.command.name == "debug" || profile == "none" || profile.isEmpty { return }
    throw CommandError.text(
      profiles.contains(profile)
        ? "drydock: not simulated: profiling kubectl" : "unknown profile '\(profile)'")
  }
}
