package import Documents
package import KubeObjects

/// StorageClasses.
package struct StorageClassStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .storageClasses }
  package var table: (any TableForm)? { ObjectTable.storageClasses }

  package func applyDefaults(_ object: inout Value) {
    object.fill("reclaimPolicy", "Delete")
    object.fill("volumeBindingMode", "Immediate")
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    for field in ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] {
      errors += Checks.unchanged(object[field], old[field], FieldPath(field))
    }
    return errors
  }

  private func validate(_ object: Value) -> [FieldError] {
    var errors: [FieldError] = []
    let provisioner = object.text("provisioner")
    if provisioner.isEmpty {
      errors.append(.required(FieldPath("provisioner")))
    } else {
      errors += Checks.name(
        .qualifiedName, provisioner.lowercased(), FieldPath("provisioner"))
    }
    errors += Self.validate(parameters: object.members("parameters"))
    errors += Checks.oneOfAt(
      FieldPath("reclaimPolicy"), object.text("reclaimPolicy"), ["Delete", "Retain"])
    errors += Checks.oneOfAt(
      FieldPath("volumeBindingMode"), object.text("volumeBindingMode"),
      ["Immediate", "WaitForFirstConsumer"])
    return errors + topologies(object.items("allowedTopologies"))
  }

  /// What a driver is told, which is bounded.
  static func validate(parameters: Mapping) -> [FieldError] {
    let path = FieldPath("parameters")
    if parameters.count > 512 { return [.tooLong(path, max: 512)] }
    var errors: [FieldError] = []
    var size = 0
    for (key, value) in parameters {
      if key.isEmpty { errors.append(.invalid(path, "", "field can not be empty.")) }
      size += key.utf8.count + (value.string?.utf8.count ?? 0)
    }
    return size > 256 * 1024 ? errors + [.tooLong(path, max: 256 * 1024)] : errors
  }

  private func topologies(_ terms: [Value]) -> [FieldError] {
    var errors: [FieldError] = []
    var known: [[String: Set<String>]] = []
    for (index, term) in terms.enumerated() {
      var keys: [String: Set<String>] = [:]
      let list = FieldPath("allowedTopologies").index(index).child("matchLabelExpressions")
      for (number, expression) in term.items("matchLabelExpressions").enumerated() {
        let here = list.index(number)
        let values = expression.texts("values")
        if values.isEmpty { errors.append(.required(here.child("values"))) }
        var seen: Set<String> = []
        for (place, value) in values.enumerated() where !seen.insert(value).inserted {
          errors.append(.duplicate(here.child("values").index(place), .string(value)))
        }
        let key = expression.text("key")
        errors += Checks.name(.qualifiedName, key, here.child("key"))
        if keys[key] != nil { errors.append(.duplicate(here.child("key"), .string(key))) }
        keys[key] = Set(values)
      }
      if known.contains(keys) { errors.append(.duplicate(list, "")) }
      known.append(keys)
    }
    return errors
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    context.subresource.isEmpty ? StorageWarnings.storageClass(object) : []
  }
}
