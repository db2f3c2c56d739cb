import Documents
import KubeObjects

/// Owners that an object names twice are named once, and the writer is told
/// (dedupOwnerReferencesAndAddWarning).
enum RepeatedOwners {
  static func drop(from object: inout Value, isAdmitted: Bool = false) -> [String] {
    guard let owners = object["metadata"]?["ownerReferences"]?.array, owners.count > 1 else {
      return []
    }
    var kept: [Value] = []
    var repeated: [String] = []
    var known: Set<Value> = []
    for owner in owners {
      if known.insert(owner).inserted {
        kept.append(owner)
      } else {
        repeated.append(owner.text("uid"))
      }
    }
    if repeated.isEmpty { return [] }
    object["metadata"]?["ownerReferences"] = .array(kept)
    return [
      ".metadata.ownerReferences contains duplicate entries"
        + (isAdmitted ? " after mutating admission happens" : "")
        + "; API server dedups owner references in 1.20+, and may reject such requests as early as "
        + "1.24; please fix your requests; duplicate UID(s) observed: "
        + repeated.joined(separator: ", ")
    ]
  }
}
