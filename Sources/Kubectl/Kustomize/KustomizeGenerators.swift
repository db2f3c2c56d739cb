import Documents
import KubeObjects

/// Makes the ConfigMaps and Secrets that a kustomization lists.
struct KustomizeGenerators {
  let layer: Kustomization

  func run(_ items: inout [KustomizedObject]) async throws {
    for (member, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
      for entry in layer.file[member]?.array ?? [] {
        let made = try await make(entry, kind: kind)
        try absorb(made, entry, &items)
      }
    }
  }

  private func absorb(
    _ made: KustomizedObject, _ entry: Value, _ items: inout [KustomizedObject]
  ) throws {
    let place = items.firstIndex { item in
      item.kind == made.kind && item.identities.contains { $0.name == made.identity.name }
        && (made.identity.namespace.isEmpty
          || item.identities.contains { $0.namespace == made.identity.namespace })
    }
    let behavior = entry["behavior"]?.string ?? "create"
    guard let place else {
      if behavior == "merge" || behavior == "replace" {
        throw CommandError.text(
          Self.merging(made, "does not exist; cannot merge or replace"))
      }
      items.append(made)
      return
    }
    guard behavior == "merge" || behavior == "replace" else {
      throw CommandError.text(
        Self.merging(made, "exists; behavior must be merge or replace"))
    }
    var old = items[place]
    for member in behavior == "merge" ? ["data", "binaryData"] : [] {
      var data = old.object[member]?.object ?? [:]
      for (key, value) in made.object[member]?.object ?? [:] { data[key] = value }
      if !data.isEmpty { old.object[member] = .object(data) }
    }
    if behavior == "replace" {
      for member in ["data", "binaryData", "type"] { old.object[member] = made.object[member] }
    }
    for member in ["labels", "annotations"] {
      var all = old.object[path: "metadata", member]?.object ?? [:]
      for (key, value) in made.object[path: "metadata", member]?.object ?? [:] {
        all[key] = value
      }
      if !all.isEmpty { old.object[path: "metadata", member] = .object(all) }
    }
    items[place] = old
  }

  /// The generator itself is printed as Go prints a pointer; the address means nothing.
  private static func merging(_ made: KustomizedObject, _ problem: String) -> String {
    let version = made.groupVersion
    let identity = made.identity
    return "merging from generator &{0xc0007e1d40 <nil>}: id resid.ResId{Gvk:resid.Gvk{"
      + "Group:\(Go.quoted(version.group)), Version:\(Go.quoted(version.version)), "
      + "Kind:\(Go.quoted(made.kind)), isClusterScoped:false}, Name:\(Go.quoted(identity.name)), "
      + "Namespace:\(Go.quoted(identity.namespace))} \(problem)"
  }

  private func make(_ entry: Value, kind: String) async throws -> KustomizedObject {
    let options = layer.file["generatorOptions"] ?? .emptyObject
    var object: Value = [
      "apiVersion": "v1", "kind": .string(kind), "metadata": ["name": entry["name"] ?? ""],
    ]
    if let namespace = entry["namespace"] { object[path: "metadata", "namespace"] = namespace }
    guard entry["name"]?.string?.isEmpty == false else {
      throw CommandError.text("a configmap must have a name")
    }
    for (key, bytes) in try await pairs(entry) {
      let isKnown = object[path: "data", key] != nil || object[path: "binaryData", key] != nil
      if isKnown {
        throw CommandError.text(
          "\(kind.lowercased()) \(entry["name"]?.string ?? "") illegally repeats the key `\(key)`")
      }
      if kind == "Secret" {
        object[path: "data", key] = .string(Base64.encode(bytes))
      } else if let text = String(validating: bytes, as: UTF8.self) {
        object[path: "data", key] = .string(text)
      } else {
        object[path: "binaryData", key] = .string(Base64.encode(bytes))
      }
    }
    if kind == "Secret" { object["type"] = entry["type"] ?? "Opaque" }
    for name in ["labels", "annotations"] {
      var all = options[name]?.object ?? [:]
      for (key, value) in entry[path: "options", name]?.object ?? [:] { all[key] = value }
      if !all.isEmpty { object[path: "metadata", name] = .object(all) }
    }
    func flag(_ name: String) -> Bool {
      entry[path: "options", name]?.bool ?? options[name]?.bool ?? false
    }
    if flag("immutable") { object["immutable"] = true }
    return KustomizedObject(object, needsHash: !flag("disableNameSuffixHash"))
  }

  private func pairs(_ entry: Value) async throws -> [(String, [UInt8])] {
    var found: [(String, [UInt8])] = []
    var envs = (entry["envs"]?.array ?? []).compactMap(\.string)
    if let env = entry["env"]?.string { envs.append(env) }
    for source in envs {
      let bytes = try await read(source, "env source files: \(Go.list(envs))")
      let text = String(decoding: bytes, as: UTF8.self)
      for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { found.append((String(parts[0]), Array(parts[1].utf8))) }
      }
    }
    for literal in (entry["literals"]?.array ?? []).map(DescribeText.text) {
      found.append(try pair(literal))
    }
    let files = (entry["files"]?.array ?? []).compactMap(\.string)
    for source in files {
      let parts = source.split(separator: "=", maxSplits: 1).map(String.init)
      let path = parts.last ?? source
      let key =
        parts.count == 2 ? parts[0] : path.split(separator: "/").last.map(String.init) ?? path
      found.append((key, try await read(path, "file sources: \(Go.list(files))")))
    }
    return found
  }

  private func read(_ path: String, _ what: String) async throws -> [UInt8] {
    do {
      return try await layer.read(path)
    } catch let error where CommandError.isTold(error) {
      throw CommandError.text("loading KV pairs: \(what): \(CommandError.message(error))")
    }
  }

  private func pair(_ literal: String) throws -> (String, [UInt8]) {
    let parts = literal.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw CommandError.text(
        "loading KV pairs: literal sources [\(literal)]: invalid literal source \(literal), "
          + "expected key=value")
    }
    var value = String(parts[1])
    if value.count > 1, let quote = value.first, quote == "\"" || quote == "'",
      value.last == quote
    {
      value = String(value.dropFirst().dropLast())
    }
    return (String(parts[0]), Array(value.utf8))
  }
}
