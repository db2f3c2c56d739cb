package import Documents
package import KubeObjects

/// VolumeAttachments.
package struct VolumeAttachmentStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("storage.k8s.io", "v1", "volumeattachments")
  }
  package var table: (any TableForm)? { ObjectTable.volumeAttachments }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let path = FieldPath("spec")
    let spec = object["spec"] ?? [:]
    var errors = ObjectMetadata.validate(object, namespaced: false)
    errors += StorageNames.driver(spec.text("attacher"), path.child("attacher"))
    errors += source(spec["source"] ?? [:], path.child("source"))
    return errors
      + Checks.name(.dns1123Subdomain, spec.text("nodeName"), path.child("nodeName"))
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
        ? [.required(path.child("persistentVolumeName"))]
        : Checks.name(.dns1123Subdomain, name, path.child("persistentVolumeName"))
    }
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    guard object["spec"] != old["spec"] else { return errors }
    return errors + [
      .invalid(FieldPath("spec"), object["spec"] ?? .null, "field is immutable")
    ]
  }
}
