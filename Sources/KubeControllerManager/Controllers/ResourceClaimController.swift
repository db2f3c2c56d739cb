import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Makes the claims for devices that Pods want of templates, and takes devices back from claims
/// that nobody uses any more.
final class ResourceClaimController: Reconciler {
  static let name = "resourceclaim-controller"
  private static let claims = GroupVersionResource("resource.k8s.io", "v1", "resourceclaims")
  private static let templates = GroupVersionResource(
    "resource.k8s.io", "v1", "resourceclaimtemplates")
  private static let origin = "resource.kubernetes.io/pod-claim-name"
  private static let finalizer = "resource.kubernetes.io/delete-protection"

  private let context: ControllerContext
  private let client: ComponentClient
  private let events: EventRecorder
  private let claims: Informer
  private let templates: Informer
  private let claimsByOwner: InformerIndex
  private var pods: WorkQueue<Informer.Key>!
  private var used: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("resource-claim-controller")
    events = context.recorder(client, "resource_claim")
    claims = context.informer(Self.claims)
    templates = context.informer(Self.templates)
    claimsByOwner = InformerIndex(claims) { $0.controllerReference.map { [$0.uid] } ?? [] }
  }

  func start() {
    pods = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.provide(key)
      return .done
    }
    used = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.review(key)
      return .done
    }
    context.pods.onChange { [weak self] old, new in self?.podChanged(old, new) }
    claims.onChange { [weak self] _, new in
      guard let new else { return }
      self?.used.add(Informer.Key(namespace: new.namespace, name: new.name))
    }
    templates.onChange { [weak self] old, new in
      guard let self, old == nil, let new else { return }
      for pod in context.pods.inNamespace(new.namespace)
      where Self.wanted(pod).contains(where: { $0.text("resourceClaimTemplateName") == new.name }) {
        pods.add(pod.key)
      }
    }
  }

  private static func wanted(_ pod: PodRecord) -> [Value] {
    pod.value[path: "spec", "resourceClaims"]?.array ?? []
  }

  /// The claim that an entry of a Pod's spec stands for; nil: none was made, or none is needed.
  private static func claimName(_ entry: Value, _ pod: PodRecord) -> String? {
    if let name = entry["resourceClaimName"]?.string { return name }
    let made = pod.value[path: "status", "resourceClaimStatuses"]?.array ?? []
    return made.first { $0["name"] == entry["name"] }?["resourceClaimName"]?.string
  }

  private func podChanged(_ old: PodRecord?, _ new: PodRecord?) {
    guard let pod = new ?? old, !Self.wanted(pod).isEmpty else { return }
    if let new, !new.isTerminating, !new.isFinished { return pods.add(new.key) }
    for entry in Self.wanted(pod) {
      guard let name = Self.claimName(entry, pod) else { continue }
      used.add(Informer.Key(namespace: pod.namespace, name: name))
    }
  }

  private func provide(_ key: Informer.Key) throws(StatusError) {
    guard let pod = context.pods.records[key], !pod.isTerminating, !pod.isFinished else { return }
    var statuses = pod.value[path: "status", "resourceClaimStatuses"]?.array ?? []
    let before = statuses
    for entry in Self.wanted(pod) {
      guard let template = entry["resourceClaimTemplateName"]?.string,
        Self.claimName(entry, pod) == nil
      else { continue }
      let name: String
      do throws(StatusError) {
        name = try claim(for: entry.text("name"), of: template, pod)
      } catch {
        events.record(
          .warning, pod.value, reason: "FailedResourceClaimCreation",
          message: "PodResourceClaim \(entry.text("name")): \(error.message)")
        throw error
      }
      statuses.removeAll { $0["name"] == entry["name"] }
      statuses.append(["name": entry["name"] ?? "", "resourceClaimName": .string(name)])
    }
    if statuses != before {
      _ = try client.patch(
        .pods, pod.name, namespace: pod.namespace, .merge,
        ["status": ["resourceClaimStatuses": .array(statuses)]], subresource: "status")
    }
    // Who is put on a node by hand has no scheduler to reserve for it.
    guard !pod.nodeName.isEmpty else { return }
    for entry in Self.wanted(pod) {
      guard let name = Self.claimName(entry, pod), let claim = claims[pod.namespace, name],
        claim[path: "status", "allocation"]?.isNull == false
      else { continue }
      let users = claim[path: "status", "reservedFor"]?.array ?? []
      guard !users.contains(where: { $0.text("uid") == pod.uid }), users.count < 256 else {
        continue
      }
      var changed = claim
      changed["status"]?["reservedFor"] = .array(
        users + [["resource": "pods", "name": .string(pod.name), "uid": .string(pod.uid)]])
      _ = try client.update(Self.claims, changed, subresource: "status")
    }
  }

  /// The claim made for an entry of a Pod's spec, made now unless it was before.
  private func claim(
    for entry: String, of template: String, _ pod: PodRecord
  ) throws(StatusError) -> String {
    if let known = claimsByOwner[pod.uid].first(where: { $0.annotation(Self.origin) == entry }) {
      return known.name
    }
    guard let source = templates[pod.namespace, template] else {
      throw .plain(
        "resource claim template \(template.goQuoted): "
          + "resourceclaimtemplate.resource.k8s.io \(template.goQuoted) not found")
    }
    var metadata: Value = [
      "generateName": .string("\(pod.name)-\(entry)-"), "namespace": .string(pod.namespace),
      "ownerReferences": [OwnerReference.controller(pod.value).value],
    ]
    metadata["labels"] = source[path: "spec", "metadata", "labels"]
    var annotations = source[path: "spec", "metadata", "annotations"] ?? .emptyObject
    annotations[Self.origin] = .string(entry)
    metadata["annotations"] = annotations
    return try client.create(
      Self.claims,
      [
        "apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "metadata": metadata,
        "spec": source[path: "spec", "spec"] ?? .emptyObject,
      ], namespace: pod.namespace
    ).name
  }

  /// Whether a Pod has no use for devices any more.
  private static func isDone(_ pod: PodRecord) -> Bool {
    pod.isFinished || pod.isTerminating && pod.nodeName.isEmpty
  }

  private func review(_ key: Informer.Key) throws(StatusError) {
    guard let claim = claims.objects[key] else { return }
    let users = claim[path: "status", "reservedFor"]?.array ?? []
    let valid = users.filter { user in
      guard user.text("resource") == "pods" else { return true }
      let pod = context.pods[key.namespace, user.text("name")]
      return pod.map { $0.uid == user.text("uid") && !Self.isDone($0) } ?? false
    }
    if valid.count < users.count || claim.isBeingDeleted && valid.isEmpty {
      try free(claim, keeping: valid)
    }
    guard valid.isEmpty, let owner = claim.controllerReference, owner.kind == "Pod",
      let pod = context.pods[key.namespace, owner.name],
      pod.uid != owner.uid || Self.isDone(pod)
    else { return }
    do throws(StatusError) {
      try client.delete(Self.claims, key.name, namespace: key.namespace)
    } catch { if !error.isNotFound { throw error } }
  }

  /// The last to leave gives the devices back.
  private func free(_ claim: Value, keeping users: [Value]) throws(StatusError) {
    var changed = claim
    let isProtected = claim.finalizers.contains(Self.finalizer)
    changed["status"]?["reservedFor"] = users.isEmpty ? nil : .array(users)
    if users.isEmpty, isProtected { changed["status"]?["allocation"] = nil }
    if changed["status"] != claim["status"] {
      changed = try client.update(Self.claims, changed, subresource: "status")
    }
    guard users.isEmpty, isProtected else { return }
    let left = changed.finalizers.filter { $0 != Self.finalizer }
    changed["metadata"]?["finalizers"] = left.isEmpty ? nil : .array(left.map { .string($0) })
    _ = try client.update(Self.claims, changed)
  }
}
