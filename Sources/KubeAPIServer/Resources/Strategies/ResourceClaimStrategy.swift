package import Documents
package import KubeObjects

/// ResourceClaims and ResourceClaimTemplates.
package struct ResourceClaimStrategy: Strategy {
  package let resource: GroupVersionResource
  private var isTemplate: Bool { resource.resource == "resourceclaimtemplates" }
  package var table: (any TableForm)? {
    isTemplate ? ObjectTable.resourceClaimTemplates : ObjectTable.resourceClaims
  }

  package init(_ name: String) {
    resource = GroupVersionResource("resource.k8s.io", "v1", name)
  }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      if isTemplate {
        spec.fillAbsent("metadata", [:])
        spec.update("spec") { Self.applyDefaults(toSpec: &$0) }
      } else {
        Self.applyDefaults(toSpec: &spec)
      }
    }
  }

  private static func applyDefaults(toSpec spec: inout Value) {
    spec.fillAbsent("devices", [:])
    spec.update("devices") { devices in
      devices.updateEach("requests") { request in
        request.update("exactly") { applyDefaults(toRequest: &$0) }
        request.updateEach("firstAvailable") { applyDefaults(toRequest: &$0) }
      }
    }
  }

  private static func applyDefaults(toRequest request: inout Value) {
    request.fill("allocationMode", "ExactCount")
    if request.text("allocationMode") == "ExactCount", request.number("count") == 0 {
      request["count"] = 1
    }
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = isTemplate ? nil : [:]
    let place = isTemplate ? ["spec", "spec", "devices"] : ["spec", "devices"]
    if let devices = object.at(place), devices["requests"] == nil {
      object.set((place + ["requests"])[...], .null)
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let path = isTemplate ? FieldPath("spec", "spec") : FieldPath("spec")
    let spec = isTemplate ? object["spec"]?["spec"] : object["spec"]
    return ObjectMetadata.validate(object, namespaced: true)
      + validate(spec?["devices"] ?? [:], path.child("devices"))
  }

  private func validate(_ devices: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    var names: Set<String> = []
    for (index, request) in devices.items("requests").enumerated() {
      let here = path.child("requests").index(index)
      let name = request.text("name")
      errors += Checks.name(.dns1123Label, name, here.child("name"))
      if !names.insert(name).inserted {
        errors.append(.duplicate(here.child("name"), .string(name)))
      }
      let exact = request["exactly"].flatMap { $0.isNull ? nil : $0 }
      let choices = request.items("firstAvailable")
      if (exact != nil) == !choices.isEmpty {
        let text = "exactly one of `exactly` or `firstAvailable` is required"
        errors.append(
          exact == nil ? .required(here, text) : .invalid(here, .null, text))
      }
      if let exact { errors += validate(request: exact, here.child("exactly")) }
      for (number, choice) in choices.enumerated() {
        errors += validate(request: choice, here.child("firstAvailable").index(number))
      }
    }
    return errors
  }

  private func validate(request: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let className = request.text("deviceClassName")
    errors +=
      className.isEmpty
      ? [.required(path.child("deviceClassName"))]
      : Checks.name(.dns1123Subdomain, className, path.child("deviceClassName"))
    errors += DeviceSelectorValidation.validate(request, path)
    let count = request.number("count")
    switch request.text("allocationMode") {
    case "All":
      if count != 0 {
        errors.append(
          .invalid(
            path.child("count"), .int(count),
            "must not be specified when allocationMode is 'All'"))
      }
    case "ExactCount":
      if count <= 0 {
        errors.append(.invalid(path.child("count"), .int(count), Checks.notPositive))
      }
    default:
      errors += Checks.oneOf(request, "allocationMode", ["All", "ExactCount"], path)
    }
    return errors
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    return context.subresource.isEmpty
      ? errors + Checks.unchanged(object["spec"], old["spec"], FieldPath("spec")) : errors
  }
}
