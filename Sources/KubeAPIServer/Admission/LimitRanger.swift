import Documents
import KubeObjects
import Simulation

/// Pods and claims keep within the LimitRanges of their namespace, and get their defaults.
struct LimitRanger: MutatingAdmissionPlugin, ValidatingAdmissionPlugin {
  let name = "LimitRanger"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool {
    operation == .create || operation == .update
  }

  private func isOurs(_ attributes: AdmissionAttributes) -> Bool {
    guard !attributes.namespace.isEmpty else { return false }
    if attributes.concerns(.persistentVolumeClaims) { return true }
    // Requests and limits of a Pod never change by an update, but for a resize.
    if attributes.concerns(.pods) { return attributes.operation == .create }
    return attributes.concerns(.pods, "resize")
  }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods), isOurs(attributes) else { return }
    for range in objects.list(.limitRanges, namespace: attributes.namespace) {
      applyDefaults(&attributes.object, range)
    }
  }

  private func applyDefaults(_ pod: inout Value, _ range: Value) {
    var (limits, requests): ([(String, Value)], [(String, Value)]) = ([], [])
    for limit in range["spec"]?.items("limits") ?? [] where limit.text("type") == "Container" {
      limits += limit.members("default").map { ($0.key, $0.value) }
      requests += limit.members("defaultRequest").map { ($0.key, $0.value) }
    }
    guard !limits.isEmpty || !requests.isEmpty else { return }
    var notes: [String] = []
    for (list, kind) in [("containers", "container"), ("initContainers", "init container")] {
      pod["spec"]?.updateEach(list) { container in
        let subject = "\(kind) \(container.text("name"))"
        let set = fill(&container, "requests", requests)
        if !set.isEmpty {
          notes.append("\(set.joined(separator: ", ")) request for \(subject)")
        }
        let also = fill(&container, "limits", limits)
        if !also.isEmpty {
          notes.append("\(also.joined(separator: ", ")) limit for \(subject)")
        }
      }
    }
    guard !notes.isEmpty else { return }
    pod["metadata"]?.fillAbsent("annotations", [:])
    pod["metadata"]?["annotations"]?["kubernetes.io/limit-ranger"] = .string(
      "LimitRanger plugin set: " + notes.joined(separator: "; "))
  }

  /// Fills what is missing in a container's list; tells what that was.
  private func fill(
    _ container: inout Value, _ list: String, _ amounts: [(String, Value)]
  ) -> [String] {
    var resources = container["resources"] ?? [:]
    var own = resources.members(list)
    var set: [String] = []
    for (name, amount) in amounts where own[name] == nil {
      own[name] = amount
      set.append(name)
    }
    if !set.isEmpty {
      resources[list] = .object(own)
      container["resources"] = resources
    }
    return set.sorted()
  }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard isOurs(attributes) else { return }
    for range in objects.list(.limitRanges, namespace: attributes.namespace) {
      let limits = range["spec"]?.items("limits") ?? []
      let problems =
        attributes.concerns(.persistentVolumeClaims)
        ? LimitConstraint.problems(claim: attributes.object, limits)
        : LimitConstraint.problems(pod: attributes.object["spec"] ?? [:], limits)
      if !problems.isEmpty { throw attributes.forbidden(FieldError.aggregate(problems)) }
    }
  }
}
