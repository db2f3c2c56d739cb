import Documents
import Etcd
import KubeObjects

/// Lets kubelets read what the Pods of their own node need, and no more.
final class NodeAuthorizer {
  private let store: ObjectStore
  private let table: ResourceTable
  private var podsByNode: [String: Set<String>] = [:]

  init(store: ObjectStore, table: ResourceTable) {
    self.store = store
    self.table = table
    guard let pods = table[.pods] else { return }
    let range = pods.range(namespace: "")
    _ = try? store.etcd.watch(from: range.start, before: range.end) { [weak self] events in
      for event in events { self?.note(event) }
    }
  }

  private func note(_ event: KeyValueStore.Event) {
    let old = event.previous?.value["spec"]?["nodeName"]?.string ?? ""
    let new = event.entry?.value["spec"]?["nodeName"]?.string ?? ""
    guard old != new else { return }
    if !old.isEmpty { podsByNode[old]?.remove(event.key) }
    if !new.isEmpty { podsByNode[new, default: []].insert(event.key) }
  }

  /// The node that somebody is; nil: none.
  static func node(of user: UserInfo) -> String? {
    let prefix = "system:node:"
    guard user.name.hasPrefix(prefix), user.groups.contains("system:nodes") else { return nil }
    return String(user.name.dropFirst(prefix.count))
  }

  private enum Answer {
    case allowed
    case refused(String)
    /// The rules that concern no single object decide.
    case byRules
  }

  /// nil: no opinion, others decide.
  func decide(_ user: UserInfo, _ question: AccessQuestion) -> AccessDecision? {
    guard let node = Self.node(of: user) else { return nil }
    if node.isEmpty {
      return AccessDecision(
        isAllowed: false, reason: "unknown node for user \(user.name.goQuoted)")
    }
    switch question.path.isEmpty ? answer(node, question) : .byRules {
    case .allowed: return AccessDecision(isAllowed: true, reason: "")
    case .refused(let why): return AccessDecision(isAllowed: false, reason: why)
    case .byRules:
      let allowed = Self.rules.contains { $0.allows(question) }
      return allowed ? AccessDecision(isAllowed: true, reason: "") : nil
    }
  }

  private func answer(_ node: String, _ question: AccessQuestion) -> Answer {
    switch (question.group, question.resource) {
    case ("", "secrets"), ("", "configmaps"):
      guard ["get", "list", "watch"].contains(question.verb) else {
        return .refused("can only read resources of this type")
      }
      guard question.subresource.isEmpty else { return .refused("cannot read subresource") }
      guard !question.namespace.isEmpty else {
        return .refused("can only read namespaced object of this type")
      }
      return related(node, question)
    case ("", "persistentvolumeclaims") where question.subresource == "status":
      guard ["update", "patch"].contains(question.verb) else {
        return .refused("can only get/update/patch this type")
      }
      return related(node, question)
    case ("", "persistentvolumeclaims"), ("", "persistentvolumes"),
      ("resource.k8s.io", "resourceclaims"), ("storage.k8s.io", "volumeattachments"):
      return getting(node, question)
    case ("", "serviceaccounts"):
      if question.verb == "get", question.subresource.isEmpty { return related(node, question) }
      guard question.verb == "create", !question.name.isEmpty else {
        return .refused("can only create tokens for individual service accounts")
      }
      guard question.subresource == "token" else {
        return .refused("can only create token subresource of serviceaccount")
      }
      return related(node, question)
    case ("", "nodes"): return onNodes(node, question)
    case ("", "pods"): return onPods(node, question)
    case ("resource.k8s.io", "resourceslices"): return onSlices(node, question)
    case ("coordination.k8s.io", "leases"): return onLeases(node, question)
    case ("storage.k8s.io", "csinodes"): return onCSINodes(node, question)
    default: return .byRules
    }
  }

  private func getting(_ node: String, _ question: AccessQuestion) -> Answer {
    guard question.verb == "get" else {
      return .refused("can only get individual resources of this type")
    }
    guard question.subresource.isEmpty else { return .refused("cannot get subresource") }
    return related(node, question)
  }

  private func related(_ node: String, _ question: AccessQuestion) -> Answer {
    guard !question.name.isEmpty else { return .refused("No Object name found") }
    return isRelated(question, to: node)
      ? .allowed : .refused("no relationship found between node '\(node)' and this object")
  }

  private static let changing = ["get", "create", "update", "patch", "delete"]

  private func onLeases(_ node: String, _ question: AccessQuestion) -> Answer {
    guard Self.changing.contains(question.verb) else {
      return .refused("can only get, create, update, patch, or delete a node lease")
    }
    guard question.namespace == "kube-node-lease" else {
      return .refused("can only access leases in the \"kube-node-lease\" system namespace")
    }
    if question.verb != "create", question.name != node {
      return .refused("can only access node lease with the same name as the requesting node")
    }
    return .allowed
  }

  private func onCSINodes(_ node: String, _ question: AccessQuestion) -> Answer {
    guard Self.changing.contains(question.verb) else {
      return .refused("can only get, create, update, patch, or delete a CSINode")
    }
    guard question.subresource.isEmpty else {
      return .refused("cannot authorize CSINode subresources")
    }
    if question.verb != "create", question.name != node {
      return .refused("can only access CSINode with the same name as the requesting node")
    }
    return .allowed
  }

  // Whose Node it is on changes is seen to by NodeRestriction.
  private func onNodes(_ node: String, _ question: AccessQuestion) -> Answer {
    switch (question.subresource, question.verb) {
    case ("", "create"), ("", "update"), ("", "patch"), ("status", "update"), ("status", "patch"):
      return .allowed
    case ("", "get"), ("", "list"), ("", "watch"):
      if question.name == node { return .allowed }
      return .refused(
        question.name.isEmpty
          ? "node '\(node)' cannot read all nodes, only its own Node object"
          : "node '\(node)' cannot read '\(question.name)', only its own Node object")
    default: return .refused("")
    }
  }

  private func onPods(_ node: String, _ question: AccessQuestion) -> Answer {
    switch (question.subresource, question.verb) {
    case ("", "get"): return related(node, question)
    case ("", "list"), ("", "watch"):
      if question.fields["spec.nodeName"] == node { return .allowed }
      if !question.name.isEmpty { return related(node, question) }
      return .refused("can only list/watch pods with spec.nodeName field selector")
    case ("", "create"), ("", "delete"), ("status", "update"), ("status", "patch"),
      ("eviction", "create"):
      return .allowed
    default: return .refused("")
    }
  }

  private func onSlices(_ node: String, _ question: AccessQuestion) -> Answer {
    guard question.subresource.isEmpty else {
      return .refused("cannot authorize ResourceSlice subresources")
    }
    switch question.verb {
    case "create": return .allowed
    case "get", "update", "patch", "delete": return related(node, question)
    case "watch", "list", "deletecollection":
      return question.fields["spec.nodeName"] == node
        ? .allowed
        : .refused(
          "can only list/watch/deletecollection resourceslices with nodeName field selector")
    default:
      return .refused(
        "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, "
          + "update, patch, delete, deletecollection")
    }
  }

  private func isRelated(_ question: AccessQuestion, to node: String) -> Bool {
    switch question.resource {
    case "pods":
      guard let pods = table[.pods] else { return false }
      let key = pods.key(namespace: question.namespace, name: question.name)
      return podsByNode[node]?.contains(key) == true
    case "persistentvolumes": return volume(question.name, isUsedBy: node)
    case "volumeattachments", "resourceslices":
      let resource = GroupVersionResource(question.group, "v1", question.resource)
      guard let resource = table[resource],
        let object = store.get(resource, namespace: "", name: question.name)
      else { return false }
      return object["spec"]?.text("nodeName") == node
    case "secrets":
      return isReferenced(question, by: node) || isNeeded(secret: question, on: node)
    default: return isReferenced(question, by: node)
    }
  }

  /// Whether a volume that Pods of the node use names the Secret.
  private func isNeeded(secret question: AccessQuestion, on node: String) -> Bool {
    guard let volumes = table[.persistentVolumes] else { return false }
    var isNeeded = false
    store.forEach(volumes, namespace: "") { volume in
      isNeeded =
        Self.secrets(of: volume).contains {
          $0.text("name") + $0.text("secretName") == question.name
            && $0.text("namespace") + $0.text("secretNamespace") == question.namespace
        } && self.volume(volume.name, isUsedBy: node)
      return !isNeeded
    }
    return isNeeded
  }

  private static func secrets(of volume: Value) -> [Value] {
    let spec = volume["spec"] ?? .emptyObject
    var found: [Value] = []
    for source in ["cephfs", "rbd", "scaleIO", "iscsi", "storageos", "flexVolume"] {
      if let secret = spec[source]?["secretRef"] { found.append(secret) }
    }
    if let file = spec["azureFile"] { found.append(file) }
    for name in [
      "nodePublishSecretRef", "nodeStageSecretRef", "nodeExpandSecretRef",
      "controllerPublishSecretRef", "controllerExpandSecretRef",
    ] {
      if let secret = spec["csi"]?[name] { found.append(secret) }
    }
    return found
  }

  private func isReferenced(_ question: AccessQuestion, by node: String) -> Bool {
    for key in podsByNode[node] ?? [] {
      // A node could make itself mirror Pods of all that it wants to read.
      guard let pod = store.etcd[key]?.value, pod.namespace == question.namespace,
        pod.annotation("kubernetes.io/config.mirror") == nil
      else { continue }
      if PodReferences(pod).contains(question.resource, question.name) { return true }
    }
    return false
  }

  private func volume(_ name: String, isUsedBy node: String) -> Bool {
    guard let volumes = table[.persistentVolumes],
      let volume = store.get(volumes, namespace: "", name: name),
      let claim = volume["spec"]?["claimRef"]
    else { return false }
    let question = AccessQuestion(
      verb: "get", resource: "persistentvolumeclaims",
      namespace: claim["namespace"]?.string ?? "", name: claim["name"]?.string ?? "")
    return isReferenced(question, by: node)
  }

  // The rules of upstream's NodeRules that concern no single object.
  private static let rules: [AccessRule] = [
    AccessRule(
      verbs: ["create"], groups: ["authentication.k8s.io"], resources: ["tokenreviews"]),
    AccessRule(
      verbs: ["create"], groups: ["authorization.k8s.io"],
      resources: ["subjectaccessreviews", "localsubjectaccessreviews"]),
    AccessRule(verbs: ["get", "list", "watch"], groups: [""], resources: ["services"]),
    AccessRule(
      verbs: ["create", "update", "patch"], groups: ["", "events.k8s.io"],
      resources: ["events"]),
    AccessRule(
      verbs: ["create", "get", "list", "watch"], groups: ["certificates.k8s.io"],
      resources: ["certificatesigningrequests"]),
    AccessRule(
      verbs: ["get", "list", "watch"], groups: ["storage.k8s.io"], resources: ["csidrivers"]),
    AccessRule(
      verbs: ["get", "list", "watch"], groups: ["node.k8s.io"], resources: ["runtimeclasses"]),
    AccessRule(verbs: ["get"], groups: [""], resources: ["endpoints"]),
  ]
}
