/// A node of a parsed expression; macros are expanded.
package final class Expression: Sendable {
  /// Unique within its source.
  package let id: Int
  /// Where it stands in the source, in code points.
  package let offset: Int
  package let form: Form

  package indirect enum Form: Sendable {
    case literal(Datum)
    case identifier(String)
    case select(Expression, field: String, isTest: Bool)
    case call(String, target: Expression?, [Expression])
    case list([Expression], optional: Set<Int>)
    case map([MapEntry])
    case structure(String, [FieldEntry])
    case comprehension(Comprehension)
  }

  package struct MapEntry: Sendable {
    let key: Expression
    let value: Expression
    let isOptional: Bool
  }

  package struct FieldEntry: Sendable {
    let name: String
    let value: Expression
    let isOptional: Bool
    let offset: Int
  }

  /// A loop over a list or the keys of a map that folds into one value.
  package struct Comprehension: Sendable {
    let variable: String
    let secondVariable: String?
    let range: Expression
    let accumulator: String
    let start: Expression
    let condition: Expression
    let step: Expression
    let result: Expression
  }

  init(id: Int, offset: Int, _ form: Form) {
    self.id = id
    self.offset = offset
    self.form = form
  }

  var identifier: String? { if case .identifier(let name) = form { name } else { nil } }

  /// a.b.c as written, where it is nothing but names.
  var qualifiedName: String? {
    switch form {
    case .identifier(let name): name
    case .select(let operand, let field, isTest: false):
      operand.qualifiedName.map { "\($0).\(field)" }
    default: nil
    }
  }
}
