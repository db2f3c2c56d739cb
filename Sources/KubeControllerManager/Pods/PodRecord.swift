import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// A Pod as controllers need it, read once from its object.
final class PodRecord {
  let value: Value
  let key: Informer.Key
  let uid: String
  let owner: OwnerReference?
  let phase: String
  let isReady: Bool
  /// When it last became ready, or stopped being so.
  let readyTransition: Moment?
  let isTerminating: Bool
  let nodeName: String
  let creation: Moment
  let labels: Value?

  var name: String { key.name }
  var namespace: String { key.namespace }

  init(_ value: Value) {
    self.value = value
    key = Informer.Key(namespace: value.namespace, name: value.name)
    uid = value.uid
    owner = value.controllerReference
    let status = value["status"]
    phase = status?["phase"]?.string ?? ""
    let ready = value.condition("Ready")
    isReady = ready?["status"]?.string == "True"
    readyTransition = ready?["lastTransitionTime"]?.string.flatMap { Moment(rfc3339: $0) }
    isTerminating = value.isBeingDeleted
    nodeName = value[path: "spec", "nodeName"]?.string ?? ""
    creation = value.creationTimestamp ?? Moment(seconds: 0)
    labels = value.labels
  }

  /// Neither finished nor on its way out.
  var isActive: Bool { phase != "Succeeded" && phase != "Failed" && !isTerminating }
  var isFinished: Bool { phase == "Succeeded" || phase == "Failed" }

  /// Ready for at least so long.
  func isAvailable(minReadySeconds: Int64, now: Moment) -> Bool {
    guard isReady else { return false }
    guard minReadySeconds > 0 else { return true }
    guard let readyTransition else { return false }
    return readyTransition + .seconds(minReadySeconds) <= now
  }

  /// When it will have been ready long enough; nil when it is not ready or already was.
  func availability(minReadySeconds: Int64, now: Moment) -> Moment? {
    guard isReady, minReadySeconds > 0, let readyTransition else { return nil }
    let moment = readyTransition + .seconds(minReadySeconds)
    return moment > now ? moment : nil
  }

  private var containerStatuses: [Value] {
    (value[path: "status", "initContainerStatuses"]?.array ?? [])
      + (value[path: "status", "containerStatuses"]?.array ?? [])
  }

  /// The most restarts of any of its containers.
  var restarts: Int64 { containerStatuses.map { $0["restartCount"]?.int ?? 0 }.max() ?? 0 }
  var allRestarts: Int64 { containerStatuses.reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) } }

  /// When the last of its containers ended; nil while one runs.
  var end: Moment? {
    let ends = containerStatuses.compactMap {
      $0[path: "state", "terminated", "finishedAt"]?.string.flatMap { Moment(rfc3339: $0) }
    }
    return ends.count == containerStatuses.count ? ends.max() : nil
  }

  var deletionCost: Int64 {
    value.annotation("controller.kubernetes.io/pod-deletion-cost").flatMap { Int64($0) } ?? 0
  }
}
