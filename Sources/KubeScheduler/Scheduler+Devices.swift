import Documents
import KubeAPIServer
import KubeObjects
import Simulation

extension Scheduler {
  private static let finalizer = "resource.kubernetes.io/delete-protection"

  /// Writes into a Pod's claims which devices they got and that the Pod uses them (PreBind of
  /// DynamicResources); why not, where that failed.
  func reserveDevices(for pod: PodInfo, on node: String) -> String? {
    guard !pod.deviceClaims.isEmpty, let facts = cache.nodes[node]?.facts else { return nil }
    let claims = DynamicResources.claims(of: pod, cache.storage)
    let open = claims.filter { !DynamicResources.isAllocated($0) }
    var allocations: [String: Value] = [:]
    do throws(DeviceAllocator.Failure) {
      guard let found = try DynamicResources.allocations(of: open, on: facts, cache.storage) else {
        return "claim allocation not found for node"
      }
      for (claim, allocation) in zip(open, found) { allocations[claim.uid] = allocation }
    } catch { return error.message }
    for claim in claims where !DynamicResources.isReserved(claim, for: pod) {
      do throws(StatusError) {
        try reserve(claim, allocations[claim.uid], for: pod)
      } catch { return error.message }
    }
    return nil
  }

  static let noClaims = "no new claims to deallocate"

  /// Takes the devices back from one claim that nobody uses and that is allocated where the Pod
  /// cannot run (PostFilter of DynamicResources); returns what is said of it.
  func freeDevices(for pod: PodInfo, _ decision: Decision) -> String {
    let claims = DynamicResources.claims(of: pod, cache.storage)
    if claims.isEmpty { return Self.noClaims }
    let isElsewhere = decision.refusals.runs.contains {
      $0.rejection.reasons.contains(DynamicResources.unavailable)
    }
    let idle = claims.first { claim in
      let users = claim[path: "status", "reservedFor"]?.array ?? []
      return DynamicResources.isAllocated(claim)
        && users.allSatisfy { $0.name(in: "uid") == pod.uid }
    }
    guard isElsewhere, var changed = idle else { return "still not schedulable" }
    changed["status"]?["allocation"] = nil
    changed["status"]?["reservedFor"] = nil
    _ = try? client.update(Self.deviceClaims, changed, subresource: "status")
    return "deallocation of ResourceClaim completed"
  }

  private func reserve(
    _ claim: Value, _ allocation: Value?, for pod: PodInfo
  ) throws(StatusError) {
    var changed = claim
    if var allocation {
      if !claim.finalizers.contains(Self.finalizer) {
        changed["metadata"]?["finalizers"] = .array(
          (claim.finalizers + [Self.finalizer]).map { .string($0) })
        changed = try client.update(Self.deviceClaims, changed)
      }
      allocation["allocationTimestamp"] = .string(timeline.now.rfc3339)
      changed["status"] = changed["status"] ?? .emptyObject
      changed["status"]?["allocation"] = allocation
    }
    let user: Value = [
      "resource": "pods", "name": .string(pod.name), "uid": .string(pod.uid),
    ]
    changed["status"]?["reservedFor"] = .array(
      (claim[path: "status", "reservedFor"]?.array ?? []) + [user])
    changed = try client.update(Self.deviceClaims, changed, subresource: "status")
    cache.storage.deviceClaims[claim.namespacedName] = changed
  }
}
