/// An expression that was read and checked, ready to run.
package struct Program: Sendable {
  package let root: Expression
  package let type: Type
  let types: [Int: Type]
  let overloads: [Int: [String]]
  let qualified: [Int: String]
  let environment: Environment
  /// Why a conversion of a constant fails, which upstream finds when it makes the program.
  package private(set) var constantFailure: String?

  /// What macros know is not declared: they are part of the grammar.
  package init(_ text: String, _ environment: Environment) throws(CompilationError) {
    let source = Source(text)
    let root = try Parser.parse(source, macros: Macros.all)
    var checker = Checker(environment)
    let type = checker.check(root: root)
    guard checker.issues.isEmpty else { throw CompilationError(checker.issues, in: source) }
    self.root = root
    self.type = type
    types = checker.types
    overloads = checker.overloads
    qualified = checker.qualified
    self.environment = environment
    let literals = LiteralCheck(self)
    guard literals.issues.isEmpty else { throw CompilationError(literals.issues, in: source) }
    constantFailure = literals.failure
  }

  /// The value, or a failure; `cost` is reduced by what it took.
  package func evaluate(
    _ variables: (String) -> Datum?, budget: inout UInt64
  ) -> Datum {
    withoutActuallyEscaping(variables) { variables in
      var evaluator = Evaluator(program: self, variables: variables, budget: budget)
      let value = evaluator.evaluate(root)
      budget = evaluator.budget
      return evaluator.isExhausted
        ? .failure("operation cancelled: actual cost limit exceeded") : value
    }
  }

  /// The value with a budget of its own.
  package func evaluate(_ variables: [String: Datum]) -> Datum {
    var budget: UInt64 = 1_000_000
    return evaluate({ variables[$0] }, budget: &budget)
  }
}

extension Program {
  /// Whether the expression names a variable.
  package func refers(to name: String) -> Bool { Self.refers(root, name) }

  private static func refers(_ expression: Expression, _ name: String) -> Bool {
    switch expression.form {
    case .literal: return false
    case .identifier(let found): return found == name
    case .select(let operand, _, _): return refers(operand, name)
    case .call(_, let target, let arguments):
      return target.map { refers($0, name) } ?? false
        || arguments.contains { refers($0, name) }
    case .list(let elements, _): return elements.contains { refers($0, name) }
    case .map(let entries):
      return entries.contains { refers($0.key, name) || refers($0.value, name) }
    case .structure(_, let fields): return fields.contains { refers($0.value, name) }
    case .comprehension(let fold):
      return [fold.range, fold.start, fold.condition, fold.step, fold.result].contains {
        refers($0, name)
      }
    }
  }
}
