import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Deletes what is left without an owner, and sees to foreground and orphaning deletions.
final class GarbageCollector: Reconciler {
  static let name = "garbage-collector-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private var graph = OwnerGraph()
  private let events: EventRecorder
  /// The namespaces of objects that were seen and still exist, by uid.
  private var alive: [String: String] = [:]
  private var followed: Set<GroupVersionResource> = []
  private var queue: WorkQueue<Task>!

  /// What is to be looked at.
  private enum Task: Hashable {
    case dependent(OwnerGraph.Node)
    case owner(OwnerGraph.Node)
  }

  // Upstream's default: events are never collected.
  private static let ignored: Set<String> = ["events"]

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("generic-garbage-collector")
    events = context.recorder(client, Self.name)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] task throws(StatusError) in
      switch task {
      case .dependent(let node): try self?.collect(node)
      case .owner(let node): try self?.finish(node)
      }
      return .done
    }
    followNewKinds()
    context.informer(.customResourceDefinitions).onChange { [weak self] _, new in
      guard new != nil else { return }
      self?.context.timeline.after(.zero) { self?.followNewKinds() }
    }
  }

  private func followNewKinds() {
    for kind in context.server.servedKinds
    where kind.isDeletable && !Self.ignored.contains(kind.resource.resource)
      && followed.insert(kind.resource).inserted
    {
      let call = ResourceCall(
        verb: .list, resource: kind.resource, namespace: "", name: "", user: client.user,
        manager: client.manager)
      context.server.follow(call) { [weak self] old, new in
        self?.changed(kind.resource, old, new)
      }
    }
  }

  private func changed(_ resource: GroupVersionResource, _ old: Value?, _ new: Value?) {
    guard let object = new ?? old else { return }
    let uid = object.uid
    let hasOwners = object[path: "metadata", "ownerReferences"] != nil
    if let new {
      let node = node(resource, new)
      if hasOwners || old?[path: "metadata", "ownerReferences"] != nil {
        let owners = new.ownerReferences
        graph.set(node, owners: owners.map(\.uid))
        if old?[path: "metadata", "ownerReferences"] != new[path: "metadata", "ownerReferences"],
          owners.contains(where: { !mayOwn($0, new) })
        {
          queue.add(.dependent(node))
        }
      }
      alive[uid] = new.namespace
      if new.isBeingDeleted { deletionBegan(node, new, old) }
    } else {
      alive[uid] = nil
      let node = node(resource, object)
      let owners = hasOwners ? graph.owners(of: uid) : []
      if hasOwners { graph.remove(node) }
      for dependent in graph.sortedDependents(of: uid) { queue.add(.dependent(dependent)) }
      // An owner that waits for its dependents may be free now.
      for (reference, owner) in zip(object.ownerReferences, owners) {
        if let waiting = waiting[owner] { queue.add(.owner(waiting)) }
        _ = reference
      }
      waiting[uid] = nil
    }
  }

  /// Whether an owner is there; one of another namespace is not, and that is told.
  private func mayOwn(_ owner: OwnerReference, _ object: Value) -> Bool {
    guard let namespace = alive[owner.uid] else { return false }
    if namespace.isEmpty || namespace == object.namespace { return true }
    events.record(
      .warning, object, reason: "OwnerRefInvalidNamespace",
      message: "ownerRef [\(owner.apiVersion)/\(owner.kind), namespace: \(object.namespace), "
        + "name: \(owner.name), uid: \(owner.uid)] does not exist in namespace "
        + object.namespace.goQuoted)
    return false
  }

  /// Owners whose deletion waits for their dependents, by uid.
  private var waiting: [String: OwnerGraph.Node] = [:]

  private func deletionBegan(_ node: OwnerGraph.Node, _ new: Value, _ old: Value?) {
    let finalizers = new.finalizers
    guard finalizers.contains("foregroundDeletion") || finalizers.contains("orphan") else {
      return
    }
    if finalizers.contains("foregroundDeletion") { waiting[node.uid] = node }
    let isNews =
      old?.isBeingDeleted != true || old?.finalizers != finalizers
    if isNews { queue.add(.owner(node)) }
  }

  private func node(_ resource: GroupVersionResource, _ object: Value) -> OwnerGraph.Node {
    OwnerGraph.Node(
      resource: resource, namespace: object.namespace, name: object.name, uid: object.uid)
  }

  private func live(_ node: OwnerGraph.Node) throws(StatusError) -> Value? {
    do throws(StatusError) {
      let object = try client.get(node.resource, node.name, namespace: node.namespace)
      return object.uid == node.uid ? object : nil
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }

  private enum OwnerState { case solid, absent, waiting }

  /// attemptToDeleteItem: an object goes when none of its owners is left.
  private func collect(_ node: OwnerGraph.Node) throws(StatusError) {
    guard let object = try live(node) else { return }
    if object.isBeingDeleted {
      if object.finalizers.contains("foregroundDeletion") { try finish(node) }
      return
    }
    let references = object.ownerReferences
    guard !references.isEmpty else { return }
    var states: [OwnerState] = []
    for reference in references { states.append(try state(of: reference, for: node)) }
    if states.contains(.solid) {
      guard states.contains(where: { $0 != .solid }) else { return }
      let kept = zip(references, states).filter { $0.1 == .solid }.map(\.0)
      _ = try client.patch(
        node.resource, node.name, namespace: node.namespace, .merge,
        .owners(kept, uid: node.uid))
      return
    }
    var policy = "Background"
    if states.contains(.waiting), graph.hasDependents(node.uid) {
      policy = "Foreground"
    } else if object.finalizers.contains("orphan") {
      policy = "Orphan"
    } else if object.finalizers.contains("foregroundDeletion") {
      policy = "Foreground"
    }
    try delete(node, policy)
  }

  private func delete(_ node: OwnerGraph.Node, _ policy: String) throws(StatusError) {
    do throws(StatusError) {
      try client.delete(
        node.resource, node.name, namespace: node.namespace,
        options: [
          "preconditions": ["uid": .string(node.uid)], "propagationPolicy": .string(policy),
        ])
    } catch { if !error.isNotFound { throw error } }
  }

  private func state(
    of reference: OwnerReference, for node: OwnerGraph.Node
  ) throws(StatusError) -> OwnerState {
    guard
      let kind = context.server.servedKind(
        apiVersion: reference.apiVersion, kind: reference.kind)
    else {
      // A kind that is not served cannot be looked for: nothing is concluded.
      return .solid
    }
    // An owner of a namespaced kind is looked for in the dependent's own namespace.
    if kind.isNamespaced, node.namespace.isEmpty { return .solid }
    let owner = OwnerGraph.Node(
      resource: kind.resource, namespace: kind.isNamespaced ? node.namespace : "",
      name: reference.name, uid: reference.uid)
    guard let found = try live(owner) else { return .absent }
    let isWaiting =
      found.isBeingDeleted && found.finalizers.contains("foregroundDeletion")
    return isWaiting ? .waiting : .solid
  }

  /// Does for an owner that is being deleted what its finalizer asks.
  private func finish(_ node: OwnerGraph.Node) throws(StatusError) {
    guard let object = try live(node), object.isBeingDeleted else { return }
    let dependents = graph.sortedDependents(of: node.uid)
    if object.finalizers.contains("orphan") {
      for dependent in dependents {
        guard let found = try live(dependent) else { continue }
        let kept = found.ownerReferences.filter { $0.uid != node.uid }
        _ = try client.patch(
          dependent.resource, dependent.name, namespace: dependent.namespace, .merge,
          .owners(kept, uid: dependent.uid))
      }
      try removeFinalizer("orphan", node, object)
    } else if object.finalizers.contains("foregroundDeletion") {
      var isBlocked = false
      for dependent in dependents {
        guard let found = try live(dependent) else { continue }
        let blocks = found.ownerReferences.contains {
          $0.uid == node.uid && $0.blockOwnerDeletion
        }
        if blocks { isBlocked = true }
        queue.add(.dependent(dependent))
      }
      if !isBlocked { try removeFinalizer("foregroundDeletion", node, object) }
    }
  }

  private func removeFinalizer(
    _ name: String, _ node: OwnerGraph.Node, _ object: Value
  ) throws(StatusError) {
    let left = object.finalizers.filter { $0 != name }
    let list: Value = left.isEmpty ? .null : .array(left.map { .string($0) })
    do throws(StatusError) {
      _ = try client.patch(
        node.resource, node.name, namespace: node.namespace, .merge,
        ["metadata": ["finalizers": list, "uid": .string(node.uid)]])
    } catch { if !error.isNotFound { throw error } }
  }
}
