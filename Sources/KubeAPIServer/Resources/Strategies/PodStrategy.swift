package import Documents
package import KubeObjects

/// Pods.
package struct PodStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .pods }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.pods }

  package func gracePeriod(_ object: Value, options: Value) -> Int64? {
    let phase = object["status"]?.text("phase")
    if object["spec"]?.text("nodeName").isEmpty ?? true { return 0 }
    if phase == "Failed" || phase == "Succeeded" { return 0 }
    if let asked = options["gracePeriodSeconds"]?.int { return max(asked, asked < 0 ? 1 : 0) }
    return object["spec"]?["terminationGracePeriodSeconds"]?.int ?? 30
  }

  package func applyDefaults(_ object: inout Value) { PodDefaulting.apply(toPod: &object) }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    let spec = object["spec"] ?? [:]
    var status: Value = [
      "phase": "Pending", "qosClass": .string(PodResources.qosClass(spec)),
    ]
    if !spec.items("schedulingGates").isEmpty {
      status["conditions"] = [
        [
          "type": "PodScheduled", "status": "False", "lastProbeTime": nil,
          "lastTransitionTime": .string(context.now.rfc3339), "reason": "SchedulingGated",
          "message": "Scheduling is blocked due to non-empty scheduling gates",
        ]
      ]
    }
    object["status"] = status
    context.warn(AppArmorAnnotation.follow(in: &object))
    MatchedLabelKeys.merge(into: &object)
  }

  package func prepareForUpdate(
    _ object: inout Value, old: Value, _ context: RequestContext
  ) {
    context.keepOtherParts(&object, old: old)
    switch context.subresource {
    case "ephemeralcontainers":
      var kept = old
      kept["spec"]?["ephemeralContainers"] = object["spec"]?["ephemeralContainers"]
      kept["metadata"] = object["metadata"]
      kept.keepChosenMetadata(of: old)
      object = kept
    case "status":
      for part in ["ownerReferences", "deletionTimestamp"] {
        object["metadata"]?[part] = old["metadata"]?[part]
      }
      // Conditions keep the moment of their last change, and the class never changes.
      if object["status"]?.text("qosClass").isEmpty ?? true {
        object["status"]?["qosClass"] = old["status"]?["qosClass"]
      }
      Self.keepObservedGenerations(&object, old["status"] ?? [:])
    default: break
    }
  }

  /// Old clients leave out which generation they saw.
  private static func keepObservedGenerations(_ object: inout Value, _ old: Value) {
    let member = "observedGeneration"
    object.update("status") { status in
      if status[member] == nil, let seen = old[member] { status[member] = seen }
      let before = old.items("conditions")
      status.updateEach("conditions") { condition in
        guard condition[member] == nil,
          let seen = before.first(where: { $0["type"] == condition["type"] })?[member]
        else { return }
        condition[member] = seen
      }
    }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let path = FieldPath("spec")
    let spec = object["spec"] ?? [:]
    var errors = ObjectMetadata.validate(object, namespaced: true)
    errors += PodAnnotations.errors(
      object["metadata"] ?? [:], spec, FieldPath("metadata", "annotations"))
    errors += PodSpecValidator.validate(
      spec, path, isTemplate: false, name: object["metadata"]?.text("name") ?? "")
    if !spec.items("ephemeralContainers").isEmpty {
      errors.append(.forbidden(path.child("ephemeralContainers"), "cannot be set on create"))
    }
    if !spec.text("nodeName").isEmpty, !spec.items("schedulingGates").isEmpty {
      errors.append(
        .forbidden(
          path.child("nodeName"), "cannot be set until all schedulingGates have been cleared"))
    }
    return errors + PodAnnotations.matchFields(object["metadata"] ?? [:], spec, path)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(
      object, old: old, andNew: context.subresource == "status" ? 0 : 1)
    switch context.subresource {
    case "": errors += PodUpdateValidation.validate(object, old: old)
    case "ephemeralcontainers":
      errors += PodUpdateValidation.validateEphemeral(object, old: old)
    case "resize": errors += PodResizeValidation.validate(object, old: old)
    case "status": errors += PodStatusValidation.validate(object, old: old)
    default: break
    }
    return errors
  }

  package var selectableFields: [String] {
    [
      "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
      "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs",
      "status.nominatedNodeName",
    ]
  }

  package func selectableField(named name: String, in version: GroupVersion) -> String? {
    // The name of the oldest clients.
    if name == "spec.host" { return "spec.nodeName" }
    return selectableFields.contains(name) ? name : nil
  }

  package func selectableField(_ name: String, of object: Value) -> String {
    switch name {
    // May be asked for, but no Pod has a value for it (ToSelectableFields).
    case "status.podIPs": ""
    case "spec.hostNetwork": object["spec"]?.flag("hostNetwork") == true ? "true" : "false"
    default: object.at(dotted: name)?.string ?? ""
    }
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    // Who changes a Pod is no person, mostly: upstream says nothing then.
    guard old == nil, context.subresource.isEmpty else { return [] }
    return PodWarnings.name(object, pods: false) + PodWarnings.all(object, nil)
  }
}
