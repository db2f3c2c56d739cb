import Documents
package import Simulation

/// `ready: deployment/web` or `ready: pods -l app=web`: it does its work, as its own status says.
package struct ReadyCheck: Check {
  package static let keyword = "ready"
  package static let fields = ["count"]
  package static let patience = Span.seconds(120)
  package static let onlyLooks = true
  let reference: ObjectReference
  let count: Int?

  package init(_ form: Form, namespace: String) {
    reference = ObjectReference(form.member(Self.keyword), namespace: namespace)
    count = form.integer("count", in: 0...1_000_000)
  }

  package func verdict(in scene: any Scene) -> Verdict {
    do {
      let objects = try scene.objects(reference)
      if objects.isEmpty { return .failed("\(reference) does not exist") }
      let reasons = objects.compactMap(Self.reason)
      if let count {
        let ready = objects.count - reasons.count
        return ready >= count
          ? .passed
          : .failed("\(ready) of \(count) are ready\(reasons.first.map { ": \($0)" } ?? "")")
      }
      return reasons.first.map(Verdict.failed) ?? .passed
    } catch { return .failed(error.message) }
  }

  /// Why an object is not ready, or nil when it is; by the rules of `kubectl rollout status`.
  static func reason(_ object: Value) -> String? {
    let kind = object["kind"]?.string ?? ""
    let name = "\(kind.lowercased())/\(object[path: "metadata", "name"]?.string ?? "")"
    func number(_ path: String...) -> Int64 { object.at(path)?.int ?? 0 }
    if number("status", "observedGeneration") < number("metadata", "generation"),
      ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"].contains(kind)
    {
      return "\(name) is not yet looked at by its controller"
    }
    switch kind {
    case "Deployment", "StatefulSet", "ReplicaSet":
      let wanted = object[path: "spec", "replicas"]?.int ?? 1
      let ready = number("status", "readyReplicas")
      if kind != "ReplicaSet", number("status", "updatedReplicas") < wanted {
        return "\(name) has \(number("status", "updatedReplicas")) of \(wanted) Pods up to date"
      }
      if kind == "Deployment", number("status", "replicas") > wanted {
        return "\(name) still has Pods of an older template"
      }
      return ready >= wanted ? nil : "\(name) has \(ready) of \(wanted) Pods ready"
    case "DaemonSet":
      let wanted = number("status", "desiredNumberScheduled")
      let ready = number("status", "numberReady")
      return ready >= wanted && wanted > 0 ? nil : "\(name) has \(ready) of \(wanted) Pods ready"
    case "Job": return condition("Complete", of: object) ? nil : "\(name) is not complete"
    case "PersistentVolumeClaim", "PersistentVolume":
      let phase = object[path: "status", "phase"]?.string ?? "not known yet"
      return phase == "Bound" ? nil : "\(name) is \(phase)"
    default: return podReason(object, name)
    }
  }

  private static func podReason(_ object: Value, _ name: String) -> String? {
    if condition("Ready", of: object) { return nil }
    let containers = object[path: "status", "containerStatuses"]?.array ?? []
    for container in containers {
      if let waiting = container[path: "state", "waiting", "reason"]?.string {
        return "\(name): container \(container["name"]?.string ?? "") is waiting: \(waiting)"
      }
    }
    let phase = object[path: "status", "phase"]?.string
    return "\(name) is not ready" + (phase.map { " (\($0))" } ?? "")
  }

  private static func condition(_ type: String, of object: Value) -> Bool {
    (object[path: "status", "conditions"]?.array ?? []).contains {
      $0["type"]?.string == type && $0["status"]?.string == "True"
    }
  }
}
