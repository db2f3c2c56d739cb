import Documents
import KubeAPIServer
import KubeObjects

/// How controllers make and remove Pods: from a template, with an owner, telling of it by Events.
struct PodControl {
  let client: ComponentClient
  let events: EventRecorder

  /// The Pod that a template makes for an owner; `name` empty: the server chooses the end of it.
  static func pod(from template: Value, owner: Value, name: String = "") -> Value {
    var metadata: Value = [:]
    for field in ["labels", "annotations", "finalizers"] {
      metadata[field] = template[path: "metadata", field]
    }
    if name.isEmpty {
      metadata["generateName"] = .string(owner.name + "-")
    } else {
      metadata["name"] = .string(name)
    }
    metadata["namespace"] = .string(owner.namespace)
    metadata["ownerReferences"] = [OwnerReference.controller(owner).value]
    return [
      "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
      "spec": template["spec"] ?? .emptyObject,
    ]
  }

  @discardableResult
  func create(_ pod: Value, for owner: Value) throws(StatusError) -> Value {
    do throws(StatusError) {
      let made = try client.create(.pods, pod, namespace: owner.namespace)
      events.record(
        .normal, owner, reason: "SuccessfulCreate", message: "Created pod: \(made.name)")
      return made
    } catch {
      // In a namespace that is going away a failure is no news.
      if !error.isNamespaceTerminating {
        events.record(
          .warning, owner, reason: "FailedCreate", message: "Error creating: \(error.message)")
      }
      throw error
    }
  }

  func delete(_ pod: PodRecord, for owner: Value) throws(StatusError) {
    do throws(StatusError) {
      try client.delete(.pods, pod.name, namespace: pod.namespace)
    } catch {
      if error.reason == "NotFound" { throw error }
      events.record(
        .warning, owner, reason: "FailedDelete", message: "Error deleting: \(error.message)")
      throw error
    }
    events.record(
      .normal, owner, reason: "SuccessfulDelete", message: "Deleted pod: \(pod.name)")
  }

  /// Calls `create` so many times in batches of 1, 2, 4, …, stopping after a batch with a failure;
  /// returns how many succeeded and the first error.
  static func slowStart(
    _ count: Int, _ create: () throws(StatusError) -> Void
  ) -> (created: Int, error: StatusError?) {
    var created = 0
    var batch = min(count, 1)
    while batch > 0 {
      var failure: StatusError?
      for _ in 0..<batch {
        do throws(StatusError) {
          try create()
          created += 1
        } catch { failure = failure ?? error }
      }
      if failure != nil { return (created, failure) }
      batch = min(2 * batch, count - created)
    }
    return (created, nil)
  }
}

extension StatusError {
  var isNotFound: Bool { reason == "NotFound" }
  var isConflict: Bool { reason == "Conflict" }
  var isAlreadyExists: Bool { reason == "AlreadyExists" }
  var isNamespaceTerminating: Bool {
    details?.causes.contains { $0.reason == "NamespaceTerminating" } ?? false
  }
}
