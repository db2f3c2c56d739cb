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
      let errors = Checks.ipAddress(name, path)
      return
        (errors.isEmpty
        ? Checks.canonical(name, printed: IPAddress(name)?.description, path) : errors)
        .map(\.detail)
    }
    guard let parent = object["spec"]?["parentRef"], !parent.isNull else {
      return errors + [.required(path)]
    }
    let group = parent.text("group")
    if !group.isEmpty { errors += Checks.name(.dns1123Subdomain, group, path.child("group")) }
    for field in ["resource", "name", "namespace"] {
      let text = parent.text(field)
      if !text.isEmpty {
        errors += Checks.name(.pathSegment, text, path.child(field))
      } else if field != "namespace" {
        errors.append(.required(path.child(field)))
      }
    }
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
