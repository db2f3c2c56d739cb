package import Documents
package import KubeObjects

/// StatefulSets.
package struct StatefulSetStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .statefulSets }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.statefulSets }

  package func applyDefaults(_ object: inout Value) {
    Zeros.fill(&object, "status", Self.zeros)
    object.update("spec") { spec in
      spec.fillAbsent("serviceName", "")
      spec.fill("podManagementPolicy", "OrderedReady")
      spec.fillAbsent("updateStrategy", [:])
      spec.update("updateStrategy") { strategy in
        strategy.fill("type", "RollingUpdate")
        guard strategy.text("type") == "RollingUpdate" else { return }
        strategy.fillAbsent("rollingUpdate", [:])
        strategy.update("rollingUpdate") { $0.fillAbsent("partition", 0) }
      }
      spec.fillAbsent("persistentVolumeClaimRetentionPolicy", [:])
      spec.update("persistentVolumeClaimRetentionPolicy") {
        $0.fill("whenDeleted", "Retain")
        $0.fill("whenScaled", "Retain")
      }
      spec.fillAbsent("replicas", 1)
      spec.fillAbsent("revisionHistoryLimit", 10)
      spec.update("template") { PodDefaulting.apply(toTemplate: &$0) }
      spec.updateEach("volumeClaimTemplates") { claim in
        claim.fill("apiVersion", "v1")
        claim.fill("kind", "PersistentVolumeClaim")
        claim.fillAbsent("metadata", [:])
        claim.fillAbsent("spec", [:])
        claim.update("spec") { PersistentVolumeClaimStrategy.applyDefaults(toSpec: &$0) }
        claim.fillAbsent("status", [:])
        claim.update("status") { $0.fill("phase", "Pending") }
      }
    }
  }

  private static let zeros = ["replicas", "availableReplicas"]

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = nil
    Zeros.fill(&object, "status", Self.zeros)
    Self.dropDisabledFields(&object)
  }

  package func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    context.keepOtherParts(&object, old: old)
    Self.dropDisabledFields(&object)
  }

  /// The feature MaxUnavailableStatefulSet is off in 1.36.
  private static func dropDisabledFields(_ object: inout Value) {
    object.update("spec") { spec in
      spec.update("updateStrategy") { $0.update("rollingUpdate") { $0["maxUnavailable"] = nil } }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true, .dns1123Label)
      + validate(object["spec"] ?? [:], isNew: true)
  }

  private static let mutable = [
    "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
  ]

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource.isEmpty else {
      return errors + StatusCounts.statefulSet.errors(object, old: old, context)
    }
    errors += validate(object["spec"] ?? [:], isNew: false)
    var (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
    for field in Self.mutable {
      spec[field] = nil
      before[field] = nil
    }
    if spec != before {
      errors.append(
        .forbidden(
          FieldPath("spec"),
          "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
            + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' "
            + "and 'minReadySeconds' are forbidden"))
    }
    return errors
  }

  /// Names of Services and claims are only looked at in a new one.
  private func validate(_ spec: Value, isNew: Bool) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    let policy = spec.text("podManagementPolicy")
    if policy != "OrderedReady", policy != "Parallel" {
      errors.append(
        .invalid(
          path.child("podManagementPolicy"), .string(policy),
          "must be 'OrderedReady' or 'Parallel'"))
    }
    errors += validate(strategy: spec["updateStrategy"] ?? [:], path.child("updateStrategy"))
    let retention = spec["persistentVolumeClaimRetentionPolicy"] ?? [:]
    for field in ["whenDeleted", "whenScaled"] {
      errors += Checks.oneOf(
        retention, field, ["Retain", "Delete"],
        path.child("persistentVolumeClaimRetentionPolicy"))
    }
    if isNew {
      for (index, claim) in spec.items("volumeClaimTemplates").enumerated() {
        errors += PersistentVolumeClaimStrategy.validate(
          spec: claim["spec"] ?? [:], path.child("volumeClaimTemplates").index(index).child("spec"))
      }
    }
    for field in ["replicas", "minReadySeconds"] {
      errors += Checks.notNegative(spec, field, path)
    }
    if let ordinals = spec["ordinals"] {
      errors += Checks.notNegative(ordinals, "start", path.child("ordinals"))
    }
    let service = spec.text("serviceName")
    if isNew, !service.isEmpty {
      errors += Checks.name(.dns1123Label, service, path.child("serviceName"))
    }
    errors += validate(selectorAndTemplate: spec, path)
    return errors
  }

  private func validate(selectorAndTemplate spec: Value, _ path: FieldPath) -> [FieldError] {
    let selector = spec["selector"].flatMap { $0.isNull ? nil : $0 }
    let place = path.child("selector")
    var errors = PodTemplateValidation.validate(
      selector: selector, required: true, kind: "statefulset", place)
    guard let parsed = try? LabelSelector(object: selector) else {
      errors.append(
        .invalid(place, printed: GoStructure.labelSelector.printed(selector ?? [:]), ""))
      return errors
    }
    let template = spec["template"] ?? [:]
    if !parsed.isEmpty {
      errors += PodTemplateValidation.match(parsed, template, path.child("template"))
    }
    return errors
      + PodTemplateValidation.validateLongRunning(
        template, kind: "StatefulSet", path.child("template"),
        claims: spec.items("volumeClaimTemplates").map(\.name))
  }

  private func validate(strategy: Value, _ path: FieldPath) -> [FieldError] {
    let rolling = path.child("rollingUpdate")
    let update = strategy["rollingUpdate"].flatMap { $0.isNull ? nil : $0 }
    switch strategy.text("type") {
    case "OnDelete":
      guard let update else { return [] }
      return [
        .invalid(
          rolling, printed: Self.rollingUpdate.printed(update),
          "only allowed for updateStrategy 'RollingUpdate'")
      ]
    case "RollingUpdate":
      return update.map { Checks.notNegative($0, "partition", rolling) } ?? []
    default:
      return [
        .invalid(
          path, printed: Self.updateStrategy.printed(strategy),
          "must be 'RollingUpdate' or 'OnDelete'")
      ]
    }
  }

  private static let rollingUpdate = GoStructure("Partition=0 MaxUnavailable")
  private static let updateStrategy = GoStructure(
    "Type=s RollingUpdate", ["RollingUpdate": .pointer(rollingUpdate)])

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    guard context.subresource.isEmpty else { return [] }
    var found = PodTemplateWarnings.all(object, old: old, context, named: false)
    let spec = object["spec"] ?? [:]
    for (index, claim) in spec.items("volumeClaimTemplates").enumerated() {
      let place = FieldPath("spec", "volumeClaimTemplates").index(index)
      // Upstream's path differs between new ones and changed ones.
      found += StorageWarnings.claim(
        claim["spec"] ?? [:], old == nil ? place : place.child("Spec"))
    }
    if spec.number("revisionHistoryLimit") < 0 {
      found.append(
        "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= "
          + "0 is recommended")
    }
    return found
  }
}
