import Documents
import KubeObjects
import Shell

/// Builds the objects of a kustomization: its resources, changed as its file says.
struct Kustomization {
  private let call: Invocation
  private let folder: String
  private let file: Value
  private let depth: Int
  /// Old names of generated objects and what they are called with their hashes, by kind.
  private var renamed: [String: String] = [:]

  static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

  static func build(_ path: String, _ call: Invocation) async throws -> [Value] {
    if path.contains("://") || path.hasPrefix("github.com/") {
      throw CommandError.text(
        "drydock: not simulated: there is no network beyond the cluster to fetch \(path) from")
    }
    guard call.surroundings.status(path)?.kind == .directory else {
      throw CommandError.text(
        "must build at directory: not a valid directory: evalsymlink failure on '\(path)' : "
          + "lstat \(call.surroundings.absolute(path)): no such file or directory")
    }
    var kustomization = try await Kustomization(path, call, depth: 0)
    return try await kustomization.objects()
  }

  private init(_ folder: String, _ call: Invocation, depth: Int) async throws {
    guard depth < 32 else { throw CommandError.text("accumulating resources: cycle detected") }
    self.call = call
    self.folder = folder
    self.depth = depth
    guard
      let name = Self.names.first(where: { call.surroundings.status("\(folder)/\($0)") != nil })
    else {
      throw CommandError.text(
        "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in "
          + "directory '\(call.surroundings.absolute(folder))'")
    }
    let bytes = try await call.surroundings.readFile("\(folder)/\(name)")
    file = try ManifestText.documents(bytes).first ?? .emptyObject
  }

  private func texts(_ member: String) -> [String] {
    (file[member]?.array ?? []).compactMap(\.string)
  }

  mutating func objects() async throws -> [Value] {
    var objects: [Value] = []
    for entry in texts("resources") + texts("bases") { objects += try await resource(entry) }
    for entry in texts("components") {
      let path = join(entry)
      var component = try await Kustomization(path, call, depth: depth + 1)
      objects = try await component.changed(objects)
    }
    return try await changed(objects)
  }

  private func join(_ path: String) -> String {
    path.hasPrefix("/") ? path : folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
  }

  private func resource(_ entry: String) async throws -> [Value] {
    if entry.contains("://") {
      return try ManifestText.documents(try await WebAddress(entry).read(call))
    }
    let path = join(entry)
    guard let status = call.surroundings.status(path) else {
      throw CommandError.text(
        "accumulating resources: accumulation err='accumulating resources from '\(entry)': "
          + "evalsymlink failure on '\(call.surroundings.absolute(path))' : lstat "
          + "\(call.surroundings.absolute(path)): no such file or directory'")
    }
    if status.kind == .directory {
      var inner = try await Kustomization(path, call, depth: depth + 1)
      return try await inner.objects()
    }
    let documents = try ManifestText.documents(try await call.surroundings.readFile(path))
    return documents.flatMap { Manifest.flatten($0, source: path) }.map(\.object)
  }

  /// What the file does to objects, in kustomize's order.
  private mutating func changed(_ given: [Value]) async throws -> [Value] {
    var objects = given
    objects += try await generated("configMapGenerator", kind: "ConfigMap")
    objects += try await generated("secretGenerator", kind: "Secret")
    objects = try await patched(objects)
    if let namespace = file["namespace"]?.string, !namespace.isEmpty {
      objects = objects.map { KustomizeChange.namespace($0, namespace) }
    }
    let prefix = file["namePrefix"]?.string ?? ""
    let suffix = file["nameSuffix"]?.string ?? ""
    if !prefix.isEmpty || !suffix.isEmpty {
      for object in objects where !KustomizeChange.keepsName(object) {
        let name = DescribeText.name(object)
        renamed["\(object["kind"]?.string ?? "")/\(name)"] = prefix + name + suffix
      }
    }
    addHashes(to: objects, prefix: prefix, suffix: suffix)
    objects = objects.map { KustomizeNames(renamed: renamed).apply($0) }
    if let labels = file["commonLabels"]?.object {
      objects = objects.map {
        KustomizeChange.labels($0, labels, inSelectors: true, inTemplates: true)
      }
    }
    for entry in file["labels"]?.array ?? [] {
      let selectors = entry["includeSelectors"]?.bool ?? false
      let templates = selectors || entry["includeTemplates"]?.bool ?? false
      objects = objects.map {
        KustomizeChange.labels(
          $0, entry["pairs"]?.object ?? [:], inSelectors: selectors, inTemplates: templates)
      }
    }
    if let notes = file["commonAnnotations"]?.object {
      objects = objects.map { KustomizeChange.annotations($0, notes) }
    }
    for image in file["images"]?.array ?? [] {
      objects = objects.map { KustomizeChange.image($0, image) }
    }
    for entry in file["replicas"]?.array ?? [] {
      objects = objects.map { KustomizeChange.replicas($0, entry) }
    }
    return KustomizeChange.withoutMarks(objects)
  }

  private mutating func addHashes(to objects: [Value], prefix: String, suffix: String) {
    for object in objects where object[KustomizeChange.hashMark] != nil {
      let kind = object["kind"]?.string ?? ""
      let name = DescribeText.name(object)
      let full = prefix + name + suffix
      var hashed: Value = ["kind": .string(kind), "name": .string(full)]
      hashed["data"] = object["data"] ?? (kind == "Secret" ? .emptyObject : .string(""))
      if kind == "Secret" { hashed["type"] = object["type"] ?? "" }
      renamed["\(kind)/\(name)"] = "\(full)-\(ShortHash.suffix(of: hashed))"
    }
  }

  private func generated(_ member: String, kind: String) async throws -> [Value] {
    var made: [Value] = []
    let options = file["generatorOptions"] ?? .emptyObject
    for entry in file[member]?.array ?? [] {
      var data = Mapping()
      for literal in (entry["literals"]?.array ?? []).compactMap(\.string) {
        let parts = literal.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
          throw CommandError.text("literal source \(literal) should be key=value")
        }
        var value = String(parts[1])
        if value.count > 1, let quote = value.first, quote == "\"" || quote == "'",
          value.last == quote
        {
          value = String(value.dropFirst().dropLast())
        }
        data[String(parts[0])] = .string(value)
      }
      for source in (entry["files"]?.array ?? []).compactMap(\.string) {
        let parts = source.split(separator: "=", maxSplits: 1).map(String.init)
        let path = parts.last ?? source
        let key =
          parts.count == 2 ? parts[0] : path.split(separator: "/").last.map(String.init) ?? path
        data[key] = .string(
          String(decoding: try await DataSources.read(join(path), call), as: UTF8.self))
      }
      for source in (entry["envs"]?.array ?? []).compactMap(\.string) {
        let text = String(decoding: try await DataSources.read(join(source), call), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
          let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          if parts.count == 2 { data[String(parts[0])] = .string(String(parts[1])) }
        }
      }
      var object: Value = [
        "apiVersion": "v1", "kind": .string(kind), "metadata": ["name": entry["name"] ?? ""],
      ]
      if let namespace = entry["namespace"] { object[path: "metadata", "namespace"] = namespace }
      if kind == "Secret" {
        for (key, value) in data {
          data[key] = .string(Base64.encode(Array((value.string ?? "").utf8)))
        }
        object["type"] = entry["type"] ?? "Opaque"
      }
      if !data.isEmpty { object["data"] = .object(data) }
      for (name, target) in [("labels", "labels"), ("annotations", "annotations")] {
        let own = entry[path: "options", name] ?? options[name]
        if let own { object[path: "metadata", target] = own }
      }
      let isPlain =
        entry[path: "options", "disableNameSuffixHash"]?.bool
        ?? options["disableNameSuffixHash"]?.bool ?? false
      if !isPlain { object[KustomizeChange.hashMark] = true }
      made.append(object)
    }
    return made
  }

  private func patched(_ given: [Value]) async throws -> [Value] {
    var objects = given
    var patches = (file["patches"]?.array ?? []) + (file["patchesJson6902"]?.array ?? [])
    for entry in texts("patchesStrategicMerge") {
      patches.append(entry.contains("\n") ? ["patch": .string(entry)] : ["path": .string(entry)])
    }
    for entry in patches {
      var bytes = Array((entry["patch"]?.string ?? "").utf8)
      if let path = entry["path"]?.string { bytes = try await DataSources.read(join(path), call) }
      for patch in try ManifestText.documents(bytes) {
        objects = try KustomizePatch(patch: patch, target: entry["target"]).apply(to: objects)
      }
    }
    return objects
  }
}
