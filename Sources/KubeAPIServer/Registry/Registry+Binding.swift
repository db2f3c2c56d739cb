import Documents
import KubeObjects
import Simulation

extension Registry {
  /// Gives a Pod the node that a Binding names (BindingREST.assignPod).
  func bind(_ request: ResourceRequest, _ binding: Value) throws(StatusError) -> ResourceOutcome {
    let resource = request.resource
    let node = binding[path: "target", "name"]?.string ?? ""
    guard let old = store.get(resource, namespace: request.namespace, name: request.name) else {
      throw .notFound(resource.resource, request.name)
    }
    func refuse(_ message: String) -> StatusError {
      .conflict(GroupVersionResource("", "v1", "pods/binding"), request.name, message)
    }
    let uid = binding.uid
    if !uid.isEmpty, uid != old.uid {
      throw refuse(
        "Precondition failed: UID in precondition: \(uid), UID in object meta: \(old.uid)")
    }
    if old.isBeingDeleted {
      throw refuse("pod \(old.name) is being deleted, cannot be assigned to a host")
    }
    if let taken = old[path: "spec", "nodeName"]?.string, !taken.isEmpty {
      throw refuse("pod \(old.name) is already assigned to node \"\(taken)\"")
    }
    var object = old
    object["spec"]?["nodeName"] = .string(node)
    for part in ["annotations", "labels"] {
      guard case .object(let members)? = binding["metadata"]?[part], !members.isEmpty else {
        continue
      }
      var all = object["metadata"]?[part] ?? .emptyObject
      for (key, value) in members { all[key] = value }
      object["metadata"]?[part] = all
    }
    object["status"] = bound(object["status"] ?? .emptyObject)
    managers.update(&object, old: old, request, now: timeline.now)
    _ = finish(object, old: old, request)
    return ResourceOutcome(
      code: 201,
      object: [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201,
      ])
  }

  private func bound(_ status: Value) -> Value {
    var status = status
    // ClearingNominatedNodeNameAfterBinding.
    status["nominatedNodeName"] = nil
    var conditions = status["conditions"]?.array ?? []
    let known = conditions.first { $0["type"]?.string == "PodScheduled" }
    guard known?["status"]?.string != "True" else { return status }
    conditions.removeAll { $0["type"]?.string == "PodScheduled" }
    conditions.append([
      "type": "PodScheduled", "status": "True", "lastProbeTime": .null,
      "lastTransitionTime": .string(timeline.now.rfc3339),
    ])
    status["conditions"] = .array(conditions)
    return status
  }
}
