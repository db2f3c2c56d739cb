package import Documents
package import KubeObjects

/// ResourceSlices.
package struct ResourceSliceStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("resource.k8s.io", "v1", "resourceslices")
  }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.resourceSlices }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + validate(object["spec"] ?? [:])
  }

  private static let attribute = GoStructure(
    "IntValue:int BoolValue:bool StringValue:string VersionValue:version IntValues:ints "
      + "BoolValues:bools StringValues:strings VersionValues:versions")

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    let driver = spec.text("driver")
    errors +=
      driver.isEmpty
      ? [.required(path.child("driver"))]
      : Checks.name(.dns1123Subdomain, driver, path.child("driver"))
    let places = [
      !spec.text("nodeName").isEmpty, spec.has("nodeSelector"), spec.flag("allNodes"),
      spec.flag("perDeviceNodeSelection"),
    ].count { $0 }
    if places != 1 {
      let text =
        "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is "
        + "required"
      errors.append(places == 0 ? .required(path, text) : .invalid(path, .null, text))
    }
    for (index, device) in spec.items("devices").enumerated() {
      let here = path.child("devices").index(index)
      errors += Checks.name(.dns1123Label, device.text("name"), here.child("name"))
      for (key, attribute) in device.members("attributes")
      where attribute.object?.count ?? 0 != 1 {
        errors.append(
          .invalid(
            here.child("attributes").key(key), printed: Self.attribute.printed(attribute),
            "exactly one value must be specified"))
      }
    }
    return errors
  }
}
