import Documents
import Linux

/// `helm list`, `status`, `history` and `get`.
enum ReadCommands {
  static let commands = [
    Commands.Command(
      path: "list", usage: "[flags]", summary: "list releases",
      grammar:
        "A,all-namespaces a,all q,short o,output= f,filter= m,max= d,date r,reverse deployed "
        + "failed pending superseded uninstalled uninstalling no-headers l,selector= offset= "
        + "time-format=", run: list),
    Commands.Command(
      path: "status", usage: "RELEASE_NAME [flags]",
      summary: "display the status of the named release",
      grammar: "revision= o,output= show-desc show-resources", run: status),
    Commands.Command(
      path: "history", usage: "RELEASE_NAME [flags]", summary: "fetch release history",
      grammar: "max= o,output=", run: history),
    get("values", "download the values file for a named release") { release, call in
      var values = release.config
      if call.flags.has("all") {
        values = ChartValues.coalesced(release.chart, with: release.config)
      }
      if values.object?.isEmpty ?? true, !call.flags.has("all") { values = .null }
      if call.flags["output"] == "json" { return JSON.text(values) + "\n" }
      let title = call.flags.has("all") ? "COMPUTED VALUES:\n" : "USER-SUPPLIED VALUES:\n"
      return (call.flags["output"] == "yaml" ? "" : title) + YAML.text(values)
    },
    get("manifest", "download the manifest for a named release") { release, _ in
      release.manifest + "\n"
    },
    get("notes", "download the notes for a named release") { release, _ in
      release.notes.isEmpty ? "" : "NOTES:\n\(release.notes)\n"
    },
    get("hooks", "download all hooks for a named release") { release, _ in
      release.hooks.map(\.shown).joined()
    },
    get("metadata", "fetch metadata for a given release") { release, _ in
      """
      NAME: \(release.name)
      CHART: \(release.chart.name)
      VERSION: \(release.chart.version)
      APP_VERSION: \(release.chart.appVersion)
      NAMESPACE: \(release.namespace)
      REVISION: \(release.revision)
      STATUS: \(release.status)
      DEPLOYED_AT: \(Calendar(release.lastDeployed).formatted("%Y-%m-%dT%H:%M:%SZ"))

      """
    },
    get("all", "download all information for a named release") { release, _ in
      let values = release.config.object?.isEmpty ?? true ? .null : release.config
      let computed = ChartValues.coalesced(release.chart, with: release.config)
      return """
        NAME: \(release.name)
        LAST DEPLOYED: \(Release.plain(release.lastDeployed))
        NAMESPACE: \(release.namespace)
        STATUS: \(release.status)
        REVISION: \(release.revision)
        CHART: \(release.chart.name)
        VERSION: \(release.chart.version)
        APP_VERSION: \(release.chart.appVersion)
        USER-SUPPLIED VALUES:
        \(YAML.text(values))
        COMPUTED VALUES:
        \(YAML.text(computed))
        HOOKS:
        \(release.hooks.map(\.shown).joined())MANIFEST:
        \(release.manifest)
        NOTES:
        \(release.notes)

        """
    },
  ]

  private static func get(
    _ what: String, _ summary: String,
    _ text: @escaping @Sendable (Release, Call) throws -> String
  ) -> Commands.Command {
    Commands.Command(
      path: "get \(what)", usage: "RELEASE_NAME [flags]", summary: summary,
      grammar: "revision= o,output= a,all template="
    ) { call in
      let given = try call.operands(1...1, "get \(what)", "RELEASE_NAME [flags]")
      let release = try await call.store.require(
        given[0], call.namespace(), revision: call.flags["revision"].flatMap { Int($0) })
      try await call.print(try text(release, call))
    }
  }

  @Sendable
  private static func list(_ call: Call) async throws {
    let everywhere = call.flags.has("all-namespaces")
    let all = try await call.store.all(everywhere ? "" : try await call.namespace())
    var last: [String: Release] = [:]
    for release in all { last["\(release.namespace)/\(release.name)"] = release }
    let states = ["deployed", "failed", "pending", "superseded", "uninstalled", "uninstalling"]
      .filter { call.flags.has($0) }
    var shown = last.values.filter { release in
      if call.flags.has("all") { return true }
      if states.isEmpty { return ["deployed", "failed"].contains(release.status) }
      return states.contains { release.status.hasPrefix($0) }
    }
    if let filter = call.flags["filter"], !filter.isEmpty {
      guard let pattern = try? RegularExpression(Array(filter.utf8), .perl) else {
        throw HelmError("error parsing regexp: \(filter)")
      }
      shown = shown.filter { pattern.find(in: Array($0.name.utf8)) != nil }
    }
    shown.sort { ($0.name, $0.namespace) < ($1.name, $1.namespace) }
    if call.flags.has("date") { shown.sort { $0.lastDeployed < $1.lastDeployed } }
    if call.flags.has("reverse") { shown.reverse() }
    if let most = call.flags["max"].flatMap({ Int($0) }), most > 0 {
      shown = Array(shown.prefix(most))
    }
    if call.flags.has("short") {
      return try await call.print(shown.map { $0.name + "\n" }.joined())
    }
    if let output = call.flags["output"], output != "table" {
      let value = Value.array(
        shown.map {
          [
            "name": .string($0.name), "namespace": .string($0.namespace),
            "revision": .string("\($0.revision)"),
            "updated": .string(Release.shown($0.lastDeployed)), "status": .string($0.status),
            "chart": .string($0.chart.fullName), "app_version": .string($0.chart.appVersion),
          ]
        })
      return try await call.print(output == "json" ? JSON.text(value) + "\n" : YAML.text(value))
    }
    var rows = [["NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"]]
    if call.flags.has("no-headers") { rows = [] }
    rows += shown.map {
      [
        $0.name, $0.namespace, "\($0.revision)", Release.shown($0.lastDeployed), $0.status,
        $0.chart.fullName, $0.chart.appVersion,
      ]
    }
    try await call.print(Table.text(rows))
  }

  @Sendable
  private static func status(_ call: Call) async throws {
    let given = try call.operands(1...1, "status", "RELEASE_NAME [flags]")
    let release = try await call.store.require(
      given[0], call.namespace(), revision: call.flags["revision"].flatMap { Int($0) })
    try await ReleaseText.print(release, call)
  }

  @Sendable
  private static func history(_ call: Call) async throws {
    let given = try call.operands(1...1, "history", "RELEASE_NAME [flags]")
    var all = try await call.store.history(given[0], call.namespace())
    if all.isEmpty { throw HelmError("release: not found") }
    let most = call.flags["max"].flatMap { Int($0) } ?? 256
    all = Array(all.suffix(max(0, most)))
    if let output = call.flags["output"], output != "table" {
      let value = Value.array(
        all.map {
          [
            "revision": .int(Int64($0.revision)),
            "updated": .string(Calendar($0.lastDeployed).formatted("%Y-%m-%dT%H:%M:%S.%NZ")),
            "status": .string($0.status), "chart": .string($0.chart.fullName),
            "app_version": .string($0.chart.appVersion), "description": .string($0.description),
          ]
        })
      return try await call.print(output == "json" ? JSON.text(value) + "\n" : YAML.text(value))
    }
    let rows =
      [["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"]]
      + all.map {
        [
          "\($0.revision)", Release.plain($0.lastDeployed), $0.status, $0.chart.fullName,
          $0.chart.appVersion, $0.description,
        ]
      }
    try await call.print(Table.text(rows))
  }
}
