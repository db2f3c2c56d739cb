package import Documents
package import KubeObjects

/// IPAddresses.
package struct IPAddressStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("networking.k8s.io", "v1", "ipaddresses")
  }
  package var table: (any TableForm)? { ObjectTable.ipAddresses }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let path = FieldPath("spec", "parentRef")
    var errors = ObjectMetadata.validate(object, namespaced: false) { name in
      IPAddress(name)?.description != name
        ? ["must be a valid IP address in canonical form"] : []
    }
    guard let parent = object["spec"]?["parentRef"], !parent.isNull else {
      return errors + [.required(path)]
    }
    for field in ["resource", "name"] { errors += Checks.requiredText(parent, field, path) }
    return errors
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
      + Checks.unchanged(
        object["spec"]?["parentRef"], old["spec"]?["parentRef"],
        FieldPath("spec", "parentRef"))
  }

  package var selectableFields: [String] { [] }
}
