/// Merges patches into objects, or, keeping the directives, into other patches.
struct StrategicMerger<Schema: PatchSchema> {
  /// Whether directives take effect; else they are carried over.
  let mergesDirectives: Bool

  func merge(_ original: Mapping, _ patch: Mapping, _ schema: Schema?) throws(PatchFailure)
    -> Mapping
  {
    if let directive = patch[PatchDirective.marker] {
      var rest = patch
      rest[PatchDirective.marker] = nil
      switch directive {
      case "replace": return rest
      case "delete": return [:]
      default:
        throw PatchFailure(
          "unknown patch type: \(GoText.print(directive)) in map: "
            + GoText.print(.object(patch)))
      }
    }
    var original = original
    var patch = patch
    try retainKeys(&original, &patch)
    try mergeOrdered(&original, &patch, schema)
    for (name, change) in patch { try merge(name, change, into: &original, schema) }
    return original
  }

  private func merge(
    _ name: String, _ change: Value, into original: inout Mapping, _ schema: Schema?
  ) throws(PatchFailure) {
    var name = name
    let deletes = name.hasPrefix(PatchDirective.deleteFromPrimitiveList)
    if deletes {
      guard mergesDirectives else {
        original[name] = change
        return
      }
      name = try PatchDirective.field(of: name, prefix: PatchDirective.deleteFromPrimitiveList)
    }
    if change.isNull {
      // A patch that is merged into a patch must keep telling to delete.
      original[name] = mergesDirectives ? Value?.none : Value.null
      return
    }
    guard let current = original[name] else {
      // Where nothing was, a map with a directive adds nothing.
      if !deletes, !mergesDirectives || change[PatchDirective.marker] == nil {
        original[name] = mergesDirectives ? withoutDirectives(change) : change
      }
      return
    }
    let member = schema?.member(name)
    let strategy = member?.patchStrategy ?? PatchStrategy()
    switch (current, change) {
    case (.object(let old), .object(let new)) where !strategy.replaces:
      original[name] = .null
      original[name] = .object(try merge(old, new, member))
    case (.array(let old), .array(let new)) where strategy.merges:
      original[name] = .array(try merge(old, new, member, strategy, deletes: deletes))
    default:
      let isSameKind = PatchList.typeName(current) == PatchList.typeName(change)
      if isSameKind || !deletes {
        original[name] = mergesDirectives && !isSameKind ? withoutDirectives(change) : change
      }
    }
  }

  /// What a patch adds where nothing was: no nulls, no directives.
  private func withoutDirectives(_ value: Value) -> Value {
    switch value {
    case .object(let members):
      let plain = members.filter { name, value in
        !value.isNull && name != PatchDirective.marker && name != PatchDirective.retainKeys
          && !name.hasPrefix(PatchDirective.setElementOrder + "/")
          && !name.hasPrefix(PatchDirective.deleteFromPrimitiveList + "/")
      }
      return .object(plain.compactMapValues { withoutDirectives($0) })
    case .array(let elements):
      return .array(
        elements.filter { $0[PatchDirective.marker] == nil }.map { withoutDirectives($0) })
    default: return value
    }
  }

  /// `$retainKeys`: what the patch does not name as kept is cleared.
  private func retainKeys(
    _ original: inout Mapping, _ patch: inout Mapping
  ) throws(PatchFailure) {
    guard let directive = patch[PatchDirective.retainKeys] else { return }
    patch[PatchDirective.retainKeys] = nil
    guard mergesDirectives else {
      let own = original[PatchDirective.retainKeys]
      guard own == nil || own == directive else {
        throw PatchFailure(
          "\(GoText.print(own ?? .null)) and \(GoText.print(directive)) are not deep equal: this "
            + "may happen when calculating the 3-way diff patch")
      }
      original[PatchDirective.retainKeys] = directive
      return
    }
    guard case .array(let names) = directive else {
      throw PatchFailure("invalid patch format of retainKeys")
    }
    let kept = Set(names.compactMap(\.string))
    for (name, value) in patch where !value.isNull && !kept.contains(name) {
      if name.hasPrefix(PatchDirective.deleteFromPrimitiveList) { continue }
      if name.hasPrefix(PatchDirective.setElementOrder) { continue }
      throw PatchFailure("invalid patch format of retainKeys")
    }
    original = original.filter { kept.contains($0.key) }
  }
}

extension StrategicMerger {
  /// Merges two lists: the patch's elements take effect, the others keep their places.
  private func merge(
    _ original: [Value], _ patch: [Value], _ schema: Schema?, _ strategy: PatchStrategy,
    deletes: Bool
  ) throws(PatchFailure) -> [Value] {
    if original.isEmpty && patch.isEmpty { return original }
    let kind = try PatchList.kind(original, patch)
    var original = original
    var patch = patch
    var merged: [Value]
    switch kind {
    case .scalars:
      if mergesDirectives && deletes {
        let unwanted = Set(patch)
        return original.filter { !unwanted.contains($0) }
      }
      merged = PatchList.deduplicated(original + patch)
    case .objects:
      if strategy.mergeKey.isEmpty {
        throw PatchFailure("cannot merge lists without merge key for type struct")
      }
      try applyMarkers(&original, &patch, strategy.mergeKey)
      merged = try mergeElements(original, patch, schema?.element, strategy.mergeKey)
    }
    let (named, others) = try parted(merged, by: patch, strategy.mergeKey)
    let first = try PatchList.sorted(named, by: patch, strategy.mergeKey, kind)
    let second = try PatchList.sorted(others, by: original, strategy.mergeKey, kind)
    return PatchList.woven(second, first, order: original, strategy.mergeKey, kind)
  }

  /// Elements with `$patch`: delete one, or replace the list.
  private func applyMarkers(
    _ original: inout [Value], _ patch: inout [Value], _ mergeKey: String
  ) throws(PatchFailure) {
    var plain: [Value] = []
    var replaces = false
    for element in patch {
      guard let marker = element[PatchDirective.marker] else {
        plain.append(element)
        continue
      }
      switch marker {
      case "delete":
        let key = try PatchList.key(of: element, mergeKey)
        original.removeAll { $0[mergeKey] == key }
      case "replace": replaces = true
      case "merge": throw PatchFailure("merging lists cannot yet be specified in the patch")
      default:
        throw PatchFailure(
          "unknown patch type: \(GoText.print(marker)) in map: \(GoText.print(element))")
      }
    }
    original = replaces ? plain : original
    patch = replaces ? [] : plain
  }

  private func mergeElements(
    _ original: [Value], _ patch: [Value], _ schema: Schema?, _ mergeKey: String
  ) throws(PatchFailure) -> [Value] {
    var merged = original
    var places = PatchList.places(merged, mergeKey, .objects)
    for element in patch {
      let key = try PatchList.key(of: element, mergeKey)
      if let place = places[key], let change = element.object {
        let old = merged[place].object ?? [:]
        merged[place] = .null
        merged[place] = .object(try merge(old, change, schema))
      } else {
        places[key] = merged.count
        merged.append(mergesDirectives ? withoutDirectives(element) : element)
      }
    }
    return merged
  }

  /// The elements that a list names, and the others.
  private func parted(
    _ list: [Value], by names: [Value], _ mergeKey: String
  ) throws(PatchFailure) -> ([Value], [Value]) {
    var named: [Value] = []
    var others: [Value] = []
    let wanted = Set(names.map { mergeKey.isEmpty ? $0 : $0[mergeKey] ?? .null })
    for element in list {
      let identity = mergeKey.isEmpty ? element : try PatchList.key(of: element, mergeKey)
      if wanted.contains(identity) { named.append(element) } else { others.append(element) }
    }
    return (named, others)
  }

  /// `$setElementOrder`: merges its list and puts it in that order.
  private func mergeOrdered(
    _ original: inout Mapping, _ patch: inout Mapping, _ schema: Schema?
  ) throws(PatchFailure) {
    for (name, directive) in patch where name.hasPrefix(PatchDirective.setElementOrder) {
      if !mergesDirectives {
        if let own = original[name], own != directive {
          throw PatchFailure("invalid patch format of setElementOrder list")
        }
        original[name] = directive
      }
      patch[name] = nil
      guard case .array(let order) = directive else {
        throw PatchList.wrongType(directive, expected: [])
      }
      let field = try PatchDirective.field(of: name, prefix: PatchDirective.setElementOrder)
      let old = try list(original[field])
      let new = try list(patch[field])
      let member = schema?.member(field)
      let strategy = member?.patchStrategy ?? PatchStrategy()
      if let new { try check(new, against: order, strategy.mergeKey) }
      let merged: [Value]
      switch (old, new) {
      case (let old?, nil): merged = old
      case (nil, let new?): merged = new
      case (nil, nil): continue
      case (let old?, let new?):
        merged =
          strategy.merges
          ? try merge(old, new, member, strategy, deletes: false) : new
      }
      let (named, others) = try parted(merged, by: order, strategy.mergeKey)
      let kind = try PatchList.kind(old ?? [], new ?? [])
      let first = try PatchList.sorted(named, by: order, strategy.mergeKey, kind)
      let second = try PatchList.sorted(others, by: old ?? [], strategy.mergeKey, kind)
      original[field] = .array(
        PatchList.woven(second, first, order: old ?? [], strategy.mergeKey, kind))
      patch[field] = nil
    }
  }

  private func list(_ value: Value?) throws(PatchFailure) -> [Value]? {
    guard let value else { return nil }
    guard case .array(let elements) = value else {
      throw PatchList.wrongType(value, expected: [])
    }
    return elements
  }

  /// The patch's elements must come in the order of the directive, and all be in it.
  private func check(
    _ patch: [Value], against order: [Value], _ mergeKey: String
  ) throws(PatchFailure) {
    if order.isEmpty || patch.isEmpty { return }
    var rest = order[...]
    for element in patch where element[PatchDirective.marker] == nil {
      let wanted = mergeKey.isEmpty ? element : try PatchList.key(of: element, mergeKey)
      var isFound = false
      while !isFound, let next = rest.popFirst() {
        isFound = (mergeKey.isEmpty ? next : try PatchList.key(of: next, mergeKey)) == wanted
      }
      guard isFound else {
        throw PatchFailure(
          "The order in patch list:\n\(GoText.print(.array(patch)))\n doesn't match "
            + "\(PatchDirective.setElementOrder) list:\n\(GoText.print(.array(order)))\n")
      }
    }
  }
}
