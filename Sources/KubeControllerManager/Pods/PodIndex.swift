import Documents
import KubeAPIServer
import KubeObjects

/// All Pods, read once each, by owner, by namespace and by node.
final class PodIndex {
  private(set) var records: [Informer.Key: PodRecord] = [:]
  private var byOwner: [String: [String: PodRecord]] = [:]
  private var orphans: [String: [String: PodRecord]] = [:]
  private var byNode: [String: [String: PodRecord]] = [:]
  private var byNamespace: [String: [String: PodRecord]] = [:]
  private var handlers: [(_ old: PodRecord?, _ new: PodRecord?) -> Void] = []

  init(_ informer: Informer) {
    informer.onChange { [weak self] old, new in self?.apply(old, new) }
  }

  subscript(namespace: String, name: String) -> PodRecord? {
    records[Informer.Key(namespace: namespace, name: name)]
  }

  /// Pods that a controller owns, by name.
  func owned(by uid: String) -> [PodRecord] { sorted(byOwner[uid]) }
  /// The same in no order at all, for counting: sorting ten thousand costs more than counting them.
  func unordered(ownedBy uid: String) -> some Collection<PodRecord> { (byOwner[uid] ?? [:]).values }
  /// Pods of a namespace that no controller owns, by name.
  func orphans(in namespace: String) -> [PodRecord] { sorted(orphans[namespace]) }
  func onNode(_ name: String) -> [PodRecord] { sorted(byNode[name]) }
  func inNamespace(_ name: String) -> [PodRecord] { sorted(byNamespace[name]) }
  func hasPods(inNamespace name: String) -> Bool { byNamespace[name]?.isEmpty == false }

  private func sorted(_ found: [String: PodRecord]?) -> [PodRecord] {
    guard let found else { return [] }
    return found.values.sorted { $0.key < $1.key }
  }

  /// Adds a handler and calls it for every Pod already known: (nil, new), (old, new), (old, nil).
  func onChange(_ handler: @escaping (_ old: PodRecord?, _ new: PodRecord?) -> Void) {
    handlers.append(handler)
    for record in records.values.sorted(by: { $0.key < $1.key }) { handler(nil, record) }
  }

  private func apply(_ old: Value?, _ new: Value?) {
    guard let object = new ?? old else { return }
    let key = Informer.Key(namespace: object.namespace, name: object.name)
    let known = records[key]
    let record = new.map(PodRecord.init)
    records[key] = record
    if let known { remove(known) }
    if let record { add(record) }
    if let known, let record, known.uid != record.uid {
      // Deleted and made anew between two looks.
      for handler in handlers { handler(known, nil) }
      for handler in handlers { handler(nil, record) }
    } else {
      for handler in handlers { handler(known, record) }
    }
  }

  private func add(_ record: PodRecord) {
    if let owner = record.owner {
      byOwner[owner.uid, default: [:]][record.uid] = record
    } else {
      orphans[record.namespace, default: [:]][record.uid] = record
    }
    if !record.nodeName.isEmpty { byNode[record.nodeName, default: [:]][record.uid] = record }
    byNamespace[record.namespace, default: [:]][record.uid] = record
  }

  private func remove(_ record: PodRecord) {
    if let owner = record.owner {
      byOwner[owner.uid]?[record.uid] = nil
      if byOwner[owner.uid]?.isEmpty == true { byOwner[owner.uid] = nil }
    } else {
      orphans[record.namespace]?[record.uid] = nil
      if orphans[record.namespace]?.isEmpty == true { orphans[record.namespace] = nil }
    }
    byNode[record.nodeName]?[record.uid] = nil
    if byNode[record.nodeName]?.isEmpty == true { byNode[record.nodeName] = nil }
    byNamespace[record.namespace]?[record.uid] = nil
    if byNamespace[record.namespace]?.isEmpty == true { byNamespace[record.namespace] = nil }
  }
}
