import Documents
import KubeAPIServer
import KubeObjects

/// The ControllerRevisions in which a DaemonSet or StatefulSet keeps its templates.
struct RevisionHistory {
  let client: ComponentClient
  let owner: Value
  /// Oldest first.
  private(set) var revisions: [Value]

  /// `index` is of all revisions by `key`; those that nobody owns and the owner selects are adopted.
  init(
    _ client: ComponentClient, owner: Value, selector: LabelSelector, index: InformerIndex
  ) throws(StatusError) {
    self.client = client
    self.owner = owner
    var known = index[owner.uid]
    if !owner.isBeingDeleted {
      for orphan in index[Self.orphans(owner.namespace)]
      where !orphan.isBeingDeleted && selector.matches(orphan.labels) {
        let owners = orphan.ownerReferences + [OwnerReference.controller(owner)]
        known.append(
          try client.patch(
            .controllerRevisions, orphan.name, namespace: orphan.namespace, .merge,
            .owners(owners, uid: orphan.uid)))
      }
    }
    revisions = known.sorted {
      let (a, b) = (Self.number($0), Self.number($1))
      return a == b ? $0.name < $1.name : a < b
    }
  }

  /// What revisions are indexed by: who owns them, or where they are when nobody does.
  static func key(_ revision: Value) -> [String] {
    [revision.controllerReference?.uid ?? orphans(revision.namespace)]
  }

  private static func orphans(_ namespace: String) -> String { "\(namespace)/" }

  static func number(_ revision: Value) -> Int64 { revision["revision"]?.int ?? 0 }

  /// The patch that brings the owner back to its present template.
  static func data(of owner: Value) -> Value {
    var template = owner[path: "spec", "template"] ?? .emptyObject
    template["$patch"] = "replace"
    return ["spec": ["template": template]]
  }

  /// The revision of the present template: made, or brought to the front again. Where another has
  /// its name, `collisions` grows; `retries`: and the next name is tried.
  mutating func current(
    collisions: inout Int64, retries: Bool, labels: Value, hash: (_ collisions: Int64) -> String
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
      "namespace": .string(owner.namespace), "labels": labels,
      "ownerReferences": [OwnerReference.controller(owner).value],
    ]
    metadata["annotations"] = owner.annotations
    while true {
      let name = "\(owner.name)-\(hash(collisions))"
      metadata["name"] = .string(name)
      do throws(StatusError) {
        revisions.append(
          try client.create(
            .controllerRevisions,
            [
              "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": metadata,
              "data": data, "revision": .int(next),
            ], namespace: owner.namespace))
      } catch {
        guard error.isAlreadyExists else { throw error }
        let other = try client.get(.controllerRevisions, name, namespace: owner.namespace)
        guard other["data"] != data else {
          revisions.append(other)
          return other
        }
        guard collisions < Int64(Int32.max) else { throw error }
        collisions += 1
        if retries { continue }
        throw error
      }
      return revisions[revisions.count - 1]
    }
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
