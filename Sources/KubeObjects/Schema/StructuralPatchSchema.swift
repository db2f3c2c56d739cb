package import Documents

/// The built-in structures as patches and apply read them.
package struct StructuralPatchSchema: PatchSchema {
  package let type: FieldType
  /// The field of that type, where it is one.
  private let field: StructuralType.Field?

  private init(_ type: FieldType, field: StructuralType.Field? = nil) {
    self.type = type
    self.field = field
  }

  private var list: StructuralType.ListType { field?.list ?? .unspecified }

  /// The structure of a type: its place in the built-in schema.
  package init(type: Int) { self.init(.structure(type)) }

  package func member(_ name: String) -> StructuralPatchSchema? {
    switch type {
    case .structure(let index):
      guard let field = Schema.builtin.types[index].field(name) else { return nil }
      return StructuralPatchSchema(field.type, field: field)
    case .map(let element): return StructuralPatchSchema(element)
    default: return nil
    }
  }

  package var element: StructuralPatchSchema? {
    guard case .list(let element) = type else { return nil }
    return StructuralPatchSchema(element)
  }

  package var patchStrategy: PatchStrategy {
    let words = (field?.patchStrategy ?? "").split(separator: ",")
    return PatchStrategy(
      merges: words.contains("merge"), replaces: words.contains("replace"),
      retainsKeys: words.contains("retainKeys"), mergeKey: field?.patchMergeKey ?? "")
  }

  package var ownership: Ownership {
    switch type {
    case .structure(let index):
      if list == .granular { return .granular }
      return Schema.builtin.types[index].isAtomic || list == .atomic ? .atomic : .granular
    case .map: return list == .atomic ? .atomic : .granular
    case .list(let element):
      switch list {
      case .set: return .set
      case .map(let keys): return .keyed(keys, defaults: defaults(keys, of: element))
      default: return .atomic
      }
    // An object without a known structure is taken apart member by member.
    case .any: return .granular
    default: return .atomic
    }
  }

  private func defaults(_ keys: [String], of element: FieldType) -> Mapping {
    guard case .structure(let index) = element else { return [:] }
    var found: Mapping = [:]
    for key in keys {
      guard let field = Schema.builtin.types[index].field(key), let value = field.defaultValue,
        !field.isRequired || value != "" && value != 0
      else { continue }
      found[key] = value
    }
    return found
  }

  package func isField(_ name: String) -> Bool {
    guard case .structure(let index) = type else { return false }
    return Schema.builtin.types[index].index(of: name) != nil
  }
}
