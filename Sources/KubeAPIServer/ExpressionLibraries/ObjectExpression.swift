package import CEL
package import Documents

/// An expression about API objects, with the functions that Kubernetes' own expressions have.
package struct ObjectExpression: Sendable {
  private let program: Program

  /// `variables` are objects, or lists of them.
  package init(_ text: String, variables: [String]) throws(CompilationError) {
    var environment = ExpressionLibraries.environment
    for name in variables { environment.variables[name] = .dyn }
    program = try Program(text, environment)
  }

  /// The name of what it comes to, such as `bool`; `dyn` where only running it tells.
  package var type: String { "\(program.type)" }

  /// What it comes to; an error's words where it comes to none, or to nothing that JSON can say.
  package func evaluate(_ variables: [String: Value]) -> Result<Value, Failure> {
    let outcome = program.evaluate(variables.mapValues { Datum($0) })
    if case .failure(let words) = outcome { return .failure(Failure(words: words)) }
    guard let value = outcome.value else { return .failure(Failure(words: "no such value")) }
    return .success(value)
  }

  package struct Failure: Error {
    package var words: String
  }
}
