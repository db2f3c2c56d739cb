import Documents
import KubeObjects

/// One patch of a kustomization and the objects that it is for.
struct KustomizePatch {
  let patch: Value
  let target: Value?
  let options: Value?
  /// Whether it is of `patchesStrategicMerge`, whose failures are told in fewer words.
  var isLegacy = false

  func apply(to items: inout [KustomizedObject]) throws {
    var kept: [KustomizedObject] = []
    var isUsed = false
    let selector = try target.map { try KustomizeSelector($0) }
    for item in items {
      guard selector?.matches(item) ?? isNamed(item) else {
        kept.append(item)
        continue
      }
      isUsed = true
      if let object = try changed(item.object) {
        var item = item
        item.object = object
        kept.append(item)
      }
    }
    if !isUsed, target == nil {
      let id = KustomizedObject(patch).id
      let title =
        isLegacy ? "" : "no resource matches strategic merge patch \(Go.quoted(id)): "
      throw CommandError.text(
        "\(title)no matches for Id \(id); failed to find unique target for patch \(id)")
    }
    items = kept
  }

  private func isNamed(_ item: KustomizedObject) -> Bool {
    let wanted = KustomizedObject(patch)
    return item.kind == wanted.kind && item.groupVersion == wanted.groupVersion
      && item.identities.contains {
        $0.name == wanted.identity.name
          && (wanted.identity.namespace.isEmpty || $0.namespace == wanted.identity.namespace)
      }
  }

  private func changed(_ object: Value) throws -> Value? {
    if patch.array != nil {
      do throws(PatchFailure) {
        return try JSONPatch(patch).apply(to: object)
      } catch {
        throw CommandError.text(error.message)
      }
    }
    if patch["$patch"]?.string == "delete" { return nil }
    let groupVersion = GroupVersion(apiVersion: object["apiVersion"]?.string ?? "")
    let resource = APIResource(
      groupVersion.group, groupVersion.version, "", object["kind"]?.string ?? "")
    var patch = patch
    // A patch for a chosen target does not rename it unless it is allowed to.
    if options?["allowNameChange"]?.bool != true, patch[path: "metadata", "name"] != nil {
      patch[path: "metadata", "name"] = object[path: "metadata", "name"]
    }
    if options?["allowKindChange"]?.bool != true {
      patch["kind"] = object["kind"]
      patch["apiVersion"] = object["apiVersion"]
    }
    return try ObjectPatch.apply(patch, to: object, resource)
  }
}
