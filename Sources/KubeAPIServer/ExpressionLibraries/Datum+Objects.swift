import CEL
import Documents

extension Datum {
  /// A value as expressions see it where no schema says more.
  init(_ value: Value) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .list(elements.map { Datum($0) })
    case .object(let members):
      self = .map(MapDatum(members.map { (.string($0.key), Datum($0.value)) }))
    }
  }

  /// A value as its schema types it.
  init(_ value: Value, _ schema: CustomSchema?, isResource: Bool = false) {
    guard let schema, !schema.isIntOrString else {
      self.init(value)
      return
    }
    switch value {
    case .int(let number) where schema.type == "number": self = .double(Double(number))
    case .double(let number) where schema.type == "integer":
      self = Int64(exactly: number).map { .int($0) } ?? .double(number)
    case .string(let text): self = Self.text(text, schema.format)
    case .array(let elements):
      let kind: ListDatum.Kind =
        switch schema.listType {
        case "set": .set
        case "map": .map(schema.mapKeys)
        default: .atomic
        }
      self = .list(ListDatum(elements.map { Datum($0, schema.items) }, kind))
    case .object(let members):
      self = .map(MapDatum(Self.members(members, schema)))
    default: self.init(value)
    }
  }

  private static func members(_ members: Mapping, _ schema: CustomSchema) -> [(Datum, Datum)] {
    members.compactMap { name, value in
      if schema.additional != nil { return (.string(name), Datum(value, schema.additional)) }
      guard let escaped = FieldNames.escape(name) else { return nil }
      return (.string(escaped), Datum(value, schema.properties[name]))
    }
  }

  private static func text(_ text: String, _ format: String) -> Datum {
    switch format {
    case "byte": return Base64.decode(text).map { .bytes($0) } ?? .string(text)
    case "date-time": return converted("timestamp", text)
    case "date": return converted("timestamp", text + "T00:00:00Z")
    case "duration": return converted("duration", text)
    default: return .string(text)
    }
  }

  private static func converted(_ function: String, _ text: String) -> Datum {
    let value = ExpressionLibraries.environment.functions[function]?.evaluate([.string(text)])
    return value.flatMap { $0.isFailure ? nil : $0 } ?? .string(text)
  }

  /// The value as JSON has it; nil for what JSON cannot say.
  var value: Value? {
    switch self {
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .int(let number): return .int(number)
    case .uint(let number): return Int64(exactly: number).map { .int($0) }
    case .double(let number): return .double(number)
    case .string(let text): return .string(text)
    case .bytes(let bytes): return .string(Base64.encode(bytes))
    case .list(let list):
      var elements: [Value] = []
      for element in list.elements {
        guard let value = element.value else { return nil }
        elements.append(value)
      }
      return .array(elements)
    case .map(let map):
      var members = Mapping()
      for key in map.keys {
        guard let name = key.string, let value = map[key]?.value else { return nil }
        members[name] = value
      }
      return .object(members)
    default: return nil
    }
  }
}
