import Documents
import Linux
import Shell
import Simulation

/// `helm dependency`: the charts that a chart needs inside of it.
enum DependencyCommands {
  static let commands = [
    Commands.Command(
      path: "dependency list", usage: "CHART [flags]",
      summary: "list the dependencies for the given chart", grammar: "max-col-width=", run: list),
    Commands.Command(
      path: "dependency update", usage: "CHART [flags]",
      summary: "update charts/ based on the contents of Chart.yaml",
      grammar: "skip-refresh verify", run: update),
    Commands.Command(
      path: "dependency build", usage: "CHART [flags]",
      summary: "rebuild the charts/ directory based on the Chart.lock file",
      grammar: "skip-refresh verify", run: update),
  ]

  private static func wishes(_ chart: Chart) -> [Value] {
    chart.metadata["dependencies"]?.array ?? []
  }

  /// Helm installs nothing while a dependency is missing.
  static func check(_ chart: Chart) throws {
    let missing = wishes(chart).compactMap { wish -> String? in
      let name = wish["name"]?.string ?? ""
      // A chart that its condition left out was there before.
      let isOff = wish["condition"] != nil || wish["tags"] != nil
      return chart.dependencies.contains { $0.name == name } || isOff ? nil : name
    }
    if !missing.isEmpty {
      throw HelmError(
        "An error occurred while checking for chart dependencies. You may need to run `helm "
          + "dependency build` to fetch missing dependencies: found in Chart.yaml, but missing in "
          + "charts/ directory: \(missing.joined(separator: ", "))")
    }
  }

  @Sendable
  private static func list(_ call: Call) async throws {
    let path = call.flags.operands.first ?? "."
    let chart = try await Chart.load(path, call.process)
    if wishes(chart).isEmpty {
      try await call.process.writeError("WARNING: no dependencies at \(path)/charts\n")
      return
    }
    let rows =
      [["NAME", "VERSION", "REPOSITORY", "STATUS"]]
      + wishes(chart).map { wish in
        let name = wish["name"]?.string ?? ""
        return [
          name, wish["version"]?.string ?? "", wish["repository"]?.string ?? "",
          chart.dependencies.contains { $0.name == name } ? "ok" : "missing",
        ]
      }
    try await call.print(Table.text(rows, widest: 80) + "\n")
  }

  @Sendable
  private static func update(_ call: Call) async throws {
    let path = call.flags.operands.first ?? "."
    let chart = try await Chart.load(path, call.process)
    let entries = call.repositories.all
    if !entries.isEmpty { try await RepositoryCommands.fetch(entries, call) }
    let wanted = wishes(chart)
    guard !wanted.isEmpty else { return }
    try await call.print("Saving \(wanted.count) charts\n")
    try? call.process.makeDirectory("\(path)/charts")
    var locked: [Value] = []
    for wish in wanted {
      let name = wish["name"]?.string ?? ""
      let place = wish["repository"]?.string ?? ""
      let inner = try await find(name, wish["version"]?.string, place, path, call)
      if !place.hasPrefix("file://"), !place.isEmpty {
        try await call.print("Downloading \(name) from repo \(place)\n")
      }
      do {
        try call.process.replace(
          "\(path)/charts/\(inner.fullName).tgz", with: inner.packed(at: call.now.seconds))
      } catch {
        throw HelmError("could not save \(name): \(error.text.lowercased())")
      }
      locked.append([
        "name": .string(name), "repository": .string(place), "version": .string(inner.version),
      ])
    }
    try await call.print("Deleting outdated charts\n")
    let lock: Value = [
      "dependencies": .array(locked),
      "digest": .string("sha256:" + Checksum.sha256.hex(Array(YAML.text(.array(wanted)).utf8))),
      "generated": .string(Calendar(call.now).formatted("%Y-%m-%dT%H:%M:%S.%NZ")),
    ]
    try? call.process.replace("\(path)/Chart.lock", with: Array(YAML.text(lock).utf8))
  }

  private static func find(
    _ name: String, _ range: String?, _ place: String, _ path: String, _ call: Call
  ) async throws -> Chart {
    if place.hasPrefix("file://") {
      let folder = String(place.dropFirst(7))
      return try await Chart.load(
        folder.hasPrefix("/") ? folder : "\(path)/\(folder)", call.process)
    }
    var url = place
    if place.hasPrefix("@") || place.hasPrefix("alias:") {
      let alias = place.hasPrefix("@") ? place.dropFirst() : place.dropFirst(6)
      guard let entry = call.repositories.all.first(where: { $0.name == alias }) else {
        throw HelmError(
          "no repository definition for \(place). Please add them via 'helm repo add'")
      }
      url = entry.url
    }
    let published =
      url.hasPrefix("oci://")
      ? Catalogue.oci("\(url)/\(name)")
      : try Repositories.charts(at: url).first { $0.name == name }
    guard let published, let version = published.best(range) else {
      throw HelmError(
        "can't get a valid version for 1 subchart(s): \"\(name)\" (repository \"\(place)\", "
          + "version \"\(range ?? "")\"). Make sure a matching chart version exists in the repo, "
          + "or change the version constraint in Chart.yaml")
    }
    return try published.chart(version)
  }
}
