/// Equal sets of fields share one tree, and so do equal parts of sets that differ: the Pods of a
/// template have the same ones, but for what their addresses own.
package final class FieldSetMemory {
  /// What lies behind an element, and whether the way to it is a path itself.
  private struct Part: Hashable {
    private let digest: UInt64
    let set: FieldSet
    let isMember: Bool

    init(_ set: FieldSet, isMember: Bool) {
      self.set = set
      self.isMember = isMember
      digest = set.digest
    }

    func hash(into hasher: inout Hasher) { hasher.combine(digest) }
  }

  private var trees: [Part: Mapping] = [:]
  // What is shared is known by its place in memory, which the tables keep from being used again.
  private var bySet: [UnsafeRawPointer: (set: FieldSet, tree: Mapping)] = [:]
  private var byTree: [UnsafeRawPointer: (part: Part, tree: Mapping)] = [:]

  private static let capacity = 4096

  package init() {}

  /// As `managedFields` keeps a set.
  package func value(of set: FieldSet) -> Value {
    if set.isEmpty { return .emptyObject }
    if let place = set.storageIdentity, let known = bySet[place] { return .object(known.tree) }
    return .object(tree(of: Part(set, isMember: false)))
  }

  private func tree(of part: Part) -> Mapping {
    if let known = trees[part] { return known }
    var members: [(String, Value)] = part.set.nodes.map { node in
      let below: Mapping =
        node.children.isEmpty
        ? Mapping() : tree(of: Part(node.children, isMember: node.isMember))
      return (node.element.fieldsName, Value.object(below))
    }
    if part.isMember { members.append((".", Value.emptyObject)) }
    let written = Mapping(members)
    remember(part, written)
    return written
  }

  /// The set that a tree stands for, and whether it is written as it would be here.
  package func read(_ value: Value) -> (set: FieldSet, isCanonical: Bool)? {
    guard case .object(let members) = value else { return nil }
    if let place = members.storageIdentity, let known = byTree[place], !known.part.isMember {
      return (known.part.set, true)
    }
    let read = try? FieldSet(fieldsV1: value) { tree in
      tree.storageIdentity.flatMap { byTree[$0]?.part }.map { ($0.set, $0.isMember) }
    }
    guard let set = read else { return nil }
    if set.isEmpty { return (set, members.isEmpty) }
    let part = Part(set, isMember: false)
    guard tree(of: part) == members else { return (set, false) }
    // The set that was met first is kept: its parts are known.
    let kept = trees.index(forKey: part).map { trees.keys[$0] } ?? part
    remember(kept, members)
    return (kept.set, true)
  }

  private func remember(_ part: Part, _ tree: Mapping) {
    if byTree.count >= Self.capacity {
      trees.removeAll(keepingCapacity: true)
      bySet.removeAll(keepingCapacity: true)
      byTree.removeAll(keepingCapacity: true)
    }
    if trees[part] == nil { trees[part] = tree }
    if !part.isMember, let place = part.set.storageIdentity { bySet[place] = (part.set, tree) }
    if let place = tree.storageIdentity { byTree[place] = (part, tree) }
  }
}
