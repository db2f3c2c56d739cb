package import Documents
package import KubeObjects

/// PersistentVolumeClaims.
package struct PersistentVolumeClaimStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .persistentVolumeClaims }
  package var table: (any TableForm)? { ObjectTable.persistentVolumeClaims }

  package func applyDefaults(_ object: inout Value) {
    if !object.has("spec") { object["spec"] = [:] }
    object.update("spec") { Self.applyDefaults(toSpec: &$0) }
    if object["status"]?.text("phase").isEmpty ?? true {
      object["status"] = ["phase": "Pending"]
    }
  }

  static func applyDefaults(toSpec spec: inout Value) {
    spec.fillAbsent("volumeMode", "Filesystem")
    spec.fillAbsent("resources", [:])
    spec.update("resources") { ResourceDefaulting.apply(toRequirements: &$0) }
    for field in ["dataSource", "dataSourceRef"] {
      spec.update(field) { if $0["apiGroup"] == nil { $0["apiGroup"] = .null } }
    }
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = ["phase": "Pending"]
    object.update("spec") { spec in
      Self.dropSources(&spec)
      Self.pairSources(&spec)
    }
  }

  // Other namespaces cannot be named yet, and what was never a source is passed over in silence
  // where only the old field is given (EnforceDataSourceBackwardsCompatibility).
  private static func dropSources(_ spec: inout Value) {
    if let reference = spec["dataSourceRef"], !reference.isNull, reference["namespace"] != nil {
      spec["dataSourceRef"] = nil
    }
    guard let source = spec["dataSource"], !source.isNull, !spec.has("dataSourceRef") else {
      return
    }
    let isKnown =
      switch (source.text("apiGroup"), source.text("kind")) {
      case ("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"): true
      default: false
      }
    if !isKnown { spec["dataSource"] = nil }
  }

  // The two ways of naming a source are kept equal; a writer of one does not own the other.
  private static func pairSources(_ spec: inout Value) {
    if let source = spec["dataSource"], !source.isNull, !spec.has("dataSourceRef") {
      spec["dataSourceRef"] = source
    } else if let source = spec["dataSourceRef"], !source.isNull, !spec.has("dataSource"),
      source.text("namespace").isEmpty
    {
      spec["dataSource"] = source
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true)
      + Self.validate(spec: object["spec"] ?? [:], FieldPath("spec"))
  }

  static func validate(spec: Value, _ path: FieldPath) -> [FieldError] {
    let modes = spec.texts("accessModes")
    var errors: [FieldError] = []
    if modes.isEmpty {
      errors.append(.required(path.child("accessModes"), "at least 1 access mode is required"))
    }
    errors += Checks.labelSelector(spec["selector"], path.child("selector"))
    let supported = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
    for mode in modes where !supported.contains(mode) {
      errors.append(
        .notSupported(path.child("accessModes"), .string(mode), supported))
    }
    errors += validate(exclusive: modes, path)
    errors += storage(spec, path.child("resources"))
    let storageClass = spec.text("storageClassName")
    if !storageClass.isEmpty {
      errors += Checks.name(
        .dns1123Subdomain, storageClass, path.child("storageClassName"))
    }
    if spec.has("volumeMode") {
      errors += Checks.oneOf(spec, "volumeMode", ["Block", "Filesystem"], path)
    }
    errors += sources(spec, path)
    let attributes = spec.text("volumeAttributesClassName")
    if !attributes.isEmpty {
      errors += Checks.name(
        .dns1123Subdomain, attributes, path.child("volumeAttributesClassName"))
    }
    return errors
  }

  /// Whom one Pod alone may use, nobody else may.
  static func validate(exclusive modes: [String], _ path: FieldPath) -> [FieldError] {
    let others = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce"]
    guard modes.contains("ReadWriteOncePod"), modes.contains(where: others.contains) else {
      return []
    }
    return [
      .forbidden(
        path.child("accessModes"), "may not use ReadWriteOncePod with other access modes")
    ]
  }

  private static func sources(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    for field in ["dataSource", "dataSourceRef"] {
      guard let source = spec[field], !source.isNull else { continue }
      let here = path.child(field)
      errors += Checks.requiredText(source, "name", here)
      errors += Checks.requiredText(source, "kind", here)
      let (group, kind) = (source.text("apiGroup"), source.text("kind"))
      if !group.isEmpty {
        errors += Checks.name(.dns1123Subdomain, group, here.child("apiGroup"))
      } else if kind != "PersistentVolumeClaim" {
        errors.append(
          .invalid(
            here, .string(kind),
            "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
      }
    }
    if let source = spec["dataSource"], let reference = spec["dataSourceRef"], !source.isNull,
      !reference.isNull,
      ["apiGroup", "kind", "name"].contains(where: {
        (source[$0] ?? .null) != (reference[$0] ?? .null)
      })
    {
      errors.append(.invalid(path, printed: "{}", "must match dataSourceRef"))
    }
    return errors
  }

  private static func storage(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    guard let amount = spec["resources"]?["requests"]?["storage"], !amount.isNull else {
      return [.required(path.key("storage"))]
    }
    let place = path.key("storage")
    let quantity = ResourceValidation.quantity(amount)
    if quantity.sign <= 0 {
      return [
        .invalid(place, .string(quantity.description), Checks.notPositive)
      ]
    }
    return ResourceValidation.value("storage", amount, place)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let change = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource.isEmpty else { return change + validate(status: object) }
    // The claim is looked at as a new one, and then once more as a changed one.
    let own =
      ObjectMetadata.validateAsNew(object, old: old)
      + Self.validate(spec: object["spec"] ?? [:], FieldPath("spec"))
    return own + change + own + PersistentVolumeClaimChange.validate(object, old: old)
  }

  private static let statuses = [
    "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress",
    "NodeResizeInfeasible", "NodeResizePending",
  ]

  private func validate(status object: Value) -> [FieldError] {
    let (status, path) = (object["status"] ?? [:], FieldPath("status"))
    var errors = status.members("capacity").flatMap { name, amount in
      ResourceValidation.basic(amount, path.child("capacity").key(name))
    }
    func key(_ name: String, _ place: FieldPath) -> [FieldError] {
      let problems = Checks.name(.qualifiedName, name, place)
      if !problems.isEmpty { return problems }
      return name.contains("/") || name == "storage"
        ? [] : [.notSupported(place, .string(name), ["storage"])]
    }
    for (name, state) in status.members("allocatedResourceStatuses") {
      let place = path.child("allocatedResourceStatus")
      errors += key(name, place)
      if !Self.statuses.contains(state.string ?? "") {
        // Upstream shows the name, not the status.
        errors.append(.notSupported(place, .string(name), Self.statuses))
      }
    }
    for (name, amount) in status.members("allocatedResources") {
      let place = path.child("allocatedResources")
      errors += key(name, place) + ResourceValidation.basic(amount, place)
    }
    return errors
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    context.subresource.isEmpty ? StorageWarnings.claim(object) : []
  }
}
