import Documents

/// A value with its structure, as server-side apply sees it: owned part by part.
struct OwnedValue {
  var value: Value
  var schema: StructureSchema?

  init(_ value: Value, schema: StructureSchema?) {
    self.value = value
    self.schema = schema
  }

  /// What server-side apply takes the value at a place for.
  enum Form {
    case leaf
    case list([Value])
    case map(Mapping)
  }

  /// Lists of unknown structure are atomic, maps granular; no values are leaves.
  static func form(_ value: Value?, _ schema: StructureSchema?) -> Form {
    switch value {
    case .array(let elements)?:
      switch schema?.ownership {
      case .set?, .keyed?: return .list(elements)
      default: return .leaf
      }
    case .object(let members)?:
      return schema?.ownership == .atomic ? .leaf : .map(members)
    default: return .leaf
    }
  }

  /// The elements of a list with what tells them apart; an index where the key is missing.
  static func indexed(_ elements: [Value], _ schema: StructureSchema?) -> [(PathElement, Value)] {
    let ownership = schema?.ownership
    return elements.enumerated().map { index, value in
      let element = ownership.flatMap { try? PathElement(of: value, $0) }
      return (element ?? .index(index), value)
    }
  }

  /// The items of one element, which follow one another.
  static func run(
    of element: PathElement, in items: [(PathElement, Value)], from start: Int
  ) -> ArraySlice<(PathElement, Value)> {
    items[start...].prefix { !(element < $0.0) }
  }

  /// As `indexed`, in the order of what tells the elements apart.
  static func sorted(
    _ elements: [Value], _ schema: StructureSchema?
  ) -> [(PathElement, Value)] {
    let items = indexed(elements, schema)
    if items.count < 2 { return items }
    // The standard library's sort is stable: of one element, items stay in their order.
    return items.sorted { $0.0 < $1.0 }
  }

  /// Every part of the value: what an applied configuration owns.
  var fieldSet: FieldSet { Self.collect(value, schema).below }

  /// The parts below a value, and whether it is a part of its own.
  private static func collect(
    _ value: Value, _ schema: StructureSchema?
  ) -> (below: FieldSet, isMember: Bool) {
    var set = FieldSet()
    switch form(value, schema) {
    case .leaf:
      // An empty list or a null where parts would be owned is none of them.
      if value.isNull, let ownership = schema?.ownership, ownership != .atomic {
        return (set, false)
      }
      return (set, true)
    case .list(let elements):
      let items = sorted(elements, schema)
      var index = 0
      while index < items.count {
        let (element, item) = items[index]
        let same = run(of: element, in: items, from: index)
        let below = same.count == 1 ? collect(item, schema?.element).below : FieldSet()
        set.append(element, isMember: true, below)
        index = same.endIndex
      }
    case .map(let members):
      for (name, inner) in members {
        let member = schema?.member(name)
        let (below, isMember) = collect(inner, member)
        set.append(
          .field(name),
          isMember: isMember || inner.isNull || inner == .emptyObject
            || schema?.isField(name) != true, below)
      }
    }
    return (set, false)
  }
}

extension OwnedValue {
  /// Where the value has lists, maps or structures that are owned as a whole.
  var atomicParts: [String] {
    var found: [String] = []
    Self.findAtomic(value, schema, "", &found)
    return found
  }

  private static func findAtomic(
    _ value: Value, _ schema: StructureSchema?, _ path: String, _ found: inout [String]
  ) {
    guard let schema else { return }
    switch value {
    case .array(let elements):
      if schema.ownership == .atomic { found.append(path) }
      for (index, element) in elements.enumerated() {
        findAtomic(element, schema.element, "\(path)[\(index)]", &found)
      }
    case .object(let members):
      if schema.ownership == .atomic { found.append(path) }
      for (name, member) in members {
        findAtomic(member, schema.member(name), "\(path).\(name)", &found)
      }
    default: break
    }
  }
}
