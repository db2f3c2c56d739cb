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

  /// nil: no opinion, others decide.
  func decide(_ user: UserInfo, _ question: AccessQuestion) -> AccessDecision? {
    let prefix = "system:node:"
    guard user.name.hasPrefix(prefix), user.groups.contains("system:nodes") else { return nil }
    let node = String(user.name.dropFirst(prefix.count))
    if question.path.isEmpty, let special = special(node, question) {
      return special.isEmpty
        ? AccessDecision(isAllowed: true, reason: "")
        : AccessDecision(isAllowed: false, reason: special)
    }
    let allowed = Self.rules.contains { $0.allows(question) }
    return allowed ? AccessDecision(isAllowed: true, reason: "") : nil
  }

  /// Empty: allowed; a text: why not; nil: the general rules decide.
  private func special(_ node: String, _ question: AccessQuestion) -> String? {
    let unrelated = "no relationship found between node '\(node)' and this object"
    switch (question.group, question.resource) {
    case ("", "secrets"), ("", "configmaps"):
      guard ["get", "list", "watch"].contains(question.verb), question.subresource.isEmpty else {
        return "can only read resources of this type"
      }
      guard !question.name.isEmpty else { return "No Object name found" }
      return isReferenced(question, by: node) ? "" : unrelated
    case ("", "persistentvolumeclaims"):
      if question.subresource == "status" { return nil }
      guard question.verb == "get" else { return "can only get individual resources of this type" }
      guard !question.name.isEmpty else { return "No Object name found" }
      return isReferenced(question, by: node) ? "" : unrelated
    case ("", "persistentvolumes"):
      guard question.verb == "get" else { return "can only get individual resources of this type" }
      return volume(question.name, isUsedBy: node) ? "" : unrelated
    case ("", "serviceaccounts"):
      guard question.verb == "create", question.subresource == "token" else {
        return question.verb == "get"
          ? nil : "can only create tokens for individual service accounts"
      }
      return isReferenced(question, by: node) ? "" : unrelated
    case ("", "nodes"): return readNode(node, question)
    case ("", "pods"): return readPod(node, question)
    case ("coordination.k8s.io", "leases"):
      guard question.namespace == "kube-node-lease" else {
        return "can only access leases in the \"kube-node-lease\" system namespace"
      }
      guard ["get", "create", "update", "patch", "delete"].contains(question.verb) else {
        return "can only get, create, update, patch, or delete a node lease"
      }
      if question.verb != "create", question.name != node {
        return "can only access node lease with the same name as the requesting node"
      }
      return ""
    case ("storage.k8s.io", "csinodes"):
      guard ["get", "create", "update", "patch", "delete"].contains(question.verb) else {
        return "can only get, create, update, patch, or delete a CSINode"
      }
      if question.verb != "create", question.name != node {
        return "can only access CSINode with the same name as the requesting node"
      }
      return ""
    default: return nil
    }
  }

  private func readNode(_ node: String, _ question: AccessQuestion) -> String? {
    guard question.verb == "get", question.subresource.isEmpty, question.name != node else {
      return nil
    }
    return "node '\(node)' cannot read '\(question.name)', only its own Node object"
  }

  private func readPod(_ node: String, _ question: AccessQuestion) -> String? {
    switch question.verb {
    case "get" where question.subresource.isEmpty:
      guard let pods = table[.pods] else { return nil }
      let key = pods.key(namespace: question.namespace, name: question.name)
      return podsByNode[node]?.contains(key) == true
        ? "" : "no relationship found between node '\(node)' and this object"
    default: return nil
    }
  }

  private func isReferenced(_ question: AccessQuestion, by node: String) -> Bool {
    for key in podsByNode[node] ?? [] {
      guard let pod = store.etcd[key]?.value, pod.namespace == question.namespace else {
        continue
      }
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
    AccessRule(verbs: ["create", "get", "list", "watch"], groups: [""], resources: ["nodes"]),
    AccessRule(verbs: ["update", "patch"], groups: [""], resources: ["nodes/status", "nodes"]),
    AccessRule(
      verbs: ["create", "update", "patch"], groups: ["", "events.k8s.io"],
      resources: ["events"]),
    AccessRule(
      verbs: ["get", "list", "watch", "create", "delete"], groups: [""], resources: ["pods"]),
    AccessRule(verbs: ["update", "patch"], groups: [""], resources: ["pods/status"]),
    AccessRule(verbs: ["create"], groups: [""], resources: ["pods/eviction"]),
    AccessRule(
      verbs: ["get", "update", "patch"], groups: [""],
      resources: ["persistentvolumeclaims/status"]),
    AccessRule(verbs: ["get"], groups: ["storage.k8s.io"], resources: ["volumeattachments"]),
    AccessRule(
      verbs: ["create", "get", "list", "watch"], groups: ["certificates.k8s.io"],
      resources: ["certificatesigningrequests"]),
    AccessRule(
      verbs: ["get", "list", "watch"], groups: ["storage.k8s.io"], resources: ["csidrivers"]),
    AccessRule(
      verbs: ["get", "list", "watch"], groups: ["node.k8s.io"], resources: ["runtimeclasses"]),
    AccessRule(verbs: ["get"], groups: [""], resources: ["endpoints", "serviceaccounts"]),
  ]
}

/// The Secrets, ConfigMaps, claims and account that a Pod names.
struct PodReferences {
  private let pod: Value

  init(_ pod: Value) { self.pod = pod }

  func contains(_ resource: String, _ name: String) -> Bool {
    let spec = pod["spec"] ?? .emptyObject
    if resource == "serviceaccounts" { return spec["serviceAccountName"]?.string == name }
    if resource == "secrets",
      spec["imagePullSecrets"]?.array?.contains(where: { $0["name"]?.string == name }) == true
    {
      return true
    }
    for volume in spec["volumes"]?.array ?? [] where uses(volume, resource, name) { return true }
    for list in ["containers", "initContainers", "ephemeralContainers"] {
      for container in spec[list]?.array ?? [] where uses(container: container, resource, name) {
        return true
      }
    }
    return false
  }

  private func uses(_ volume: Value, _ resource: String, _ name: String) -> Bool {
    switch resource {
    case "secrets":
      if volume["secret"]?["secretName"]?.string == name { return true }
      if volume["csi"]?["nodePublishSecretRef"]?["name"]?.string == name { return true }
      return volume["projected"]?["sources"]?.array?
        .contains { $0["secret"]?["name"]?.string == name } ?? false
    case "configmaps":
      if volume["configMap"]?["name"]?.string == name { return true }
      return volume["projected"]?["sources"]?.array?
        .contains { $0["configMap"]?["name"]?.string == name } ?? false
    case "persistentvolumeclaims":
      if volume["persistentVolumeClaim"]?["claimName"]?.string == name { return true }
      return volume["ephemeral"] != nil
        && "\(pod.name)-\(volume["name"]?.string ?? "")" == name
    default: return false
    }
  }

  private func uses(container: Value, _ resource: String, _ name: String) -> Bool {
    let (reference, key) =
      resource == "secrets" ? ("secretRef", "secretKeyRef") : ("configMapRef", "configMapKeyRef")
    guard resource == "secrets" || resource == "configmaps" else { return false }
    if container["envFrom"]?.array?
      .contains(where: { $0[reference]?["name"]?.string == name }) == true
    {
      return true
    }
    return container["env"]?.array?
      .contains { $0["valueFrom"]?[key]?["name"]?.string == name } ?? false
  }
}
