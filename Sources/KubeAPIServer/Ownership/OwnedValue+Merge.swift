import Documents

extension OwnedValue {
  /// The value with an applied configuration merged into it.
  func merging(_ configuration: Value) -> Value {
    Self.merge(value, configuration, schema)
  }

  private static func merge(_ left: Value, _ right: Value, _ schema: StructureSchema?) -> Value {
    switch (form(left, schema), form(right, schema)) {
    case (.map(let old), .map(let new)) where !(old.isEmpty && new.isEmpty):
      var merged = old
      for (name, value) in new {
        if let current = merged[name] {
          merged[name] = .null
          merged[name] = merge(current, value, schema?.member(name))
        } else {
          merged[name] = value
        }
      }
      return .object(merged)
    case (.list(let old), .list(let new)) where !(old.isEmpty && new.isEmpty):
      return .array(merge(old, new, schema))
    // Nothing where parts would be merged leaves what is there.
    case (.map(let old), .leaf) where right.isNull && !old.isEmpty: return left
    case (.list(let old), .leaf) where right.isNull && !old.isEmpty: return left
    default: return right
    }
  }

  /// Both lists' elements: in the order of the configuration, the others where they were.
  private static func merge(_ left: [Value], _ right: [Value], _ schema: StructureSchema?)
    -> [Value]
  {
    let old = indexed(left, schema)
    let new = indexed(right, schema)
    var oldItems: [PathElement: Value] = [:]
    var repeated: Set<PathElement> = []
    for (element, item) in old where oldItems.updateValue(item, forKey: element) != nil {
      repeated.insert(element)
    }
    let newItems = Dictionary(new, uniquingKeysWith: { $1 })
    var shared = new.map(\.0).filter { oldItems[$0] != nil }[...]
    var done: Set<PathElement> = []
    var merged: [Value] = []
    merged.reserveCapacity(left.count + right.count)
    func take(_ element: PathElement, _ item: Value) {
      done.insert(element)
      if let before = oldItems[element], !repeated.contains(element) {
        merged.append(merge(before, item, schema?.element))
      } else {
        merged.append(item)
      }
      if shared.first == element { shared.removeFirst() }
    }
    var i = 0
    var j = 0
    while i < old.count || j < new.count {
      if i < old.count, j < new.count {
        let element = old[i].0
        if element == new[j].0 {
          take(element, newItems[element] ?? new[j].1)
          i += 1
          j += 1
          continue
        }
        // In both, but another is to come first: it is taken when its turn comes.
        if newItems[element] != nil, let next = shared.first, next != element {
          i += 1
          continue
        }
      }
      if i < old.count {
        let (element, item) = old[i]
        if newItems[element] == nil {
          merged.append(item)
          i += 1
          continue
        }
        if done.contains(element) { i += 1 }
      }
      if j < new.count {
        take(new[j].0, newItems[new[j].0] ?? new[j].1)
        j += 1
      }
    }
    return merged
  }

  /// Without the parts in a set.
  func removing(_ set: FieldSet) -> Value {
    Self.remove(value, set, schema, extracts: false) ?? .emptyObject
  }

  /// Only the parts in a set.
  func extracting(_ set: FieldSet) -> Value {
    Self.remove(value, set, schema, extracts: true) ?? .emptyObject
  }

  /// Nil when nothing is left.
  private static func remove(
    _ value: Value, _ set: FieldSet, _ schema: StructureSchema?, extracts: Bool
  ) -> Value? {
    /// What is left of a part; nil for none of it.
    func part(_ item: Value, _ element: PathElement, _ schema: StructureSchema?) -> Value? {
      let below = set.below(element)
      if set.hasMember(element) {
        if !extracts { return Value?.none }
        return below.isEmpty ? item : remove(item, below, schema, extracts: true) ?? item
      }
      if below.isEmpty { return extracts ? Value?.none : item }
      // What loses all its parts is null, and not gone (removingWalker).
      return remove(item, below, schema, extracts: extracts) ?? (extracts ? Value?.none : .null)
    }
    switch form(value, schema) {
    case .leaf: return value
    case .list(let elements):
      let kept = indexed(elements, schema).compactMap { part($0.1, $0.0, schema?.element) }
      return kept.isEmpty && !elements.isEmpty ? Value?.none : .array(kept)
    case .map(let members):
      var kept: [(String, Value)] = []
      for (name, item) in members {
        if let left = part(item, .field(name), schema?.member(name)) { kept.append((name, left)) }
      }
      return kept.isEmpty && !members.isEmpty ? Value?.none : .object(Mapping(kept))
    }
  }
}
