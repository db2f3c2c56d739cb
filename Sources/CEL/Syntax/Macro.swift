/// A call that is rewritten into others when an expression is read.
package struct Macro: Sendable {
  let name: String
  /// Written as target.name(…).
  let isMember: Bool
  let count: Int
  /// nil: the call is no use of the macro after all.
  let expand: @Sendable (inout Expansion) -> Expression?

  init(
    _ name: String, isMember: Bool = true, _ count: Int,
    _ expand: @escaping @Sendable (inout Expansion) -> Expression?
  ) {
    self.name = name
    self.isMember = isMember
    self.count = count
    self.expand = expand
  }

  /// One use of a macro: what it was called with, and what makes its nodes.
  struct Expansion {
    var parser: Parser
    let offset: Int
    let target: Expression?
    let arguments: [Expression]
    /// The macro was meant, but wrongly used.
    var hasFailed = false

    mutating func node(_ form: Expression.Form) -> Expression { parser.node(offset, form) }
    mutating func call(_ function: String, _ arguments: Expression...) -> Expression {
      parser.call(offset, function, arguments)
    }
    mutating func name(_ name: String) -> Expression { node(.identifier(name)) }
    mutating func literal(_ value: Datum) -> Expression { node(.literal(value)) }
    var accumulator: Expression { mutating get { name(Self.accumulatorName) } }

    static let accumulatorName = "@result"

    mutating func fail(_ place: Expression, _ message: String) -> Expression? {
      parser.issue(place.offset, message)
      hasFailed = true
      return nil
    }

    /// The name of an iteration variable.
    mutating func variable(_ index: Int) -> String? {
      guard let name = arguments[index].identifier else {
        _ = fail(arguments[index], "argument must be a simple name")
        return nil
      }
      if name == Self.accumulatorName || name == "__result__" {
        _ = fail(arguments[index], "iteration variable overwrites accumulator variable")
        return nil
      }
      return name
    }

    mutating func fold(
      _ variable: String, _ second: String? = nil, start: Expression,
      condition: Expression, step: Expression, result: Expression
    ) -> Expression? {
      guard let target else { return nil }
      return node(
        .comprehension(
          .init(
            variable: variable, secondVariable: second, range: target,
            accumulator: Self.accumulatorName, start: start, condition: condition, step: step,
            result: result)))
    }
  }
}

extension Parser {
  /// A call, or what a macro makes of it.
  mutating func expand(
    _ offset: Int, _ name: String, target: Expression?, _ arguments: [Expression]
  ) -> Expression? {
    for macro in macros
    where macro.name == name && macro.count == arguments.count
      && macro.isMember == (target != nil)
    {
      var expansion = Macro.Expansion(
        parser: self, offset: offset, target: target, arguments: arguments)
      let made = macro.expand(&expansion)
      self = expansion.parser
      if made != nil || expansion.hasFailed { return made }
    }
    return node(offset, .call(name, target: target, arguments))
  }
}
