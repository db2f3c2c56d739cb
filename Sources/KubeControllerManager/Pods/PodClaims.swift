import Documents
import KubeAPIServer
import KubeObjects

/// Which Pods belong to a controller: it adopts orphans that it selects and lets go of its own that
/// it no longer selects (controller.PodControllerRefManager).
struct PodClaims {
  let client: ComponentClient
  let pods: PodIndex
  /// What keeps the owner's Pods until it has counted them.
  var finalizer: String?

  /// The owner's Pods in no order. `owner` is the controlling object, `mayAdopt` asks the API
  /// server whether it still is there.
  func claim(
    for owner: Value, selector: LabelSelector, accepts: (PodRecord) -> Bool = { _ in true }
  ) throws(StatusError) -> [PodRecord] {
    let uid = owner.uid
    var claimed: [PodRecord] = []
    claimed.reserveCapacity(pods.unordered(ownedBy: uid).count)
    var strays: [PodRecord] = []
    var judgement = LabelJudgement { selector.matches($0) }
    for pod in pods.unordered(ownedBy: uid) {
      if judgement.holds(for: pod.labels), accepts(pod) {
        claimed.append(pod)
      } else {
        strays.append(pod)
      }
    }
    guard !owner.isBeingDeleted else { return claimed }
    for pod in strays.sorted(by: { $0.key < $1.key }) where !pod.isTerminating {
      try release(pod, owner)
    }
    for pod in pods.orphans(in: owner.namespace)
    where !pod.isTerminating && selector.matches(pod.labels) && accepts(pod) {
      try adopt(pod, owner)
      claimed.append(pod)
    }
    return claimed
  }

  private func adopt(_ pod: PodRecord, _ owner: Value) throws(StatusError) {
    let owners = pod.value.ownerReferences + [OwnerReference.controller(owner)]
    try patch(pod, owners, finalizers: pod.value.finalizers + [finalizer].compactMap { $0 })
  }

  private func release(_ pod: PodRecord, _ owner: Value) throws(StatusError) {
    do throws(StatusError) {
      try patch(
        pod, pod.value.ownerReferences.filter { $0.uid != owner.uid },
        finalizers: pod.value.finalizers.filter { $0 != finalizer })
    } catch {
      // Gone, or no longer the one that was meant.
      if !error.isNotFound, error.reason != "Invalid" { throw error }
    }
  }

  private func patch(
    _ pod: PodRecord, _ owners: [OwnerReference], finalizers: [String]
  ) throws(StatusError) {
    var change = Value.owners(owners, uid: pod.uid)
    if finalizers != pod.value.finalizers {
      change["metadata"]?["finalizers"] = .array(Set(finalizers).sorted().map { .string($0) })
    }
    _ = try client.patch(.pods, pod.name, namespace: pod.namespace, .merge, change)
  }
}

extension Value {
  /// A merge patch that sets an object's owners; the uid in it is a precondition.
  static func owners(_ owners: [OwnerReference], uid: String) -> Value {
    [
      "metadata": [
        "ownerReferences": owners.isEmpty ? .null : .array(owners.map(\.value)),
        "uid": .string(uid),
      ]
    ]
  }
}
