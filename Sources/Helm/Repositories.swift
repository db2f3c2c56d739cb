import Documents
import Linux
import Shell

/// The chart repositories that a user has added, in helm's own file.
struct Repositories {
  let process: Process

  struct Entry {
    var name: String
    var url: String
  }

  static let path = ".config/helm/repositories.yaml"
  private var file: String { (process.environment["HOME"] ?? "/root") + "/" + Self.path }

  var all: [Entry] {
    let text = process.machine.files.text(file, process.caller) ?? ""
    let value = (try? YAML.parse(text)) ?? .null
    return (value["repositories"]?.array ?? []).compactMap { entry in
      entry["name"]?.string.map { Entry(name: $0, url: entry["url"]?.string ?? "") }
    }
  }

  func save(_ entries: [Entry]) throws {
    let value: Value = [
      "apiVersion": "", "generated": "0001-01-01T00:00:00Z",
      "repositories": .array(
        entries.map {
          [
            "name": .string($0.name), "url": .string($0.url), "caFile": "", "certFile": "",
            "keyFile": "", "username": "", "password": "", "insecure_skip_tls_verify": false,
            "pass_credentials_all": false,
          ]
        }),
    ]
    let folder = String(file.prefix(upTo: file.lastIndex(of: "/") ?? file.endIndex))
    do {
      try process.machine.files.makeDirectories(folder)
      try process.machine.files.write(Array(YAML.text(value).utf8), to: file, mode: 0o644)
    } catch {
      throw HelmError("open \(file): \(error.text.lowercased())")
    }
  }

  /// The published charts at an address, or the words of a failed look-up.
  static func charts(at url: String) throws -> [PublishedChart] {
    guard let found = Catalogue.charts(at: url) else {
      let rest = url.split(separator: "/").dropFirst().first.map(String.init) ?? url
      let host = String(rest.prefix { $0 != ":" })
      guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
        throw HelmError("could not find protocol handler for: ")
      }
      throw HelmError(
        "looks like \"\(url)\" is not a valid chart repository or cannot be reached: Get "
          + "\"\(trimmed(url))/index.yaml\": dial tcp: lookup \(host) on 127.0.0.53:53: "
          + "no such host")
    }
    return found
  }

  static func trimmed(_ url: String) -> String {
    url.hasSuffix("/") ? String(url.dropLast()) : url
  }
}

/// Finds the chart that a command line names: a folder, an archive, `repo/chart`, an address.
struct ChartFinder {
  let call: Call

  func find(_ place: String) async throws -> Chart {
    let process = call.process
    let range = call.flags["version"]
    if call.flags["repo"] == nil {
      if process.status(place) != nil { return try await Chart.load(place, process) }
      if place.hasPrefix(".") || place.hasPrefix("/") {
        throw HelmError("path \"\(place)\" not found")
      }
    }
    if place.hasPrefix("oci://") { return try oci(place, range) }
    if place.hasPrefix("https://") || place.hasPrefix("http://") {
      guard let chart = try Catalogue.archive(at: place) else {
        throw HelmError("failed to fetch \(place) : 404 Not Found")
      }
      return chart
    }
    if let url = call.flags["repo"] {
      let charts = try Repositories.charts(at: url)
      return try pick(
        place, charts, range, missing: "chart \"\(place)\" not found in \(url) repository")
    }
    let parts = place.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw HelmError(
        "non-absolute URLs should be in form of repo_name/path_to_chart, got: \(place)")
    }
    guard let entry = call.repositories.all.first(where: { $0.name == parts[0] }) else {
      throw HelmError("repo \(parts[0]) not found")
    }
    return try pick(
      parts[1], try Repositories.charts(at: entry.url), range,
      missing: "chart \"\(parts[1])\" matching \(range ?? "") not found in \(parts[0]) index. "
        + "(try 'helm repo update'): no chart name found")
  }

  private func pick(
    _ name: String, _ charts: [PublishedChart], _ range: String?, missing: String
  ) throws -> Chart {
    guard let published = charts.first(where: { $0.name == name }) else {
      throw HelmError(missing)
    }
    guard let version = published.best(range, allowsEarly: call.flags.has("devel")) else {
      throw HelmError(
        "chart \"\(name)\" matching \(range ?? "") not found in "
          + "\(call.flags.operands.last?.split(separator: "/").first ?? "") index. "
          + "(try 'helm repo update'): no chart version found for \(name)-\(range ?? "")")
    }
    return try published.chart(version)
  }

  private func oci(_ place: String, _ range: String?) throws -> Chart {
    let name = place.split(separator: "/").last.map(String.init) ?? ""
    guard let published = Catalogue.oci(place), let version = published.best(range) else {
      throw HelmError(
        "failed to perform \"FetchReference\" on source: \(place.dropFirst(6)):\(range ?? name): "
          + "not found")
    }
    return try published.chart(version)
  }
}
