import Documents
import KubeObjects

/// One server-side apply, by structured-merge-diff's rules.
struct Applying {
  let schema: StructureSchema
  let manager: ManagedFields.Manager
  let force: Bool
  let ignored: FieldSet
  let stripped: FieldSet

  func apply(
    _ configuration: Value, to live: Value, _ present: ManagedFields
  ) throws(StatusError) -> (object: Value, managed: ManagedFields) {
    var managed = present
    let last = managed[manager]
    let mine = OwnedValue(configuration, schema: schema).fieldSet
      .subtractingRecursively(ignored).subtracting(stripped)
    managed.set(manager, mine, time: nil)
    let merged = OwnedValue(live, schema: schema).merging(configuration)
    let object = prune(merged, managed, last: last)
    let comparison = OwnedValue(live, schema: schema).compare(to: object).excluding(ignored)
    try settle(comparison, &managed)
    managed.removeEmpty()
    return (object, managed)
  }

  /// Takes away what this manager applied before and no longer does, unless others own it.
  private func prune(_ merged: Value, _ managed: ManagedFields, last: FieldSet?) -> Value {
    guard let last, !last.isEmpty else { return merged }
    let whole = OwnedValue(merged, schema: schema)
    let named = last.includingNamedFields(schema)
    let all = whole.fieldSet.includingNamedFields(schema)
    var pruned = whole.removing(named)
    // What other managers own, or this one still does, comes back.
    var held = FieldSet()
    for entry in managed.entries { held = held.union(entry.fields) }
    let left = OwnedValue(pruned, schema: schema).fieldSet.includingNamedFields(schema)
    pruned = whole.removing(
      all.subtracting(left.union(held.includingNamedFields(schema))))
    // What was never applied comes back.
    let rest = OwnedValue(pruned, schema: schema).fieldSet.includingNamedFields(schema)
    return whole.removing(all.subtracting(rest).intersection(named))
  }

  /// Takes changed fields from the others, or refuses to.
  private func settle(
    _ comparison: FieldComparison, _ managed: inout ManagedFields
  ) throws(StatusError) {
    let changed = comparison.added.union(comparison.modified)
    var conflicts: [(manager: ManagedFields.Manager, paths: [String])] = []
    for index in managed.entries.indices
    where !managed.entries[index].manager.isSame(as: manager) {
      let entry = managed.entries[index]
      let shared = entry.fields.intersection(changed)
      if !shared.isEmpty { conflicts.append((entry.manager, shared.descriptions)) }
      managed.setFields(
        at: index, entry.fields.subtracting(shared).subtracting(comparison.removed))
    }
    if let index = managed.index(of: manager) {
      managed.setFields(
        at: index, managed.entries[index].fields.subtracting(comparison.removed))
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
