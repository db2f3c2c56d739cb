import Documents
import KubeObjects

/// The checks of a Job's spec.
enum JobValidation {
  static let isImmutable = Checks.immutable

  static func validate(
    _ spec: Value, _ path: FieldPath, isTemplate: Bool = false
  ) -> [FieldError] {
    var errors = numbers(spec, path)
    errors += mode(spec, path)
    if let policy = spec["podFailurePolicy"], !policy.isNull {
      errors += PodFailurePolicyValidation.validate(
        policy, spec, path.child("podFailurePolicy"))
    }
    if let policy = spec["successPolicy"], !policy.isNull {
      errors += SuccessPolicyValidation.validate(policy, spec, path.child("successPolicy"))
    }
    errors += replacement(spec, path)
    errors += template(spec, path)
    return isTemplate ? errors : errors + selector(spec, path)
  }

  private static func numbers(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    for field in [
      "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
      "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes",
    ] {
      errors += Checks.notNegative(spec, field, path)
    }
    if spec.has("maxFailedIndexes"), !spec.has("backoffLimitPerIndex") {
      errors.append(
        .required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified"))
    }
    if let manager = spec["managedBy"]?.string {
      errors += managedBy(manager, path.child("managedBy"))
    }
    return errors
  }

  private static func managedBy(_ name: String, _ path: FieldPath) -> [FieldError] {
    if name.isEmpty { return [.required(path)] }
    let errors = Checks.domainPrefixedPath(name, path)
    return name.utf8.count > 63 ? errors + [.tooLong(path, max: 63)] : errors
  }

  private static func selector(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    let template = spec["template"] ?? [:]
    guard let selector = spec["selector"], !selector.isNull else {
      // A selector that is not there matches nothing.
      return [
        .required(path.child("selector")),
        .invalid(
          path.child("template", "metadata", "labels"), template["metadata"]?["labels"] ?? .null,
          PodTemplateValidation.mismatch),
      ]
    }
    let errors = Checks.labelSelector(selector, path.child("selector"))
    guard let parsed = try? LabelSelector(object: selector) else { return errors }
    return errors + PodTemplateValidation.match(parsed, template, path.child("template"))
  }

  private static func mode(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    let mode = spec.text("completionMode")
    var errors: [FieldError] = []
    if spec.has("completionMode") {
      errors += Checks.oneOf(spec, "completionMode", ["NonIndexed", "Indexed"], path)
    }
    if mode == "Indexed" {
      if !spec.has("completions") {
        errors.append(
          .required(path.child("completions"), "when completion mode is Indexed"))
      }
      let parallelism = spec.number("parallelism")
      if parallelism > 100_000 {
        errors.append(
          .invalid(
            path.child("parallelism"), .int(parallelism),
            "must be less than or equal to 100000 when completion mode is Indexed"))
      }
      return errors + failedIndexes(spec, path)
    }
    guard mode.isEmpty || mode == "NonIndexed" else { return errors }
    if let limit = spec["backoffLimitPerIndex"]?.int {
      errors.append(
        .invalid(
          path.child("backoffLimitPerIndex"), .int(limit), "requires indexed completion mode"))
    }
    if let limit = spec["maxFailedIndexes"]?.int {
      errors.append(
        .invalid(
          path.child("maxFailedIndexes"), .int(limit), "requires indexed completion mode"))
    }
    return errors
  }

  // A Job of very many indexes keeps track of few that failed.
  private static func failedIndexes(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    let place = path.child("maxFailedIndexes")
    let completions = spec["completions"]?.int
    let most = spec["maxFailedIndexes"]?.int
    var errors: [FieldError] = []
    if let most {
      if let completions, most > completions {
        errors.append(
          .invalid(place, .int(most), "must be less than or equal to completions"))
      }
      if most > 100_000 {
        errors.append(.invalid(place, .int(most), "must be less than or equal to 100000"))
      }
    }
    guard let completions, completions > 100_000, spec.has("backoffLimitPerIndex") else {
      return errors
    }
    let many =
      "must be less than or equal to 10000 when completions are above 100000 and used with "
      + "backoff limit per index"
    if most == nil {
      errors.append(.required(place, "must be specified when completions is above 100000"))
    }
    if let parallelism = spec["parallelism"]?.int, parallelism > 10_000 {
      errors.append(.invalid(path.child("parallelism"), .int(parallelism), many))
    }
    if let most, most > 10_000 { errors.append(.invalid(place, .int(most), many)) }
    return errors
  }

  private static func replacement(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    guard let policy = spec["podReplacementPolicy"]?.string else { return [] }
    let place = path.child("podReplacementPolicy")
    if spec.has("podFailurePolicy"), policy != "Failed" {
      return [.notSupported(place, .string(policy), ["Failed"])]
    }
    return Checks.oneOf(
      spec, "podReplacementPolicy", ["Failed", "TerminatingOrFailed"], path)
  }

  private static func template(_ spec: Value, _ path: FieldPath) -> [FieldError] {
    var errors = PodTemplateValidation.validate(
      spec["template"] ?? [:], path.child("template"))
    let policy = spec["template"]?["spec"]?.text("restartPolicy") ?? ""
    let place = path.child("template", "spec", "restartPolicy")
    switch policy {
    // Always is what a template is given that says nothing.
    case "", "Always":
      errors.append(.required(place, "valid values: \"OnFailure\", \"Never\""))
    case "OnFailure":
      if spec.has("podFailurePolicy") {
        errors.append(
          .invalid(
            place, .string(policy),
            "only \"Never\" is supported when podFailurePolicy is specified"))
      }
    case "Never": break
    default:
      errors.append(.notSupported(place, .string(policy), ["OnFailure", "Never"]))
    }
    return errors
  }

  static func validateUpdate(
    _ job: Value, _ spec: Value, _ before: Value, _ old: Value
  ) -> [FieldError] {
    let path = FieldPath("spec")
    var errors: [FieldError] = []
    if spec["completions"] != before["completions"] {
      let isTandem =
        spec.text("completionMode") == "Indexed"
        && spec["completions"] == spec["parallelism"]
      let new = spec["completions"] ?? .null
      if spec.text("completionMode") != "Indexed" {
        errors += Checks.unchanged(
          spec["completions"], before["completions"], path.child("completions"))
      } else if !isTandem {
        errors.append(
          .invalid(
            path.child("completions"), new,
            "can only be modified in tandem with spec.parallelism"))
      }
    }
    errors += Checks.unchanged(
      spec["selector"], before["selector"], path.child("selector"), structure: .labelSelector)
    errors += template(spec, before, old, path)
    let fixed: [(String, GoStructure?)] = [
      ("completionMode", nil), ("podFailurePolicy", .podFailurePolicy),
      ("backoffLimitPerIndex", nil), ("managedBy", nil), ("successPolicy", .successPolicy),
    ]
    for (field, structure) in fixed {
      errors += Checks.unchanged(
        spec[field], before[field], path.child(field), structure: structure)
    }
    return errors
  }

  // While a Job is suspended and has no Pods, what schedules them and what they ask for may change
  // (MutableSchedulingDirectivesForSuspendedJobs, MutablePodResourcesForSuspendedJobs).
  private static func template(
    _ spec: Value, _ before: Value, _ old: Value, _ path: FieldPath
  ) -> [FieldError] {
    var (new, kept) = (spec["template"] ?? [:], before["template"] ?? [:])
    let status = old["status"] ?? [:]
    let isStopped = status.items("conditions").contains {
      $0.text("type") == "Suspended" && $0.text("status") == "True"
    }
    let isWaiting =
      before.flag("suspend") && status.number("active") == 0
      && (!status.has("startTime") || isStopped)
    if isWaiting {
      for part in ["nodeSelector", "tolerations", "schedulingGates"] {
        new["spec"]?[part] = nil
        kept["spec"]?[part] = nil
      }
      dropNodeAffinity(&new)
      dropNodeAffinity(&kept)
      dropResources(&new, &kept)
      for part in ["labels", "annotations"] {
        new["metadata"]?[part] = nil
        kept["metadata"]?[part] = nil
      }
    }
    if new == kept { return [] }
    let place = path.child("template")
    if isWaiting {
      // Its metadata may change, so that only the rest is compared, and shown.
      let shown = GoStructure.internalPodSpec(spec["template"]?["spec"] ?? [:])
      return [
        .invalid(
          place.child("spec"), printed: GoStructure.podSpec.printed(shown), Checks.immutable)
      ]
    }
    let shown = GoStructure.internalPodTemplate(spec["template"] ?? [:])
    return [
      .invalid(place, printed: GoStructure.podTemplate.printed(shown), Checks.immutable)
    ]
  }

  private static func dropNodeAffinity(_ template: inout Value) {
    guard template["spec"]?.has("affinity") == true else { return }
    template["spec"]?["affinity"]?["nodeAffinity"] = nil
    if template["spec"]?["affinity"]?.object?.isEmpty == true {
      template["spec"]?["affinity"] = nil
    }
  }

  /// Of containers that are still where they were.
  private static func dropResources(_ new: inout Value, _ old: inout Value) {
    for list in ["containers", "initContainers"] {
      var (now, before) = (new["spec"]?.items(list) ?? [], old["spec"]?.items(list) ?? [])
      guard now.count == before.count, !now.isEmpty else { continue }
      for index in now.indices where now[index]["name"] == before[index]["name"] {
        now[index]["resources"] = nil
        before[index]["resources"] = nil
      }
      new["spec"]?[list] = .array(now)
      old["spec"]?[list] = .array(before)
    }
  }
}
