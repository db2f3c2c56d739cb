import Documents
import KubeAPIServer
import KubeObjects

/// Keeps as many Pods as a ReplicationController asks for: a ReplicaSet of the first days.
final class ReplicationController: ReplicaSetController {
  override class var name: String { "replication-controller" }
  override class var resource: GroupVersionResource { .replicationControllers }
  override class var kind: String { "ReplicationController" }
  override class var eventSource: String { "replication-controller" }

  override class func selector(of set: Value) -> LabelSelector? {
    LabelSelector(labels: set[path: "spec", "selector"])
  }
}
