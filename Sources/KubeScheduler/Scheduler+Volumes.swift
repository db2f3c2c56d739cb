import Documents
import KubeAPIServer
import KubeObjects
import Simulation

extension Scheduler {
  /// A Pod that has its node but waits for its volumes.
  struct VolumeWait {
    var queued: QueuedPod
    var node: String
  }

  /// Claims of a Pod that are not bound yet.
  private func unboundClaims(of pod: PodInfo) -> [Value] {
    pod.claims.compactMap { cache.storage.claim(pod.namespace, $0.name) }.filter {
      !VolumeBinding.isBound($0)
    }
  }

  /// Asks for the Pod's volumes (PreBind of VolumeBinding); true when it has to wait for them.
  func prepareVolumes(_ queued: QueuedPod, _ node: String) -> Bool {
    let pod = queued.pod
    guard !pod.claims.isEmpty else { return false }
    let open = unboundClaims(of: pod)
    guard !open.isEmpty, let facts = cache.nodes[node]?.facts,
      let plan = try? VolumeBinding.plan(open, on: facts, cache.storage)
    else { return false }
    cache.nominate(pod, node)
    _ = try? client.patch(
      .pods, pod.name, namespace: pod.namespace, .merge,
      ["status": ["nominatedNodeName": .string(node)]], subresource: "status")
    for (volume, claim) in plan.reservations { reserve(volume, for: claim) }
    for claim in plan.provisions where claim.annotation(VolumeMatch.selectedNode) == nil {
      if let written = try? client.patch(
        .persistentVolumeClaims, claim.name, namespace: claim.namespace, .merge,
        ["metadata": ["annotations": [VolumeMatch.selectedNode: .string(node)]]])
      {
        cache.storage.claims[claim.namespacedName] = written
      }
    }
    volumeWaits[pod.uid] = VolumeWait(queued: queued, node: node)
    let attempt = queued.attempts
    timeline.after(Self.bindTimeout) { [weak self] in
      guard let self, volumeWaits[pod.uid]?.queued === queued, queued.attempts == attempt else {
        return
      }
      volumeWaits[pod.uid] = nil
      bindingFailed(
        queued,
        "running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded")
    }
    return true
  }

  /// How long the volumes of a Pod may take to get bound (bindTimeoutSeconds).
  private static let bindTimeout = Span.seconds(600)

  private func reserve(_ volume: Value, for claim: Value) {
    var changed = volume
    let isReserved = VolumeMatch.isBound(volume, to: claim)
    changed["spec"]?["claimRef"] = [
      "kind": "PersistentVolumeClaim", "apiVersion": "v1",
      "namespace": .string(claim.namespace), "name": .string(claim.name),
      "uid": .string(claim.uid), "resourceVersion": .string(claim.resourceVersion),
    ]
    if !isReserved {
      var annotations = changed[path: "metadata", "annotations"] ?? .emptyObject
      annotations[VolumeMatch.boundByController] = "yes"
      changed["metadata"]?["annotations"] = annotations
    }
    if let written = try? client.update(.persistentVolumes, changed) {
      cache.storage.volumes[volume.name] = written
    }
  }

  /// A claim changed: Pods that waited for it may be bound now, or must be tried anew.
  func claimChanged(_ claim: Value) {
    guard !volumeWaits.isEmpty else { return }
    for (uid, wait) in volumeWaits.sorted(by: {
      $0.value.queued.sequence < $1.value.queued.sequence
    })
    where wait.queued.pod.namespace == claim.namespace
      && wait.queued.pod.claims.contains(where: { $0.name == claim.name })
    {
      let open = unboundClaims(of: wait.queued.pod)
      if open.isEmpty {
        volumeWaits[uid] = nil
        finishBinding(wait.queued, to: wait.node)
      } else if claim.annotation(VolumeMatch.selectedNode).map({ $0 != wait.node }) ?? false {
        volumeWaits[uid] = nil
        cache.unassign(uid)
        queue.putBackAfterError(wait.queued)
      }
    }
  }
}
