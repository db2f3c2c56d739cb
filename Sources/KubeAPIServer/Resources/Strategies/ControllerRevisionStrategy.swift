package import Documents
package import KubeObjects

/// ControllerRevisions.
package struct ControllerRevisionStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .controllerRevisions }
  package var table: (any TableForm)? { ObjectTable.controllerRevisions }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    var errors = ObjectMetadata.validate(object, namespaced: true)
    if !object.has("data") { errors.append(.required(FieldPath("data"), "data is mandatory")) }
    return errors + revision(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + revision(object)
      + Checks.unchanged(object["data"], old["data"], FieldPath("data"))
  }

  private func revision(_ object: Value) -> [FieldError] {
    let number = object.number("revision")
    return number < 0
      ? [.invalid(FieldPath("revision"), .int(number), Checks.notNegative)] : []
  }
}
