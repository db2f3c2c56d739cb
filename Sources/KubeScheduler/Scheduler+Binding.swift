import Documents
import KubeAPIServer
import KubeObjects
import Simulation

extension Scheduler {
  /// Takes the node for the Pod at once, then tells the API server.
  func bind(_ queued: QueuedPod, to node: String, _ cycle: SchedulingCycle) {
    let pod = queued.pod
    cache.assign(pod, to: node)
    if prepareVolumes(queued, node) { return }
    finishBinding(queued, to: node)
  }

  func finishBinding(_ queued: QueuedPod, to node: String) {
    let pod = queued.pod
    if let problem = reserveDevices(for: pod, on: node) {
      return bindingFailed(queued, "running PreBind plugin \"DynamicResources\": \(problem)")
    }
    let binding: Value = [
      "apiVersion": "v1", "kind": "Binding",
      "metadata": [
        "name": .string(pod.name), "namespace": .string(pod.namespace), "uid": .string(pod.uid),
      ],
      "target": ["kind": "Node", "name": .string(node)],
    ]
    do throws(StatusError) {
      _ = try client.create(
        .pods, binding, namespace: pod.namespace, name: pod.name, subresource: "binding")
      queue.remove(pod.uid)
      cache.clearNomination(pod.uid)
      record(
        .normal, for: pod, reason: "Scheduled",
        message: "Successfully assigned \(pod.namespace)/\(pod.name) to \(node)", action: "Binding")
    } catch {
      if error.reason == "NotFound" {  // deleted meanwhile
        cache.unassign(pod.uid)
        queue.remove(pod.uid)
        return
      }
      bindingFailed(
        queued, "binding rejected: running Bind plugin \"DefaultBinder\": \(error.message)")
    }
  }

  /// The Pod gives its node back and is tried again after its back-off.
  func bindingFailed(_ queued: QueuedPod, _ message: String) {
    let pod = queued.pod
    cache.unassign(pod.uid)
    queue.putBackAfterError(queued)
    setCondition(pod, reason: "SchedulerError", message: message, nominated: nil)
    record(
      .warning, for: pod, reason: "FailedScheduling", message: message, action: "Scheduling")
    happened(.assignedPod(old: pod, new: nil))
  }

  /// No node suited: the Pod waits, and everybody can read why.
  func report(_ queued: QueuedPod, _ decision: Decision, _ outcome: PreemptionOutcome) {
    let pod = queued.pod
    var refusedBy = Set(decision.refusals.runs.map(\.rejection.plugin))
    if let plugin = decision.preFilter?.plugin { refusedBy.insert(plugin) }
    if let plugin = decision.unexamined?.plugin { refusedBy.insert(plugin) }
    queue.putBack(queued, refusedBy: refusedBy)
    record(
      .warning, for: pod, reason: "FailedScheduling", message: decision.message,
      action: "Scheduling")
    var nominated: String?
    switch outcome {
    case .room(let preemption):
      nominated = preemption.node
      cache.nominate(pod, preemption.node)
      begin(preemption, for: queued)
    case .helpless:
      nominated = ""
      cache.clearNomination(pod.uid)
    case .undecided: break
    }
    setCondition(pod, reason: "Unschedulable", message: decision.message, nominated: nominated)
  }

  /// `nominated`: nil leaves status.nominatedNodeName as it is, an empty one removes it.
  private func setCondition(
    _ pod: PodInfo, reason: String, message: String, nominated: String?
  ) {
    let condition: Value = [
      "type": "PodScheduled", "status": "False", "reason": .string(reason),
      "message": .string(message), "lastProbeTime": .null,
    ]
    patchStatus(pod, condition, nominated: nominated)
  }

  /// Sets a condition of a Pod as it is now, its transition time kept while its status is the same.
  func patchStatus(_ pod: PodInfo, _ wanted: Value, nominated: String? = nil) {
    guard let fresh = try? client.get(.pods, pod.name, namespace: pod.namespace),
      fresh.uid == pod.uid
    else { return }
    var condition = wanted
    condition["observedGeneration"] = pod.value[path: "metadata", "generation"]
    var conditions = fresh[path: "status", "conditions"]?.array ?? []
    let place = conditions.firstIndex { $0["type"] == wanted["type"] }
    let known = place.map { conditions[$0] }
    condition["lastTransitionTime"] =
      known?["status"] == wanted["status"]
      ? known?["lastTransitionTime"] : .string(timeline.now.rfc3339)
    if let place { conditions[place] = condition } else { conditions.append(condition) }
    var status: Value = [:]
    if known != condition { status["conditions"] = .array(conditions) }
    let present = fresh[path: "status", "nominatedNodeName"]?.string ?? ""
    if let nominated, nominated != present {
      status["nominatedNodeName"] = nominated.isEmpty ? .null : .string(nominated)
    }
    guard case .object(let members) = status, !members.isEmpty else { return }
    _ = try? client.patch(
      .pods, pod.name, namespace: pod.namespace, .merge, ["status": status],
      subresource: "status")
  }
}
