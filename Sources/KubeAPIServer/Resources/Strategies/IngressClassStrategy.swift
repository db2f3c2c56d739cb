package import Documents
package import KubeObjects

/// IngressClasses.
package struct IngressClassStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("networking.k8s.io", "v1", "ingressclasses")
  }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.ingressClasses }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.update("parameters") { $0.fillAbsent("scope", "Cluster") }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old, andNew: 1)
      + Checks.unchanged(
        object["spec"]?["controller"], old["spec"]?["controller"],
        FieldPath("spec", "controller")) + validate(object["spec"] ?? [:])
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    let controller = spec.text("controller")
    var errors: [FieldError] = []
    if controller.isEmpty {
      errors.append(.required(path.child("controller")))
    } else {
      if controller.utf8.count > 250 {
        errors.append(.tooLong(path.child("controller"), max: 250))
      }
      errors += Checks.domainPrefixedPath(controller, path.child("controller"))
    }
    guard let parameters = spec["parameters"], !parameters.isNull else { return errors }
    let place = path.child("parameters")
    if let group = parameters["apiGroup"]?.string {
      errors += Checks.name(.dns1123Subdomain, group, place.child("apiGroup"))
    }
    for field in ["kind", "name"] {
      let text = parameters.text(field)
      errors +=
        text.isEmpty
        ? [.required(place.child(field))]
        : Checks.name(.pathSegment, text, place.child(field))
    }
    let scope = parameters.text("scope")
    let namespace = parameters["namespace"]?.string
    errors += Checks.oneOf(parameters, "scope", ["Cluster", "Namespace"], place)
    if scope == "Namespace", namespace == nil {
      errors.append(
        .required(
          place.child("namespace"), "`parameters.scope` is set to 'Namespace'"))
    } else if scope == "Namespace", let namespace {
      errors += Checks.name(.dns1123Label, namespace, place.child("namespace"))
    } else if scope == "Cluster", namespace != nil {
      errors.append(
        .forbidden(place.child("namespace"), "`parameters.scope` is set to 'Cluster'"))
    }
    return errors
  }
}
