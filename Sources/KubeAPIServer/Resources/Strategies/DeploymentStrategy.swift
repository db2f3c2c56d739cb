package import Documents
package import KubeObjects

/// Deployments.
package struct DeploymentStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .deployments }
  package var generationPaths: [[String]] { [["spec"], ["metadata", "annotations"]] }
  package var table: (any TableForm)? { ObjectTable.deployments }

  package func applyDefaults(_ object: inout Value) {
    object.update("spec") { spec in
      spec.fillAbsent("replicas", 1)
      spec.fillAbsent("strategy", [:])
      spec.update("strategy") { strategy in
        strategy.fill("type", "RollingUpdate")
        guard strategy.text("type") == "RollingUpdate" else { return }
        strategy.fillAbsent("rollingUpdate", [:])
        strategy.update("rollingUpdate") {
          $0.fillAbsent("maxUnavailable", "25%")
          $0.fillAbsent("maxSurge", "25%")
        }
      }
      spec.fillAbsent("revisionHistoryLimit", 10)
      spec.fillAbsent("progressDeadlineSeconds", 600)
      spec.update("template") { PodDefaulting.apply(toTemplate: &$0) }
    }
  }

  package func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    context.keepOtherParts(&object, old: old)
    if context.subresource == "status" {
      object["metadata"]?["labels"] = old["metadata"]?["labels"]
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true) + validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource.isEmpty else {
      return errors + StatusCounts.deployment.errors(object, old: old, context)
    }
    errors += validate(object["spec"] ?? [:])
    errors += Checks.unchanged(
      object["spec"]?["selector"], old["spec"]?["selector"], FieldPath("spec", "selector"),
      structure: .labelSelector)
    return errors
  }

  private func validate(_ spec: Value) -> [FieldError] {
    let path = FieldPath("spec")
    var errors = Checks.notNegative(spec, "replicas", path)
    errors += PodTemplateValidation.validateWorkload(spec, kind: "deployment", path)
    errors += validate(strategy: spec["strategy"] ?? [:], path.child("strategy"))
    errors += Checks.notNegative(spec, "minReadySeconds", path)
    errors += Checks.notNegative(spec, "revisionHistoryLimit", path)
    if let deadline = spec["progressDeadlineSeconds"]?.int {
      errors += Checks.notNegative(spec, "progressDeadlineSeconds", path)
      if deadline <= spec.number("minReadySeconds") {
        errors.append(
          .invalid(
            path.child("progressDeadlineSeconds"), .int(deadline),
            "must be greater than minReadySeconds"))
      }
    }
    return errors
  }

  private func validate(strategy: Value, _ path: FieldPath) -> [FieldError] {
    let rolling = path.child("rollingUpdate")
    switch strategy.text("type") {
    case "Recreate":
      if strategy.has("rollingUpdate") {
        return [
          .forbidden(rolling, "may not be specified when strategy `type` is 'Recreate'")
        ]
      }
      return []
    case "RollingUpdate":
      let update = strategy["rollingUpdate"] ?? [:]
      let (unavailable, surge) = (update["maxUnavailable"], update["maxSurge"])
      var errors = RolloutValidation.positive(unavailable, rolling.child("maxUnavailable"))
      errors += RolloutValidation.positive(surge, rolling.child("maxSurge"))
      if RolloutValidation.isZero(unavailable), RolloutValidation.isZero(surge) {
        errors.append(
          .invalid(
            rolling.child("maxUnavailable"), unavailable ?? 0,
            "may not be 0 when `maxSurge` is 0"))
      }
      return errors
        + RolloutValidation.atMostAll(unavailable, rolling.child("maxUnavailable"))
    default:
      return [
        .notSupported(
          path, printed: RolloutValidation.strategy.printed(strategy),
          ["Recreate", "RollingUpdate"])
      ]
    }
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    PodTemplateWarnings.all(object, old: old, context)
  }
}
