package import Documents
package import KubeObjects

/// DaemonSets.
package struct DaemonSetStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .daemonSets }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.daemonSets }
  private static let templateGeneration = "deprecated.daemonset.template.generation"

  private static let zeros = [
    "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
  ]

  package func applyDefaults(_ object: inout Value) {
    Zeros.fill(&object, "status", Self.zeros)
    if object.annotation(Self.templateGeneration) == nil {
      object["metadata"]?.fillAbsent("annotations", [:])
      object["metadata"]?["annotations"]?[Self.templateGeneration] = "0"
    }
    object.update("spec") { spec in
      spec.fillAbsent("updateStrategy", [:])
      spec.update("updateStrategy") { strategy in
        strategy.fill("type", "RollingUpdate")
        guard strategy.text("type") == "RollingUpdate" else { return }
        strategy.fillAbsent("rollingUpdate", [:])
        strategy.update("rollingUpdate") {
          $0.fillAbsent("maxUnavailable", 1)
          $0.fillAbsent("maxSurge", 0)
        }
      }
      spec.fillAbsent("revisionHistoryLimit", 10)
      spec.update("template") { PodDefaulting.apply(toTemplate: &$0) }
    }
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = nil
    Zeros.fill(&object, "status", Self.zeros)
    object["metadata"]?.fillAbsent("annotations", [:])
    object["metadata"]?["annotations"]?[Self.templateGeneration] = "1"
  }

  package func prepareForUpdate(
    _ object: inout Value, old: Value, _ context: RequestContext
  ) {
    context.keepOtherParts(&object, old: old)
    guard context.subresource.isEmpty else { return }
    var count = Int64(old.annotation(Self.templateGeneration) ?? "") ?? 0
    if object["spec"]?["template"] != old["spec"]?["template"] { count += 1 }
    object["metadata"]?.fillAbsent("annotations", [:])
    object["metadata"]?["annotations"]?[Self.templateGeneration] = .string(String(count))
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource.isEmpty else {
      return errors + StatusCounts.daemonSet.errors(object, old: old, context)
    }
    errors += validate(object["spec"] ?? [:])
    return errors
      + Checks.unchanged(
        object["spec"]?["selector"], old["spec"]?["selector"], FieldPath("spec", "selector"),
        structure: .labelSelector)
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    let selector = spec["selector"].flatMap { $0.isNull ? nil : $0 }
    let template = spec["template"] ?? [:]
    var errors = Checks.labelSelector(selector, path.child("selector"))
    if let parsed = try? LabelSelector(object: selector) {
      errors += PodTemplateValidation.match(parsed, template, path.child("template"))
      if selector != nil, parsed.isEmpty {
        errors.append(
          .invalid(
            path.child("selector"), selector ?? [:],
            "empty selector is invalid for daemonset"))
      }
    }
    errors += PodTemplateValidation.validateLongRunning(
      template, kind: "DaemonSet", path.child("template"))
    errors += Checks.notNegative(spec, "minReadySeconds", path)
    errors += validate(strategy: spec["updateStrategy"] ?? [:], path.child("updateStrategy"))
    return errors + Checks.notNegative(spec, "revisionHistoryLimit", path)
  }

  private func validate(strategy: Value, _ path: FieldPath) -> [FieldError] {
    switch strategy.text("type") {
    case "OnDelete": return []
    case "RollingUpdate":
      let rolling = path.child("rollingUpdate")
      let update = strategy["rollingUpdate"] ?? [:]
      let (unavailable, surge) = (update["maxUnavailable"], update["maxSurge"])
      var errors = RolloutValidation.positive(unavailable, rolling.child("maxUnavailable"))
      errors += RolloutValidation.atMostAll(unavailable, rolling.child("maxUnavailable"))
      errors += RolloutValidation.positive(surge, rolling.child("maxSurge"))
      errors += RolloutValidation.atMostAll(surge, rolling.child("maxSurge"))
      switch (RolloutValidation.isZero(unavailable), RolloutValidation.isZero(surge)) {
      case (false, false):
        errors.append(
          .invalid(
            rolling.child("maxSurge"), surge ?? 0,
            "may not be set when maxUnavailable is non-zero"))
      case (true, true):
        errors.append(
          .required(rolling.child("maxUnavailable"), "cannot be 0 when maxSurge is 0"))
      default: break
      }
      return errors
    default:
      return [
        .notSupported(
          path, printed: RolloutValidation.strategy.printed(strategy),
          ["RollingUpdate", "OnDelete"])
      ]
    }
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    PodTemplateWarnings.all(object, old: old, context, named: false)
  }
}
