import Documents

/// The paths that differ between two states of an object.
struct FieldComparison: Hashable, Sendable {
  var added = FieldSet()
  var modified = FieldSet()
  var removed = FieldSet()

  init() {}

  var isSame: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }

  /// Without the paths in a set, nor those below them.
  func excluding(_ set: FieldSet) -> FieldComparison {
    var rest = self
    rest.added = added.subtractingRecursively(set)
    rest.modified = modified.subtractingRecursively(set)
    rest.removed = removed.subtractingRecursively(set)
    return rest
  }
}

extension OwnedValue {
  /// What is to be done to this object to get the other, but for what it says of its managers.
  func compare(to other: Value) -> FieldComparison {
    guard case .object(let left) = value, case .object(let right) = other else {
      return Self.compare(value, other, schema).below
    }
    return Self.compare(left, right, schema, at: .object)
  }

  /// Where members are compared: managedFields belong to nobody.
  private enum Place {
    case object, metadata, inside
  }

  /// What differs below a place, and whether the place itself does.
  private typealias Difference = (below: FieldComparison, isModified: Bool)

  private static func compare(_ left: Value?, _ right: Value?, _ schema: StructureSchema?)
    -> Difference
  {
    switch (form(left, schema), form(right, schema)) {
    case (.map(let a), .map(let b)) where !(a.isEmpty && b.isEmpty):
      return (compare(a, b, schema), false)
    case (.map(let a), .leaf) where isNothing(right) && !a.isEmpty:
      return (compare(a, [:], schema), false)
    case (.leaf, .map(let b)) where isNothing(left) && !b.isEmpty:
      return (compare([:], b, schema), false)
    case (.list(let a), .list(let b)) where !(a.isEmpty && b.isEmpty):
      return (compare(a, b, schema), false)
    case (.list(let a), .leaf) where isNothing(right) && !a.isEmpty:
      return (compare(a, [], schema), false)
    case (.leaf, .list(let b)) where isNothing(left) && !b.isEmpty:
      return (compare([], b, schema), false)
    default:
      return (FieldComparison(), left != nil && right != nil && left != right)
    }
  }

  private static func isNothing(_ value: Value?) -> Bool { value?.isNull ?? true }

  private static func compare(
    _ left: Mapping, _ right: Mapping, _ schema: StructureSchema?, at place: Place = .inside
  ) -> FieldComparison {
    var comparison = FieldComparison()
    if left.sharesStorage(with: right) { return comparison }
    if left.isEmpty {
      comparison.added = additions(right, schema, at: place)
      return comparison
    }
    left.forEachPair(with: right) { name, before, after in
      // Most members of a changed object are as they were.
      if let before, let after, before.sharesStorage(with: after) { return }
      if place == .metadata, name == "managedFields" { return }
      if place == .object, name == "metadata" {
        let below = compare(
          before?.object ?? [:], after?.object ?? [:], schema?.member(name), at: .metadata)
        return comparison.append(.field(name), before, after, (below, false))
      }
      comparison.append(
        .field(name), before, after, compare(before, after, schema?.member(name)))
    }
    return comparison
  }

  /// What is there where nothing was.
  private static func additions(_ value: Value, _ schema: StructureSchema?) -> FieldSet {
    switch form(value, schema) {
    case .leaf: FieldSet()
    case .map(let members): additions(members, schema)
    case .list(let elements): additions(elements, schema)
    }
  }

  private static func additions(
    _ members: Mapping, _ schema: StructureSchema?, at place: Place = .inside
  ) -> FieldSet {
    var set = FieldSet(capacity: members.count)
    for (name, value) in members {
      if place == .metadata, name == "managedFields" { continue }
      let member = schema?.member(name)
      let below =
        place == .object && name == "metadata"
        ? additions(value.object ?? [:], member, at: .metadata) : additions(value, member)
      set.append(.field(name), isMember: true, below)
    }
    return set
  }

  private static func additions(_ elements: [Value], _ schema: StructureSchema?) -> FieldSet {
    let items = sorted(elements, schema)
    var set = FieldSet(capacity: items.count)
    var index = 0
    while index < items.count {
      let same = run(of: items[index].0, in: items, from: index)
      // Repeated keys are owned as one, whatever they hold.
      let below = same.count == 1 ? additions(items[index].1, schema?.element) : FieldSet()
      set.append(items[index].0, isMember: true, below)
      index = same.endIndex
    }
    return set
  }

  /// Two lists whose elements stand in the same order, as they do in most writes: only for those
  /// that changed is told apart what they are. Nil when the lists must be sorted.
  private static func compareInStep(
    _ left: [Value], _ right: [Value], _ schema: StructureSchema?
  ) -> FieldComparison? {
    guard left.count == right.count, left.count <= 16,
      case .keyed(let keys, _)? = schema?.ownership,
      let key = keys.first, keys.count == 1
    else { return nil }
    let names = left.map { $0[key] }
    for (index, name) in names.enumerated() {
      guard let name, right[index][key] == name, !names[..<index].contains(name) else { return nil }
    }
    var changed: [(PathElement, Int, Difference)] = []
    for (index, (before, after)) in zip(left, right).enumerated()
    where !before.sharesStorage(with: after) {
      let difference = compare(before, after, schema?.element)
      if difference.isModified || !difference.below.isSame, let name = names[index] {
        changed.append((.key([key: name]), index, difference))
      }
    }
    var comparison = FieldComparison()
    for (element, index, difference) in changed.sorted(by: { $0.0 < $1.0 }) {
      comparison.append(element, left[index], right[index], difference)
    }
    return comparison
  }

  private static func compare(
    _ left: [Value], _ right: [Value], _ schema: StructureSchema?
  ) -> FieldComparison {
    if left.isEmpty {
      var comparison = FieldComparison()
      comparison.added = additions(right, schema)
      return comparison
    }
    if let known = compareInStep(left, right, schema) { return known }
    let old = sorted(left, schema)
    let new = sorted(right, schema)
    var comparison = FieldComparison()
    var i = 0
    var j = 0
    while i < old.count || j < new.count {
      let isOld = j == new.count || i < old.count && !(new[j].0 < old[i].0)
      let element = isOld ? old[i].0 : new[j].0
      let before = run(of: element, in: old, from: i)
      let after = run(of: element, in: new, from: j)
      i += before.count
      j += after.count
      // Repeated keys are owned as one, whatever they hold.
      switch (before.count, after.count) {
      case (...1, ...1):
        let (was, now) = (before.first?.1, after.first?.1)
        if let was, let now, was.sharesStorage(with: now) { continue }
        comparison.append(element, was, now, compare(was, now, schema?.element))
      case (2..., 2...):
        if !before.elementsEqual(after, by: { $0.1 == $1.1 }) {
          comparison.modified.append(element, isMember: true)
        }
      case (2..., _):
        var below = FieldComparison()
        if let item = after.first { below = compare(nil, item.1, schema?.element).below }
        comparison.added.append(element, isMember: !after.isEmpty, below.added)
        comparison.removed.append(element, isMember: true)
      default:
        var below = FieldComparison()
        if let item = before.first { below = compare(item.1, nil, schema?.element).below }
        comparison.removed.append(element, isMember: !before.isEmpty, below.removed)
        comparison.added.append(element, isMember: true)
      }
    }
    return comparison
  }
}

extension FieldComparison {
  /// Adds what differs at an element, which comes after all that were added before.
  fileprivate mutating func append(
    _ element: PathElement, _ before: Value?, _ after: Value?,
    _ difference: (below: FieldComparison, isModified: Bool)
  ) {
    added.append(element, isMember: before == nil, difference.below.added)
    removed.append(element, isMember: after == nil, difference.below.removed)
    modified.append(element, isMember: difference.isModified, difference.below.modified)
  }
}
