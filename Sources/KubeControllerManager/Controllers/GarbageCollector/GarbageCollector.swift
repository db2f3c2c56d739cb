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
        if old?[path: "metadata", "ownerReferences"] != new[path: "metadata", "ownerReferences"] {
          // All are asked, so that each that is wrong is told.
          let doubtful = owners.filter { !mayOwn($0, new) }
          if !doubtful.isEmpty { queue.add(.dependent(node)) }
          releaseOwners(old?.ownerReferences ?? [], owners)
        }
      }
      alive[uid] = new.namespace
      if new.isBeingDeleted { deletionBegan(node, new, old) }
    } else {
      alive[uid] = nil
      coordinates[uid] = nil
      let node = node(resource, object)
      let owners = hasOwners ? graph.owners(of: uid) : []
      if hasOwners { graph.remove(node) }
      for dependent in graph.sortedDependents(of: uid) { queue.add(.dependent(dependent)) }
      // An owner that waits for its dependents may be free now.
      for owner in owners {
        if let waiting = waiting[owner] { queue.add(.owner(waiting)) }
      }
      waiting[uid] = nil
    }
  }

  /// An owner that waits for its dependents may not have to wait for one that changed
  /// (addUnblockedOwnersToDeleteQueue).
  private func releaseOwners(_ old: [OwnerReference], _ new: [OwnerReference]) {
    for reference in old where reference.blockOwnerDeletion {
      let blocks = new.contains { $0.uid == reference.uid && $0.blockOwnerDeletion }
      if !blocks, let owner = waiting[reference.uid] { queue.add(.owner(owner)) }
    }
  }

  /// By what kind and name owners are really known, once somebody referred to them.
  private var coordinates: [String: (apiVersion: String, kind: String, name: String)] = [:]

  /// Whether an owner is there under the name that it is referred to by; one of another namespace
  /// is not, and that is told.
  private func mayOwn(_ owner: OwnerReference, _ object: Value) -> Bool {
    guard let namespace = alive[owner.uid] else { return false }
    if namespace.isEmpty || namespace == object.namespace {
      let referred = (apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name)
      if let known = coordinates[owner.uid] { return known == referred }
      guard
        let kind = context.server.servedKind(apiVersion: owner.apiVersion, kind: owner.kind),
        let found = try? live(
          OwnerGraph.Node(
            resource: kind.resource, namespace: kind.isNamespaced ? object.namespace : "",
            name: owner.name, uid: owner.uid)), found.uid == owner.uid
      else { return false }
      coordinates[owner.uid] = referred
      return true
    }
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
      // Not `? object : nil`, which would be a null that is there.
      guard object.uid == node.uid else { return nil }
      return object
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
    let references = object[path: "metadata", "ownerReferences"]?.array ?? []
    guard !references.isEmpty else { return }
    var states: [OwnerState] = []
    for reference in references {
      // Of what cannot be looked for nothing is concluded, nor of the others beside it.
      guard let state = try state(of: OwnerReference(reference), for: node) else { return }
      states.append(state)
    }
    if states.contains(.solid) {
      guard states.contains(where: { $0 != .solid }) else { return }
      return try setOwners(of: node, zip(references, states).filter { $0.1 == .solid }.map(\.0))
    }
    var policy = "Background"
    if states.contains(.waiting), graph.hasDependents(node.uid) {
      policy = "Foreground"
      // Dependents that wait as well may be its owners in turn: it blocks nobody then.
      if graph.sortedDependents(of: node.uid).contains(where: { waiting[$0.uid] != nil }) {
        try setOwners(
          of: node,
          references.map { reference in
            var free = reference
            free["blockOwnerDeletion"] = false
            return free
          })
      }
    } else if object.finalizers.contains("orphan") {
      policy = "Orphan"
    } else if object.finalizers.contains("foregroundDeletion") {
      policy = "Foreground"
    }
    try delete(node, policy)
  }

  private func setOwners(of node: OwnerGraph.Node, _ owners: [Value]) throws(StatusError) {
    do throws(StatusError) {
      _ = try client.patch(
        node.resource, node.name, namespace: node.namespace, .merge,
        [
          "metadata": [
            "ownerReferences": owners.isEmpty ? .null : .array(owners), "uid": .string(node.uid),
          ]
        ])
    } catch { if !error.isNotFound { throw error } }
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

  /// nil: its kind is not served, or has namespaces, which the dependent has not.
  private func state(
    of reference: OwnerReference, for node: OwnerGraph.Node
  ) throws(StatusError) -> OwnerState? {
    guard
      let kind = context.server.servedKind(
        apiVersion: reference.apiVersion, kind: reference.kind),
      // An owner of a namespaced kind is looked for in the dependent's own namespace.
      !kind.isNamespaced || !node.namespace.isEmpty
    else { return nil }
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
        let owners = found[path: "metadata", "ownerReferences"]?.array ?? []
        try setOwners(of: dependent, owners.filter { $0["uid"]?.string != node.uid })
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
