package import Documents
package import KubeObjects

/// VolumeAttributesClasses.
package struct VolumeAttributesClassStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .volumeAttributesClasses }
  package var table: (any TableForm)? { ObjectTable.volumeAttributesClasses }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    var errors = ObjectMetadata.validate(object, namespaced: false)
    let driver = object.text("driverName")
    if driver.isEmpty {
      errors.append(.required(FieldPath("driverName")))
    } else {
      errors += Checks.name(.qualifiedName, driver.lowercased(), FieldPath("driverName"))
    }
    let parameters = object.members("parameters")
    errors += StorageClassStrategy.validate(parameters: parameters)
    if parameters.isEmpty {
      errors.append(
        .required(FieldPath("parameters"), "must contain at least one key/value pair"))
    }
    return errors
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    for field in ["driverName", "parameters"] where object[field] != old[field] {
      errors.append(.forbidden(FieldPath(field), "updates to \(field) are forbidden."))
    }
    return errors
  }
}
