import Documents
import KubeObjects

/// A structural schema of a custom resource, at one place of its tree.
final class CustomSchema: Sendable {
  let type: String
  let format: String
  /// The format, where strings or numbers of this type are checked for it.
  let checkedFormat: String
  let properties: [String: CustomSchema]
  /// By name, for output in order.
  let names: [String]
  let items: CustomSchema?
  let additional: CustomSchema?
  /// Every member may be there: additionalProperties true or preserve-unknown-fields.
  let allowsUnknown: Bool
  let required: [String]
  let defaultValue: Value?
  let isNullable: Bool
  let isIntOrString: Bool
  let isEmbedded: Bool
  /// Whether objects are embedded here or below.
  let hasEmbedded: Bool
  /// Whether the elements of this list have to differ.
  let isUnique: Bool
  /// Whether those of a list do, here or below.
  let hasUnique: Bool
  let listType: String
  let mapKeys: [String]
  let isAtomicMap: Bool
  let allOf: [CustomSchema]
  let anyOf: [CustomSchema]
  let oneOf: [CustomSchema]
  /// What the value must not be.
  let negated: CustomSchema?
  /// What else is demanded of the value: minimum, pattern, …
  let demands: Value

  private static let depthLimit = 200

  init(_ schema: Value, depth: Int = 0) {
    type = schema["type"]?.string ?? ""
    format = schema["format"]?.string ?? ""
    var found: [String: CustomSchema] = [:]
    if depth < Self.depthLimit {
      for (name, part) in schema["properties"]?.object ?? [:] {
        found[name] = CustomSchema(part, depth: depth + 1)
      }
    }
    properties = found
    names = found.keys.sorted()
    items =
      depth < Self.depthLimit
      ? schema["items"].map { CustomSchema($0, depth: depth + 1) } : nil
    let more = schema["additionalProperties"]
    additional =
      depth < Self.depthLimit && more?.object != nil
      ? more.map { CustomSchema($0, depth: depth + 1) } : nil
    allowsUnknown = more == true || schema["x-kubernetes-preserve-unknown-fields"] == true
    required = (schema["required"]?.array ?? []).compactMap(\.string)
    defaultValue = schema["default"]
    isNullable = schema["nullable"] == true
    isIntOrString = schema["x-kubernetes-int-or-string"] == true
    checkedFormat =
      TextFormat.isKnown(format, type: isIntOrString ? "" : type) ? format : ""
    isEmbedded = schema["x-kubernetes-embedded-resource"] == true
    listType = schema["x-kubernetes-list-type"]?.string ?? ""
    let parts = found.values + [items, additional].compactMap { $0 }
    hasEmbedded = isEmbedded || parts.contains(where: \.hasEmbedded)
    isUnique = listType == "set" || listType == "map"
    hasUnique = isUnique || parts.contains(where: \.hasUnique)
    mapKeys = (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
    isAtomicMap = schema["x-kubernetes-map-type"] == "atomic"
    func several(_ name: String) -> [CustomSchema] {
      guard depth < Self.depthLimit else { return [] }
      return (schema[name]?.array ?? []).map { CustomSchema($0, depth: depth + 1) }
    }
    allOf = several("allOf")
    anyOf = several("anyOf")
    oneOf = several("oneOf")
    negated =
      depth < Self.depthLimit ? schema["not"].map { CustomSchema($0, depth: depth + 1) } : nil
    demands = schema
  }

  /// The member's schema, be it a property or any member of a map.
  func schema(of name: String) -> CustomSchema? { properties[name] ?? additional }

  // MARK: pruning and defaulting

  /// Without members that the schema does not have; `unknown` gets their paths.
  func pruned(_ value: Value, _ path: String, isRoot: Bool, _ unknown: inout [String]) -> Value {
    switch value {
    case .object(let members):
      var kept = members
      for (name, member) in members {
        let isOwn = (isRoot || isEmbedded) && ["apiVersion", "kind", "metadata"].contains(name)
        if isOwn { continue }
        let inner = path.isEmpty ? name : "\(path).\(name)"
        if let schema = schema(of: name) {
          kept[name] = schema.pruned(member, inner, isRoot: false, &unknown)
        } else if !allowsUnknown {
          unknown.append(inner)
          kept[name] = nil
        }
      }
      return .object(kept)
    case .array(let elements):
      guard let items else { return value }
      return .array(
        elements.enumerated().map {
          items.pruned($0.element, "\(path)[\($0.offset)]", isRoot: false, &unknown)
        })
    default: return value
    }
  }

  /// With the defaults of members that are absent, or null where null is not allowed
  /// (structuraldefaulting.Default).
  func defaulted(_ value: Value) -> Value {
    switch value {
    case .object(var members):
      for name in names {
        guard let schema = properties[name] else { continue }
        let isMissing =
          members[name] == nil || (members[name]?.isNull == true && !schema.isNullable)
        if isMissing, let fallback = schema.defaultValue { members[name] = fallback }
        if let member = members[name] { members[name] = schema.defaulted(member) }
      }
      if let additional {
        for (name, member) in members where properties[name] == nil {
          members[name] = additional.defaulted(member)
        }
      }
      return .object(members)
    case .array(let elements):
      guard let items else { return value }
      return .array(elements.map { items.defaulted($0) })
    default: return value
    }
  }

  /// Without null where it is not allowed and no default stands in for it
  /// (PruneNonNullableNullsWithoutDefaults).
  func withoutNulls(_ value: Value) -> Value {
    switch value {
    case .object(let members):
      var kept = members
      for (name, member) in members {
        guard let schema = schema(of: name) else { continue }
        let isDropped = member.isNull && !schema.isNullable && schema.defaultValue == nil
        kept[name] = isDropped ? Value?.none : schema.withoutNulls(member)
      }
      return .object(kept)
    case .array(let elements):
      guard let items else { return value }
      return .array(elements.map { items.withoutNulls($0) })
    default: return value
    }
  }
}
