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
        items[index].rename(name: prefix + items[index].identity.name + suffix)
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
      for index in items.indices { Self.scale(&items[index], entry) }
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
        KustomizeLabels(pairs: pairs, inSelectors: selectors, inTemplates: templates)
          .apply(to: &items[index].object)
      }
    }
  }

  private static let scaled: Set<String> = [
    "Deployment", "ReplicaSet", "StatefulSet", "ReplicationController",
  ]

  private static func scale(_ item: inout KustomizedObject, _ entry: Value) {
    let name = entry["name"]?.string
    guard scaled.contains(item.kind), item.identities.contains(where: { $0.name == name }) else {
      return
    }
    item.object[path: "spec", "replicas"] = entry["count"]
  }

  private func patch(_ member: String, _ items: inout [KustomizedObject]) async throws {
    for entry in file[member]?.array ?? [] {
      let bytes: [UInt8]
      var target: Value?
      if let text = entry.string {
        bytes = text.contains("\n") ? Array(text.utf8) : try await read(text)
      } else {
        target = entry["target"]
        if let path = entry["path"]?.string {
          do {
            bytes = try await read(path)
          } catch let error where CommandError.isTold(error) && member == "patches" {
            throw CommandError.text(
              "trouble configuring builtin PatchTransformer with config: `\n"
                + "\(YAMLText.text(entry))`: \(CommandError.message(error))")
          }
        } else {
          bytes = Array((entry["patch"]?.string ?? "").utf8)
        }
      }
      for patch in try ManifestText.documents(bytes) {
        try KustomizePatch(patch: patch, target: target, options: entry["options"])
          .apply(to: &items)
      }
    }
  }

  private func read(_ path: String) async throws -> [UInt8] {
    do {
      return try await layer.read(path)
    } catch let error where CommandError.isTold(error) {
      throw CommandError.text(
        "failed to get the patch file from path(\(path)): \(CommandError.message(error))")
    }
  }
}
