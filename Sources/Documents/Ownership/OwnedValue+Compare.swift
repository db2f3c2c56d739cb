/// The paths that differ between two states of an object.
package struct FieldComparison: Hashable, Sendable {
  package var added = FieldSet()
  package var modified = FieldSet()
  package var removed = FieldSet()

  package init() {}

  package var isSame: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }

  /// Without the paths in a set, nor those below them.
  package func excluding(_ set: FieldSet) -> FieldComparison {
    var rest = self
    rest.added = added.subtractingRecursively(set)
    rest.modified = modified.subtractingRecursively(set)
    rest.removed = removed.subtractingRecursively(set)
    return rest
  }
}

extension OwnedValue {
  /// What is to be done to this value to get the other.
  package func compare(to other: Value) -> FieldComparison {
    var comparison = FieldComparison()
    var path: [PathElement] = []
    Self.compare(value, other, schema, &path, &comparison)
    return comparison
  }

  private static func compare(
    _ left: Value?, _ right: Value?, _ schema: Schema?, _ path: inout [PathElement],
    _ comparison: inout FieldComparison
  ) {
    switch (form(left, schema), form(right, schema)) {
    case (.map(let a), .map(let b)) where !(a.isEmpty && b.isEmpty):
      compare(a, b, schema, &path, &comparison)
    case (.map(let a), .leaf) where isNothing(right) && !a.isEmpty:
      compare(a, [:], schema, &path, &comparison)
    case (.leaf, .map(let b)) where isNothing(left) && !b.isEmpty:
      compare([:], b, schema, &path, &comparison)
    case (.list(let a), .list(let b)) where !(a.isEmpty && b.isEmpty):
      compare(a, b, schema, &path, &comparison)
    case (.list(let a), .leaf) where isNothing(right) && !a.isEmpty:
      compare(a, [], schema, &path, &comparison)
    case (.leaf, .list(let b)) where isNothing(left) && !b.isEmpty:
      compare([], b, schema, &path, &comparison)
    default:
      if left != nil, right != nil, left != right { comparison.modified.insert(path) }
    }
    if left == nil { comparison.added.insert(path) }
    if right == nil { comparison.removed.insert(path) }
  }

  private static func isNothing(_ value: Value?) -> Bool { value?.isNull ?? true }

  private static func compare(
    _ left: Mapping, _ right: Mapping, _ schema: Schema?, _ path: inout [PathElement],
    _ comparison: inout FieldComparison
  ) {
    for (name, value) in left {
      path.append(.field(name))
      let other = right[name]
      if other != value { compare(value, other, schema?.member(name), &path, &comparison) }
      path.removeLast()
    }
    for (name, value) in right where left[name] == nil {
      path.append(.field(name))
      compare(Value?.none, value, schema?.member(name), &path, &comparison)
      path.removeLast()
    }
  }

  private static func compare(
    _ left: [Value], _ right: [Value], _ schema: Schema?, _ path: inout [PathElement],
    _ comparison: inout FieldComparison
  ) {
    let old = grouped(left, schema)
    let new = grouped(right, schema)
    for element in Set(old.keys).union(new.keys).sorted() {
      path.append(element)
      let before = old[element] ?? []
      let after = new[element] ?? []
      // Repeated keys are owned as one, whatever they hold.
      switch (before.count, after.count) {
      case (...1, ...1):
        if before != after {
          compare(before.first, after.first, schema?.element, &path, &comparison)
        }
      case (2..., 2...): if before != after { comparison.modified.insert(path) }
      case (2..., _):
        if let item = after.first {
          compare(Value?.none, item, schema?.element, &path, &comparison)
        }
        comparison.removed.insert(path)
      default:
        if let item = before.first {
          compare(item, Value?.none, schema?.element, &path, &comparison)
        }
        comparison.added.insert(path)
      }
      path.removeLast()
    }
  }

  private static func grouped(_ elements: [Value], _ schema: Schema?) -> [PathElement: [Value]] {
    var groups: [PathElement: [Value]] = [:]
    for (element, item) in indexed(elements, schema) { groups[element, default: []].append(item) }
    return groups
  }
}
