import Documents
import KubeObjects

/// The Pod or template that is judged, with the ways of naming its containers.
struct PodSecuritySubject {
  let metadata: Value
  let spec: Value

  init(_ pod: Value) {
    metadata = pod["metadata"] ?? [:]
    spec = pod["spec"] ?? [:]
  }

  /// The Pod's own security context.
  var context: Value? { spec["securityContext"].flatMap { $0.isNull ? nil : $0 } }

  /// The names of the containers for which `test` holds, init containers first.
  func containers(_ test: (Value) -> Bool) -> [String] {
    ["initContainers", "containers", "ephemeralContainers"].flatMap { spec.items($0) }
      .filter(test).map { $0.text("name") }
  }

  func quoted(_ names: [String]) -> String {
    names.map(\.goQuoted).joined(separator: ", ")
  }

  /// `container "a"`, `containers "a", "b"`
  func named(_ names: [String]) -> String {
    "\(names.count == 1 ? "container" : "containers") \(quoted(names))"
  }

  /// Windows has no such things; the newer rules spare it.
  func isWindows(_ standard: PodSecurityPolicy.Standard) -> Bool {
    standard.isAtLeast(25) && spec["os"]?.text("name") == "windows"
  }

  /// A rule about security contexts that neither the Pod nor a container may break.
  func setters(
    _ reason: String, _ text: String, _ breaks: (Value) -> Bool
  ) -> PodSecurityChecks.Problem? {
    var bad: [String] = []
    if let context, breaks(context) { bad.append("pod") }
    let names = containers { $0["securityContext"].map(breaks) ?? false }
    if !names.isEmpty { bad.append(named(names)) }
    if bad.isEmpty { return nil }
    return PodSecurityChecks.Problem(
      reason: reason, detail: "\(bad.joined(separator: " and ")) \(text)")
  }
}
