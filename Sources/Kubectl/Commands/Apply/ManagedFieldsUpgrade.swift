import Documents

/// Hands the fields of client-side apply's managers to a server-side one (csaupgrade).
struct ManagedFieldsUpgrade {
  private let entries: [Value]
  private let version: Value

  /// Nil when nobody applied the object from the client.
  init?(_ object: Value, manager: String) {
    version = object[path: "metadata", "resourceVersion"] ?? ""
    let all = object[path: "metadata", "managedFields"]?.array ?? []
    let old = all.filter { entry in
      entry["operation"]?.string == "Update" && entry["subresource"] == nil
        && entry[path: "fieldsV1", "f:metadata", "f:annotations", "f:" + LastApplied.key] != nil
    }
    guard !old.isEmpty else { return nil }
    var kept = all.filter { !old.contains($0) }
    let place = kept.firstIndex {
      $0["manager"]?.string == manager && $0["operation"]?.string == "Apply"
        && $0["subresource"] == nil
    }
    var union = place.map { kept[$0]["fieldsV1"] ?? [:] } ?? [:]
    for entry in old { union = Self.union(union, entry["fieldsV1"] ?? [:]) }
    if let place {
      kept[place]["fieldsV1"] = union
    } else if var entry = old.first {
      entry["manager"] = .string(manager)
      entry["operation"] = "Apply"
      entry["fieldsV1"] = union
      kept.append(entry)
    }
    entries = kept
  }

  var patch: Value {
    [
      ["op": "replace", "path": "/metadata/managedFields", "value": .array(entries)],
      ["op": "replace", "path": "/metadata/resourceVersion", "value": version],
    ]
  }

  private static func union(_ a: Value, _ b: Value) -> Value {
    guard var members = a.object, let others = b.object else { return a }
    for (name, value) in others { members[name] = members[name].map { union($0, value) } ?? value }
    return .object(members)
  }
}
