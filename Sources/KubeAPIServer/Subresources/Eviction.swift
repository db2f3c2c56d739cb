import Documents
import KubeObjects
import Simulation

/// Removes a Pod if the budgets that cover it allow.
struct Eviction {
  let server: APIServer
  let request: ResourceRequest

  private static let refusal = "Cannot evict pod as it would violate the pod's disruption budget."

  func evict(_ eviction: Value) throws(StatusError) -> ResourceOutcome {
    if eviction.name != request.name {
      throw .badRequest("name in URL does not match name in Eviction object")
    }
    let registry = server.registry
    guard
      let pod = registry.store.get(
        request.resource, namespace: request.namespace, name: request.name)
    else { throw .notFound(request.resource.resource, request.name) }
    let options = DeleteOptions(eviction["deleteOptions"] ?? .emptyObject)
    var call = request
    call.verb = .delete
    call.subresource = ""
    call.dryRun = request.dryRun || !(options.value["dryRun"]?.array ?? []).isEmpty
    if !ignoresBudgets(pod), let budget = try budget(of: pod), !isFreeOf(budget, pod) {
      try take(from: budget, pod, dryRun: call.dryRun)
    }
    let errors = DeleteOptionsReader.errors(options.value)
    if !errors.isEmpty {
      throw .invalid(group: "meta.k8s.io", kind: "DeleteOptions", name: "", errors)
    }
    if !call.dryRun { try mark(pod) }
    _ = try registry.delete(call, options)
    return ResourceOutcome(
      code: 201,
      object: [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201,
      ])
  }

  private func ignoresBudgets(_ pod: Value) -> Bool {
    let phase = pod["status"]?["phase"]?.string ?? ""
    return ["Succeeded", "Failed", "Pending"].contains(phase) || pod.isBeingDeleted
  }

  private func budget(of pod: Value) throws(StatusError) -> Value? {
    let found = server.registry.list(.podDisruptionBudgets, namespace: request.namespace)
      .filter { budget in
        guard let selector = try? LabelSelector(object: budget["spec"]?["selector"]) else {
          return false
        }
        return selector.matches(pod.labels)
      }
    if found.count > 1 {
      throw .plain(
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not "
          + "support.")
    }
    return found.first
  }

  /// A Pod that is not ready may go where its budget says so.
  private func isFreeOf(_ budget: Value, _ pod: Value) -> Bool {
    if pod.isConditionTrue("Ready") { return false }
    if budget["spec"]?["unhealthyPodEvictionPolicy"] == "AlwaysAllow" { return true }
    let healthy = budget["status"]?["currentHealthy"]?.int ?? 0
    let desired = budget["status"]?["desiredHealthy"]?.int ?? 0
    return healthy >= desired && desired > 0
  }

  private func take(
    from budget: Value, _ pod: Value, dryRun: Bool
  ) throws(StatusError) {
    let status = budget["status"] ?? .emptyObject
    if (status["observedGeneration"]?.int ?? 0) < budget.generation {
      throw refused(
        "The disruption budget \(budget.name) is still being processed by the server.",
        retryAfter: 10)
    }
    let allowed = status["disruptionsAllowed"]?.int ?? 0
    if allowed < 0 {
      throw .forbidden(
        GroupVersionResource("policy", "v1", "poddisruptionbudgets"), budget.name,
        "pdb disruptions allowed is negative")
    }
    if allowed == 0 {
      let condition = budget.condition("DisruptionAllowed")
      if condition?["reason"] == "SyncFailed" {
        throw refused(
          "The disruption budget \(budget.name) does not allow evicting pods currently because it "
            + "failed sync: \(condition?["message"]?.string ?? "")", retryAfter: 0)
      }
      let desired = status["desiredHealthy"]?.int ?? 0
      let healthy = status["currentHealthy"]?.int ?? 0
      if healthy <= desired {
        throw refused(
          "The disruption budget \(budget.name) needs \(desired) healthy pods and has \(healthy) "
            + "currently", retryAfter: 0)
      }
      let message = condition?.text("message") ?? ""
      let isTold = condition?.text("status") == "False" && !message.isEmpty
      throw refused(
        "The disruption budget \(budget.name) does not allow evicting pods currently"
          + (isTold ? " (\(condition?.text("reason") ?? "")): \(message)" : ""), retryAfter: 0)
    }
    if !dryRun { note(pod, in: budget, left: allowed - 1) }
  }

  private func refused(_ why: String, retryAfter: Int) -> StatusError {
    StatusError(
      code: 429, reason: "TooManyRequests", message: Self.refusal,
      details: .init(
        causes: [.init(reason: "DisruptionBudget", message: why, field: "")],
        retryAfterSeconds: retryAfter))
  }

  private func note(_ pod: Value, in budget: Value, left: Int64) {
    let now = server.timeline.now.rfc3339
    var new = budget
    new["status"]?["disruptionsAllowed"] = .int(left)
    if new["status"]?["disruptedPods"] == nil { new["status"]?["disruptedPods"] = .emptyObject }
    new["status"]?["disruptedPods"]?[pod.name] = .string(now)
    if left == 0 {
      var conditions = new["status"]?["conditions"]?.array ?? []
      let known = conditions.firstIndex { $0["type"] == "DisruptionAllowed" }
      var condition: Value = [
        "type": "DisruptionAllowed", "status": "False", "reason": "InsufficientPods",
        "message": "", "lastTransitionTime": .string(now),
      ]
      condition["observedGeneration"] = budget["status"]?["observedGeneration"]
      if let known, conditions[known].text("status") == "False" {
        condition["lastTransitionTime"] = conditions[known]["lastTransitionTime"]
      }
      if let known { conditions[known] = condition } else { conditions.append(condition) }
      new["status"]?["conditions"] = .array(conditions)
    }
    write(new, .podDisruptionBudgets, manager: "kube-apiserver")
  }

  /// Why the Pod goes, for whoever looks at it while it does.
  private func mark(_ pod: Value) throws(StatusError) {
    var new = pod
    var conditions = pod["status"]?["conditions"]?.array ?? []
    let condition: Value = [
      "type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI",
      "message": "Eviction API: evicting", "lastProbeTime": .null,
      "lastTransitionTime": .string(server.timeline.now.rfc3339),
    ]
    if let known = conditions.firstIndex(where: { $0["type"] == "DisruptionTarget" }) {
      conditions[known] = condition
    } else {
      conditions.append(condition)
    }
    new["status"]?["conditions"] = .array(conditions)
    // Written below the field managers, as upstream does.
    _ = try server.registry.finish(new, old: pod, request)
  }

  private func write(_ object: Value, _ kind: GroupVersionResource, manager: String) {
    guard let resource = server.table[kind] else { return }
    var call = ResourceRequest(verb: .update, resource: resource, user: request.user)
    call.subresource = "status"
    call.namespace = object.namespace
    call.name = object.name
    call.manager = manager
    _ = try? server.registry.update(call) { _ in object }
  }
}
