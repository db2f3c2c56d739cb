import Documents
import Linux
import Simulation

/// One revision of a release.
struct Release {
  var name: String
  var namespace: String
  var revision: Int
  /// deployed, superseded, failed, uninstalling, pending-install, …
  var status: String
  var description: String
  var firstDeployed: Moment
  var lastDeployed: Moment
  var chart: Chart
  /// What the user gave.
  var config: Value
  var manifest: String
  var hooks: [ManifestPart]
  var notes: String

  var key: String { "sh.helm.release.v1.\(name).v\(revision)" }

  /// `2026-06-01 09:00:00.000000000 +0000 UTC`
  static func shown(_ moment: Moment) -> String {
    Calendar(moment).formatted("%Y-%m-%d %H:%M:%S.%N +0000 UTC")
  }

  /// As time.ANSIC prints it.
  static func plain(_ moment: Moment) -> String {
    Calendar(moment).formatted("%a %b %e %H:%M:%S %Y")
  }

  private static func stamp(_ moment: Moment) -> String {
    Calendar(moment).formatted("%Y-%m-%dT%H:%M:%S.%NZ")
  }

  private static func moment(_ text: String) -> Moment {
    let parts = text.split { !$0.isNumber }.compactMap { Int($0) }
    guard parts.count >= 6 else { return Moment(seconds: 0) }
    return Calendar(
      year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4],
      second: parts[5]
    ).moment + Span(nanoseconds: Int64(parts.count > 6 ? parts[6] : 0))
  }

  /// The JSON that real helm stores.
  var value: Value {
    [
      "name": .string(name), "namespace": .string(namespace), "version": .int(Int64(revision)),
      "config": config, "manifest": .string(manifest),
      "hooks": .array(
        hooks.map {
          [
            "name": .string($0.name), "kind": .string($0.kind), "path": .string($0.path),
            "manifest": .string($0.text), "events": .array($0.events.map { .string($0) }),
            "weight": .int(Int64($0.weight)),
          ]
        }),
      "info": [
        "first_deployed": .string(Self.stamp(firstDeployed)),
        "last_deployed": .string(Self.stamp(lastDeployed)), "deleted": "",
        "description": .string(description), "status": .string(status), "notes": .string(notes),
      ],
      "chart": [
        "metadata": chart.metadata, "values": chart.values,
        "templates": .array(
          chart.templates.map { ["name": .string($0.path), "data": Self.data($0.text)] }),
        "files": .array(
          (chart.allFiles.filter { !$0.path.hasPrefix("templates/") && $0.path != "Chart.yaml" })
            .map { ["name": .string($0.path), "data": Self.data($0.text)] }),
      ],
    ]
  }

  private static func data(_ text: String) -> Value {
    .string(Base64.encode(Array(text.utf8)))
  }

  init?(_ value: Value) {
    guard let name = value["name"]?.string, let info = value["info"],
      let stored = value["chart"]
    else { return nil }
    self.name = name
    namespace = value["namespace"]?.string ?? ""
    revision = Int(value["version"]?.int ?? 1)
    status = info["status"]?.string ?? "unknown"
    description = info["description"]?.string ?? ""
    firstDeployed = Self.moment(info["first_deployed"]?.string ?? "")
    lastDeployed = Self.moment(info["last_deployed"]?.string ?? "")
    notes = info["notes"]?.string ?? ""
    config = value["config"] ?? .emptyObject
    manifest = value["manifest"]?.string ?? ""
    hooks = (value["hooks"]?.array ?? []).map { hook in
      let text = hook["manifest"]?.string ?? ""
      return ManifestPart(
        path: hook["path"]?.string ?? "", text: text, value: (try? YAML.parse(text)) ?? .null)
    }
    var files = ["Chart.yaml": YAML.text(stored["metadata"] ?? .emptyObject)]
    for list in ["templates", "files"] {
      for file in stored[list]?.array ?? [] {
        files[file["name"]?.string ?? ""] = Base64.text(file["data"]?.string ?? "")
      }
    }
    if files["values.yaml"] == nil { files["values.yaml"] = YAML.text(stored["values"] ?? .null) }
    guard let chart = try? Chart(files: files) else { return nil }
    self.chart = chart
  }

  init(
    name: String, namespace: String, revision: Int, status: String, description: String,
    first: Moment, last: Moment, chart: Chart, config: Value, manifest: String,
    hooks: [ManifestPart], notes: String
  ) {
    self.name = name
    self.namespace = namespace
    self.revision = revision
    self.status = status
    self.description = description
    firstDeployed = first
    lastDeployed = last
    self.chart = chart
    self.config = config
    self.manifest = manifest
    self.hooks = hooks
    self.notes = notes
  }
}

/// Releases as the Secrets of a namespace that real helm keeps them in.
struct ReleaseStore {
  let cluster: any ClusterAccess

  private func path(_ namespace: String) -> String {
    namespace.isEmpty ? "/api/v1/secrets" : "/api/v1/namespaces/\(namespace)/secrets"
  }

  /// Every revision of all releases, or of one, oldest first. An empty namespace means all.
  func all(_ namespace: String, name: String? = nil) async throws -> [Release] {
    let selector = "owner=helm" + (name.map { ",name=\($0)" } ?? "")
    let answer = try await cluster.get(
      path(namespace), query: [("labelSelector", selector)])
    guard answer.code < 400 else {
      throw HelmError("list: failed to list: \(answer.value["message"]?.string ?? "")")
    }
    let found = (answer.value["items"]?.array ?? []).compactMap(Self.release)
    return found.sorted {
      ($0.namespace, $0.name, $0.revision) < ($1.namespace, $1.name, $1.revision)
    }
  }

  func history(_ name: String, _ namespace: String) async throws -> [Release] {
    try await all(namespace, name: name)
  }

  func last(_ name: String, _ namespace: String) async throws -> Release? {
    try await history(name, namespace).last
  }

  /// The last revision, or helm's complaint.
  func require(_ name: String, _ namespace: String, revision: Int? = nil) async throws -> Release {
    let all = try await history(name, namespace)
    let found =
      revision.flatMap { $0 == 0 ? nil : $0 }
      .map { wanted in all.first { $0.revision == wanted } } ?? all.last
    guard let found else { throw HelmError("release: not found") }
    return found
  }

  private static func release(_ secret: Value) -> Release? {
    guard let data = secret[path: "data", "release"]?.string,
      let outer = Base64.decode(data),
      let bytes = Base64.decode(String(decoding: outer, as: UTF8.self))
    else { return nil }
    let plain = Gzip.isCompressed(bytes) ? Gzip.decompress(bytes) : bytes
    guard let plain, let value = try? JSON.parse(plain) else { return nil }
    var release = Release(value)
    // The label is what an interrupted helm would have changed.
    if let status = secret[path: "metadata", "labels", "status"]?.string {
      release?.status = status
    }
    return release
  }

  private func secret(_ release: Release, _ now: Moment) -> Value {
    let bytes = Gzip.compress(Array(JSON.text(release.value).utf8))
    let text = Base64.encode(Array(Base64.encode(bytes).utf8))
    return [
      "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
      "metadata": [
        "name": .string(release.key), "namespace": .string(release.namespace),
        "labels": [
          "name": .string(release.name), "owner": "helm", "status": .string(release.status),
          "version": .string("\(release.revision)"), "modifiedAt": .string("\(now.seconds)"),
        ],
      ],
      "data": ["release": .string(text)],
    ]
  }

  func create(_ release: Release, _ now: Moment) async throws {
    let answer = try await cluster.send(
      "POST", path(release.namespace), query: [("fieldManager", "helm")],
      body: secret(release, now), contentType: "application/json")
    guard answer.code < 400 else {
      throw HelmError("create: failed to create: \(answer.value["message"]?.string ?? "")")
    }
  }

  func update(_ release: Release, _ now: Moment) async throws {
    _ = try await cluster.send(
      "PATCH", "\(path(release.namespace))/\(release.key)", query: [("fieldManager", "helm")],
      body: secret(release, now), contentType: "application/merge-patch+json")
  }

  func delete(_ release: Release) async throws {
    _ = try await cluster.send(
      "DELETE", "\(path(release.namespace))/\(release.key)", query: [], body: nil,
      contentType: "application/json")
  }
}
