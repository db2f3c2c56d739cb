package import Documents
package import KubeObjects

/// PriorityLevelConfigurations.
package struct PriorityLevelConfigurationStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource {
    GroupVersionResource("flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations")
  }
  package var generationPaths: [[String]] { [["spec"]] }
  package var statusKeepsMetadata: Bool { true }
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
    context.subresource == "status"
      ? FlowControlConditions.validate(object)
      : ObjectMetadata.validateUpdate(object, old: old) + validate(object)
  }

  private func validate(_ object: Value) -> [FieldError] {
    let path = FieldPath("spec")
    let spec = object["spec"] ?? [:]
    let type = spec.text("type")
    var errors: [FieldError] = []
    // How a former version told that no shares are none.
    let former = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares"
    if object.annotation(former) != nil {
      errors.append(
        .forbidden(
          FieldPath("metadata", "annotations"), "annotation '\(former)' is forbidden"))
    }
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
      let exempt = spec["exempt"] ?? [:]
      errors += shares(of: exempt, path.child("exempt"))
      errors += lending(of: exempt, path.child("exempt"))
    case "Limited":
      if spec.has("exempt") {
        errors.append(.forbidden(path.child("exempt"), "must be nil if the type is Limited"))
      }
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
    var errors = shares(of: limited, path)
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
      if let queuing = response["queuing"], !queuing.isNull {
        errors += validate(queuing: queuing, place.child("queuing"))
      } else {
        errors.append(
          .required(
            place.child("queuing"),
            "must not be empty if limited.limitResponse.type is Limited"))
      }
    default:
      errors += Checks.oneOf(response, "type", ["Queue", "Reject"], place)
    }
    errors += lending(of: limited, path)
    if let limit = limited["borrowingLimitPercent"]?.int, limit < 0 {
      errors.append(
        .invalid(
          path.child("borrowingLimitPercent"), .int(limit),
          "if specified, must be a non-negative integer"))
    }
    return errors
  }

  private func shares(of part: Value, _ path: FieldPath) -> [FieldError] {
    let shares = part.number("nominalConcurrencyShares")
    guard shares < 0 else { return [] }
    return [
      .invalid(
        path.child("nominalConcurrencyShares"), .int(shares), "must be a non-negative integer")
    ]
  }

  private func lending(of part: Value, _ path: FieldPath) -> [FieldError] {
    guard let percent = part["lendablePercent"]?.int, !(0...100).contains(percent) else {
      return []
    }
    return [.invalid(path.child("lendablePercent"), .int(percent), Checks.between(0, 100))]
  }

  private func validate(queuing: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    func refuse(_ field: String, _ why: String) {
      errors.append(.invalid(path.child(field), .int(queuing.number(field)), why))
    }
    let (queues, hand) = (queuing.number("queues"), queuing.number("handSize"))
    if queuing.number("queueLengthLimit") <= 0 { refuse("queueLengthLimit", "must be positive") }
    if queues <= 0 {
      refuse("queues", "must be positive")
    } else if queues > 10_000_000 {
      refuse("queues", "must not be greater than 10000000")
    }
    if hand <= 0 {
      refuse("handSize", "must be positive")
    } else if hand > queues {
      refuse("handSize", "should not be greater than queues (\(queues))")
    } else if Self.entropyBits(queues, hand) > 60 {
      refuse(
        "handSize",
        "required entropy bits of deckSize \(queues) and handSize \(hand) should not be greater "
          + "than 60")
    }
    return errors
  }

  /// What dealing a hand from a deck takes (shufflesharding.RequiredEntropyBits).
  private static func entropyBits(_ deck: Int64, _ hand: Int64) -> Double {
    (_log2(Double(deck)) * Double(hand)).rounded(.up)
  }
}
