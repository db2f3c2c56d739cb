import Documents
import KubeObjects

/// What a writer of a workload is warned of in its template.
enum PodTemplateWarnings {
  static func all(
    _ object: Value, old: Value?, _ context: RequestContext,
    at path: [String] = ["spec", "template", "spec"]
  ) -> [String] {
    guard context.subresource.isEmpty else { return [] }
    var place = FieldPath(path.first ?? "")
    for step in path.dropFirst() { place = place.child(step) }
    return PodWarnings.all(object.at(path) ?? [:], old: old?.at(path), place, object)
  }
}
