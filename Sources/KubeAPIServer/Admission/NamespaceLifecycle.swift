import Documents
import KubeObjects
import Simulation

/// Nothing is made in a namespace that is absent or going; some namespaces never go.
struct NamespaceLifecycle: MutatingAdmissionPlugin {
  let name = "NamespaceLifecycle"
  private static let immortal: Set<String> = ["default", "kube-system", "kube-public"]

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation != .connect }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    if attributes.concerns(.namespaces), attributes.operation == .delete,
      Self.immortal.contains(attributes.name)
    {
      throw attributes.forbidden("this namespace may not be deleted")
    }
    guard attributes.operation == .create, !attributes.namespace.isEmpty,
      attributes.resource.resource != "namespaces", !isAccessReview(attributes)
    else { return }
    let name = attributes.namespace
    guard let namespace = objects.get(.namespaces, namespace: "", name: name) else {
      throw .notFound(.namespaces, name)
    }
    guard namespace.isBeingDeleted || namespace["status"]?.text("phase") == "Terminating" else {
      return
    }
    var error = attributes.forbidden(
      "unable to create new content in namespace \(name) because it is being terminated")
    error.details?.causes = [
      StatusError.Cause(
        reason: "NamespaceTerminating", message: "namespace \(name) is being terminated",
        field: "metadata.namespace")
    ]
    throw error
  }

  private func isAccessReview(_ attributes: AdmissionAttributes) -> Bool {
    attributes.resource.resource == "localsubjectaccessreviews"
  }
}
