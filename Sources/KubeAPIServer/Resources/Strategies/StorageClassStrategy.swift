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
    for (key, _) in object.members("parameters") where key.isEmpty {
      errors.append(
        .invalid(FieldPath("parameters"), "", "field can not be empty."))
    }
    errors += Checks.oneOfAt(
      FieldPath("reclaimPolicy"), object.text("reclaimPolicy"), ["Delete", "Retain"])
    errors += Checks.oneOfAt(
      FieldPath("volumeBindingMode"), object.text("volumeBindingMode"),
      ["Immediate", "WaitForFirstConsumer"])
    return errors + topologies(object.items("allowedTopologies"))
  }

  private func topologies(_ terms: [Value]) -> [FieldError] {
    var errors: [FieldError] = []
    for (index, term) in terms.enumerated() {
      let list = FieldPath("allowedTopologies").index(index).child("matchLabelExpressions")
      for (number, expression) in term.items("matchLabelExpressions").enumerated() {
        let here = list.index(number)
        let values = expression.texts("values")
        if values.isEmpty { errors.append(.required(here.child("values"))) }
        var seen: Set<String> = []
        for (place, value) in values.enumerated() where !seen.insert(value).inserted {
          errors.append(.duplicate(here.child("values").index(place), .string(value)))
        }
        errors += Checks.name(.qualifiedName, expression.text("key"), here.child("key"))
      }
    }
    return errors
  }
}
