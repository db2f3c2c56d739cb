package import Documents
package import KubeObjects

/// Jobs.
package struct JobStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .jobs }
  package var generationPaths: [[String]] { [["spec"]] }
  package var table: (any TableForm)? { ObjectTable.jobs }

  package func applyDefaults(_ object: inout Value) {
    let labels = object["spec"]?["template"]?["metadata"]?["labels"]
    if let labels, labels.object?.isEmpty == false,
      object["metadata"]?.members("labels").isEmpty ?? true
    {
      object["metadata"]?["labels"] = labels
    }
    object.update("spec") { Self.applyDefaults(toSpec: &$0) }
    object.update("spec") { spec in
      spec.fillAbsent("manualSelector", false)
    }
  }

  static func applyDefaults(toSpec spec: inout Value) {
    if !spec.has("completions"), !spec.has("parallelism") {
      spec["completions"] = 1
      spec["parallelism"] = 1
    }
    spec.fillAbsent("parallelism", 1)
    spec.fillAbsent(
      "backoffLimit", spec.has("backoffLimitPerIndex") ? .int(Int64(Int32.max)) : 6)
    spec.fillAbsent("completionMode", "NonIndexed")
    spec.fillAbsent("suspend", false)
    spec.fillAbsent(
      "podReplacementPolicy",
      spec.has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed")
    applyTemplateDefaults(toSpec: &spec)
  }

  /// What a CronJob's template of a Job is given: no more than its Pod template's defaults.
  static func applyTemplateDefaults(toSpec spec: inout Value) {
    spec.update("podFailurePolicy") { policy in
      policy.updateEach("rules") { rule in
        rule.updateEach("onPodConditions") { $0.fill("status", "True") }
      }
    }
    spec.update("template") { PodDefaulting.apply(toTemplate: &$0) }
  }

  private static let uidLabel = "batch.kubernetes.io/controller-uid"

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = [:]
    guard object["spec"]?.flag("manualSelector") != true else { return }
    let uid = object.uid
    let template = object["spec"]?["template"]?["metadata"]?["labels"]
    // A Job without labels has its template's, which now change.
    let follows = object.labels == nil || object.labels == template
    var labels = template ?? [:]
    if labels.isNull { labels = [:] }
    for key in ["controller-uid", Self.uidLabel] where labels[key] == nil {
      labels[key] = .string(uid)
    }
    for key in ["job-name", "batch.kubernetes.io/job-name"] where labels[key] == nil {
      labels[key] = .string(object.name)
    }
    object["spec"]?["template"]?.fillAbsent("metadata", [:])
    object["spec"]?["template"]?["metadata"]?["labels"] = labels
    if object["spec"]?["selector"] == nil { object["spec"]?["selector"] = [:] }
    object["spec"]?["selector"]?.fillAbsent("matchLabels", [:])
    if object["spec"]?["selector"]?["matchLabels"]?[Self.uidLabel] == nil {
      object["spec"]?["selector"]?["matchLabels"]?[Self.uidLabel] = .string(uid)
    }
    if follows { object["metadata"]?["labels"] = labels }
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    let path = FieldPath("spec")
    return ObjectMetadata.validate(object, namespaced: true) + generatedSelector(object, path)
      + JobValidation.validate(object["spec"] ?? [:], path) + indexedName(object)
  }

  // The Pods of an Indexed Job are named after it, and those names must be labels.
  private func indexedName(_ object: Value) -> [FieldError] {
    guard let spec = object["spec"], spec.text("completionMode") == "Indexed" else { return [] }
    let count = spec.number("completions")
    guard count > 0 else { return [] }
    let longest = "\(object.name)-\(count - 1)"
    return NameRule.dns1123Label.problems(longest).map { _ in
      .invalid(
        FieldPath("metadata", "name"), .string(object.name),
        "will not able to create pod with invalid DNS label: \(longest)")
    }
  }

  private func generatedSelector(_ object: Value, _ path: FieldPath) -> [FieldError] {
    guard let spec = object["spec"], !spec.flag("manualSelector"),
      let selector = spec["selector"], !selector.isNull
    else { return [] }
    let labels = spec["template"]?["metadata"]?.members("labels") ?? [:]
    let place = path.child("template", "metadata", "labels")
    var errors: [FieldError] = []
    var made: Mapping = [:]
    for (key, value) in [
      ("controller-uid", object.uid), ("job-name", object.name), (Self.uidLabel, object.uid),
      ("batch.kubernetes.io/job-name", object.name),
    ] {
      made[key] = .string(value)
      if labels[key]?.string == value { continue }
      errors.append(
        labels[key] == nil
          ? .required(place.key(key), "must be '\(value)'")
          : .invalid(place.key(key), .object(labels), "must be '\(value)'"))
    }
    if let parsed = try? LabelSelector(object: selector), !parsed.matches(.object(made)) {
      errors.append(
        .invalid(
          path.child("selector"), printed: GoStructure.labelSelector.printed(selector),
          "`selector` not auto-generated"))
    }
    return errors
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let metadata = ObjectMetadata.validateUpdate(object, old: old)
    guard context.subresource.isEmpty else {
      return metadata + JobStatusValidation(object, old: old).validate()
    }
    let path = FieldPath("spec")
    let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
    // The Job is looked at as a new one, and then once more as a changed one.
    let own = JobValidation.validate(spec, path)
    return ObjectMetadata.validateAsNew(object, old: old) + generatedSelector(object, path)
      + own + indexedName(object) + metadata + own
      + JobValidation.validateUpdate(object, spec, before, old)
  }

  package var selectableFields: [String] { ["status.successful"] }

  package func fieldRefusal(_ name: String) -> String {
    "field label \(name.goQuoted) not supported for batchv1.Job"
  }

  package func selectableField(_ name: String, of object: Value) -> String {
    String(object["status"]?.number("succeeded") ?? 0)
  }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    Self.warnings(object["spec"] ?? [:], old?["spec"], FieldPath("spec"))
      + PodTemplateWarnings.all(object, old: old, context)
  }

  /// What is said of a Job's spec, or of a template of one, if it is new (WarningsForJobSpec).
  static func warnings(_ spec: Value, _ old: Value?, _ path: FieldPath) -> [String] {
    guard spec != old, spec.text("completionMode") == "Indexed",
      spec.number("completions") > 100_000, spec.number("parallelism") > 10_000
    else { return [] }
    return [
      "\(path): In Indexed Jobs with a number of completions higher than 10^5 and a parallelism "
        + "higher than 10^4, Kubernetes might not be able to track completedIndexes when a big "
        + "number of indexes fail"
    ]
  }
}
