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
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
      + (object["spec"] == old["spec"] ? [] : validate(object["spec"] ?? [:]))
  }

  private func validate(_ spec: Value) -> [FieldError] {
    DeviceSelectorValidation.validate(spec, FieldPath("spec"))
  }
}
