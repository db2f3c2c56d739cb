package import Documents

/// The order of members in Go's structs, for objects of built-in kinds.
package struct StructOrder: MemberOrder {
  private let type: Int?

  /// The members' names by type.
  private static let names = Schema.builtin.types.map { $0.fields.map(\.name) }

  /// nil for a kind that is not built in: its members are sorted.
  package init?(_ object: Value) {
    let groupVersion = GroupVersion(apiVersion: object["apiVersion"]?.string ?? "")
    guard let index = Schema.builtin.index(groupVersion, kind: object["kind"]?.string ?? "") else {
      return nil
    }
    self.init(type: index)
  }

  private init(type: Int) { self.type = type }

  package var names: [String] { type.map { Self.names[$0] } ?? [] }

  package func order(within member: String) -> StructOrder? {
    guard let type, let field = Schema.builtin.types[type].field(member) else { return nil }
    return Self.order(of: field.type)
  }

  package var elementOrder: StructOrder? { self }

  private static func order(of type: FieldType) -> StructOrder? {
    switch type {
    case .structure(let index): StructOrder(type: index)
    case .list(let element): order(of: element)
    default: nil
    }
  }

  package static func text(_ object: Value, _ style: JSONWriter.Style) -> String {
    String(decoding: JSON.bytes(object, style, order: StructOrder(object)), as: UTF8.self)
  }
}
