package import Documents
package import KubeObjects

/// ResourceClaims and ResourceClaimTemplates.
package struct ResourceClaimStrategy: Strategy {
  package let resource: GroupVersionResource
  private var isTemplate: Bool { resource.resource == "resourceclaimtemplates" }
  package var statusKeepsMetadata: Bool { true }
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
    request.updateEach("tolerations") { $0.fill("operator", "Equal") }
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
    let devices = (isTemplate ? object["spec"]?["spec"] : object["spec"])?["devices"] ?? [:]
    // Upstream names a claim's path for templates too.
    let template: [FieldError] =
      isTemplate
      ? ObjectMetadata.template(object["spec"]?["metadata"], FieldPath("spec", "metadata")) : []
    return adminAccess(
      devices.items("requests").map { $0["exactly"] ?? [:] },
      FieldPath("spec", "devices", "requests"), context)
      + ObjectMetadata.validate(object, namespaced: true)
      + template + DeviceClaimValidation(devices).validate(devices, path.child("devices"))
  }

  /// Who asks for devices that others use as well must be in a namespace that is said to be for it.
  private func adminAccess(
    _ requests: [Value], _ path: FieldPath, _ context: RequestContext
  ) -> [FieldError] {
    guard let index = requests.firstIndex(where: { $0.flag("adminAccess") }) else { return [] }
    let namespaces = GroupVersionResource("", "v1", "namespaces")
    let label = "resource.kubernetes.io/admin-access"
    let namespace = context.objects.get(namespaces, namespace: "", name: context.namespace)
    if namespace?["metadata"]?["labels"]?[label]?.string == "true" { return [] }
    let text =
      "admin access to devices requires the `\(label): true` label on the containing namespace"
    return [.forbidden(path.index(index).child("adminAccess"), text)]
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    if context.subresource == "status" {
      return errors + validate(status: object, old: old, context)
    }
    let structure: GoStructure = isTemplate ? .claimTemplateSpec : .claimSpec
    return errors
      + Checks.unchanged(object["spec"], old["spec"], FieldPath("spec"), structure: structure)
  }

  private func validate(
    status object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let path = FieldPath("status")
    let (status, before) = (object["status"] ?? [:], old["status"] ?? [:])
    let claim = DeviceClaimValidation(object["spec"]?["devices"] ?? [:])
    var errors = DeviceChecks.eachOnce(
      status, "reservedFor", path, most: 256, name: "uid"
    ) { consumer, here in
      ["resource", "name", "uid"].flatMap { Checks.requiredText(consumer, $0, here) }
    }
    errors += claim.validate(devicesOf: status, path)
    if !status.items("reservedFor").isEmpty {
      let here = path.child("reservedFor")
      let isLeaving = object["metadata"]?.has("deletionTimestamp") ?? false
      if !status.has("allocation") {
        errors.append(.forbidden(here, "may not be specified when `allocated` is not set"))
      } else if isLeaving,
        !Set(status.items("reservedFor")).isSubset(of: before.items("reservedFor"))
      {
        let text =
          "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are "
          + "set"
        errors.append(.forbidden(here, text))
      }
    }
    guard let allocation = status["allocation"], !allocation.isNull else { return errors }
    let place = path.child("allocation")
    if before.has("allocation") {
      return errors + Checks.unchanged(allocation, before["allocation"], place)
    }
    return adminAccess(
      allocation["devices"]?.items("results") ?? [],
      FieldPath("status", "allocation", "devices", "results"), context)
      + errors + claim.validate(allocation: allocation, place)
  }
}
