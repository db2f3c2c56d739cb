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
    let errors = ObjectMetadata.validateUpdate(
      object, old: old, andNew: context.subresource.isEmpty ? 1 : 0)
    switch context.subresource {
    case "finalize":
      // Here upstream tells which one, in a new namespace it does not.
      return errors
        + (object["spec"]?.texts("finalizers") ?? []).enumerated().flatMap {
          ObjectMetadata.finalizer($1, FieldPath("spec", "finalizers").index($0))
        }
    case "status": return errors + phase(object)
    default: return errors
    }
  }

  private func phase(_ object: Value) -> [FieldError] {
    let phase = object["status"]?.text("phase") ?? ""
    let wanted = object.isBeingDeleted ? "Terminating" : "Active"
    if phase == wanted { return [] }
    let state = object.isBeingDeleted ? "not empty" : "empty"
    return [
      .invalid(
        FieldPath("status", "Phase"), .string(phase),
        "may only be '\(wanted)' if `deletionTimestamp` is \(state)")
    ]
  }

  private func finalizers(_ object: Value) -> [FieldError] {
    (object["spec"]?.texts("finalizers") ?? []).flatMap {
      ObjectMetadata.finalizer($0, FieldPath("spec", "finalizers"))
    }
  }

  package var selectableFields: [String] { ["status.phase"] }
}
