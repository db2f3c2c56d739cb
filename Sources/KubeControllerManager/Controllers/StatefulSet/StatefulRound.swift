import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// One look at one StatefulSet, Pod by Pod in order.
struct StatefulRound {
  let controller: StatefulSetController
  let set: Value
  let current: Value
  let update: Value
  private var pods: [Int: PodRecord] = [:]
  private var status: Value
  private(set) var nextLook: Span?
  /// How many Pods were made in this look.
  private var made = 0

  private var client: ComponentClient { controller.client }
  private var now: Moment { controller.context.timeline.now }

  init(
    controller: StatefulSetController, set: Value, current: Value, update: Value,
    collisions: Int64, pods: [PodRecord]
  ) {
    self.controller = controller
    self.set = set
    self.current = current
    self.update = update
    for pod in pods {
      if let ordinal = StatefulIdentity.ordinal(of: pod.name, in: set) {
        self.pods[ordinal] = pod
      }
    }
    status = set["status"] ?? .emptyObject
    status["collisionCount"] = .int(collisions)
  }

  private var start: Int { Int(clamping: self.set[path: "spec", "ordinals", "start"]?.int ?? 0) }
  private var replicas: Int { Int(clamping: self.set[path: "spec", "replicas"]?.int ?? 1) }
  private var isMonotonic: Bool {
    self.set[path: "spec", "podManagementPolicy"]?.string != "Parallel"
  }
  private var minReadySeconds: Int64 { self.set[path: "spec", "minReadySeconds"]?.int ?? 0 }
  private var rolling: Value? { self.set[path: "spec", "updateStrategy", "rollingUpdate"] }
  private var partition: Int { Int(clamping: rolling?["partition"]?.int ?? 0) }

  private func isRunningAndReady(_ pod: PodRecord) -> Bool {
    pod.phase == "Running" && pod.isReady
  }
  private func isAvailable(_ pod: PodRecord) -> Bool {
    isRunningAndReady(pod) && pod.isAvailable(minReadySeconds: minReadySeconds, now: now)
  }
  private func isUnavailable(_ pod: PodRecord) -> Bool {
    !isAvailable(pod) || pod.isTerminating
  }

  mutating func run() throws(StatusError) {
    guard !set.isBeingDeleted else { return }
    for ordinal in start..<max(start, start + min(replicas, 1_000_000)) {
      if try !reconcile(ordinal) { return }
    }
    let surplus = pods.keys.filter { $0 < start || $0 >= start + replicas }.sorted(by: >)
    // Those that are to stay come first, then those that are to go, from the lowest.
    let order = pods.keys.filter { !surplus.contains($0) }.sorted() + surplus.reversed()
    let firstUnavailable = order.first { pods[$0].map(isUnavailable) ?? false }
    // The claims of all that are to go get their owner before the first goes.
    for ordinal in surplus {
      guard let pod = pods[ordinal] else { continue }
      try updateOwners(of: StatefulIdentity(set: set, ordinal: ordinal), pod: pod)
    }
    for ordinal in surplus {
      guard let pod = pods[ordinal] else { continue }
      if try !condemn(pod, isFirstUnavailable: ordinal == firstUnavailable) { return }
    }
    try rollUpdate()
  }

  /// Whether the next Pod may be looked at.
  private mutating func reconcile(_ ordinal: Int) throws(StatusError) -> Bool {
    let identity = StatefulIdentity(set: set, ordinal: ordinal)
    guard let pod = pods[ordinal] else {
      // Claims that go with the last Pod of the name are waited for (PodClaimIsStale).
      if isStale(identity) { return !isMonotonic }
      guard mayCreate() else { return false }
      try create(identity)
      return !isMonotonic
    }
    if pod.isFinished {
      // The new Pod is made when the old one is gone.
      if !pod.isTerminating { try delete(pod) }
      return !isMonotonic
    }
    if pod.phase == "Pending" { try createClaims(identity) }
    if pod.isTerminating { return !isMonotonic }
    if isMonotonic, !isRunningAndReady(pod) { return false }
    if isMonotonic, !isAvailable(pod) {
      if let moment = pod.availability(minReadySeconds: minReadySeconds, now: now) {
        nextLook = moment - now
      }
      return false
    }
    try restore(identity, pod)
    return true
  }

  private func isStale(_ identity: StatefulIdentity) -> Bool {
    identity.claims.contains { claim in
      controller.claims[set.namespace, claim.name]?.ownerReferences.contains {
        $0.kind == "Pod" && $0.name == identity.name
      } ?? false
    }
  }

  /// Gives a Pod and its claims back what makes them the set's (UpdateStatefulPod).
  private func restore(_ identity: StatefulIdentity, _ pod: PodRecord) throws(StatusError) {
    let labels = identity.labels
    let isItself = labels.allSatisfy { pod.labels?[$0.key] == $0.value }
    do throws(StatusError) {
      let hasOtherOwners = try updateOwners(of: identity, pod: pod)
      guard !isItself || hasOtherOwners else { return }
      if !isItself {
        _ = try client.patch(
          .pods, pod.name, namespace: pod.namespace, .merge,
          ["metadata": ["labels": .object(labels)]])
      }
    } catch {
      record(
        "FailedUpdate",
        "Update Pod \(pod.name) in StatefulSet \(set.name) failed error: \(error.message)", .warning
      )
      throw error
    }
    record(
      "SuccessfulUpdate", "Update Pod \(pod.name) in StatefulSet \(set.name) successful")
  }

  private mutating func mayCreate() -> Bool {
    let key = Informer.Key(namespace: set.namespace, name: set.name)
    if let wait = controller.pacing.wait(key, now: now) {
      nextLook = wait
      return false
    }
    made += 1
    if made % Pacing.burst == 0 {
      controller.pacing.note(key, size: pods.count + made)
      controller.pacing.made(Pacing.burst, of: key, now: now)
    }
    return true
  }

  /// Before the rolling update has passed it, a lost Pod comes back as it was.
  private func template(_ ordinal: Int) -> (template: Value, revision: String) {
    let type = set[path: "spec", "updateStrategy", "type"]?.string ?? "RollingUpdate"
    let counted = Int(clamping: self.set[path: "status", "currentReplicas"]?.int ?? 0)
    let isOld =
      type == "RollingUpdate"
      && (rolling == nil ? ordinal < start + counted : ordinal < start + partition)
    let revision = isOld ? current : update
    var template = revision[path: "data", "spec", "template"] ?? .emptyObject
    template["$patch"] = nil
    return (template, revision.name)
  }

  private func createClaims(_ identity: StatefulIdentity) throws(StatusError) {
    var problems: [String] = []
    for claim in identity.claims {
      if let known = controller.claims[set.namespace, claim.name] {
        if known.isBeingDeleted { problems.append("pvc \(claim.name) is being deleted") }
        continue
      }
      do throws(StatusError) {
        var owned = claim
        let owners = claimOwners(identity, pod: nil)
        if !owners.isEmpty { owned["metadata"]?["ownerReferences"] = .array(owners) }
        _ = try client.create(.persistentVolumeClaims, owned, namespace: set.namespace)
        record(
          "SuccessfulCreate",
          "Create Claim \(claim.name) Pod \(identity.name) in StatefulSet \(set.name) success")
      } catch {
        problems.append("failed to create PVC \(claim.name): \(error.message)")
        if error.isAlreadyExists { continue }
        record(
          "FailedCreate",
          "Create Claim \(claim.name) for Pod \(identity.name) in StatefulSet \(set.name) "
            + "failed error: \(error.message)", .warning)
      }
    }
    if !problems.isEmpty {
      throw .plain(FieldError.aggregate(problems))
    }
  }

  private mutating func create(_ identity: StatefulIdentity) throws(StatusError) {
    do throws(StatusError) {
      try createClaims(identity)
    } catch {
      record(
        "FailedCreate",
        "Create Pod \(identity.name) in StatefulSet \(set.name) failed error: \(error.message)",
        .warning)
      throw error
    }
    let (template, revision) = template(identity.ordinal)
    do throws(StatusError) {
      let made = try client.create(
        .pods, identity.pod(from: template, revision: revision), namespace: set.namespace)
      pods[identity.ordinal] = PodRecord(made)
      record(
        "SuccessfulCreate",
        "Create Pod \(identity.name) in StatefulSet \(set.name) successful")
    } catch {
      if error.isAlreadyExists || error.isNamespaceTerminating { return }
      record(
        "FailedCreate",
        "Create Pod \(identity.name) in StatefulSet \(set.name) failed error: \(error.message)",
        .warning)
      throw error
    }
  }

  private func record(
    _ reason: String, _ message: String, _ kind: EventRecorder.Kind = .normal
  ) {
    controller.events.record(kind, set, reason: reason, message: message)
  }

  private mutating func delete(_ pod: PodRecord) throws(StatusError) {
    do throws(StatusError) {
      try client.delete(.pods, pod.name, namespace: pod.namespace)
    } catch {
      if error.isNotFound { return }
      record(
        "FailedDelete",
        "Delete Pod \(pod.name) in StatefulSet \(set.name) failed error: \(error.message)",
        .warning)
      throw error
    }
    record(
      "SuccessfulDelete", "Delete Pod \(pod.name) in StatefulSet \(set.name) successful")
  }

  private mutating func condemn(
    _ pod: PodRecord, isFirstUnavailable: Bool
  ) throws(StatusError) -> Bool {
    if pod.isTerminating { return !isMonotonic }
    if isMonotonic, !isAvailable(pod), !isFirstUnavailable { return false }
    try delete(pod)
    return !isMonotonic
  }

  private mutating func rollUpdate() throws(StatusError) {
    guard set[path: "spec", "updateStrategy", "type"]?.string != "OnDelete" else { return }
    // One at a time: MaxUnavailableStatefulSet is off in 1.36, and maxUnavailable without effect.
    for ordinal in stride(
      from: start + replicas - 1, through: start + max(partition, 0), by: -1)
    {
      guard let pod = pods[ordinal] else { continue }
      if StatefulIdentity.revision(of: pod) != update.name, !pod.isTerminating {
        return try delete(pod)
      }
      if isUnavailable(pod) { return }
    }
  }

  /// persistentVolumeClaimRetentionPolicy: who a claim goes with.
  private func claimOwners(_ identity: StatefulIdentity, pod: PodRecord?) -> [Value] {
    let policy = set[path: "spec", "persistentVolumeClaimRetentionPolicy"]
    let isSurplus = identity.ordinal < start || identity.ordinal >= start + replicas
    if policy?["whenScaled"]?.string == "Delete", isSurplus, let pod {
      return [
        [
          "apiVersion": "v1", "kind": "Pod", "name": .string(pod.name), "uid": .string(pod.uid),
          "controller": true, "blockOwnerDeletion": true,
        ]
      ]
    }
    if policy?["whenDeleted"]?.string == "Delete" {
      return [OwnerReference.controller(set).value]
    }
    return []
  }

  /// Whether a claim had others.
  @discardableResult
  private func updateOwners(
    of identity: StatefulIdentity, pod: PodRecord
  ) throws(StatusError) -> Bool {
    var isChanged = false
    for claim in identity.claims {
      guard let known = controller.claims[set.namespace, claim.name] else { continue }
      let wanted = claimOwners(identity, pod: pod)
      let own = known[path: "metadata", "ownerReferences"]?.array ?? []
      let others = own.filter {
        !["StatefulSet", "Pod"].contains($0["kind"]?.string ?? "")
          || $0["controller"]?.bool != true
      }
      guard own != others + wanted else { continue }
      let all = others + wanted
      var changed = known
      changed["metadata"]?["ownerReferences"] = all.isEmpty ? nil : .array(all)
      _ = try client.update(.persistentVolumeClaims, changed)
      isChanged = true
    }
    return isChanged
  }

  mutating func writeStatus() throws(StatusError) {
    var (count, ready, available, ofCurrent, ofUpdate) = (0, 0, 0, 0, 0)
    for pod in pods.values {
      count += 1
      if isRunningAndReady(pod) { ready += 1 }
      if isAvailable(pod) { available += 1 }
      guard !pod.isTerminating else { continue }
      let revision = StatefulIdentity.revision(of: pod)
      if revision == current.name { ofCurrent += 1 }
      if revision == update.name { ofUpdate += 1 }
    }
    var currentName = current.name
    if set[path: "spec", "updateStrategy", "type"]?.string != "OnDelete", ofUpdate == count,
      ready == count, count == replicas
    {
      currentName = update.name
      ofCurrent = ofUpdate
    }
    status["observedGeneration"] = .int(set.generation)
    status["replicas"] = .int(Int64(count))
    for (name, number) in [
      ("readyReplicas", ready), ("currentReplicas", ofCurrent), ("updatedReplicas", ofUpdate),
    ] {
      status[name] = number == 0 ? nil : .int(Int64(number))
    }
    status["availableReplicas"] = .int(Int64(available))
    status["currentRevision"] = .string(currentName)
    status["updateRevision"] = .string(update.name)
    guard status != set["status"] else { return }
    var changed = set
    changed["status"] = status
    do throws(StatusError) {
      _ = try client.update(.statefulSets, changed, subresource: "status")
    } catch { if !error.isNotFound, !error.isConflict { throw error } }
  }
}
