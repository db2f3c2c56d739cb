import Documents
import KubeObjects

/// One server-side apply, by structured-merge-diff's rules.
struct Applying {
  let versions: FieldVersions
  let schema: StructureSchema
  let manager: ManagedFields.Manager
  let force: Bool
  let ignored: FieldSet
  let stripped: FieldSet

  func apply(
    _ configuration: Value, to live: Value, _ present: ManagedFields
  ) throws(StatusError) -> (object: Value, managed: ManagedFields) {
    var managed = present
    let last = managed.index(of: manager).map { managed.entries[$0] }
    let applied = OwnedValue(configuration, schema: schema).fieldSet
      .subtractingRecursively(ignored)
    managed.set(manager, applied.subtracting(stripped), time: nil)
    let merged = OwnedValue(live, schema: schema).merging(configuration)
    let object = prune(merged, managed, last: last, applied: applied)
    managed.entries.removeAll { !versions.has($0.manager.apiVersion) }
    var changes = VersionedChanges(versions, old: live, new: object, ignoring: ignored)
    try settle(&changes, &managed)
    managed.removeEmpty()
    return (object, managed)
  }

  /// Takes away what this manager applied before and no longer does, unless others own it. What was
  /// applied in another version is looked for in that (Updater.prune).
  private func prune(
    _ merged: Value, _ managed: ManagedFields, last: ManagedFields.Entry?, applied: FieldSet
  ) -> Value {
    guard let last, !last.fields.isEmpty, versions.has(last.manager.apiVersion) else {
      return merged
    }
    let version = versions.comparable(last.manager)
    guard let whole = versions.value(merged, in: version) else { return merged }
    let named = versions.named(last.fields, in: version)
    var pruned = whole.removing(named)
    // What other managers own, or this one still says, comes back: with the name, though nobody
    // is written down as its owner, the rest of the metadata stays.
    var held: [String: FieldSet] = [versions.comparable(manager): applied]
    for entry in managed.entries where versions.has(entry.manager.apiVersion) {
      let other = versions.comparable(entry.manager)
      held[other] = (held[other] ?? FieldSet()).union(entry.fields)
    }
    // The version at hand first: what it lost may be needed to convert.
    let others = held.keys.filter { $0 != version }.sorted()
    for other in (held[version] == nil ? [] : [version]) + others {
      guard let all = versions.value(merged, in: other),
        let left = versions.value(pruned, in: other)
      else { continue }
      let kept = versions.named(left.fieldSet, in: other)
        .union(versions.named(held[other] ?? FieldSet(), in: other))
      pruned = all.removing(versions.named(all.fieldSet, in: other).subtracting(kept))
    }
    // What was never applied comes back.
    guard let left = versions.value(pruned, in: version) else { return merged }
    let rest = versions.named(left.fieldSet, in: version)
    let all = versions.named(whole.fieldSet, in: version)
    pruned = whole.removing(all.subtracting(rest).intersection(named))
    return versions.value(pruned, in: versions.own)?.value ?? merged
  }

  /// Takes changed fields from the others, or refuses to.
  private func settle(
    _ changes: inout VersionedChanges, _ managed: inout ManagedFields
  ) throws(StatusError) {
    var conflicts: [(manager: ManagedFields.Manager, paths: [String])] = []
    for index in managed.entries.indices {
      let entry = managed.entries[index]
      let change = changes[versions.comparable(entry.manager)]
      var lost = change.removed
      if !entry.manager.isSame(as: manager) {
        let shared = entry.fields.intersection(change.written)
        if !shared.isEmpty { conflicts.append((entry.manager, shared.descriptions)) }
        lost = lost.union(shared)
      }
      managed.setFields(at: index, entry.fields.subtracting(lost))
    }
    if !force, !conflicts.isEmpty { throw Self.conflict(conflicts) }
  }

  private static func conflict(
    _ conflicts: [(manager: ManagedFields.Manager, paths: [String])]
  ) -> StatusError {
    let sorted = conflicts.map { (shown($0.manager), $0.paths) }.sorted { $0.0 < $1.0 }
    let causes = sorted.flatMap { manager, paths in
      paths.map { path in
        StatusError.Cause(
          reason: "FieldManagerConflict", message: "conflict with \(manager)", field: path)
      }
    }
    var text = "Apply failed with \(causes.count) conflict\(causes.count == 1 ? "" : "s"): "
    if causes.count == 1, let only = causes.first {
      text += "\(only.message): \(only.field)"
    } else {
      text += sorted.map { manager, paths in
        "conflicts with \(manager):\n" + paths.map { "- \($0)" }.joined(separator: "\n")
      }.joined(separator: "\n")
    }
    return StatusError(
      code: 409, reason: "Conflict", message: text, details: .init(causes: causes))
  }

  private static func shown(_ manager: ManagedFields.Manager) -> String {
    var text = manager.name.goQuoted
    guard manager.operation == "Update" else { return text }
    if !manager.subresource.isEmpty {
      text += " with subresource \(manager.subresource.goQuoted)"
    }
    return text + " using \(manager.apiVersion)"
  }
}
