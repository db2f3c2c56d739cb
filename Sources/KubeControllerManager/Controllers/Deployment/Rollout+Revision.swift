import Documents
import KubeAPIServer
import KubeObjects

extension Rollout {
  /// The new set (made if it is missing and may be) and the old ones, with revisions up to date.
  func syncRevision(
    creating: Bool
  ) throws(StatusError) -> (new: Value?, old: [Value]) {
    let newest = (oldSets.map(RevisionAnnotations.revision).max() ?? 0) + 1
    if let existing = newSet {
      try refresh(existing, revision: newest)
    } else if creating {
      try createSet(revision: newest)
    }
    return (newSet, oldSets)
  }

  private func refresh(_ set: Value, revision: Int64) throws(StatusError) {
    var changed = set
    var isChanged = RevisionAnnotations.update(
      &changed, from: deployment, revision: revision, exists: true, size: replicas,
      most: replicas + maxSurge)
    let seconds = deployment[path: "spec", "minReadySeconds"]?.int ?? 0
    if (set[path: "spec", "minReadySeconds"]?.int ?? 0) != seconds {
      changed["spec"]?["minReadySeconds"] = seconds == 0 ? nil : .int(seconds)
      isChanged = true
    }
    if isChanged {
      replace(try client.update(.replicaSets, changed))
      return
    }
    let number = set.annotation(RevisionAnnotations.revision) ?? ""
    var needsUpdate = setRevision(number)
    if hasProgressDeadline, deployment.condition("Progressing") == nil {
      setCondition(
        "Progressing", "True", "FoundNewReplicaSet", "Found new replica set \"\(set.name)\"")
      needsUpdate = true
    }
    if needsUpdate {
      deployment = try client.update(.deployments, deployment, subresource: "status")
    }
  }

  private func setRevision(_ number: String) -> Bool {
    guard deployment.annotation(RevisionAnnotations.revision) != number else { return false }
    deployment.setAnnotation(RevisionAnnotations.revision, number)
    return true
  }

  private func createSet(revision: Int64) throws(StatusError) {
    let template = deployment[path: "spec", "template"] ?? .emptyObject
    let collisions = deployment[path: "status", "collisionCount"]?.int
    let hash = PodTemplateHash.hash(template, collisionCount: collisions)
    let size = newSize(of: 0)
    let set = newSetObject(template, hash, revision, size)
    let name = set.name
    var isNew = true
    do throws(StatusError) {
      replace(try client.create(.replicaSets, set, namespace: deployment.namespace))
    } catch {
      if error.isNamespaceTerminating { return }
      if error.isAlreadyExists {
        try adoptOrCount(name, template)
        isNew = false
      } else {
        let message = "Failed to create new replica set \"\(name)\": \(error.message)"
        events.record(.warning, deployment, reason: "ReplicaSetCreateError", message: message)
        if hasProgressDeadline {
          setCondition("Progressing", "False", "ReplicaSetCreateError", message)
          _ = try? client.update(.deployments, deployment, subresource: "status")
        }
        throw error
      }
    }
    if isNew, size > 0 {
      events.record(
        .normal, deployment, reason: "ScalingReplicaSet",
        message: "Scaled up replica set \(name) from 0 to \(size)")
    }
    var needsUpdate = setRevision(String(revision))
    if isNew, hasProgressDeadline {
      setCondition(
        "Progressing", "True", "NewReplicaSetCreated", "Created new replica set \"\(name)\"")
      needsUpdate = true
    }
    if needsUpdate {
      deployment = try client.update(.deployments, deployment, subresource: "status")
    }
  }

  private func newSetObject(
    _ template: Value, _ hash: String, _ revision: Int64, _ size: Int
  ) -> Value {
    var template = template
    var labels = template[path: "metadata", "labels"] ?? .emptyObject
    labels["pod-template-hash"] = .string(hash)
    var metadata = template["metadata"] ?? .emptyObject
    metadata["labels"] = labels
    template["metadata"] = metadata
    var selector = deployment[path: "spec", "selector"] ?? .emptyObject
    var matchLabels = selector["matchLabels"] ?? .emptyObject
    matchLabels["pod-template-hash"] = .string(hash)
    selector["matchLabels"] = matchLabels
    // A name and the hash must fit into 253 characters.
    let stem = deployment.name.utf8.prefix(max(0, 253 - hash.utf8.count - 1))
    var spec: Value = [
      "replicas": .int(Int64(size)), "selector": selector, "template": template,
    ]
    if let seconds = deployment[path: "spec", "minReadySeconds"]?.int, seconds != 0 {
      spec["minReadySeconds"] = .int(seconds)
    }
    var set: Value = [
      "apiVersion": "apps/v1", "kind": "ReplicaSet",
      "metadata": [
        "name": .string("\(String(decoding: Array(stem), as: UTF8.self))-\(hash)"),
        "namespace": .string(deployment.namespace), "labels": labels,
        "ownerReferences": [OwnerReference.controller(deployment).value],
      ],
      "spec": spec,
    ]
    _ = RevisionAnnotations.update(
      &set, from: deployment, revision: revision, exists: false, size: replicas,
      most: replicas + maxSurge)
    return set
  }

  /// Another object has the name: if it is ours after all it is taken, else the hash is salted.
  private func adoptOrCount(_ name: String, _ template: Value) throws(StatusError) {
    let existing = try client.get(.replicaSets, name, namespace: deployment.namespace)
    if existing.controllerReference?.uid == deployment.uid,
      Self.withoutHash(existing[path: "spec", "template"] ?? .null) == Self.withoutHash(template)
    {
      replace(existing)
      return
    }
    let count = deployment[path: "status", "collisionCount"]?.int ?? 0
    var status = deployment["status"] ?? .emptyObject
    status["collisionCount"] = .int(count + 1)
    deployment["status"] = status
    _ = try client.update(.deployments, deployment, subresource: "status")
    throw StatusError(
      code: 409, reason: "AlreadyExists", message: "replicasets.apps \"\(name)\" already exists")
  }
}
