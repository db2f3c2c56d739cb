package import Documents

/// The objects of an informer by something else than their name: pods by owner, by node.
///
/// Made before other handlers of the same informer, it already knows a change when they hear of it.
package final class InformerIndex {
  private var members: [String: [Informer.Key: Value]] = [:]

  package init(_ informer: Informer, by keys: @escaping (Value) -> [String]) {
    informer.onChange { [weak self] old, new in self?.apply(old, new, keys) }
  }

  private init(_ members: [String: [Informer.Key: Value]]) { self.members = members }

  /// An index of nothing.
  package static var empty: InformerIndex { InformerIndex([:]) }

  /// As it is now, whatever changes later.
  package func frozen() -> InformerIndex { InformerIndex(members) }

  /// The objects under `key`, sorted by namespace and name.
  package subscript(key: String) -> [Value] {
    guard let found = members[key] else { return [] }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  package func isEmpty(_ key: String) -> Bool { members[key]?.isEmpty ?? true }
  package func count(_ key: String) -> Int { members[key]?.count ?? 0 }

  private func apply(_ old: Value?, _ new: Value?, _ keys: (Value) -> [String]) {
    guard let metadata = (new ?? old)?["metadata"] else { return }
    let name = Informer.Key(
      namespace: metadata["namespace"]?.string ?? "", name: metadata["name"]?.string ?? "")
    let before = old.map(keys) ?? []
    let after = new.map(keys) ?? []
    for key in before where !after.contains(key) {
      members[key]?[name] = nil
      if members[key]?.isEmpty == true { members[key] = nil }
    }
    for key in after { members[key, default: [:]][name] = new }
  }
}
