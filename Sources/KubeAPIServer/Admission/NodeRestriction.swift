import Documents
import KubeObjects
import Simulation

/// A kubelet changes only its own node and the Pods on it.
struct NodeRestriction: ValidatingAdmissionPlugin {
  let name = "NodeRestriction"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation != .connect }

  func validate(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.user.groups.contains("system:nodes") else { return }
    let prefix = "system:node:"
    guard attributes.user.name.hasPrefix(prefix) else {
      throw attributes.forbidden(
        "could not determine node from user \(attributes.user.name.goQuoted)")
    }
    let node = String(attributes.user.name.dropFirst(prefix.count))
    switch attributes.resource.resource {
    case "pods": try validate(pods: attributes, node)
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
    pods attributes: AdmissionAttributes, _ node: String
  ) throws(StatusError) {
    let quoted = node.goQuoted
    switch (attributes.subresource, attributes.operation) {
    case ("", .create):
      let pod = attributes.object
      guard pod.annotation("kubernetes.io/config.mirror") != nil else {
        throw attributes.forbidden(
          "pod does not have \"kubernetes.io/config.mirror\" annotation, node \(quoted) can only "
            + "create mirror pods")
      }
      let spec = pod["spec"] ?? [:]
      guard spec.text("nodeName") == node else {
        throw attributes.forbidden(
          "node \(quoted) can only create pods with spec.nodeName set to itself")
      }
      if !spec.text("serviceAccountName").isEmpty {
        throw attributes.forbidden(
          "node \(quoted) can not create pods that reference a service account")
      }
      try validate(volumesOf: spec, attributes, quoted)
    case ("", .delete):
      if attributes.oldObject["spec"]?.text("nodeName") != node {
        throw attributes.forbidden(
          "node \(quoted) can only delete pods with spec.nodeName set to itself")
      }
    case ("status", .update):
      if attributes.oldObject["spec"]?.text("nodeName") != node {
        throw attributes.forbidden(
          "node \(quoted) can only update pod status for pods with spec.nodeName set to itself")
      }
      if attributes.object.labels != attributes.oldObject.labels {
        throw attributes.forbidden("node \(quoted) cannot update labels through pod status")
      }
    case ("eviction", _): return
    default:
      throw attributes.forbidden("unexpected operation \(attributes.operation.rawValue)")
    }
  }

  private func validate(
    volumesOf spec: Value, _ attributes: AdmissionAttributes, _ node: String
  ) throws(StatusError) {
    let kinds = [
      ("secret", "secrets"), ("configMap", "configmaps"),
      ("persistentVolumeClaim", "persistentvolumeclaims"),
    ]
    for volume in spec.items("volumes") {
      for (kind, resource) in kinds where volume.has(kind) {
        throw attributes.forbidden(
          "node \(node) can not create pods that reference \(resource)")
      }
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
    guard attributes.subresource.isEmpty else { return }
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
        "node \(node.goQuoted) is not allowed to modify labels: "
          + changed.sorted().joined(separator: ", "))
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
