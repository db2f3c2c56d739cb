import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// The condition DisruptionTarget, which says who is about to remove a Pod.
struct DisruptionMark {
  var reason = ""
  var message = ""
  /// False: nobody is, after all.
  var isSet = true

  /// Writes it, and the phase that the Pod comes to with it, where there is one
  /// (UpdatePodCondition).
  func write(
    on pod: PodRecord, phase: String? = nil, _ client: ComponentClient, now: Moment
  ) throws(StatusError) {
    var conditions = pod.value[path: "status", "conditions"]?.array ?? []
    let place = conditions.firstIndex { $0["type"]?.string == "DisruptionTarget" }
    let known = place.map { conditions[$0] }
    var condition: Value = [
      "type": "DisruptionTarget", "status": isSet ? "True" : "False", "lastProbeTime": .null,
    ]
    if !reason.isEmpty { condition["reason"] = .string(reason) }
    if !message.isEmpty { condition["message"] = .string(message) }
    condition["observedGeneration"] = pod.value[path: "metadata", "generation"]
    condition["lastTransitionTime"] =
      known?["status"] == condition["status"]
      ? known?["lastTransitionTime"] : .string(now.rfc3339)
    if known == condition, phase == nil { return }
    if let place { conditions[place] = condition } else { conditions.append(condition) }
    var status: Value = ["conditions": .array(conditions)]
    if let phase { status["phase"] = .string(phase) }
    _ = try client.patch(
      .pods, pod.name, namespace: pod.namespace, .merge, ["status": status],
      subresource: "status")
  }
}
