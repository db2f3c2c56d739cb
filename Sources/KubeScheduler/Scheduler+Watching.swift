import Documents
import KubeAPIServer
import KubeObjects
import Simulation

extension Scheduler {
  /// Begins to watch and to schedule.
  package func start() {
    follow(.namespaces) { [cache] old, new in
      guard let name = (new ?? old)?.name else { return }
      cache.setLabels(ofNamespace: name, new?.labels?.object)
    }
    startStorage()
    startOwners()
    follow(.nodes) { [weak self] old, new in self?.nodeChanged(old, new) }
    follow(.pods) { [weak self] old, new in self?.podChanged(old, new) }
  }

  func follow(
    _ resource: GroupVersionResource, _ handler: @escaping (Value?, Value?) -> Void
  ) {
    let informer = client.informer(resource)
    informer.onChange(handler)
    informers.append(informer)
  }

  private func startOwners() {
    follow(.services) { [cache] old, new in
      guard let object = new ?? old else { return }
      cache.owners.setService(object.namespace, object.name, new)
    }
    for (resource, kind) in [
      (GroupVersionResource.replicationControllers, "ReplicationController"),
      (.replicaSets, "ReplicaSet"), (.statefulSets, "StatefulSet"),
    ] {
      follow(resource) { [cache] old, new in
        guard let object = new ?? old else { return }
        cache.owners.setOwner(kind, object.namespace, object.name, new)
      }
    }
  }

  private func startStorage() {
    followStorage(.persistentVolumeClaims, \.claims) { .claim(old: $0, new: $1) }
    followStorage(.persistentVolumes, \.volumes) { .volume(old: $0, new: $1) }
    followStorage(.storageClasses, \.classes) { _, _ in .storageClass }
    followStorage(Self.nodeDrivers, \.nodeDrivers) { _, _ in .storageDriver }
    followStorage(Self.drivers, \.drivers) { _, _ in .storageDriver }
    followStorage(Self.capacities, \.capacities) { _, _ in .storageDriver }
    followStorage(Self.devices("deviceclasses"), \.deviceClasses) { _, _ in .devices }
    followStorage(Self.devices("resourceslices"), \.deviceSlices) { _, _ in .devices }
    followStorage(Self.deviceClaims, \.deviceClaims) { .deviceClaim(old: $0, new: $1) }
  }

  static let deviceClaims = devices("resourceclaims")

  private static func devices(_ resource: String) -> GroupVersionResource {
    GroupVersionResource("resource.k8s.io", "v1", resource)
  }

  private static let nodeDrivers = GroupVersionResource("storage.k8s.io", "v1", "csinodes")
  private static let drivers = GroupVersionResource("storage.k8s.io", "v1", "csidrivers")
  private static let capacities = GroupVersionResource(
    "storage.k8s.io", "v1", "csistoragecapacities")

  private func followStorage(
    _ resource: GroupVersionResource,
    _ place: ReferenceWritableKeyPath<StorageCache, [String: Value]>,
    _ event: @escaping (Value?, Value?) -> ClusterEvent.Subject
  ) {
    follow(resource) { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      let key = object.namespacedName
      // What the scheduler itself assumed gives way to what is.
      cache.storage[keyPath: place][key] = new
      if resource == .persistentVolumeClaims { claimChanged(object) }
      if resource == Self.deviceClaims { releaseHeld() }
      happened(event(old, new))
    }
  }

  private func nodeChanged(_ old: Value?, _ new: Value?) {
    guard let new else {
      guard let old else { return }
      cache.removeNode(old.name)
      return happened(.nodeGone(NodeInfo.Facts(old)))
    }
    if let old, !Self.isRelevantChange(old, new) {
      return
    }
    cache.setNode(new)
    happened(.node(old: old.map(NodeInfo.Facts.init), new: NodeInfo.Facts(new)))
  }

  /// Heartbeats are no news to the scheduler.
  private static func isRelevantChange(_ old: Value, _ new: Value) -> Bool {
    old["spec"] != new["spec"] || old.labels != new.labels
      || old.annotations != new.annotations
      || old[path: "status", "allocatable"] != new[path: "status", "allocatable"]
      || old[path: "status", "images"] != new[path: "status", "images"]
      || old[path: "status", "declaredFeatures"] != new[path: "status", "declaredFeatures"]
  }

  private func podChanged(_ old: Value?, _ new: Value?) {
    if let old, let new, old.uid != new.uid {
      podChanged(old, nil)
      podChanged(nil, new)
      return
    }
    guard let object = new ?? old else { return }
    let isAssigned = !(object[path: "spec", "nodeName"]?.string ?? "").isEmpty
    if let new, isAssigned, !PodInfo.isFinished(new) {
      assignedPodChanged(new)
    } else if volumeWaits[object.uid] != nil, new == nil {
      forget(object.uid)
    } else if let known = cache.assignedPod(object.uid), new == nil || isAssigned {
      cache.unassign(object.uid)
      decisions[object.uid] = nil
      happened(.assignedPod(old: known, new: nil))
    } else if isAssigned || new == nil || PodInfo.isFinished(object) {
      forget(object.uid)
    } else if let new {
      waitingPodChanged(new)
    }
  }

  private func forget(_ uid: String) {
    if volumeWaits.removeValue(forKey: uid) != nil { cache.unassign(uid) }
    queue.remove(uid)
    cache.clearNomination(uid)
    decisions[uid] = nil
  }

  private func assignedPodChanged(_ new: Value) {
    queue.remove(new.uid)
    cache.clearNomination(new.uid)
    let known = cache.assignedPod(new.uid)
    if let known, .object(known.labels) == (new.labels ?? [:]),
      known.isTerminating == new.isBeingDeleted, !known.requests.mayFollow(new)
    {
      // Most changes are kubelets' reports, which move no resources.
      if known.spec == new["spec"] { return }
      // A Pod that was placed a moment ago is there as it was assumed to be.
      if known.nodeName.isEmpty, var spec = new["spec"] {
        let node = spec["nodeName"]?.string
        spec["nodeName"] = nil
        if known.spec == spec, let node, node == cache.place(of: known.uid) {
          known.confirm(new, on: node)
          return happened(.assignedPod(old: known, new: known))
        }
      }
    }
    let pod = PodInfo(new)
    cache.assign(pod, to: pod.nodeName)
    happened(.assignedPod(old: known, new: pod))
  }

  private func waitingPodChanged(_ new: Value) {
    guard names.contains(new[path: "spec", "schedulerName"]?.string ?? "default-scheduler"),
      !cache.isAssigned(new.uid)  // bound a moment ago
    else { return }
    let pod = PodInfo(new)
    if pod.isTerminating {
      forget(pod.uid)
      return
    }
    guard let queued = queue[pod.uid] else {
      if !pod.nominatedNodeName.isEmpty { cache.nominate(pod, pod.nominatedNodeName) }
      queue.add(pod, isHeld: isHeld(pod))
      return
    }
    let before = queued.pod
    queued.pod = pod
    if cache.nominations.node(of: pod.uid) != nil {
      cache.nominate(pod, cache.nominations.node(of: pod.uid) ?? "")
    }
    if queued.place == .gated {
      if !isHeld(pod) { queue.activate(queued) }
      return
    }
    guard
      before.spec != pod.spec || before.labels != pod.labels
        || before.deviceClaims != pod.deviceClaims
    else { return }
    let event = ClusterEvent(subject: .ownUpdate(old: before, new: pod))
    if queued.place == .unschedulable, mayHelp(event, queued) { queue.requeue(queued) }
  }

  /// What keeps a Pod out of the queue (PreEnqueue): its gates, or claims that are not there.
  private func isHeld(_ pod: PodInfo) -> Bool {
    if pod.isGated { return true }
    guard let missing = DynamicResources.missing(pod, cache.storage) else { return false }
    var decision = Decision(nodeCount: cache.nodesInOrder().count)
    decision.preFilter = Rejection(
      .unresolvable, plugin: DynamicResources().name, reasons: [missing])
    decisions[pod.uid] = decision
    return true
  }

  private func releaseHeld() {
    for queued in queue.held where !isHeld(queued.pod) { queue.activate(queued) }
  }

  /// Tries again what the event may have made schedulable.
  func happened(_ subject: ClusterEvent.Subject) {
    let event = ClusterEvent(subject: subject)
    for queued in queue.unschedulable(where: { mayHelp(event, $0) }) { queue.requeue(queued) }
  }

  private func mayHelp(_ event: ClusterEvent, _ queued: QueuedPod) -> Bool {
    if queued.refusedBy.isEmpty { return true }
    return Plugins.filters.contains {
      queued.refusedBy.contains($0.name) && $0.mayHelp(event, queued.pod, cache)
    }
  }
}
