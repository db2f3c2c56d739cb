import Documents
import KubeObjects

/// The annotations by which a Deployment keeps its history on its ReplicaSets.
enum RevisionAnnotations {
  static let revision = "deployment.kubernetes.io/revision"
  static let history = "deployment.kubernetes.io/revision-history"
  static let desired = "deployment.kubernetes.io/desired-replicas"
  static let most = "deployment.kubernetes.io/max-replicas"

  static let rollback = "deprecated.deployment.rollback.to"

  private static let notCopied: Set<String> = [
    "kubectl.kubernetes.io/last-applied-configuration", revision, history, desired, most,
    rollback,
  ]

  static func revision(of object: Value) -> Int64 {
    object.annotation(revision).flatMap { Int64($0) } ?? 0
  }

  /// Writes a set's revision, the Deployment's annotations and its size (SetNewReplicaSetAnnotations);
  /// true when something changed.
  static func update(
    _ set: inout Value, from deployment: Value, revision wanted: Int64, exists: Bool, size: Int,
    most: Int
  ) -> Bool {
    var isChanged = false
    for (key, value) in deployment.annotations?.object ?? [:] where !notCopied.contains(key) {
      guard set.annotation(key) != value.string, let text = value.string else { continue }
      set.setAnnotation(key, text)
      isChanged = true
    }
    let known = set.annotation(revision)
    let number = known.flatMap { Int64($0) } ?? 0
    if number < wanted {
      set.setAnnotation(revision, String(wanted))
      isChanged = true
      // Remember under which numbers this set served before.
      if let known {
        let past = set.annotation(history) ?? ""
        let all = past.isEmpty ? [known] : past.split(separator: ",").map(String.init) + [known]
        if !(past.split(separator: ",").map(String.init).contains(known)) {
          set.setAnnotation(history, all.joined(separator: ","))
        }
      }
    }
    if !exists {
      set.setAnnotation(desired, String(size))
      set.setAnnotation(self.most, String(most))
      isChanged = true
    }
    return isChanged
  }

  /// A Deployment that goes back takes the annotations of the set it goes back to.
  static func copyBack(from set: Value, to deployment: inout Value) {
    var annotations = (deployment.annotations?.object ?? [:]).filter { notCopied.contains($0.key) }
    for (key, value) in set.annotations?.object ?? [:] where !notCopied.contains(key) {
      annotations[key] = value
    }
    deployment["metadata"]?["annotations"] = .object(annotations)
  }
}
