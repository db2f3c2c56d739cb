import Documents
import Etcd
import KubeObjects
import Simulation

/// One follower of a resource.
final class Watcher {
  let namespace: String
  /// The node whose Pods alone are wanted; empty: all.
  let nodeName: String
  let matches: ((Value) -> Bool)?
  let handler: (Change) -> Void
  fileprivate(set) var isCancelled = false
  /// Changes up to this revision are known already.
  fileprivate var after: Int64 = 0

  /// A change as a follower sees it.
  struct Change {
    var old: Value?
    var new: Value?
    var revision: Int64
  }

  init(
    namespace: String, nodeName: String, matches: ((Value) -> Bool)?,
    handler: @escaping (Change) -> Void
  ) {
    self.namespace = namespace
    self.nodeName = nodeName
    self.matches = matches
    self.handler = handler
  }
}

/// Tells followers of changes: each on the timeline after the write, at a cost that depends on who
/// is concerned and not on how many follow. Remembers the last changes of each resource.
final class WatchCache {
  private final class Followers {
    var window = WatchWindow()
    var all: [Watcher] = []
    var byNamespace: [String: [Watcher]] = [:]
    var byNode: [String: [Watcher]] = [:]
  }

  private let timeline: Timeline
  private let table: ResourceTable
  /// By the keys' prefix, which stays when a custom resource is stored in another version.
  private var followers: [String: Followers] = [:]
  private var pending: [(Watcher, Watcher.Change)] = []
  private var isScheduled = false

  init(timeline: Timeline, table: ResourceTable, etcd: KeyValueStore) {
    self.timeline = timeline
    self.table = table
    // A watch from now can not find its revision compacted.
    _ = try? etcd.watch(from: "/registry/", before: "/registry0") { [weak self] events in
      for event in events { self?.note(event) }
    }
  }

  private func followers(of resource: ServedResource) -> Followers {
    if let known = followers[resource.prefix] { return known }
    let new = Followers()
    followers[resource.prefix] = new
    return new
  }

  func add(_ watcher: Watcher, of resource: ServedResource) {
    let followers = followers(of: resource)
    if !watcher.nodeName.isEmpty {
      followers.byNode[watcher.nodeName, default: []].append(watcher)
    } else if !watcher.namespace.isEmpty {
      followers.byNamespace[watcher.namespace, default: []].append(watcher)
    } else {
      followers.all.append(watcher)
    }
  }

  func remove(_ watcher: Watcher, of resource: ServedResource) {
    watcher.isCancelled = true
    let followers = followers(of: resource)
    followers.all.removeAll { $0 === watcher }
    if !watcher.namespace.isEmpty {
      followers.byNamespace[watcher.namespace]?.removeAll { $0 === watcher }
    }
    if !watcher.nodeName.isEmpty {
      followers.byNode[watcher.nodeName]?.removeAll { $0 === watcher }
    }
  }

  /// How many changes a follower may not have taken yet: as many as are remembered for new ones, and
  /// of a resource of which none are as many as upstream's largest queue holds.
  func capacity(of resource: ServedResource) -> Int {
    resource.hasWatchCache ? followers(of: resource).window.capacity : 1000
  }

  /// The changes of a resource after a revision; throws when they are not all remembered.
  func changes(
    of resource: ServedResource, after revision: Int64
  ) throws(StatusError) -> [Watcher.Change] {
    let window = followers(of: resource).window
    if revision < window.oldest {
      throw .gone("too old resource version: \(revision) (\(window.oldest))")
    }
    return window.events(after: revision).map(Self.change)
  }

  /// A deletion is told with its own revision.
  static func change(_ event: KeyValueStore.Event) -> Watcher.Change {
    var old = event.previous?.value
    if event.entry == nil {
      old?["metadata"]?["resourceVersion"] = .string(String(event.revision))
    }
    return Watcher.Change(old: old, new: event.entry?.value, revision: event.revision)
  }

  /// How many follow, for the metrics.
  var count: Int {
    followers.values.reduce(0) { sum, one in
      sum + one.all.count + one.byNamespace.values.reduce(0) { $0 + $1.count }
        + one.byNode.values.reduce(0) { $0 + $1.count }
    }
  }

  /// Remembers that there are no objects at all of a resource, until the first comes: every write
  /// asks for the policies, webhooks, quotas and limits that most clusters do not have.
  func lookWhetherEmpty(_ resource: ServedResource, in store: ObjectStore) {
    // Of others it might not be heard here when there are some.
    guard resource.custom == nil, resource.source == nil, resource.isStoredVersion else { return }
    resource.isKnownEmpty = true
    store.forEach(resource, namespace: "") { _ in
      resource.isKnownEmpty = false
      return false
    }
  }

  private func note(_ event: KeyValueStore.Event) {
    guard let resource = table.resource(key: event.key) else { return }
    if event.entry != nil { resource.isKnownEmpty = false }
    let followers = followers(of: resource)
    if resource.hasWatchCache { followers.window.note(event, at: timeline.now) }
    let (old, new) = (event.previous?.value, event.entry?.value)
    let change = Self.change(event)
    for watcher in followers.all { queue(watcher, change) }
    let namespace = (new ?? old)?["metadata"]?["namespace"]?.string ?? ""
    if !namespace.isEmpty, let some = followers.byNamespace[namespace] {
      for watcher in some { queue(watcher, change) }
    }
    guard !followers.byNode.isEmpty else { return }
    let before = old?["spec"]?["nodeName"]?.string ?? ""
    let now = new?["spec"]?["nodeName"]?.string ?? ""
    for watcher in followers.byNode[now] ?? [] { queue(watcher, change) }
    if before != now {
      for watcher in followers.byNode[before] ?? [] { queue(watcher, change) }
    }
  }

  /// Turns a change of an object into one of the follower's selection.
  private func queue(_ watcher: Watcher, _ change: Watcher.Change) {
    guard let seen = watcher.select(change) else { return }
    pending.append((watcher, seen))
    guard !isScheduled else { return }
    isScheduled = true
    timeline.after(.zero) { [weak self] in self?.deliver() }
  }

  private func deliver() {
    isScheduled = false
    let now = pending
    pending = []
    for (watcher, change) in now where !watcher.isCancelled { watcher.handler(change) }
  }
}

extension Watcher {
  /// What of a change concerns this follower; nil: nothing.
  func select(_ change: Change) -> Change? {
    var seen = change
    if let object = seen.old, !covers(object) { seen.old = nil }
    if let object = seen.new, !covers(object) {
      seen.new = nil
      // Leaving the selection is told with the revision of the change.
      seen.old?["metadata"]?["resourceVersion"] = .string(String(change.revision))
    }
    return seen.old == nil && seen.new == nil ? nil : seen
  }

  private func covers(_ object: Value) -> Bool {
    if !nodeName.isEmpty, object["spec"]?["nodeName"]?.string != nodeName { return false }
    if !namespace.isEmpty, object["metadata"]?["namespace"]?.string != namespace { return false }
    return matches?(object) ?? true
  }
}
