/// JSON merge patches (RFC 7386), as the API server applies and kubectl makes them.
package enum MergePatch {
  /// The value with the patch's members merged into it; null removes.
  package static func apply(_ patch: Value, to value: Value) -> Value {
    guard case .object(var members) = value else { return pruned(patch) }
    guard case .object(let changes) = patch else { return patch }
    for (name, change) in changes {
      if change.isNull {
        members[name] = nil
      } else if let current = members[name], !current.isNull {
        members[name] = .null  // leaves the only reference here: the change is in place
        members[name] = apply(change, to: current)
      } else {
        members[name] = pruned(change)
      }
    }
    return .object(members)
  }

  /// Without members that are null, inside lists too; null elements stay.
  private static func pruned(_ value: Value) -> Value {
    switch value {
    case .object(let members):
      .object(members.filter { !$0.value.isNull }.compactMapValues { pruned($0) })
    case .array(let elements): .array(elements.map(pruned))
    default: value
    }
  }

  /// The patch that turns `original` into `modified`.
  package static func diff(_ original: Value, _ modified: Value) -> Value {
    guard case .object(let old) = original, case .object(let new) = modified else {
      return original == modified ? .emptyObject : modified
    }
    return .object(diff(old, new))
  }

  private static func diff(_ old: Mapping, _ new: Mapping) -> Mapping {
    var patch: [(String, Value)] = []
    for (name, value) in new {
      guard let before = old[name] else {
        patch.append((name, value))
        continue
      }
      if case (.object(let a), .object(let b)) = (before, value) {
        let inner = diff(a, b)
        if !inner.isEmpty { patch.append((name, .object(inner))) }
      } else if before != value {
        patch.append((name, value))
      }
    }
    for (name, _) in old where new[name] == nil { patch.append((name, .null)) }
    return Mapping(patch)
  }

  /// The patch that brings `current` to `modified` and clears what was in `original` only, as
  /// `kubectl apply` makes it for kinds without a strategy.
  package static func threeWay(original: Value, modified: Value, current: Value) -> Value {
    let changes = filtered(diff(current, modified), keepsNull: false)
    let deletions = filtered(diff(original, modified), keepsNull: true)
    return apply(changes, to: deletions)
  }

  /// Only the nulls of a patch, or all but them; objects left empty are left out.
  private static func filtered(_ patch: Value, keepsNull: Bool) -> Value {
    guard case .object(let members) = patch else { return patch }
    var kept: [(String, Value)] = []
    for (name, value) in members {
      switch value {
      case .null: if keepsNull { kept.append((name, value)) }
      case .object(let inner) where inner.isEmpty: if !keepsNull { kept.append((name, value)) }
      case .object:
        let rest = filtered(value, keepsNull: keepsNull)
        if rest != .emptyObject { kept.append((name, rest)) }
      default: if !keepsNull { kept.append((name, value)) }
      }
    }
    return .object(Mapping(kept))
  }
}
