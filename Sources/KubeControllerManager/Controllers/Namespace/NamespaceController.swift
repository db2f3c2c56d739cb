import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Empties a namespace that is being deleted and lets it go at last.
final class NamespaceController: Reconciler {
  static let name = "namespace-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let namespaces: Informer
  private var queue: WorkQueue<String>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    namespaces = context.informer(.namespaces)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline, backoff: (.milliseconds(5), .minutes(1))) {
      [weak self] name throws(StatusError) in
      try self?.reconcile(name) ?? .done
    }
    namespaces.onChange { [weak self] _, new in
      if let new, new.isBeingDeleted { self?.queue.add(new.name) }
    }
  }

  /// What is still there after a round of deleting.
  private struct Remains {
    var counts: [GroupVersionResource: Int] = [:]
    var finalizers: [String: Int] = [:]
    /// How long it may take, in seconds.
    var estimate: Int64 = 0
    var failures: [String] = []
  }

  private func reconcile(_ name: String) throws(StatusError) -> WorkQueue<String>.Outcome {
    let namespace: Value
    do throws(StatusError) {
      namespace = try client.get(.namespaces, name)
    } catch {
      if error.isNotFound { return .done }
      throw error
    }
    guard namespace.isBeingDeleted else { return .done }
    guard namespace[path: "spec", "finalizers"]?.array?.contains("kubernetes") == true else {
      return .done
    }
    let remains = deleteContent(namespace)
    let updated = try updateConditions(namespace, remains)
    if !remains.failures.isEmpty || !context.server.staleVersions.isEmpty { return .retry }
    if remains.estimate > 0 { return .again(after: .seconds(remains.estimate / 2 + 1)) }
    var final = updated
    let left = (final[path: "spec", "finalizers"]?.array ?? []).filter {
      $0.string != "kubernetes"
    }
    final["spec"]?["finalizers"] = left.isEmpty ? nil : .array(left)
    do throws(StatusError) {
      _ = try client.update(.namespaces, final, subresource: "finalize")
    } catch { if !error.isNotFound { throw error } }
    return .done
  }

  /// Pods first, and all else once they are gone (OrderedNamespaceDeletion); until then upstream
  /// tells nothing of what remains.
  private func deleteContent(_ namespace: Value) -> Remains {
    let name = namespace.name
    var remains = Remains()
    deleteAll(.pods, name, &remains, grace: longestGrace(namespace))
    if remains.counts[.pods] != nil {
      remains.counts = [:]
      remains.finalizers = [:]
      return remains
    }
    for kind in context.server.servedKinds
    where kind.isNamespaced && kind.isDeletable && kind.resource != .pods {
      deleteAll(kind.resource, name, &remains)
    }
    return remains
  }

  private func deleteAll(
    _ resource: GroupVersionResource, _ name: String, _ remains: inout Remains, grace: Int64 = 0
  ) {
    guard let objects = try? client.list(resource, namespace: name), !objects.isEmpty else {
      return
    }
    for object in objects where !object.isBeingDeleted || object.finalizers.isEmpty {
      if object.isBeingDeleted { continue }
      do throws(StatusError) {
        try client.delete(
          resource, object.name, namespace: name,
          options: ["propagationPolicy": "Background"])
      } catch {
        if !error.isNotFound { remains.failures.append(error.message) }
      }
    }
    let left = (try? client.list(resource, namespace: name)) ?? []
    guard !left.isEmpty else { return }
    remains.counts[resource] = left.count
    for object in left {
      for finalizer in object.finalizers { remains.finalizers[finalizer, default: 0] += 1 }
    }
    if grace > 0 {
      remains.estimate = max(remains.estimate, grace)
    } else if left.contains(where: { !$0.finalizers.isEmpty }) {
      remains.estimate = max(remains.estimate, 15)
    } else {
      let kind = "\(resource.group)/\(resource.version), Resource=\(resource.resource)"
      remains.failures.append(
        "unexpected items still remain in namespace: \(name) for gvr: \(kind)")
    }
  }

  /// How long Pods may take, in seconds; 0 once that is over (estimateGracefulTermination).
  private func longestGrace(_ namespace: Value) -> Int64 {
    let pods = (try? client.list(.pods, namespace: namespace.name)) ?? []
    let longest =
      pods.filter {
        !["Succeeded", "Failed"].contains($0[path: "status", "phase"]?.string ?? "")
      }.compactMap { $0[path: "spec", "terminationGracePeriodSeconds"]?.int }.max() ?? 0
    let since =
      namespace[path: "metadata", "deletionTimestamp"]?.string
      .flatMap { Moment(rfc3339: $0) } ?? context.timeline.now
    return since + .seconds(max(longest, 0)) > context.timeline.now ? longest : 0
  }

  private func updateConditions(
    _ namespace: Value, _ remains: Remains
  ) throws(StatusError) -> Value {
    var conditions: [(type: String, status: Bool, reason: String, message: String)] = [
      (
        "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
        "All resources successfully discovered"
      ),
      (
        "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
        "All legacy kube types successfully parsed"
      ),
      (
        "NamespaceDeletionContentFailure", false, "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization"
      ),
    ]
    let stale = context.server.staleVersions
    if !stale.isEmpty {
      conditions[0] = (
        "NamespaceDeletionDiscoveryFailure", true, "DiscoveryFailed",
        "Discovery failed for some groups, \(stale.count) failing: unable to retrieve the complete "
          + "list of server APIs: "
          + stale.map { "\($0): stale GroupVersion discovery: \($0)" }.joined(separator: ", ")
      )
    }
    if !remains.failures.isEmpty {
      conditions[2] = (
        "NamespaceDeletionContentFailure", true, "ContentDeletionFailed",
        "Failed to delete all resource types, \(remains.failures.count) remaining: "
          + remains.failures.sorted().joined(separator: ", ")
      )
    }
    conditions.append(contentCondition(remains))
    conditions.append(finalizersCondition(remains))
    return try write(namespace, conditions)
  }

  private func contentCondition(
    _ remains: Remains
  ) -> (type: String, status: Bool, reason: String, message: String) {
    guard !remains.counts.isEmpty else {
      return (
        "NamespaceContentRemaining", false, "ContentRemoved",
        "All content successfully removed"
      )
    }
    let list = remains.counts.map { resource, count in
      // As printed upstream: resource.group., the group empty for the core.
      "\(resource.resource).\(resource.group) has \(count) resource instances"
    }.sorted()
    return (
      "NamespaceContentRemaining", true, "SomeResourcesRemain",
      "Some resources are remaining: " + list.joined(separator: ", ")
    )
  }

  private func finalizersCondition(
    _ remains: Remains
  ) -> (type: String, status: Bool, reason: String, message: String) {
    guard !remains.finalizers.isEmpty else {
      return (
        "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers",
        "All content-preserving finalizers finished"
      )
    }
    let list = remains.finalizers.map { "\($0.key) in \($0.value) resource instances" }.sorted()
    return (
      "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
      "Some content in the namespace has finalizers remaining: "
        + list.joined(separator: ", ")
    )
  }

  private func write(
    _ namespace: Value,
    _ wanted: [(type: String, status: Bool, reason: String, message: String)]
  ) throws(StatusError) -> Value {
    var all = namespace[path: "status", "conditions"]?.array ?? []
    let before = all
    for condition in wanted {
      let status: Value = condition.status ? "True" : "False"
      let place = all.firstIndex { $0["type"]?.string == condition.type }
      let known = place.map { all[$0] }
      if known?["status"] == status, known?["reason"]?.string == condition.reason,
        known?["message"]?.string == condition.message
      {
        continue
      }
      let isSame = known?["status"] == status
      let value: Value = [
        "type": .string(condition.type), "status": status, "reason": .string(condition.reason),
        "message": .string(condition.message),
        "lastTransitionTime": isSame
          ? known?["lastTransitionTime"] ?? .null : .string(context.timeline.now.rfc3339),
      ]
      if let place { all[place] = value } else { all.append(value) }
    }
    guard all != before else { return namespace }
    var changed = namespace
    var status = changed["status"] ?? .emptyObject
    status["conditions"] = .array(all)
    changed["status"] = status
    return try client.update(.namespaces, changed, subresource: "status")
  }
}
