package import Documents
package import KubeObjects

/// APIServices.
package struct APIServiceStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("apiregistration.k8s.io", "v1", "apiservices")
  }
  package var allowsUnconditionalUpdate: Bool { false }
  package var statusKeepsMetadata: Bool { true }
  package var table: (any TableForm)? { ObjectTable.apiServices }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.update("service") { $0.fillAbsent("port", 443) }
    }
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = nil
    guard object["spec"]?.has("service") != true else { return }
    // What the server has itself is there.
    object["status"] = [
      "conditions": [
        [
          "type": "Available", "status": "True",
          "lastTransitionTime": .string(context.now.rfc3339), "reason": "Local",
          "message": "Local APIServices are always available",
        ]
      ]
    ]
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let spec = object["spec"] ?? [:]
    let wanted = spec.text("version") + "." + spec.text("group")
    let errors = ObjectMetadata.validate(object, namespaced: false) { name in
      name == wanted ? [] : ["must be `spec.version+\".\"+spec.group`: \(wanted.goQuoted)"]
    }
    return errors + validate(spec)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource == "status" else { return errors + validate(object["spec"] ?? [:]) }
    let conditions = object["status"]?.items("conditions") ?? []
    return errors
      + conditions.enumerated().flatMap { index, condition in
        Checks.oneOf(
          condition, "status", ["True", "False", "Unknown"],
          FieldPath("status", "conditions").index(index))
      }
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    let (name, word) = (spec.text("group"), spec.text("version"))
    if name.isEmpty, word != "v1" {
      errors.append(
        .required(
          path.child("group"),
          "only v1 may have an empty group and it better be legacy kube"))
    }
    if !name.isEmpty { errors += Checks.name(.dns1123Subdomain, name, path.child("group")) }
    errors += Checks.name(.dns1035Label, word, path.child("version"))
    let (group, version) =
      (spec.number("groupPriorityMinimum"), spec.number("versionPriority"))
    if !(1...20_000).contains(group) {
      errors.append(
        .invalid(
          path.child("groupPriorityMinimum"), .int(group),
          "must be positive and less than 20000"))
    }
    if !(1...1000).contains(version) {
      errors.append(
        .invalid(
          path.child("versionPriority"), .int(version), "must be positive and less than 1000"))
    }
    let bundle = spec.text("caBundle")
    let isUnverified = spec.flag("insecureSkipTLSVerify")
    guard let service = spec["service"], !service.isNull else {
      if !bundle.isEmpty {
        errors.append(
          .invalid(
            path.child("caBundle"), .string("\(Immutability.decodedSize(.string(bundle))) bytes"),
            "local APIServices may not have a caBundle"))
      }
      if isUnverified {
        errors.append(
          .invalid(
            path.child("insecureSkipTLSVerify"), true,
            "local APIServices may not have insecureSkipTLSVerify"))
      }
      return errors
    }
    if isUnverified, !bundle.isEmpty {
      errors.append(
        .invalid(
          path.child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present"))
    }
    for field in ["namespace", "name"] {
      errors += Checks.requiredText(service, field, path.child("service"))
    }
    return errors
  }
}
