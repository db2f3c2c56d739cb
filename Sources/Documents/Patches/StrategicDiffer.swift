/// Makes strategic merge patches from two states of an object.
struct StrategicDiffer<Schema: PatchSchema> {
  var setsElementOrder: Bool
  var ignoresDeletions = false
  var ignoresChanges = false

  func diff(
    _ original: Mapping, _ modified: Mapping, _ schema: Schema?, retainsKeys: Bool = false
  ) throws(PatchFailure) -> Mapping {
    var patch = Mapping()
    for (name, new) in modified {
      guard let old = original[name] else {
        if !ignoresChanges { patch[name] = new }
        continue
      }
      let member = schema?.member(name)
      let strategy = member?.patchStrategy ?? PatchStrategy()
      switch (old, new) {
      case (.object(let old), .object(let inner)):
        if strategy.replaces {
          if !ignoresChanges { patch[name] = new }
          continue
        }
        let changes = try diff(old, inner, member, retainsKeys: strategy.retainsKeys)
        if !changes.isEmpty { patch[name] = .object(changes) }
      case (.array(let old), .array(let new)) where strategy.merges:
        let lists = try diff(old, new, member?.element, strategy)
        if !lists.changes.isEmpty { patch[name] = .array(lists.changes) }
        if !lists.deletions.isEmpty {
          patch[PatchDirective.deleteFromPrimitiveList + "/" + name] = .array(lists.deletions)
        }
        if !lists.order.isEmpty {
          patch[PatchDirective.setElementOrder + "/" + name] = .array(lists.order)
        }
      default:
        if !ignoresChanges, old != new { patch[name] = new }
      }
    }
    if !ignoresDeletions {
      for (name, _) in original where modified[name] == nil { patch[name] = .null }
    }
    if retainsKeys {
      let kept = modified.filter { !$0.value.isNull }.keys
      let clears = original.contains { modified[$0.key] == nil }
      if !kept.isEmpty, !patch.isEmpty || clears {
        patch[PatchDirective.retainKeys] = .array(kept.map { .string($0) })
      }
    }
    return patch
  }

  private struct Lists {
    var changes: [Value] = []
    var deletions: [Value] = []
    var order: [Value] = []
  }

  private func diff(
    _ original: [Value], _ modified: [Value], _ schema: Schema?, _ strategy: PatchStrategy
  ) throws(PatchFailure) -> Lists {
    if original.isEmpty {
      return Lists(changes: ignoresChanges ? [] : modified)
    }
    let key = strategy.mergeKey
    var lists = Lists()
    switch try PatchList.kind(original, modified) {
    case .objects:
      let (changes, deletions) = try diffObjects(original, modified, schema, key)
      lists.changes = try PatchList.sorted(changes, by: modified, key, .objects) + deletions
      let isOrderSame =
        original.count == modified.count
        && zip(original, modified).allSatisfy { $0[key] == $1[key] }
      let isChanged = !lists.changes.isEmpty
      if setsElementOrder,
        (!ignoresChanges && (isChanged || !isOrderSame)) || (!ignoresDeletions && isChanged)
      {
        lists.order = modified.map { .object([key: $0[key] ?? .null]) }
      }
    case .scalars:
      let (additions, deletions) = diffScalars(original, modified)
      lists.changes = try PatchList.sorted(additions, by: modified, key, .scalars)
      lists.deletions = deletions
      if setsElementOrder,
        (!ignoresDeletions && !deletions.isEmpty) || (!ignoresChanges && original != modified)
      {
        lists.order = modified
      }
    }
    return lists
  }

  /// Elements in the order of their keys as text, as upstream compares them.
  private func sorted(_ list: [Value], _ key: String) throws(PatchFailure) -> [(String, Value)] {
    var pairs: [(String, Value)] = []
    for element in list {
      pairs.append((GoText.print(try PatchList.key(of: element, key)), element))
    }
    return pairs.sorted { ByteOrder.precedes($0.0, $1.0) }
  }

  private func diffObjects(
    _ original: [Value], _ modified: [Value], _ schema: Schema?, _ key: String
  ) throws(PatchFailure) -> ([Value], [Value]) {
    var old = try sorted(original, key)[...]
    var new = try sorted(modified, key)[...]
    var changes: [Value] = []
    var deletions: [Value] = []
    while !old.isEmpty || !new.isEmpty {
      let order: Int
      if let left = old.first, let right = new.first {
        order = ByteOrder.compare(left.0, right.0)
      } else {
        order = new.isEmpty ? -1 : 1
      }
      if order < 0 {
        if let element = old.popFirst()?.1, !ignoresDeletions {
          deletions.append(.object([key: element[key] ?? .null, PatchDirective.marker: "delete"]))
        }
      } else if order > 0 {
        if let element = new.popFirst()?.1, !ignoresChanges { changes.append(element) }
      } else if let before = old.popFirst()?.1, let after = new.popFirst()?.1 {
        var change = try diff(before.object ?? [:], after.object ?? [:], schema)
        if !change.isEmpty {
          change[key] = after[key]
          changes.append(.object(change))
        }
      }
    }
    return (changes, deletions)
  }

  private func diffScalars(_ original: [Value], _ modified: [Value]) -> ([Value], [Value]) {
    func sorted(_ list: [Value]) -> ArraySlice<(String, Value)> {
      list.map { (GoText.print($0), $0) }.sorted { ByteOrder.precedes($0.0, $1.0) }[...]
    }
    var old = sorted(original)
    var new = sorted(modified)
    var additions: [Value] = []
    var deletions: [Value] = []
    while !old.isEmpty || !new.isEmpty {
      let order: Int
      if let left = old.first, let right = new.first {
        order = ByteOrder.compare(left.0, right.0)
      } else {
        order = new.isEmpty ? -1 : 1
      }
      let before = order <= 0 ? old.popFirst()?.1 : nil
      let after = order >= 0 ? new.popFirst()?.1 : nil
      if order < 0, let before, !ignoresDeletions { deletions.append(before) }
      if order > 0, let after, !ignoresChanges { additions.append(after) }
    }
    return (additions, PatchList.deduplicated(deletions))
  }
}
