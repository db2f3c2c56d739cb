import Documents
import KubeObjects

/// The checks of Pod templates and of the selectors that must match them.
enum PodTemplateValidation {
  static let mismatch = "`selector` does not match template `labels`"

  /// Labels, annotations and spec.
  static func validate(
    _ template: Value, _ path: FieldPath, claims: [String] = []
  ) -> [FieldError] {
    let metadata = template["metadata"] ?? [:]
    let spec = template["spec"] ?? [:]
    var errors = Checks.labels(metadata["labels"], path.child("labels"))
    errors += ObjectMetadata.annotations(metadata["annotations"], path.child("annotations"))
    errors += PodAnnotations.errors(metadata, spec, path.child("annotations"))
    errors += PodSpecValidator.validate(
      spec, path.child("spec"), isTemplate: true, claims: claims)
    errors += PodAnnotations.matchFields(metadata, spec, path.child("spec"))
    if !spec.items("ephemeralContainers").isEmpty {
      errors.append(
        .forbidden(
          path.child("spec", "ephemeralContainers"),
          "ephemeral containers not allowed in pod template"))
    }
    return errors
  }

  /// A template whose Pods run for ever.
  static func validateLongRunning(
    _ template: Value, kind: String, _ path: FieldPath, claims: [String] = []
  ) -> [FieldError] {
    var errors = validate(template, path, claims: claims)
    let policy = template["spec"]?.text("restartPolicy") ?? ""
    if !policy.isEmpty, policy != "Always" {
      errors.append(
        .notSupported(path.child("spec", "restartPolicy"), .string(policy), ["Always"]))
    }
    if template["spec"]?.has("activeDeadlineSeconds") == true {
      errors.append(
        .forbidden(
          path.child("spec", "activeDeadlineSeconds"),
          "activeDeadlineSeconds in \(kind) is not Supported"))
    }
    return errors
  }

  /// Whether `selector` matches the template's labels; printed as upstream prints them.
  static func match(
    _ selector: LabelSelector, _ template: Value, _ path: FieldPath
  ) -> [FieldError] {
    let labels = template["metadata"]?["labels"]
    if selector.matches(labels) { return [] }
    return [.invalid(path.child("metadata", "labels"), labels ?? .null, mismatch)]
  }

  /// The selector of a workload: present, sound and not empty.
  static func validate(
    selector: Value?, required: Bool, kind: String, _ path: FieldPath
  ) -> [FieldError] {
    guard let selector, !selector.isNull else { return required ? [.required(path)] : [] }
    var errors = Checks.labelSelector(selector, path)
    if selector.members("matchLabels").isEmpty, selector.items("matchExpressions").isEmpty {
      errors.append(
        .invalid(path, selector, "empty selector is invalid for \(kind)"))
    }
    return errors
  }

  /// As structures of labels are printed.
  static func printed(selector: Value) -> String { GoStructure.labelSelector.printed(selector) }
}

extension GoStructure {
  static let labelSelector = GoStructure("matchLabels=- matchExpressions=-")
}

extension PodTemplateValidation {
  /// Selector and template of what keeps replicas running, as upstream checks ReplicaSets'.
  static func validateWorkload(_ spec: Value, kind: String, _ path: FieldPath) -> [FieldError] {
    let place = path.child("selector")
    let selector = spec["selector"].flatMap { $0.isNull ? nil : $0 }
    var errors = validate(selector: selector, required: true, kind: kind, place)
    guard let parsed = try? LabelSelector(object: selector) else {
      errors.append(
        .invalid(place, printed: printed(selector: selector ?? [:]), "invalid label selector"))
      return errors
    }
    let template = spec["template"] ?? [:]
    if !parsed.isEmpty { errors += match(parsed, template, path.child("template")) }
    return errors
      + validateLongRunning(template, kind: "ReplicaSet", path.child("template"))
  }
}
