import Documents
import KubeAPIServer
import KubeObjects

/// The ControllerRevisions in which a DaemonSet or StatefulSet keeps its templates.
struct RevisionHistory {
  let client: ComponentClient
  let owner: Value
  /// Oldest first.
  private(set) var revisions: [Value]

  init(_ client: ComponentClient, owner: Value, known: [Value]) {
    self.client = client
    self.owner = owner
    revisions = known.sorted {
      let (a, b) = (Self.number($0), Self.number($1))
      return a == b ? $0.name < $1.name : a < b
    }
  }

  static func number(_ revision: Value) -> Int64 { revision["revision"]?.int ?? 0 }

  /// The patch that brings the owner back to its present template.
  static func data(of owner: Value) -> Value {
    var template = owner[path: "spec", "template"] ?? .emptyObject
    template["$patch"] = "replace"
    return ["spec": ["template": template]]
  }

  /// The revision of the present template: made, or brought to the front again.
  mutating func current(
    hash: String, labels: Value, annotations: Value?
  ) throws(StatusError) -> Value {
    let data = Self.data(of: owner)
    let next = (revisions.last.map(Self.number) ?? 0) + 1
    if let index = revisions.lastIndex(where: { $0["data"] == data }) {
      var known = revisions[index]
      guard Self.number(known) < next - 1 else { return known }
      known["revision"] = .int(next)
      let written = try client.update(.controllerRevisions, known)
      revisions.remove(at: index)
      revisions.append(written)
      return written
    }
    var metadata: Value = [
      "name": .string("\(owner.name)-\(hash)"), "namespace": .string(owner.namespace),
      "labels": labels, "ownerReferences": [OwnerReference.controller(owner).value],
    ]
    metadata["annotations"] = annotations
    let made = try client.create(
      .controllerRevisions,
      [
        "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": metadata,
        "data": data, "revision": .int(next),
      ], namespace: owner.namespace)
    revisions.append(made)
    return made
  }

  /// Keeps so many old revisions besides those in use.
  func trim(keeping limit: Int, inUse: Set<String>) throws(StatusError) {
    let idle = revisions.dropLast().filter { !inUse.contains($0.name) }
    for revision in idle.prefix(max(idle.count - limit, 0)) {
      do throws(StatusError) {
        try client.delete(
          .controllerRevisions, revision.name, namespace: revision.namespace)
      } catch { if !error.isNotFound { throw error } }
    }
  }

  /// history.HashControllerRevision: of the data as JSON, then the collision count in digits.
  static func hash(of data: Value, collisionCount: Int64) -> String {
    var hash = FNV32()
    var writer = JSONWriter(.marshal)
    writer.write(data)
    for byte in writer.bytes { hash.add(byte) }
    for byte in String(collisionCount).utf8 { hash.add(byte) }
    return SafeText.encode(String(hash.value))
  }
}
