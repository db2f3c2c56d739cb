package import Documents
package import KubeObjects

/// PersistentVolumes.
package struct PersistentVolumeStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .persistentVolumes }
  package var table: (any TableForm)? { ObjectTable.persistentVolumes }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.fill("persistentVolumeReclaimPolicy", "Retain")
      spec.fillAbsent("volumeMode", "Filesystem")
      spec.update("capacity") { ResourceDefaulting.apply(toList: &$0) }
      VolumeDefaulting.applyToSource(&spec)
    }
    if object["status"]?.text("phase").isEmpty ?? true { object["status"] = ["phase": "Pending"] }
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = [
      "phase": "Pending", "lastPhaseTransitionTime": .string(context.now.rfc3339),
    ]
  }

  package func prepareForUpdate(
    _ object: inout Value, old: Value, _ context: RequestContext
  ) {
    context.keepOtherParts(&object, old: old)
    if context.subresource == "status",
      object["status"]?["phase"] != old["status"]?["phase"]
    {
      object["status"]?["lastPhaseTransitionTime"] = .string(context.now.rfc3339)
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    guard context.subresource.isEmpty else {
      return ObjectMetadata.validateUpdate(object, old: old)
    }
    // The volume is looked at as a new one, and then once more as a changed one.
    let own = ObjectMetadata.validateAsNew(object, old: old) + validate(object)
    var errors = own + own
    var (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
    let path = FieldPath("spec")
    if before.has("csi"), before["csi"]?.has("controllerExpandSecretRef") != true {
      spec["csi"]?["controllerExpandSecretRef"] = nil
    }
    let changed = GoStructure.persistentVolumeSource.fields.contains {
      spec[$0.key] != before[$0.key]
    }
    if changed {
      let difference = GoStructure.difference(.persistentVolumeSource, old: before, new: spec)
      errors.append(
        .forbidden(
          path.child("persistentvolumesource"),
          "spec.persistentvolumesource is immutable after creation\n\(difference)"))
    }
    // Upstream names these two without the spec that they stand in.
    errors += Checks.unchanged(
      spec["volumeMode"], before["volumeMode"], FieldPath("volumeMode"))
    if let affinity = before["nodeAffinity"], !affinity.isNull {
      errors += Checks.unchanged(
        spec["nodeAffinity"], affinity, FieldPath("nodeAffinity"), structure: Self.affinity)
    }
    if before.has("volumeAttributesClassName"), !spec.has("volumeAttributesClassName") {
      errors.append(
        .forbidden(
          path.child("volumeAttributesClassName"),
          "update from non-nil value to nil is forbidden"))
    }
    return errors
  }

  private static let affinity = GoStructure(
    "Required", ["Required": .pointer(.nodeSelector)])
  /// In the order in which upstream looks for them.
  private static let sources = [
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd",
    "quobyte", "cephfs", "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume",
    "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi",
  ]

  private func validate(_ object: Value) -> [FieldError] {
    let (spec, path) = (object["spec"] ?? [:], FieldPath("spec"))
    var errors: [FieldError] = []
    let modes = spec.texts("accessModes")
    if modes.isEmpty { errors.append(.required(path.child("accessModes"))) }
    let supported = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
    for mode in modes where !supported.contains(mode) {
      errors.append(.notSupported(path.child("accessModes"), .string(mode), supported))
    }
    errors += PersistentVolumeClaimStrategy.validate(exclusive: modes, path)
    errors += capacity(spec.members("capacity"), path.child("capacity"))
    errors += Checks.oneOf(
      spec, "persistentVolumeReclaimPolicy", ["Delete", "Recycle", "Retain"], path)
    errors += affinity(spec, path)
    errors += source(object, path)
    let storageClass = spec.text("storageClassName")
    if !storageClass.isEmpty {
      errors += Checks.name(.dns1123Subdomain, storageClass, path.child("storageClassName"))
    }
    if spec.has("volumeMode") {
      errors += Checks.oneOf(spec, "volumeMode", ["Block", "Filesystem"], path)
    }
    return errors + attributes(spec, path)
  }

  private func attributes(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    guard let name = spec["volumeAttributesClassName"]?.string else { return [] }
    let place = path.child("volumeAttributesClassName")
    var errors =
      name.isEmpty
      ? [FieldError.required(place, "an empty string is disallowed")]
      : Checks.name(.dns1123Subdomain, name, place)
    if !spec.has("csi") {
      errors.append(
        .required(
          path.child("csi"), "has to be specified when using volumeAttributesClassName"))
    }
    return errors
  }

  private func capacity(_ capacity: Mapping, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if capacity.isEmpty { errors.append(.required(path)) }
    if capacity["storage"] == nil || capacity.count > 1 {
      errors.append(
        .notSupported(
          path, capacity.isEmpty ? .null : .object(capacity), ["storage"]))
    }
    for (name, amount) in capacity {
      let quantity = ResourceValidation.quantity(amount)
      errors += ResourceValidation.basic(amount, path.key(name))
      if quantity.sign <= 0 {
        errors.append(
          .invalid(path.key(name), .string(quantity.description), Checks.notPositive))
      }
    }
    return errors
  }

  private func affinity(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    let place = path.child("nodeAffinity")
    guard let affinity = spec["nodeAffinity"], !affinity.isNull else { return [] }
    guard let required = affinity["required"], !required.isNull else {
      return [.required(place.child("required"), "must specify required node constraints")]
    }
    return PodSpecValidator.nodeSelector(required, place.child("required"))
  }

  private func source(_ object: Value, _ path: FieldPath) -> [FieldError] {
    let spec = object["spec"] ?? [:]
    let shared = VolumeSourceValidation(
      name: object["metadata"]?.text("name") ?? "", isPersistent: true)
    var errors: [FieldError] = []
    var count = 0
    for kind in Self.sources {
      guard let source = spec[kind], !source.isNull else { continue }
      // Upstream does not mind a flexVolume beside others.
      if count > 0, kind != "flexVolume" {
        errors.append(VolumeSourceValidation.second(kind, path))
      } else {
        errors += shared.validate(kind, source, path)
        if kind == "local", !spec.has("nodeAffinity") {
          errors.append(
            .required(path.child("nodeAffinity"), "Local volume requires node affinity"))
        }
      }
      count += 1
    }
    if count == 0 { errors.append(.required(path, "must specify a volume type")) }
    if let place = spec["hostPath"]?.text("path"), isRoot(place),
      spec.text("persistentVolumeReclaimPolicy") == "Recycle"
    {
      errors.append(
        .forbidden(
          path.child("persistentVolumeReclaimPolicy"),
          "may not be 'recycle' for a hostPath mount of '/'"))
    }
    return errors
  }

  /// Whether path.Clean makes it `/`.
  private func isRoot(_ path: String) -> Bool {
    guard path.hasPrefix("/") else { return false }
    var depth = 0
    for part in path.split(separator: "/") where part != "." {
      depth = part == ".." ? max(0, depth - 1) : depth + 1
    }
    return depth == 0
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    context.subresource.isEmpty ? StorageWarnings.volume(object) : []
  }
}
