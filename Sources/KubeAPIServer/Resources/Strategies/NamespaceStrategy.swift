package import Documents
package import KubeObjects

/// Namespaces.
package struct NamespaceStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .namespaces }
  package var table: (any TableForm)? { ObjectTable.namespaces }

  package func applyDefaults(_ object: inout Value) {
    let name = object.name
    guard !name.isEmpty, object.label("kubernetes.io/metadata.name") != name else { return }
    object["metadata"]?.fillAbsent("labels", [:])
    object["metadata"]?["labels"]?["kubernetes.io/metadata.name"] = .string(name)
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = ["phase": "Active"]
    object.fillAbsent("spec", [:])
    let own = object["spec"]?.texts("finalizers") ?? []
    if !own.contains("kubernetes") {
      object["spec"]?["finalizers"] = .array((own + ["kubernetes"]).map { .string($0) })
    }
    applyDefaults(&object)
  }

  package func prepareForUpdate(
    _ object: inout Value, old: Value, _ context: RequestContext
  ) {
    if context.subresource == "finalize" {
      var kept = old
      kept["metadata"] = object["metadata"]
      kept["spec"] = object["spec"]
      object = kept
    } else {
      context.keepOtherParts(&object, old: old)
      if context.subresource.isEmpty { object["spec"] = old["spec"] }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false, .dns1123Label) + finalizers(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    return context.subresource == "finalize" ? errors + finalizers(object) : errors
  }

  private func finalizers(_ object: Value) -> [FieldError] {
    let path = FieldPath("spec", "finalizers")
    return (object["spec"]?.texts("finalizers") ?? []).flatMap { name -> [FieldError] in
      var errors = Checks.name(.qualifiedName, name, path)
      if !name.contains("/"), name != "kubernetes" {
        errors.append(
          .invalid(
            path, .string(name),
            "name is neither a standard finalizer name nor is it fully qualified"))
      }
      return errors
    }
  }

  package var selectableFields: [String] { ["status.phase"] }
}
