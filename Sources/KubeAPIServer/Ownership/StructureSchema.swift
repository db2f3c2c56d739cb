import Documents
import KubeObjects

/// The structure of a served kind, built-in or custom, as patches and apply read it.
struct StructureSchema: PatchSchema {
  private enum Form {
    case builtin(StructuralPatchSchema)
    case custom(CustomSchema)
    /// The object itself: its metadata is built in.
    case root(CustomSchema)
  }
  private let form: Form

  init(type: Int) { form = .builtin(StructuralPatchSchema(type: type)) }

  /// A whole custom resource.
  init(root schema: CustomSchema) { self.init(.root(schema)) }

  init?(_ resource: ServedResource) {
    if let custom = resource.custom {
      self.init(.root(custom.schema))
    } else if let type = resource.type {
      self.init(type: type)
    } else {
      return nil
    }
  }

  private init(_ form: Form) { self.form = form }

  func member(_ name: String) -> StructureSchema? {
    switch form {
    case .builtin(let schema): return schema.member(name).map { StructureSchema(.builtin($0)) }
    case .root where name == "metadata":
      return Schema.builtin.index(of: "meta.v1.ObjectMeta").map { StructureSchema(type: $0) }
    case .root(let schema), .custom(let schema):
      return schema.schema(of: name).map { StructureSchema(.custom($0)) }
    }
  }

  var element: StructureSchema? {
    switch form {
    case .builtin(let schema): schema.element.map { StructureSchema(.builtin($0)) }
    case .root(let schema), .custom(let schema):
      schema.items.map { StructureSchema(.custom($0)) }
    }
  }

  var patchStrategy: PatchStrategy {
    if case .builtin(let schema) = form { return schema.patchStrategy }
    return PatchStrategy()
  }

  var ownership: Ownership {
    switch form {
    case .builtin(let schema): return schema.ownership
    case .root: return .granular
    case .custom(let schema):
      switch schema.type {
      case "array":
        if schema.listType == "set" { return .set }
        if schema.listType == "map" { return .keyed(schema.mapKeys, defaults: defaults(schema)) }
        return .atomic
      case "object": return schema.isAtomicMap ? .atomic : .granular
      default: return schema.allowsUnknown ? .granular : .atomic
      }
    }
  }

  private func defaults(_ schema: CustomSchema) -> Mapping {
    var found: Mapping = [:]
    for key in schema.mapKeys { found[key] = schema.items?.properties[key]?.defaultValue }
    return found
  }

  /// What a value has to be.
  enum Demand {
    case anything, text, flag, number, list, map
  }

  var demand: Demand {
    switch form {
    case .root: return .map
    case .custom(let schema):
      if schema.isIntOrString { return .anything }
      switch schema.type {
      case "object": return .map
      case "array": return .list
      case "string": return .text
      case "boolean": return .flag
      case "integer", "number": return .number
      default: return .anything
      }
    case .builtin(let schema):
      switch schema.type {
      case .structure, .map: return .map
      case .list: return .list
      case .string, .bytes, .time, .microTime: return .text
      case .boolean: return .flag
      case .int32, .int64, .double: return .number
      case .quantity, .intOrString, .object, .any: return .anything
      }
    }
  }

  /// Whether a member may be there whose structure is not known.
  func allows(_ name: String) -> Bool {
    switch form {
    case .builtin: false
    case .root(let schema): isField(name) || schema.allowsUnknown
    case .custom(let schema):
      schema.allowsUnknown
        || schema.isEmbedded && ["apiVersion", "kind", "metadata"].contains(name)
    }
  }

  func isField(_ name: String) -> Bool {
    switch form {
    case .builtin(let schema): schema.isField(name)
    case .root(let schema):
      ["apiVersion", "kind", "metadata"].contains(name) || schema.properties[name] != nil
    case .custom(let schema): schema.properties[name] != nil
    }
  }
}
