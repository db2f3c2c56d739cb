import Documents
import KubeObjects
import Simulation

extension Registry {
  /// Gives a Pod the node that a Binding names (BindingREST.assignPod).
  func bind(_ request: ResourceRequest, _ binding: Value) throws(StatusError) -> ResourceOutcome {
    let resource = request.resource
    let node = binding[path: "target", "name"]?.string ?? ""
    if !binding.name.isEmpty, binding.name != request.name {
      throw .badRequest("name in URL does not match name in Binding object")
    }
    try checkTarget(binding["target"] ?? [:])
    guard let old = store.get(resource, namespace: request.namespace, name: request.name) else {
      throw .notFound(resource.resource, request.name)
    }
    func refuse(_ message: String) -> StatusError {
      .conflict(GroupVersionResource("", "v1", "pods/binding"), request.name, message)
    }
    let uid = binding.uid
    if !uid.isEmpty, uid != old.uid {
      throw .conflict(
        resource.resource, request.name, otherUID(uid, old, resource, request))
    }
    if old.isBeingDeleted {
      throw refuse("pod \(old.name) is being deleted, cannot be assigned to a host")
    }
    if let taken = old[path: "spec", "nodeName"]?.string, !taken.isEmpty {
      throw refuse("pod \(old.name) is already assigned to node \"\(taken)\"")
    }
    if let gates = old["spec"]?["schedulingGates"]?.array, !gates.isEmpty {
      throw refuse("pod \(old.name) has non-empty .spec.schedulingGates")
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
    PodTopologyLabels.copy(from: get(.nodes, namespace: "", name: node), to: &object)
    object["status"] = bound(object["status"] ?? .emptyObject)
    managers.update(&object, old: old, request, at: stamp)
    _ = try finish(object, old: old, request)
    return ResourceOutcome(
      code: 201,
      object: [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201,
      ])
  }

  private func checkTarget(_ target: Value) throws(StatusError) {
    var problems: [String] = []
    let kind = target.text("kind")
    if !kind.isEmpty, kind != "Node" {
      problems.append(
        "target.kind: Unsupported value: \(kind.goQuoted): supported values: "
          + "\"Node\", \"<empty>\"")
    }
    if target.text("name").isEmpty { problems.append("target.name: Required value") }
    if !problems.isEmpty { throw .plain(FieldError.aggregate(problems)) }
  }

  /// What etcd's layer says of a write that means another object of the same name.
  func otherUID(
    _ uid: String, _ old: Value, _ resource: ServedResource, _ request: ResourceRequest
  ) -> String {
    let key = resource.key(namespace: request.namespace, name: request.name)
    return "StorageError: invalid object, Code: 4, Key: \(key), ResourceVersion: 0, "
      + "AdditionalErrorMsg: Precondition failed: UID in precondition: \(uid), "
      + "UID in object meta: \(old.uid)"
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
      "lastTransitionTime": .string(stamp),
    ])
    status["conditions"] = .array(conditions)
    return status
  }
}
