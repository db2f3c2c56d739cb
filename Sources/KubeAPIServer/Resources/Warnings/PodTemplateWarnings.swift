import Documents
import KubeObjects

/// What a writer of a workload is warned of in its template.
enum PodTemplateWarnings {
  static func all(
    _ object: Value, old: Value?, _ context: RequestContext,
    at path: [String] = ["spec", "template"], named: Bool = true
  ) -> [String] {
    guard context.subresource.isEmpty else { return [] }
    let names = named && old == nil ? PodWarnings.name(object, pods: true) : []
    // Upstream looks only where the generation was raised.
    let part = String(path.first ?? "")
    if let old, old[part] == object[part] { return names }
    var place = FieldPath(part)
    for step in path.dropFirst() { place = place.child(step) }
    return names + PodWarnings.all(object.at(path) ?? [:], place)
  }
}
