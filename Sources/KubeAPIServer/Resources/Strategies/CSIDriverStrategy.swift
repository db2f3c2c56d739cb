package import Documents
package import KubeObjects

/// CSIDrivers.
package struct CSIDriverStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .csiDrivers }
  package var allowsUnconditionalUpdate: Bool { false }
  package var table: (any TableForm)? { ObjectTable.csiDrivers }

  package func applyDefaults(_ object: inout Value) {
    object.fillAbsent("spec", [:])
    object.update("spec") { spec in
      spec.fillAbsent("attachRequired", true)
      for field in ["podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"] {
        spec.fillAbsent(field, false)
      }
      spec.fillAbsent("fsGroupPolicy", "ReadWriteOnceWithFSType")
      if spec.items("volumeLifecycleModes").isEmpty {
        spec["volumeLifecycleModes"] = ["Persistent"]
      }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object["spec"] ?? [:])
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors = Checks.oneOf(
      spec, "fsGroupPolicy", ["File", "None", "ReadWriteOnceWithFSType"], path)
    errors += tokens(spec.items("tokenRequests"), path.child("tokenRequests"))
    for mode in spec.texts("volumeLifecycleModes")
    where mode != "Persistent" && mode != "Ephemeral" {
      errors.append(
        .notSupported(
          path.child("volumeLifecycleModes"), .string(mode), ["Persistent", "Ephemeral"]))
    }
    if let seconds = spec["nodeAllocatableUpdatePeriodSeconds"]?.int, seconds < 10 {
      errors.append(
        .invalid(
          path.child("nodeAllocatableUpdatePeriodSeconds"), .int(seconds),
          "must be greater than or equal to 10 seconds"))
    }
    let key = "serviceAccountTokenInSecrets"
    if let inSecrets = spec[key]?.bool, spec.items("tokenRequests").isEmpty {
      errors.append(
        .invalid(
          path.child(key), .bool(inSecrets), "\(key) is set but no tokenRequests are specified"))
    }
    return errors
  }

  private func tokens(_ requests: [Value], _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    var audiences: Set<String> = []
    for (index, request) in requests.enumerated() {
      let here = path.index(index)
      if !audiences.insert(request.text("audience")).inserted {
        errors.append(.duplicate(here.child("audience"), .string(request.text("audience"))))
        continue
      }
      guard let seconds = request["expirationSeconds"]?.int else { continue }
      let place = here.child("expirationSeconds")
      if seconds < 600 {
        errors.append(
          .invalid(place, .int(seconds), "may not specify a duration less than 10 minutes"))
      }
      if seconds > 1 << 32 {
        errors.append(
          .invalid(place, .int(seconds), "may not specify a duration larger than 2^32 seconds"))
      }
    }
    return errors
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
    // Upstream misspells the first of these paths.
    return ObjectMetadata.validateUpdate(object, old: old) + validate(spec)
      + Checks.unchanged(
        spec["attachRequired"], before["attachRequired"], FieldPath("spec", "attachedRequired"))
      + Checks.unchanged(
        spec["volumeLifecycleModes"], before["volumeLifecycleModes"],
        FieldPath("spec", "volumeLifecycleModes"))
  }
}
