import Documents
import Linux
import Shell
import Simulation

/// `helm repo` and `helm search`.
enum RepositoryCommands {
  static let commands = [
    Commands.Command(
      path: "repo add", usage: "[NAME] [URL] [flags]", summary: "add a chart repository",
      grammar: "force-update username= password= no-update ca-file= pass-credentials "
        + "insecure-skip-tls-verify timeout= allow-deprecated-repos", run: add),
    Commands.Command(
      path: "repo update", usage: "[REPO1 [REPO2 ...]] [flags]",
      summary: "update information of available charts locally from chart repositories",
      grammar: "fail-on-repo-update-fail timeout=", run: update),
    Commands.Command(
      path: "repo list", usage: "[flags]", summary: "list chart repositories",
      grammar: "o,output= no-headers", run: list),
    Commands.Command(
      path: "repo remove", usage: "[REPO1 [REPO2 ...]] [flags]",
      summary: "remove one or more chart repositories", grammar: "", run: remove),
    Commands.Command(
      path: "repo index", usage: "[DIR] [flags]",
      summary: "generate an index file given a directory containing packaged charts",
      grammar: "url= merge=", run: index),
    Commands.Command(
      path: "search repo", usage: "[keyword] [flags]",
      summary: "search repositories for a keyword in charts",
      grammar: "l,versions devel version= r,regexp o,output= max-col-width= fail-on-no-result",
      run: searchRepositories),
    Commands.Command(
      path: "search hub", usage: "[KEYWORD] [flags]",
      summary: "search for charts in the Artifact Hub or your own hub instance",
      grammar: "endpoint= o,output= max-col-width= list-repo-url fail-on-no-result",
      run: searchHub),
  ]

  @Sendable
  private static func add(_ call: Call) async throws {
    let given = try call.operands(2...2, "repo add", "[NAME] [URL] [flags]")
    if given[0].contains("/") {
      throw HelmError(
        "repository name (\(given[0])) contains '/', please specify a different name without '/'")
    }
    var entries = call.repositories.all
    if let known = entries.firstIndex(where: { $0.name == given[0] }),
      !call.flags.has("force-update")
    {
      guard entries[known].url == given[1] else {
        throw HelmError(
          "repository name (\(given[0])) already exists, please specify a different name")
      }
      return try await call.print(
        "\"\(given[0])\" already exists with the same configuration, skipping\n")
    }
    _ = try Repositories.charts(at: given[1])
    entries.removeAll { $0.name == given[0] }
    entries.append(.init(name: given[0], url: given[1]))
    try call.repositories.save(entries)
    try await call.print("\"\(given[0])\" has been added to your repositories\n")
  }

  @Sendable
  private static func update(_ call: Call) async throws {
    var entries = call.repositories.all
    if entries.isEmpty {
      throw HelmError("no repositories found. You must add one before updating")
    }
    for name in call.flags.operands where !entries.contains(where: { $0.name == name }) {
      throw HelmError("no repositories found matching '\(name)'.  Nothing will be updated")
    }
    if !call.flags.operands.isEmpty {
      entries = entries.filter { call.flags.operands.contains($0.name) }
    }
    try await fetch(entries, call)
  }

  static func fetch(_ entries: [Repositories.Entry], _ call: Call) async throws {
    var text = "Hang tight while we grab the latest from your chart repositories...\n"
    for entry in entries {
      text += "...Successfully got an update from the \"\(entry.name)\" chart repository\n"
    }
    try await call.process.sleep(.milliseconds(800))
    try await call.print(text + "Update Complete. ⎈Happy Helming!⎈\n")
  }

  @Sendable
  private static func list(_ call: Call) async throws {
    let entries = call.repositories.all
    if let output = call.flags["output"], output != "table" {
      let value = Value.array(
        entries.map { ["name": .string($0.name), "url": .string($0.url)] })
      return try await call.print(output == "json" ? JSON.text(value) + "\n" : YAML.text(value))
    }
    if entries.isEmpty { throw HelmError("no repositories to show") }
    try await call.print(
      Table.text([["NAME", "URL"]] + entries.map { [$0.name, $0.url] }, widest: 200))
  }

  @Sendable
  private static func remove(_ call: Call) async throws {
    let names = try call.operands(1...100, "repo remove", "[REPO1 [REPO2 ...]] [flags]")
    var entries = call.repositories.all
    if entries.isEmpty { throw HelmError("no repositories configured") }
    for name in names {
      guard entries.contains(where: { $0.name == name }) else {
        throw HelmError("no repo named \"\(name)\" found")
      }
      entries.removeAll { $0.name == name }
      try call.repositories.save(entries)
      try await call.print("\"\(name)\" has been removed from your repositories\n")
    }
  }

  @Sendable
  private static func index(_ call: Call) async throws {
    let folder = call.flags.operands.first ?? "."
    var entries = Value.emptyObject
    let stamp = Calendar(call.now).formatted("%Y-%m-%dT%H:%M:%S.%NZ")
    for name in (try? call.process.names(in: folder)) ?? [] where name.hasSuffix(".tgz") {
      let path = "\(folder)/\(name)"
      let bytes = try await call.process.contents(of: path)
      let chart = try Chart.unpacked(bytes, path)
      var entry = chart.metadata
      entry["created"] = .string(stamp)
      entry["digest"] = .string(Checksum.sha256.hex(bytes))
      let base = call.flags["url"].map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
      entry["urls"] = .array([.string(base + name)])
      entries[chart.name] = .array((entries[chart.name]?.array ?? []) + [entry])
    }
    let value: Value = [
      "apiVersion": "v1", "entries": entries, "generated": .string(stamp),
    ]
    do {
      try call.process.replace("\(folder)/index.yaml", with: Array(YAML.text(value).utf8))
    } catch {
      throw HelmError("open \(folder)/index.yaml: \(error.text.lowercased())")
    }
  }

  @Sendable
  private static func searchRepositories(_ call: Call) async throws {
    let entries = call.repositories.all
    if entries.isEmpty { throw HelmError("no repositories configured") }
    let word = call.flags.operands.joined(separator: " ").lowercased()
    var rows: [[String]] = []
    for entry in entries.sorted(by: { $0.name < $1.name }) {
      for chart in try Repositories.charts(at: entry.url).sorted(by: { $0.name < $1.name }) {
        let name = "\(entry.name)/\(chart.name)"
        guard word.isEmpty || name.contains(word) || chart.description.lowercased().contains(word)
        else { continue }
        let range = call.flags["version"].flatMap { VersionRange($0) }
        let fitting = chart.versions.filter { version in
          range.flatMap { range in Version(version.chart).map(range.holds) } ?? true
        }
        let shown = call.flags.has("versions") ? fitting[...] : fitting.prefix(1)
        rows += shown.map { [name, $0.chart, $0.app, chart.description] }
      }
    }
    try await table(rows, call)
  }

  @Sendable
  private static func searchHub(_ call: Call) async throws {
    let word = call.flags.operands.joined(separator: " ").lowercased()
    var rows: [[String]] = []
    for repository in Catalogue.repositories {
      for chart in repository.charts
      where word.isEmpty || chart.name.contains(word)
        || chart.description.lowercased().contains(word)
      {
        guard let version = chart.versions.first else { continue }
        rows.append([
          "https://artifacthub.io/packages/helm/\(repository.name)/\(chart.name)", version.chart,
          version.app, chart.description,
        ])
      }
    }
    try await table(rows, call, title: "URL")
  }

  private static func table(
    _ rows: [[String]], _ call: Call, title: String = "NAME"
  ) async throws {
    if let output = call.flags["output"], output != "table" {
      let value = Value.array(
        rows.map {
          [
            "name": .string($0[0]), "version": .string($0[1]), "app_version": .string($0[2]),
            "description": .string($0[3]),
          ]
        })
      return try await call.print(output == "json" ? JSON.text(value) + "\n" : YAML.text(value))
    }
    if rows.isEmpty { return try await call.print("No results found\n") }
    let widest = call.flags["max-col-width"].flatMap { Int($0) } ?? 50
    try await call.print(
      Table.text(
        [[title, "CHART VERSION", "APP VERSION", "DESCRIPTION"]] + rows,
        widest: widest == 0 ? 500 : max(10, widest)))
  }
}
