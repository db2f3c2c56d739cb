package import Documents
package import KubeObjects

/// PriorityLevelConfigurations.
package struct PriorityLevelConfigurationStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations")
  }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.priorityLevelConfigurations }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.update("limited") { limited in
        limited.fillAbsent("nominalConcurrencyShares", 30)
        limited.fillAbsent("lendablePercent", 0)
        limited.update("limitResponse") { response in
          response.update("queuing") { queuing in
            for (field, value) in [("handSize", 8), ("queues", 64), ("queueLengthLimit", 50)]
              as [(String, Int64)]
            where queuing.number(field) == 0 {
              queuing[field] = .int(value)
            }
          }
        }
      }
      spec.update("exempt") { exempt in
        exempt.fillAbsent("nominalConcurrencyShares", 0)
        exempt.fillAbsent("lendablePercent", 0)
      }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: false) + validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    ObjectMetadata.validateUpdate(object, old: old) + validate(object)
  }

  private func validate(_ object: Value) -> [FieldError] {
    let path = FieldPath("spec")
    let spec = object["spec"] ?? [:]
    let type = spec.text("type")
    var errors: [FieldError] = []
    if (type == "Exempt") != (object.name == "exempt") {
      errors.append(
        .invalid(
          path.child("type"), .string(type),
          "must be 'Exempt' if and only if `name` is 'exempt'"))
    }
    switch type {
    case "Exempt":
      if spec.has("limited") {
        errors.append(
          .forbidden(path.child("limited"), "must be nil if the type is not Limited"))
      }
    case "Limited":
      guard let limited = spec["limited"], !limited.isNull else {
        return errors + [
          .required(path.child("limited"), "must not be empty when type is Limited")
        ]
      }
      errors += validate(limited: limited, path.child("limited"))
    default:
      errors += Checks.oneOf(spec, "type", ["Exempt", "Limited"], path)
    }
    return errors
  }

  private func validate(limited: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let shares = limited.number("nominalConcurrencyShares")
    if shares < 0 {
      errors.append(
        .invalid(
          path.child("nominalConcurrencyShares"), .int(shares),
          "must be a non-negative integer"))
    }
    let response = limited["limitResponse"] ?? [:]
    let place = path.child("limitResponse")
    switch response.text("type") {
    case "Reject":
      if response.has("queuing") {
        errors.append(
          .forbidden(
            place.child("queuing"),
            "must be nil if limited.limitResponse.type is not Limited"))
      }
    case "Queue":
      if !response.has("queuing") {
        errors.append(
          .required(
            place.child("queuing"),
            "must not be empty if limited.limitResponse.type is Limited"))
      }
    default:
      errors += Checks.oneOf(response, "type", ["Queue", "Reject"], place)
    }
    return errors
  }
}
