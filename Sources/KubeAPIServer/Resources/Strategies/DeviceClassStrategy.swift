package import Documents
package import KubeObjects

/// DeviceClasses.
package struct DeviceClassStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("resource.k8s.io", "v1", "deviceclasses")
  }
  package var table: (any TableForm)? { ObjectTable.deviceClasses }
  package var generationPaths: [[String]] { [["spec"]] }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:], old: nil)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
      + validate(object["spec"] ?? [:], old: old["spec"] ?? [:])
  }

  /// Expressions that were stored before stay as good as they were.
  private func validate(_ spec: Value, old: Value?) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    if old == nil || old?["selectors"] != spec["selectors"] {
      errors += DeviceSelectorValidation.validate(spec, path)
    }
    let isStored = old.map { $0["config"] == spec["config"] } ?? false
    errors += DeviceChecks.each(
      spec, "config", path, most: DeviceChecks.mostConfigurations
    ) { DeviceChecks.configuration($0, $1, isStored: isStored) }
    if let name = spec["extendedResourceName"]?.string, !ResourceValidation.isExtended(name) {
      errors.append(
        .invalid(
          path.child("extendedResourceName"), .string(name),
          "must be a valid extended resource name"))
    }
    return errors
  }
}
