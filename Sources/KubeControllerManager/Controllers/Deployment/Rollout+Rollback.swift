import Documents
import KubeAPIServer
import KubeObjects

/// Going back to an earlier revision by annotation, as extensions/v1beta1 could (rollback.go).
extension Rollout {
  /// The revision asked for; 0: the one before.
  var askedRevision: Int64? {
    deployment.annotation(RevisionAnnotations.rollback).flatMap { Int64($0) }
  }

  func goBack(to asked: Int64) throws(StatusError) {
    let (new, old) = try syncRevision(creating: true)
    let all = old + (new.map { [$0] } ?? [])
    let revisions = all.map(RevisionAnnotations.revision).sorted()
    let wanted = asked == 0 ? revisions.dropLast().last ?? 0 : asked
    if wanted == 0 {
      warn("DeploymentRollbackRevisionNotFound", "Unable to find last revision.")
    } else if let set = all.first(where: { RevisionAnnotations.revision(of: $0) == wanted }) {
      return try take(set, revision: wanted)
    } else {
      warn("DeploymentRollbackRevisionNotFound", "Unable to find the revision to rollback to.")
    }
    try writeWithoutAsking()
  }

  private func take(_ set: Value, revision: Int64) throws(StatusError) {
    var template = set[path: "spec", "template"] ?? .emptyObject
    template["metadata"]?["labels"]?["pod-template-hash"] = nil
    if Self.withoutHash(template)
      == Self.withoutHash(deployment[path: "spec", "template"] ?? .null)
    {
      warn(
        "DeploymentRollbackTemplateUnchanged",
        "The rollback revision contains the same template as current deployment "
          + "\"\(deployment.name)\"")
      return try writeWithoutAsking()
    }
    deployment["spec"]?["template"] = template
    RevisionAnnotations.copyBack(from: set, to: &deployment)
    try writeWithoutAsking()
    events.record(
      .normal, deployment, reason: "DeploymentRollback",
      message: "Rolled back deployment \"\(deployment.name)\" to revision \(revision)")
  }

  private func writeWithoutAsking() throws(StatusError) {
    deployment["metadata"]?["annotations"]?[RevisionAnnotations.rollback] = nil
    deployment = try client.update(.deployments, deployment)
  }

  private func warn(_ reason: String, _ message: String) {
    events.record(.warning, deployment, reason: reason, message: message)
  }
}
