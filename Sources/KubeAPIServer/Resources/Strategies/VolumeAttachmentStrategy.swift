package import Documents
package import KubeObjects

/// VolumeAttachments.
package struct VolumeAttachmentStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("storage.k8s.io", "v1", "volumeattachments")
  }
  package var allowsUnconditionalUpdate: Bool { false }
  package var statusKeepsMetadata: Bool { true }
  package var table: (any TableForm)? { ObjectTable.volumeAttachments }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:])
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    errors += StorageNames.driver(spec.text("attacher"), path.child("attacher"))
    errors += source(spec["source"] ?? [:], path.child("source"))
    errors += Checks.name(.dns1123Subdomain, spec.text("nodeName"), path.child("nodeName"))
    guard let name = spec["source"]?["persistentVolumeName"]?.string,
      spec["source"]?.has("inlineVolumeSpec") != true
    else { return errors }
    return errors
      + Checks.name(.dns1123Subdomain, name, path.child("source", "persistentVolumeName"))
  }

  private func source(_ source: Value, _ path: FieldPath) -> [FieldError] {
    let text = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
    let name = source["persistentVolumeName"]?.string
    switch (source.has("inlineVolumeSpec"), name != nil) {
    case (false, false): return [.required(path, text)]
    case (true, true): return [.forbidden(path, text)]
    default:
      guard let name else { return [] }
      return name.isEmpty
        ? [
          .required(
            path.child("persistentVolumeName"), "must specify non empty persistentVolumeName")
        ] : []
    }
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    if context.subresource.isEmpty { errors += validate(object["spec"] ?? [:]) }
    for field in ["attachError", "detachError"] {
      guard let error = object["status"]?[field], !error.isNull else { continue }
      let place = FieldPath("status", field)
      if error.text("message").utf8.count > 1024 {
        errors.append(.tooLong(place.child("message"), max: 1024))
      }
      if let code = error["errorCode"]?.int, !(0...Int64(Int32.max)).contains(code) {
        errors.append(
          .invalid(place.child("errorCode"), .int(code), Checks.between(0, Int64(Int32.max))))
      }
    }
    return errors
      + Checks.unchanged(
        object["spec"], old["spec"], FieldPath("spec"), structure: Self.specification)
  }

  private static let specification = GoStructure(
    "Attacher=s Source NodeName=s",
    ["Source": .structure(GoStructure("PersistentVolumeName InlineVolumeSpec"))])
}
