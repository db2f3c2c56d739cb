import Documents
import KubeObjects

/// The checks of a Pod template: labels, annotations and spec.
enum PodTemplateValidation {
  static func validate(_ template: Value, _ path: FieldPath) -> [FieldError] {
    let metadata = template["metadata"] ?? [:]
    return Checks.labels(metadata["labels"], path.child("labels"))
      + ObjectMetadata.annotations(metadata["annotations"], path.child("annotations"))
      + PodSpecValidator.validate(
        template["spec"] ?? [:], path.child("spec"), isTemplate: true)
  }
}
