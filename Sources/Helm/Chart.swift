import Documents
import Linux
import Shell

/// A chart: what it says of itself, its values, templates, files and the charts inside of it.
struct Chart {
  /// Chart.yaml.
  var metadata: Value
  var values: Value
  /// values.yaml as it is written.
  var valuesText: String
  /// Paths below the chart's folder, beginning with `templates/`.
  var templates: [(path: String, text: String)]
  /// Everything else, by path.
  var files: [String: String]
  var definitions: [(path: String, text: String)]
  var dependencies: [Chart]

  var name: String { metadata["name"]?.string ?? "" }
  var version: String { metadata["version"]?.string ?? "" }
  var appVersion: String {
    switch metadata["appVersion"] {
    case .string(let text): text
    case .int(let number): "\(number)"
    case .double(let number): "\(number)"
    default: ""
    }
  }
  var isLibrary: Bool { metadata["type"]?.string == "library" }
  var fullName: String { "\(name)-\(version)" }

  /// From the files of its folder, by path.
  init(files all: [String: String]) throws {
    guard let text = all["Chart.yaml"] else { throw HelmError("Chart.yaml file is missing") }
    do throws(Problem) {
      metadata = try YAML.parse(text)
    } catch {
      throw HelmError("cannot load Chart.yaml: error converting YAML to JSON: \(error.message)")
    }
    valuesText = all["values.yaml"] ?? ""
    do throws(Problem) {
      values = try YAML.parse(valuesText)
    } catch {
      throw HelmError("cannot load values.yaml: error converting YAML to JSON: \(error.message)")
    }
    if values.object == nil { values = .emptyObject }
    templates = []
    files = [:]
    definitions = []
    dependencies = []
    var inner: [String: [String: String]] = [:]
    for (path, text) in all.sorted(by: { $0.key < $1.key }) {
      if path.hasPrefix("templates/") {
        templates.append((path, text))
      } else if path.hasPrefix("crds/") {
        definitions.append((path, text))
      } else if path.hasPrefix("charts/") {
        let rest = path.dropFirst(7)
        let folder = String(rest.prefix { $0 != "/" })
        if rest.contains("/") {
          inner[folder, default: [:]][String(rest.dropFirst(folder.count + 1))] = text
        } else if path.hasSuffix(".tgz") {
          // A text cannot hold an archive: packed charts come as `packed`.
          continue
        }
      } else if !["Chart.yaml", "values.yaml", "Chart.lock", ".helmignore"].contains(path) {
        files[path] = text
      }
    }
    for (_, files) in inner.sorted(by: { $0.key < $1.key }) {
      dependencies.append(try Chart(files: files))
    }
  }

  /// Every file by path, as a packed chart holds them.
  var allFiles: [(path: String, text: String)] {
    var all = [("Chart.yaml", YAML.text(metadata)), ("values.yaml", valuesText)]
    all += templates + definitions
    all += files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    for inner in dependencies {
      all += inner.allFiles.map { ("charts/\(inner.name)/\($0.path)", $0.text) }
    }
    return all
  }

  /// Whether it can be installed, in helm's words.
  func check() throws {
    if metadata["apiVersion"] == nil {
      throw HelmError("validation: chart.metadata.apiVersion is required")
    }
    if name.isEmpty { throw HelmError("validation: chart.metadata.name is required") }
    if version.isEmpty { throw HelmError("validation: chart.metadata.version is required") }
  }

  /// A chart's folder or archive on a machine.
  static func load(_ path: String, _ process: Process) async throws -> Chart {
    guard let status = process.status(path) else {
      throw HelmError("path \"\(path)\" not found")
    }
    if status.kind == .directory {
      var files: [String: String] = [:]
      try read(path, "", process, &files, depth: 0)
      guard files["Chart.yaml"] != nil else { throw HelmError("Chart.yaml file is missing") }
      var chart = try Chart(files: files)
      for name in (try? process.names(in: path + "/charts")) ?? [] where name.hasSuffix(".tgz") {
        chart.dependencies.append(try await load("\(path)/charts/\(name)", process))
      }
      return chart
    }
    do {
      return try unpacked(try await process.contents(of: path), path)
    } catch let error as HostError {
      throw HelmError("open \(path): \(error.text.lowercased())")
    }
  }

  static func unpacked(_ bytes: [UInt8], _ path: String) throws -> Chart {
    let plain = Gzip.isCompressed(bytes) ? Gzip.decompress(bytes) : nil
    guard let plain, let members = Archive.members(of: plain) else {
      throw HelmError(
        "file '\(path)' does not appear to be a gzipped archive; got 'application/octet-stream'")
    }
    var files: [String: String] = [:]
    for member in members where member.kind == .file {
      // The first part is the chart's own name.
      guard let slash = member.name.firstIndex(of: "/") else { continue }
      files[String(member.name[slash...].dropFirst())] = String(
        decoding: member.bytes, as: UTF8.self)
    }
    return try Chart(files: files)
  }

  func packed(at moment: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    for file in allFiles {
      bytes += Archive.bytes(
        of: .init(
          name: "\(name)/\(file.path)", kind: .file, mode: 0o644, modified: moment,
          bytes: Array(file.text.utf8)))
    }
    return Gzip.compress(bytes + Archive.end)
  }

  private static func read(
    _ root: String, _ folder: String, _ process: Process, _ files: inout [String: String],
    depth: Int
  ) throws {
    guard depth < 20, files.count < 5000 else { return }
    for name in try process.names(in: folder.isEmpty ? root : "\(root)/\(folder)")
    where name != "." && name != ".." && name != ".git" {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      let full = process.absolute("\(root)/\(path)")
      if process.status(full)?.kind == .directory {
        try read(root, path, process, &files, depth: depth + 1)
      } else if let text = process.machine.files.text(full, process.caller) {
        files[path] = text
      }
    }
  }
}
