import Documents
import KubeObjects

/// What a kustomization does to its objects, in kustomize's own order.
struct KustomizeTransformers {
  let layer: Kustomization
  private var file: Value { layer.file }

  init(layer: Kustomization) { self.layer = layer }

  func run(_ items: inout [KustomizedObject]) async throws {
    try await patch("patchesStrategicMerge", &items)
    try await patch("patches", &items)
    if let namespace = file["namespace"]?.string, !namespace.isEmpty {
      for index in items.indices { Self.move(&items[index], to: namespace) }
    }
    let prefix = file["namePrefix"]?.string ?? ""
    let suffix = file["nameSuffix"]?.string ?? ""
    if !(prefix + suffix).isEmpty {
      for index in items.indices where !Self.fixedNames.contains(items[index].kind) {
        items[index].addAffixes(prefix, suffix)
      }
    }
    label(&items)
    if let notes = file["commonAnnotations"]?.object {
      for index in items.indices {
        KustomizeLabels.annotate(&items[index].object, notes)
      }
    }
    try await patch("patchesJson6902", &items)
    for entry in file["replicas"]?.array ?? [] {
      let name = entry["name"]?.string ?? ""
      let places = items.indices.filter { Self.isScaled(items[$0], name) }
      guard !places.isEmpty else {
        throw CommandError.text(
          "resource with name \(name) does not match a config with the following GVK "
            + "[\(Self.scaled.map { "\($0).[noVer].[noGrp]" }.joined(separator: " "))]")
      }
      for index in places { items[index].object[path: "spec", "replicas"] = entry["count"] }
    }
    for entry in file["images"]?.array ?? [] {
      for index in items.indices {
        items[index].object = KustomizeImage(entry).apply(to: items[index].object)
      }
    }
    for entry in file["replacements"]?.array ?? [] {
      try await KustomizeReplacement.run(entry, layer, &items)
    }
    let notes = (file["buildMetadata"]?.array ?? []).compactMap(\.string)
    if notes.contains("managedByLabel") {
      for index in items.indices {
        items[index].object[path: "metadata", "labels", "app.kubernetes.io/managed-by"] =
          "kustomize-v5.6.0"
      }
    }
  }

  private static let fixedNames: Set<String> = [
    "Namespace", "CustomResourceDefinition", "APIService",
  ]

  private static func move(_ item: inout KustomizedObject, to namespace: String) {
    if item.kind == "Namespace" {
      item.rename(name: namespace)
    } else if item.isNamespaced {
      item.rename(namespace: namespace)
    }
    guard item.kind.hasSuffix("RoleBinding"), var subjects = item.object["subjects"]?.array else {
      return
    }
    for index in subjects.indices
    where subjects[index]["kind"]?.string == "ServiceAccount"
      && subjects[index]["name"]?.string == "default"
    {
      subjects[index]["namespace"] = .string(namespace)
    }
    item.object["subjects"] = .array(subjects)
  }

  private func label(_ items: inout [KustomizedObject]) {
    var entries: [Value] = file["labels"]?.array ?? []
    if let labels = file["commonLabels"], labels.object != nil {
      entries.append(["pairs": labels, "includeSelectors": true])
    }
    for entry in entries {
      let selectors = entry["includeSelectors"]?.bool ?? false
      let templates = selectors || entry["includeTemplates"]?.bool ?? false
      let pairs = entry["pairs"]?.object ?? [:]
      for index in items.indices {
        let labels = KustomizeLabels(
          pairs: pairs, inSelectors: selectors, inTemplates: templates,
          fields: entry["fields"]?.array ?? [])
        labels.apply(to: &items[index].object)
      }
    }
  }

  private static let scaled = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"]

  private static func isScaled(_ item: KustomizedObject, _ name: String) -> Bool {
    scaled.contains(item.kind) && item.identities.contains { $0.name == name }
  }

  private func patch(_ member: String, _ items: inout [KustomizedObject]) async throws {
    for entry in file[member]?.array ?? [] {
      guard let text = entry.string else {
        try await apply(entry, member, &items)
        continue
      }
      let bytes =
        text.contains("\n")
        ? Array(text.utf8)
        : try await read(text, "PatchStrategicMergeTransformer", ["paths": [entry]], "")
      for patch in try ManifestText.documents(bytes, truth: .trueAndFalse) {
        try KustomizePatch(patch: patch, target: nil, options: nil, isLegacy: true).apply(
          to: &items)
      }
    }
  }

  /// An entry of `patches` or `patchesJson6902`.
  private func apply(
    _ entry: Value, _ member: String, _ items: inout [KustomizedObject]
  ) async throws {
    let isPatches = member == "patches"
    let part = isPatches ? "PatchTransformer" : "PatchJson6902Transformer"
    let given = entry["patch"]?.string ?? ""
    let bytes: [UInt8]
    if entry["path"]?.string?.isEmpty == false, !given.isEmpty {
      throw KustomizationFields.configuration(
        part, entry,
        "\(isPatches ? "patch and path can't be set at the same time" : "must specify a patch or path, not both")\n\(YAMLText.text(entry))"
      )
    }
    if let path = entry["path"]?.string, !path.isEmpty {
      let words = isPatches ? "failed to get the patch file from path(\(path)): " : ""
      bytes = try await read(path, part, entry, words)
    } else if given.isEmpty {
      throw KustomizationFields.configuration(
        part, entry, "must specify one of patch and path in\n\(YAMLText.text(entry))")
    } else {
      bytes = Array(given.utf8)
    }
    // What begins as a JSON list is read as nothing else.
    if !isPatches, bytes.first == UInt8(ascii: "[") {
      do {
        _ = try JSON.parse(bytes)
      } catch {
        var configuration = entry
        configuration["jsonOp"] = entry["patch"]
        configuration["patch"] = nil
        throw KustomizationFields.configuration(
          part, configuration,
          "decoding \(String(decoding: bytes, as: UTF8.self)): \(error.message)")
      }
    }
    var (documents, problem) = ManifestText.read(bytes, truth: .trueAndFalse)
    // Operations are made JSON first, with YAML 1.1's words.
    if documents.contains(where: { $0.array != nil }) {
      (documents, problem) = ManifestText.read(bytes)
    }
    let isBroken =
      problem != nil || bytes.first == UInt8(ascii: "[") && (try? JSON.parse(bytes)) == nil
    let shown = "[patch: \(Go.quoted(String(decoding: bytes, as: UTF8.self).trimmingNewlines))]"
    guard !isBroken, documents.allSatisfy(Self.isPatch) else {
      throw KustomizationFields.configuration(
        part, entry, "unable to parse SM or JSON patch from \(shown)")
    }
    if isPatches, entry["target"] == nil, documents.contains(where: { $0.array != nil }) {
      throw CommandError.text("must specify a target for JSON patch \(shown)")
    }
    for patch in documents {
      try KustomizePatch(patch: patch, target: entry["target"], options: entry["options"])
        .apply(to: &items)
    }
  }

  /// An object that says what it is, or a list of operations.
  private static func isPatch(_ value: Value) -> Bool {
    guard let operations = value.array else {
      return value["kind"]?.string != nil && value[path: "metadata", "name"]?.string != nil
    }
    return operations.allSatisfy {
      ["add", "remove", "replace", "move", "copy", "test"].contains($0["op"]?.string ?? "")
    }
  }

  private func read(
    _ path: String, _ part: String, _ configuration: Value, _ words: String
  ) async throws -> [UInt8] {
    do {
      return try await layer.read(path)
    } catch let error where CommandError.isTold(error) {
      throw KustomizationFields.configuration(
        part, configuration, words + CommandError.message(error))
    }
  }
}

extension String {
  fileprivate var trimmingNewlines: String {
    String(reversed().drop { $0 == "\n" }.reversed())
  }
}
