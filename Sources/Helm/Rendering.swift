import Documents
import Linux
import Simulation

/// Renders a chart's templates into manifests, hooks and notes.
struct Rendering {
  let chart: Chart
  /// The coalesced values.
  let values: Value
  let release: Value
  let capabilities: Value
  let now: Moment
  let random: () -> UInt64

  /// Enough for the largest charts, and an end to those that never end.
  static let steps = 2_000_000

  struct Output {
    /// By the template's path, such as `web/templates/service.yaml`.
    var texts: [(path: String, text: String)] = []
    var notes = ""
  }

  /// `cluster` answers `lookup`; without one every look-up finds nothing.
  func render(_ cluster: (any ClusterAccess)?) async throws -> Output {
    let library = SprigLibrary(now: now, random: random)
    var output = try render(library)
    // Templates cannot wait for the server: what they looked up is fetched, and they run again.
    for _ in 0..<4 where cluster != nil && !library.wanted.isEmpty {
      guard let cluster else { break }
      let wanted = library.wanted
      library.wanted = []
      for question in wanted {
        library.found[question] = try await look(question, cluster)
      }
      output = try render(library)
    }
    return output
  }

  private func look(
    _ question: SprigLibrary.Question, _ cluster: any ClusterAccess
  ) async throws -> Value {
    guard
      let resource = try await cluster.resource(
        apiVersion: question.apiVersion, kind: question.kind)
    else { return .emptyObject }
    var path = question.apiVersion.contains("/") ? "/apis/" : "/api/"
    path += question.apiVersion
    if resource.isNamespaced, !question.namespace.isEmpty {
      path += "/namespaces/\(question.namespace)"
    }
    path += "/\(resource.plural)"
    if !question.name.isEmpty { path += "/\(question.name)" }
    let answer = try await cluster.get(path)
    return answer.code < 400 ? answer.value : .emptyObject
  }

  private func render(_ library: SprigLibrary) throws -> Output {
    var templates = GoTemplate(library: library)
    var scopes: [(path: String, scope: Value)] = []
    do throws(GoTemplate.Failure) {
      try collect(chart, chart.name, values, &templates, &scopes, library)
    } catch {
      throw HelmError(Self.parseError(error.message))
    }
    var output = Output()
    var steps = 0
    for (path, scope) in scopes {
      let file = path.split(separator: "/").last ?? ""
      if file.hasPrefix("_") { continue }
      var run = TemplateRun(
        templates, missing: .zero, steps: steps, limit: Self.steps)
      do throws(GoTemplate.Failure) {
        try run.execute(path, scope)
      } catch {
        throw HelmError(error.message)
      }
      steps = run.steps
      // Go says <no value> of what is not there; helm takes it away.
      let text = run.output.split(separator: "<no value>", omittingEmptySubsequences: false)
        .joined()
      if file == "NOTES.txt" {
        if path == "\(chart.name)/templates/NOTES.txt" { output.notes = text }
      } else {
        output.texts.append((path, text))
      }
    }
    return output
  }

  private func collect(
    _ chart: Chart, _ prefix: String, _ values: Value, _ templates: inout GoTemplate,
    _ scopes: inout [(path: String, scope: Value)], _ library: SprigLibrary
  ) throws(GoTemplate.Failure) {
    // Inner charts first: a definition of the outer chart counts.
    for inner in chart.dependencies {
      try collect(
        inner, "\(prefix)/charts/\(inner.name)", values[inner.name] ?? .emptyObject, &templates,
        &scopes, library)
    }
    library.files[prefix] = chart.files
    var metadata = Value.emptyObject
    for (name, value) in chart.metadata.object ?? [:] {
      metadata[name.prefix(1).uppercased() + name.dropFirst()] = value
    }
    metadata["IsRoot"] = .bool(prefix == self.chart.name)
    var inner = Value.emptyObject
    for other in chart.dependencies {
      inner[other.name] = ["Values": values[other.name] ?? .emptyObject]
    }
    for (path, text) in chart.templates {
      let full = "\(prefix)/\(path)"
      try templates.add(text, name: full)
      if chart.isLibrary { continue }
      scopes.append(
        (
          full,
          [
            "Values": values, "Release": release, "Chart": metadata,
            "Capabilities": capabilities, "Subcharts": inner,
            "Files": [SprigLibrary.filesMark: .string(prefix)],
            "Template": [
              "Name": .string(full), "BasePath": .string("\(prefix)/templates"),
            ],
          ]
        ))
    }
  }

  /// `template: a:5: b` is told as `parse error at (a:5): b`.
  private static func parseError(_ message: String) -> String {
    guard message.hasPrefix("template: ") else { return message }
    let parts = message.dropFirst(10).split(separator: ":", maxSplits: 2)
    guard parts.count == 3 else { return message }
    return "parse error at (\(parts[0]):\(parts[1])):\(parts[2])"
  }

  static func capabilities(_ versions: [String]) -> Value {
    [
      "KubeVersion": [
        "Version": "v1.36.0", "Major": "1", "Minor": "36", "GitVersion": "v1.36.0",
      ],
      "APIVersions": [SprigLibrary.versionsMark: .array(versions.map { .string($0) })],
      "HelmVersion": ["Version": .string(HelmVersion.text), "GoVersion": "go1.24.9"],
    ]
  }
}

enum HelmVersion {
  static let text = "v3.19.2"
}
