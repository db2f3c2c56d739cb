import Documents
import KubeObjects

/// Makes a namespace that is missing when something is made in it.
struct NamespaceAutoProvision: MutatingAdmissionPlugin {
  let name = "NamespaceAutoProvision"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .create }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let name = attributes.namespace
    guard !name.isEmpty, attributes.resource.resource != "namespaces", !attributes.dryRun,
      objects.get(.namespaces, namespace: "", name: name) == nil
    else { return }
    try objects.create(
      .namespaces,
      [
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": [
          "name": .string(name), "labels": ["kubernetes.io/metadata.name": .string(name)],
        ],
        "spec": ["finalizers": ["kubernetes"]], "status": ["phase": "Active"],
      ], dryRun: false)
    // Upstream waits here until the controller has made the namespace's account.
    try objects.create(
      .serviceAccounts,
      [
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": ["name": "default", "namespace": .string(name)],
      ], dryRun: false)
  }
}

/// Refuses what is asked of a namespace that is not there.
struct NamespaceExists: ValidatingAdmissionPlugin {
  let name = "NamespaceExists"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation != .connect }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard !attributes.namespace.isEmpty, attributes.resource.resource != "namespaces",
      objects.get(.namespaces, namespace: "", name: attributes.namespace) == nil
    else { return }
    throw .notFound(.namespaces, attributes.namespace)
  }
}
