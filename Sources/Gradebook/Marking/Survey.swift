import Documents
import Etcd
import KubeAPIServer
import KubeCluster

/// What a cluster's objects have become since its start state was ready.
struct Survey {
  /// Hash of the names and revisions of all objects and the contents of those changed: what was not
  /// changed follows from the start state.
  let digest: String
  /// Hashes of the objects that the learner made, for comparing learners.
  let objects: [Int64]

  init(_ cluster: Cluster, since revision: Int64) {
    var lines: [UInt8] = []
    var objects: [Int64] = []
    try? cluster.server.etcd.forEach(from: "/registry/", before: "/registry0") { entry in
      lines += entry.key.utf8
      lines += String(entry.modRevision).utf8
      guard entry.modRevision > revision else { return true }
      lines += Hash.sha256(JSON.bytes(entry.value))
      if entry.createRevision > revision, let own = Self.ownPart(entry.value) {
        objects.append(Hash.short(entry.key + own))
      }
      return true
    }
    digest = Hash.text(lines)
    self.objects = objects.sorted()
  }

  /// What a learner makes and names; Pods and the like follow from it.
  private static let ownKinds: Set<String> = [
    "Deployment", "StatefulSet", "DaemonSet", "Service", "ConfigMap", "Secret", "Role",
    "RoleBinding", "ClusterRole", "ClusterRoleBinding", "NetworkPolicy", "Ingress", "Job",
    "CronJob", "PersistentVolumeClaim", "PersistentVolume", "ResourceQuota", "LimitRange",
    "ServiceAccount", "Namespace", "HorizontalPodAutoscaler", "PodDisruptionBudget",
  ]

  /// An object without what the cluster gave it: two learners who type the same have the same.
  private static func ownPart(_ object: Value) -> String? {
    guard let kind = object["kind"]?.string, ownKinds.contains(kind),
      object[path: "metadata", "ownerReferences"] == nil
    else { return nil }
    var own = object
    own["status"] = nil
    let name = object[path: "metadata", "name"]
    let labels = object[path: "metadata", "labels"]
    own["metadata"] = ["name": name ?? "", "labels": labels ?? [:]]
    if kind == "Service" {
      own[path: "spec", "clusterIP"] = nil
      own[path: "spec", "clusterIPs"] = nil
    }
    return JSON.text(own)
  }
}
