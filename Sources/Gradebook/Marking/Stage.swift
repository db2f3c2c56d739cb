import Classroom
import Curriculum
import Documents
import Etcd
import KubeAPIServer
import KubeCluster
import LearnerRecord
import Simulation

/// One cluster of a submission made again from its log, ready to be marked.
struct Stage {
  let exercise: Exercise
  let scene: ClusterScene
  /// Whether its log asked for more work than marking allows.
  let isExhausted: Bool
  /// Hash of all objects as the log leaves them.
  let digest: String
  /// Hashes of the learner's own objects, for comparing learners.
  let objects: [Int64]
  /// Whether the learner began from the start state that this pack has.
  let isFromHere: Bool

  /// nil when the pack has no such exercise, or the work begins at no time a clock shows.
  init?(
    _ work: Submission.Work, in course: Course, isExam: Bool, limits: ReplayLimits = ReplayLimits()
  ) {
    guard let exercise = course.exercise(work.exercise)?.variant(work.variant),
      (0...4_000_000_000).contains(work.start.seconds)
    else { return nil }
    self.exercise = exercise
    let record = SessionRecord(
      purpose: isExam ? .exam : .exercise, subject: exercise.id, seed: work.variant &+ 1,
      blueprint: exercise.cluster, start: work.start, setup: exercise.start.script)
    isFromHere = work.setup == Hash.text(record.setup.utf8)
    var replay = Replay(beginning: record)
    scene = ClusterScene(
      replay.cluster, remembering: exercise.checks.flatMap(\.remembered))
    let before = Self.revisions(replay.cluster)
    replay.play(JournalEntry.effective(work.entries), within: limits)
    isExhausted = replay.isExhausted
    let (digest, objects) = Self.survey(replay.cluster, before: before)
    self.digest = digest
    self.objects = objects
  }

  /// Hash of all objects of a cluster.
  static func digest(of cluster: Cluster) -> String { survey(cluster, before: nil).digest }

  private static func revisions(_ cluster: Cluster) -> [String: Int64] {
    var found: [String: Int64] = [:]
    try? cluster.server.etcd.forEach(from: "/registry/", before: "/registry0") { entry in
      found[entry.key] = entry.createRevision
      return true
    }
    return found
  }

  /// What a learner makes and names; Pods and the like follow from it.
  private static let ownKinds: Set<String> = [
    "Deployment", "StatefulSet", "DaemonSet", "Service", "ConfigMap", "Secret", "Role",
    "RoleBinding", "ClusterRole", "ClusterRoleBinding", "NetworkPolicy", "Ingress", "Job",
    "CronJob", "PersistentVolumeClaim", "PersistentVolume", "ResourceQuota", "LimitRange",
    "ServiceAccount", "Namespace", "HorizontalPodAutoscaler", "PodDisruptionBudget",
  ]

  private static func survey(
    _ cluster: Cluster, before: [String: Int64]?
  ) -> (digest: String, objects: [Int64]) {
    var lines: [UInt8] = []
    var objects: [Int64] = []
    try? cluster.server.etcd.forEach(from: "/registry/", before: "/registry0") { entry in
      lines += Array(entry.key.utf8)
      let bytes = JSON.bytes(entry.value)
      lines += Hash.sha256(bytes)
      if let before, before[entry.key] == nil, let own = ownPart(entry.value) {
        objects.append(Hash.short(entry.key + own))
      }
      return true
    }
    return (Hash.text(lines), objects.sorted())
  }

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
