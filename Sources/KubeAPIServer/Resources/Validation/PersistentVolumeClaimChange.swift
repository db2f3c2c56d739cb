import Documents
import KubeObjects

/// What may change in a claim that exists.
enum PersistentVolumeClaimChange {
  static func validate(_ claim: Value, old: Value) -> [FieldError] {
    let path = FieldPath("spec")
    let spec = claim["spec"] ?? [:]
    var before = old["spec"] ?? [:]
    var errors: [FieldError] = []
    // The binder sets the volume of a claim once; a default class may be filled in later.
    if before.text("volumeName").isEmpty { before["volumeName"] = spec["volumeName"] }
    if !before.has("storageClassName") { before["storageClassName"] = spec["storageClassName"] }
    let isBound = old["status"]?.text("phase") == "Bound"
    let (new, known) = (
      ResourceValidation.quantity(spec["resources"]?["requests"]?["storage"] ?? .null),
      ResourceValidation.quantity(before["resources"]?["requests"]?["storage"] ?? .null)
    )
    if isBound {
      before["resources"]?["requests"]?["storage"] = spec["resources"]?["requests"]?["storage"]
      before["volumeAttributesClassName"] = spec["volumeAttributesClassName"]
    }
    if spec != before {
      let difference = GoStructure.difference(
        .persistentVolumeClaimSpec, old: before, new: spec)
      errors.append(
        .forbidden(
          path,
          "spec is immutable after creation except resources.requests and "
            + "volumeAttributesClassName for bound claims\n\(difference)"))
    }
    if isBound, new < known {
      let capacity = ResourceValidation.quantity(
        old["status"]?["capacity"]?["storage"] ?? .null)
      if new <= capacity {
        errors.append(
          .forbidden(
            path.child("resources", "requests", "storage"),
            "field can not be less than status.capacity"))
      }
    }
    errors += Checks.unchanged(
      spec["volumeMode"], old["spec"]?["volumeMode"], FieldPath("volumeMode"))
    return errors + attributes(spec, old["spec"] ?? [:], path)
  }

  private static func attributes(
    _ spec: Value, _ before: Value, _ path: FieldPath
  ) -> [FieldError] {
    guard before.has("volumeAttributesClassName"),
      spec["volumeAttributesClassName"] != before["volumeAttributesClassName"]
    else { return [] }
    let place = path.child("volumeAttributesClassName")
    switch spec["volumeAttributesClassName"]?.string {
    case nil: return [.forbidden(place, "update from non-nil value to nil is forbidden")]
    case ""?:
      return [.forbidden(place, "update from non-nil value to an empty string is forbidden")]
    default: return []
    }
  }
}

extension GoStructure {
  static let persistentVolumeClaimSpec = GoStructure(
    "AccessModes Selector Resources VolumeName=s StorageClassName VolumeMode DataSource "
      + "DataSourceRef VolumeAttributesClassName",
    [
      "Selector": .pointer(labelSelector),
      "Resources": .structure(GoStructure("Limits Requests")),
      "DataSource": .pointer(GoStructure("APIGroup:apiGroup Kind=s Name=s")),
      "DataSourceRef": .pointer(GoStructure("APIGroup:apiGroup Kind=s Name=s Namespace")),
    ])
}
