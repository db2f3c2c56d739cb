package import Documents
package import KubeObjects

/// CSIDrivers.
package struct CSIDriverStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("storage.k8s.io", "v1", "csidrivers")
  }
  package var table: (any TableForm)? { ObjectTable.csiDrivers }

  package func applyDefaults(_ object: inout Value) {
    object.fillAbsent("spec", [:])
    object.update("spec") { spec in
      spec.fillAbsent("attachRequired", true)
      for field in ["podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"] {
        spec.fillAbsent(field, false)
      }
      spec.fill("fsGroupPolicy", "ReadWriteOnceWithFSType")
      if spec.items("volumeLifecycleModes").isEmpty {
        spec["volumeLifecycleModes"] = ["Persistent"]
      }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let path = FieldPath("spec")
    let spec = object["spec"] ?? [:]
    var errors = ObjectMetadata.validate(object, namespaced: false)
    errors += Checks.oneOf(
      spec, "fsGroupPolicy", ["File", "None", "ReadWriteOnceWithFSType"], path)
    for mode in spec.texts("volumeLifecycleModes")
    where mode != "Persistent" && mode != "Ephemeral" {
      errors.append(
        .notSupported(
          path.child("volumeLifecycleModes"), .string(mode), ["Persistent", "Ephemeral"]))
    }
    return errors
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old)
      + Checks.unchanged(
        object["spec"]?["attachRequired"], old["spec"]?["attachRequired"],
        FieldPath("spec", "attachRequired"))
  }
}
