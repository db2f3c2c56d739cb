/// Kubernetes' strategic merge patches: merged by the strategies of a schema, with directives.
package enum StrategicMergePatch {
  /// The value with the patch merged into it.
  package static func apply<Schema: PatchSchema>(
    _ patch: Value, to value: Value, schema: Schema?
  ) throws(PatchFailure) -> Value {
    guard case .object(let changes) = patch else {
      throw PatchFailure("invalid JSON document")
    }
    let merger = StrategicMerger<Schema>(mergesDirectives: true)
    return .object(try merger.merge(value.object ?? [:], changes, schema))
  }

  /// The patch that turns `original` into `modified`.
  package static func diff<Schema: PatchSchema>(
    _ original: Value, _ modified: Value, schema: Schema?
  ) throws(PatchFailure) -> Value {
    let differ = StrategicDiffer<Schema>(setsElementOrder: true)
    return .object(try differ.diff(original.object ?? [:], modified.object ?? [:], schema))
  }

  /// The patch that brings `current` to `modified` and removes what was in `original` only, as
  /// `kubectl apply` makes it.
  package static func threeWay<Schema: PatchSchema>(
    original: Value, modified: Value, current: Value, schema: Schema?
  ) throws(PatchFailure) -> Value {
    let modified = modified.object ?? [:]
    let additions = StrategicDiffer<Schema>(setsElementOrder: true, ignoresDeletions: true)
    let deletions = StrategicDiffer<Schema>(setsElementOrder: true, ignoresChanges: true)
    let delta = try additions.diff(current.object ?? [:], modified, schema)
    let removed = try deletions.diff(original.object ?? [:], modified, schema)
    return .object(
      try StrategicMerger<Schema>(mergesDirectives: false).merge(removed, delta, schema))
  }
}

/// The words that steer a patch.
enum PatchDirective {
  static let marker = "$patch"
  static let retainKeys = "$retainKeys"
  static let setElementOrder = "$setElementOrder"
  static let deleteFromPrimitiveList = "$deleteFromPrimitiveList"

  /// The field that a directive with a prefix is for.
  static func field(of name: String, prefix: String) throws(PatchFailure) -> String {
    guard name.hasPrefix(prefix + "/") else {
      throw PatchFailure(
        prefix == setElementOrder
          ? "invalid patch format of setElementOrder list"
          : "invalid patch format of primitive list")
    }
    return String(name.dropFirst(prefix.count + 1))
  }
}

/// Lists as strategic merge patches treat them: of one type, in an order.
enum PatchList {
  enum Kind {
    case objects
    case scalars
  }

  /// What lists consist of; all elements must be of one type, and no lists.
  static func kind(_ lists: [Value]...) throws(PatchFailure) -> Kind {
    var first: Value?
    for list in lists {
      for element in list {
        guard let known = first else {
          if case .array = element { throw PatchFailure("lists of lists are not supported") }
          first = element
          continue
        }
        guard typeName(known) == typeName(element) else {
          let shown = lists.map { GoText.print(.array($0)) }.joined(separator: " ")
          throw PatchFailure("list element types are not identical: [\(shown)]")
        }
      }
    }
    guard let first else { throw PatchFailure("no elements in any of the given slices") }
    return first.object != nil ? .objects : .scalars
  }

  static func typeName(_ value: Value) -> String { GoText.typeName(value, null: "nil") }

  static func wrongType(_ value: Value, expected: Value) -> PatchFailure {
    PatchFailure("expected a \(typeName(expected)), but received a \(typeName(value))")
  }

  static func key(of element: Value, _ mergeKey: String) throws(PatchFailure) -> Value {
    guard case .object(let members) = element else {
      throw wrongType(element, expected: .emptyObject)
    }
    guard let key = members[mergeKey] else {
      throw PatchFailure(
        "map: \(GoText.print(element)) does not contain declared merge key: \(mergeKey)")
    }
    return key
  }

  /// What tells elements apart: the value of the merge key, or the element itself.
  static func identity(_ element: Value, _ mergeKey: String, _ kind: Kind) -> Value {
    kind == .objects ? element[mergeKey] ?? .null : element
  }

  /// The first place of each identity.
  static func places(_ list: [Value], _ mergeKey: String, _ kind: Kind) -> [Value: Int] {
    var places: [Value: Int] = [:]
    for (index, element) in list.enumerated() {
      let identity = identity(element, mergeKey, kind)
      if places[identity] == nil { places[identity] = index }
    }
    return places
  }

  /// Sorted by an order of identities; elements marked for deletion go to the end.
  static func sorted(
    _ list: [Value], by order: [Value], _ mergeKey: String, _ kind: Kind
  ) throws(PatchFailure) -> [Value] {
    var kept = list
    var deleted: [Value] = []
    if kind == .objects {
      for element in list { _ = try key(of: element, mergeKey) }
      for element in order { _ = try key(of: element, mergeKey) }
      kept = list.filter { $0[PatchDirective.marker] != "delete" }
      deleted = list.filter { $0[PatchDirective.marker] == "delete" }
    }
    let places = places(order, mergeKey, kind)
    let ranked = kept.map { places[identity($0, mergeKey, kind)] }
    if ranked.allSatisfy({ $0 != nil }) {
      let indices = kept.indices.sorted { (ranked[$0] ?? 0, $0) < (ranked[$1] ?? 0, $1) }
      return indices.map { kept[$0] } + deleted
    }
    // Go's stable sort by a comparison that holds the unknown for smaller than anything.
    let known = kept.indices.filter { ranked[$0] != nil }
      .sorted { (ranked[$0] ?? 0, $0) < (ranked[$1] ?? 0, $1) }
    let unknown = kept.indices.filter { ranked[$0] == nil }.reversed()
    return (unknown + known).map { kept[$0] } + deleted
  }

  /// Two lists woven together; an element of `left` goes before the first of `right` that comes
  /// later in the order.
  static func woven(
    _ left: [Value], _ right: [Value], order: [Value], _ mergeKey: String, _ kind: Kind
  ) -> [Value] {
    let places = places(order, mergeKey, kind)
    var result: [Value] = []
    result.reserveCapacity(left.count + right.count)
    var i = 0
    var j = 0
    while i < left.count || j < right.count {
      if i >= left.count {
        result.append(right[j])
        j += 1
      } else if j >= right.count {
        result.append(left[i])
        i += 1
      } else if let l = places[identity(left[i], mergeKey, kind)],
        let r = places[identity(right[j], mergeKey, kind)], l < r
      {
        result.append(left[i])
        i += 1
      } else {
        result.append(right[j])
        j += 1
      }
    }
    return result
  }

  /// Without repetitions; as upstream, the last element takes the place of one removed.
  static func deduplicated(_ list: [Value]) -> [Value] {
    if Set(list).count == list.count { return list }
    var result: [Value] = []
    var seen: Set<Value> = []
    var rest = list[...]
    while let element = rest.popFirst() {
      var candidate = element
      // What is moved into the gap may be a repetition as well.
      while !seen.insert(candidate).inserted {
        guard let last = rest.popLast() else { return result }
        candidate = last
      }
      result.append(candidate)
    }
    return result
  }
}
