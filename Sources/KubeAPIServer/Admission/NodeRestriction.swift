import Documents
import KubeObjects
import Simulation

/// A kubelet changes only its own node and the Pods on it.
struct NodeRestriction: MutatingAdmissionPlugin {
  let name = "NodeRestriction"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation != .connect }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard let node = NodeAuthorizer.node(of: attributes.user) else { return }
    if node.isEmpty {
      throw attributes.forbidden(
        "could not determine node from user \(attributes.user.name.goQuoted)")
    }
    switch attributes.resource.resource {
    case "pods": try validate(pods: attributes, node, objects)
    case "serviceaccounts": try validate(tokens: attributes, node, objects)
    case "persistentvolumeclaims":
      if attributes.subresource != "status" {
        throw attributes.forbidden("may only update PVC status")
      }
    case "resourceslices":
      let slice = attributes.operation == .delete ? attributes.oldObject : attributes.object
      if attributes.operation != .update, slice["spec"]?.text("nodeName") != node {
        throw attributes.forbidden(
          "can only \(attributes.operation == .create ? "create" : "delete") ResourceSlice with "
            + "the same NodeName as the requesting node")
      }
    case "nodes": try validate(nodes: attributes, node)
    case "leases": try validate(leases: attributes, node)
    case "csinodes":
      if shownName(attributes) != node {
        throw attributes.forbidden(
          "can only access CSINode with the same name as the requesting node")
      }
    default: return
    }
  }

  private func shownName(_ attributes: AdmissionAttributes) -> String {
    attributes.name.isEmpty ? attributes.object.name : attributes.name
  }

  private func validate(
    pods attributes: AdmissionAttributes, _ node: String, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let quoted = node.goQuoted
    let unexpected = "unexpected operation \(attributes.operation.rawValue.goQuoted)"
    switch (attributes.subresource, attributes.operation) {
    case ("", .create): try validate(mirror: attributes, node, objects)
    case ("", .delete):
      if attributes.oldObject["spec"]?.text("nodeName") != node {
        throw attributes.forbidden(
          "node \(quoted) can only delete pods with spec.nodeName set to itself")
      }
    case ("", _):
      throw attributes.forbidden(
        "\(unexpected), node \(quoted) can only create and delete mirror pods")
    case ("status", .update): try validate(status: attributes, node)
    case ("status", _): throw attributes.forbidden(unexpected)
    case ("eviction", _):
      guard let pod = objects.get(.pods, namespace: attributes.namespace, name: attributes.name)
      else { throw .notFound(.pods, attributes.name) }
      if pod["spec"]?.text("nodeName") != node {
        throw attributes.forbidden(
          "node \(node) can only evict pods with spec.nodeName set to itself")
      }
    default:
      throw attributes.forbidden(
        "unexpected pod subresource \(attributes.subresource.goQuoted), only 'status' and "
          + "'eviction' are allowed")
    }
  }

  private func validate(
    status attributes: AdmissionAttributes, _ node: String
  ) throws(StatusError) {
    let (new, old) = (attributes.object, attributes.oldObject)
    if old["spec"]?.text("nodeName") != node {
      throw attributes.forbidden(
        "node \(node.goQuoted) can only update pod status for pods with spec.nodeName set to itself"
      )
    }
    if (new.labels?.object ?? [:]) != (old.labels?.object ?? [:]) {
      throw attributes.forbidden("node \(node.goQuoted) cannot update labels through pod status")
    }
    let claims = "resourceClaimStatuses"
    if (new["status"]?.items(claims) ?? []) != (old["status"]?.items(claims) ?? []) {
      throw attributes.forbidden("node \(node.goQuoted) cannot update resource claim statues")
    }
  }

  /// A kubelet shows the Pods of its files, which may be nothing but its own.
  private func validate(
    mirror attributes: AdmissionAttributes, _ node: String, _ objects: any ObjectAccess
  ) throws(StatusError) {
    let quoted = node.goQuoted
    let pod = attributes.object
    guard pod.annotation("kubernetes.io/config.mirror") != nil else {
      throw attributes.forbidden(
        "pod does not have \"kubernetes.io/config.mirror\" annotation, node \(quoted) can only "
          + "create mirror pods")
    }
    func refuse(_ why: String) throws(StatusError) {
      throw attributes.forbidden("node \(quoted) \(why)")
    }
    let spec = pod["spec"] ?? [:]
    if spec.text("nodeName") != node {
      try refuse("can only create pods with spec.nodeName set to itself")
    }
    let owners = pod["metadata"]?.items("ownerReferences") ?? []
    if owners.count > 1 {
      try refuse("can only create pods with a single owner reference set to itself")
    }
    guard let owner = owners.first, owner.apiVersion == "v1", owner.kind == "Node",
      owner.text("name") == node
    else { return try refuse("can only create pods with an owner reference set to itself") }
    if !owner.flag("controller") {
      try refuse("can only create pods with a controller owner reference set to itself")
    }
    if owner.flag("blockOwnerDeletion") {
      try refuse("must not set blockOwnerDeletion on an owner reference")
    }
    guard let own = objects.get(.nodes, namespace: "", name: node) else {
      throw .notFound(.nodes, node)
    }
    if owner.text("uid") != own.uid {
      throw attributes.forbidden(
        "node \(node) UID mismatch: expected \(owner.text("uid")) got \(own.uid)")
    }
    if !spec.text("serviceAccountName").isEmpty {
      try refuse("can not create pods that reference a service account")
    }
    let references = PodReferences(pod)
    for resource in ["secrets", "configmaps"] where references.contains(resource, nil) {
      try refuse("can not create pods that reference \(resource)")
    }
    let volumes = spec.items("volumes")
    if volumes.contains(where: { volume in
      (volume["projected"]?.items("sources") ?? []).contains { $0.has("clusterTrustBundle") }
    }) {
      try refuse("can not create pods that reference clustertrustbundles")
    }
    if volumes.contains(where: { $0.has("persistentVolumeClaim") }) {
      try refuse("can not create pods that reference persistentvolumeclaims")
    }
  }

  /// A kubelet gets tokens for the Pods that it runs.
  private func validate(
    tokens attributes: AdmissionAttributes, _ node: String, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.operation == .create, attributes.subresource == "token" else { return }
    let bound = attributes.object[path: "spec", "boundObjectRef"] ?? [:]
    guard bound.apiVersion == "v1", bound.kind == "Pod", !bound.text("name").isEmpty else {
      throw attributes.forbidden("node requested token not bound to a pod")
    }
    let uid = bound.text("uid")
    if uid.isEmpty {
      throw attributes.forbidden("node requested token with a pod binding without a uid")
    }
    guard let pod = objects.get(.pods, namespace: attributes.namespace, name: bound.text("name"))
    else { throw .notFound(.pods, bound.text("name")) }
    if pod.uid != uid {
      throw attributes.forbidden(
        "the UID in the bound object reference (\(uid)) does not match the UID in record. The "
          + "object might have been deleted and then recreated")
    }
    if pod["spec"]?.text("nodeName") != node {
      throw attributes.forbidden(
        "node requested token bound to a pod scheduled on a different node")
    }
  }

  private func validate(
    nodes attributes: AdmissionAttributes, _ node: String
  ) throws(StatusError) {
    let subject = shownName(attributes)
    guard subject == node else {
      throw attributes.forbidden(
        "node \(node.goQuoted) is not allowed to modify node \(subject.goQuoted)")
    }
    let (new, old) = (attributes.object, attributes.oldObject)
    if attributes.operation == .create {
      let set = (new.labels?.object?.keys ?? []).filter(Self.isForbidden)
      if !set.isEmpty {
        throw attributes.forbidden(
          "node \(node.goQuoted) is not allowed to set the following labels: "
            + set.joined(separator: ", "))
      }
    }
    guard attributes.operation == .update else { return }
    if new["spec"]?["taints"] != old["spec"]?["taints"] {
      throw attributes.forbidden("node \(node.goQuoted) is not allowed to modify taints")
    }
    let keys = Set(new.labels?.object?.keys ?? []).union(old.labels?.object?.keys ?? [])
    let changed = keys.filter { new.label($0) != old.label($0) && Self.isForbidden($0) }
    if !changed.isEmpty {
      throw attributes.forbidden(
        "is not allowed to modify labels: " + changed.sorted().joined(separator: ", "))
    }
  }

  // Of Kubernetes' own labels a kubelet may set only those that tell what its machine is.
  private static func isForbidden(_ label: String) -> Bool {
    let domain = label.split(separator: "/").count > 1 ? label.split(separator: "/")[0] : ""
    let isRestriction =
      domain == "node-restriction.kubernetes.io"
      || domain.hasSuffix(".node-restriction.kubernetes.io")
    if isRestriction { return true }
    let isOurs =
      ["kubernetes.io", "k8s.io"].contains { domain == $0 || domain.hasSuffix("." + $0) }
    guard isOurs, !allowed.contains(label) else { return false }
    return !["kubelet.kubernetes.io", "node.kubernetes.io"].contains {
      domain == $0 || domain.hasSuffix("." + $0)
    }
  }

  private static let allowed: Set<String> = [
    "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch",
    "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
    "beta.kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type",
    "node.kubernetes.io/instance-type",
  ]

  private func validate(
    leases attributes: AdmissionAttributes, _ node: String
  ) throws(StatusError) {
    guard attributes.namespace == "kube-node-lease" else {
      throw attributes.forbidden(
        "can only access leases in the \"kube-node-lease\" system namespace")
    }
    if shownName(attributes) != node {
      throw attributes.forbidden(
        "can only access node lease with the same name as the requesting node")
    }
  }
}
