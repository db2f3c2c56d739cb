package import Documents

/// The order in which the server writes an object's members: that of the type's fields.
package struct StructuralOrder: MemberOrder {
  private let type: FieldType

  /// nil for a kind that is not built in: its members are sorted.
  package init?(_ object: Value) {
    let groupVersion = GroupVersion(apiVersion: object["apiVersion"]?.string ?? "")
    guard let index = Schema.builtin.index(groupVersion, kind: object["kind"]?.string ?? "") else {
      return nil
    }
    self.init(type: index)
  }

  package static func text(_ object: Value, _ style: JSONWriter.Style) -> String {
    String(decoding: JSON.bytes(object, style, order: StructuralOrder(object)), as: UTF8.self)
  }

  /// The order of a type: its place in the built-in schema.
  package init(type: Int) { self.type = .structure(type) }

  private init?(_ type: FieldType) {
    switch type {
    case .structure, .list, .map: self.type = type
    default: return nil
    }
  }

  package func rank(of member: String) -> Int {
    guard case .structure(let index) = type else { return 0 }
    return Schema.builtin.types[index].index(of: member) ?? .max
  }

  package var identity: Int? {
    guard case .structure(let index) = type else { return nil }
    return index
  }

  package func order(within member: String) -> StructuralOrder? {
    switch type {
    case .structure(let index):
      return Schema.builtin.types[index].field(member).flatMap { StructuralOrder($0.type) }
    case .map(let element): return StructuralOrder(element)
    default: return nil
    }
  }

  package var elementOrder: StructuralOrder? {
    guard case .list(let element) = type else { return nil }
    return StructuralOrder(element)
  }
}
