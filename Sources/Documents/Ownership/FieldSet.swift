/// A set of paths into objects: what a manager owns, or what changed between two states.
package struct FieldSet: Hashable, Sendable {
  /// A path element that is in the set, leads to paths that are, or both.
  struct Node: Hashable, Sendable {
    var element: PathElement
    var isMember = false
    var children = FieldSet()
  }

  /// Sorted by element.
  private(set) var nodes: [Node] = []

  package init() {}

  /// With room for that many elements.
  package init(capacity: Int) { nodes.reserveCapacity(capacity) }

  package init(_ paths: [[PathElement]]) {
    for path in paths { insert(path[...]) }
  }

  private init(nodes: [Node]) { self.nodes = nodes }

  package var isEmpty: Bool { nodes.isEmpty }

  package func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  var digest: UInt64 {
    nodes.reduce(UInt64(nodes.count)) { sum, node in
      let own = ByteOrder.mixed(sum, node.element.digest &+ (node.isMember ? 1 : 0))
      return node.children.isEmpty ? own : ByteOrder.mixed(own, node.children.digest)
    }
  }

  package mutating func insert(_ path: [PathElement]) { insert(path[...]) }

  private mutating func insert(_ path: ArraySlice<PathElement>) {
    guard let first = path.first else { return }
    let index = position(of: first)
    if index == nodes.count || nodes[index].element != first {
      nodes.insert(Node(element: first), at: index)
    }
    if path.count == 1 {
      nodes[index].isMember = true
    } else {
      nodes[index].children.insert(path.dropFirst())
    }
  }

  /// Adds an element that comes after all others; nothing, when it is no member and leads to none.
  package mutating func append(
    _ element: PathElement, isMember: Bool, _ children: FieldSet = FieldSet()
  ) {
    if !isMember, children.isEmpty { return }
    nodes.append(Node(element: element, isMember: isMember, children: children))
  }

  /// Where the nodes lie in memory: equal places are equal sets, as long as both are there.
  package var storageIdentity: UnsafeRawPointer? {
    nodes.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
  }

  private func position(of element: PathElement) -> Int {
    var low = 0
    var high = nodes.count
    while low < high {
      let middle = (low + high) / 2
      if nodes[middle].element < element { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func node(_ element: PathElement) -> Node? {
    let index = position(of: element)
    return index < nodes.count && nodes[index].element == element ? nodes[index] : nil
  }

  /// Whether the one-element path is in the set.
  package func hasMember(_ element: PathElement) -> Bool { node(element)?.isMember ?? false }

  /// The paths behind an element.
  package func below(_ element: PathElement) -> FieldSet { node(element)?.children ?? FieldSet() }

  package func contains(_ path: [PathElement]) -> Bool {
    guard let last = path.last else { return false }
    var set = self
    for element in path.dropLast() { set = set.below(element) }
    return set.hasMember(last)
  }

  /// All paths: of each level first its members, then what is below them.
  package var paths: [[PathElement]] {
    var found: [[PathElement]] = []
    collect([], &found)
    return found
  }

  private func collect(_ prefix: [PathElement], _ found: inout [[PathElement]]) {
    for node in nodes where node.isMember { found.append(prefix + [node.element]) }
    for node in nodes where !node.children.isEmpty {
      node.children.collect(prefix + [node.element], &found)
    }
  }

  /// Paths as conflicts name them.
  package var descriptions: [String] { paths.map { $0.map(\.description).joined() } }
}

extension FieldSet {
  /// Walks two sets in step; nodes without paths are left out.
  private func combined(
    _ other: FieldSet, _ combine: (Node?, Node?) -> Node?
  ) -> FieldSet {
    var result: [Node] = []
    result.reserveCapacity(Swift.max(nodes.count, other.nodes.count))
    var i = 0
    var j = 0
    while i < nodes.count || j < other.nodes.count {
      var left: Node?
      var right: Node?
      if j >= other.nodes.count || (i < nodes.count && !(other.nodes[j].element < nodes[i].element))
      {
        left = nodes[i]
      }
      if i >= nodes.count || (j < other.nodes.count && !(nodes[i].element < other.nodes[j].element))
      {
        right = other.nodes[j]
      }
      if left != nil { i += 1 }
      if right != nil { j += 1 }
      if let node = combine(left, right), node.isMember || !node.children.isEmpty {
        result.append(node)
      }
    }
    return FieldSet(nodes: result)
  }

  /// Shares the memory of this set when the other adds nothing.
  package func union(_ other: FieldSet) -> FieldSet {
    if other.isEmpty || nodes.sharesStorage(with: other.nodes) { return self }
    if isEmpty { return other }
    var result: [Node]?
    var i = 0
    for node in other.nodes {
      while i < nodes.count, nodes[i].element < node.element {
        result?.append(nodes[i])
        i += 1
      }
      guard i < nodes.count, !(node.element < nodes[i].element) else {
        if result == nil { result = Array(nodes[..<i]) }
        result?.append(node)
        continue
      }
      var both = nodes[i]
      both.children = both.children.union(node.children)
      both.isMember = both.isMember || node.isMember
      let isSame =
        both.isMember == nodes[i].isMember
        && both.children.nodes.sharesStorage(with: nodes[i].children.nodes)
      if !isSame, result == nil { result = Array(nodes[..<i]) }
      result?.append(both)
      i += 1
    }
    guard var result else { return self }
    result += nodes[i...]
    return FieldSet(nodes: result)
  }

  package func intersection(_ other: FieldSet) -> FieldSet {
    combined(other) { left, right in
      guard var node = left, let right else { return nil }
      node.isMember = node.isMember && right.isMember
      node.children = node.children.intersection(right.children)
      return node
    }
  }

  /// The paths that are not in the other set. Shares the memory of this set when that is all.
  package func subtracting(_ other: FieldSet) -> FieldSet {
    without(other) { node, taken in
      var left = node
      left.children = node.children.subtracting(taken.children)
      left.isMember = node.isMember && !taken.isMember
      return left
    }
  }

  /// The paths that are not in the other set, nor below one of it. Shares the memory of this set
  /// when that is all.
  package func subtractingRecursively(_ other: FieldSet) -> FieldSet {
    without(other) { node, taken in
      if taken.isMember { return nil }
      var left = node
      left.children = node.children.subtractingRecursively(taken.children)
      return left
    }
  }

  /// Calls `rest` for what is left of each node that the other set has too.
  private func without(_ other: FieldSet, _ rest: (Node, Node) -> Node?) -> FieldSet {
    if other.isEmpty || isEmpty { return self }
    var result: [Node]?
    var j = 0
    for (i, node) in nodes.enumerated() {
      while j < other.nodes.count, other.nodes[j].element < node.element { j += 1 }
      guard j < other.nodes.count, !(node.element < other.nodes[j].element) else {
        result?.append(node)
        continue
      }
      let left = rest(node, other.nodes[j])
      let isSame =
        left?.isMember == node.isMember
        && left?.children.nodes.sharesStorage(with: node.children.nodes) == true
      if !isSame, result == nil { result = Array(nodes[..<i]) }
      if let left, left.isMember || !left.children.isEmpty { result?.append(left) }
    }
    return result.map { FieldSet(nodes: $0) } ?? self
  }

  /// Only the paths that do not lead on to others.
  package var leaves: FieldSet {
    FieldSet(
      nodes: nodes.map { node in
        var node = node
        node.isMember = node.isMember && node.children.isEmpty
        node.children = node.children.leaves
        return node
      })
  }

  /// With the fields of structs on the way to a path as members: they belong to who owns what is in
  /// them.
  package func includingNamedFields<Schema: PatchSchema>(_ schema: Schema?) -> FieldSet {
    FieldSet(
      nodes: nodes.map { node in
        var node = node
        let inner: Schema?
        if case .field(let name) = node.element {
          inner = schema?.member(name)
          if !node.children.isEmpty, schema?.isField(name) == true { node.isMember = true }
        } else {
          inner = schema?.element
        }
        node.children = node.children.includingNamedFields(inner)
        return node
      })
  }
}

extension FieldSet {
  /// As `managedFields` keeps it: `{"f:spec":{"f:replicas":{}}}`.
  package var fieldsV1: Value { FieldSetMemory().value(of: self) }

  package init(fieldsV1 value: Value) throws(PatchFailure) {
    try self.init(fieldsV1: value) { _ in nil }
  }

  /// `known` tells what is known already of a tree below.
  init(
    fieldsV1 value: Value, known: (Mapping) -> (set: FieldSet, isMember: Bool)?
  ) throws(PatchFailure) {
    guard case .object(let members) = value else {
      throw PatchFailure("fieldsV1 is no object")
    }
    for (name, inner) in members where name != "." {
      var node = Node(element: try PathElement(fieldsName: name))
      if case .object(let tree) = inner, let below = known(tree) {
        node.children = below.set
        node.isMember = below.isMember
      } else {
        node.children = try FieldSet(fieldsV1: inner, known: known)
        node.isMember = inner["."] != nil || node.children.isEmpty
      }
      nodes.append(node)
    }
    nodes.sort { $0.element < $1.element }
  }
}
