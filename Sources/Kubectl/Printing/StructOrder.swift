import Documents
import KubeObjects

/// The order of members in Go's structs, for objects that kubectl makes itself.
struct StructOrder: MemberOrder {
  let names: [String]
  private let type: Int?

  private init(type: Int?, names: [String]) {
    self.type = type
    self.names = names
  }

  init?(_ object: Value) {
    let groupVersion = GroupVersion(apiVersion: object["apiVersion"]?.string ?? "")
    guard let index = Schema.builtin.index(groupVersion, kind: object["kind"]?.string ?? "") else {
      return nil
    }
    self.init(type: index)
  }

  private init(type: Int) {
    self.type = type
    names = Schema.builtin.types[type].fields.map(\.name)
  }

  func order(within member: String) -> StructOrder? {
    guard let type, let field = Schema.builtin.types[type].field(member) else { return nil }
    return Self.order(of: field.type)
  }

  var elementOrder: StructOrder? { self }

  private static func order(of type: FieldType) -> StructOrder? {
    switch type {
    case .structure(let index): StructOrder(type: index)
    case .list(let element): order(of: element)
    default: nil
    }
  }

  static func text(_ object: Value, _ style: JSONWriter.Style) -> String {
    var writer = JSONWriter(style)
    writer.write(object, StructOrder(object))
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
