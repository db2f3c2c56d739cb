/// Finds literals that can only fail: malformed patterns, durations and timestamps.
struct LiteralCheck {
  private(set) var issues: [Issue] = []
  /// The first failure of a conversion of a constant.
  private(set) var failure: String?
  private let program: Program

  init(_ program: Program) {
    self.program = program
    visit(program.root)
  }

  private mutating func visit(_ expression: Expression) {
    switch expression.form {
    case .literal, .identifier: break
    case .select(let operand, _, _): visit(operand)
    case .call(let name, let target, let arguments):
      if let target, program.qualified[expression.id] == nil { visit(target) }
      for argument in arguments { visit(argument) }
      check(name, target, arguments)
      if failure == nil, Self.isConversion(expression) { convert(expression) }
    case .list(let elements, _): for element in elements { visit(element) }
    case .map(let entries):
      for entry in entries {
        visit(entry.key)
        visit(entry.value)
      }
    case .structure(_, let fields): for field in fields { visit(field.value) }
    case .comprehension(let fold):
      for part in [fold.range, fold.start, fold.condition, fold.step, fold.result] { visit(part) }
    }
  }

  private static let conversions: Set<String> = [
    "int", "uint", "double", "bool", "string", "bytes", "dyn", "type", "duration", "timestamp",
  ]

  /// cel-go's maybeOptimizeConstUnary: a conversion whose argument is a constant.
  private static func isConversion(_ expression: Expression, depth: Int = 0) -> Bool {
    guard depth < 32, case .call(let name, nil, let arguments) = expression.form,
      conversions.contains(name), arguments.count == 1
    else { return false }
    if case .literal = arguments[0].form { return true }
    return isConversion(arguments[0], depth: depth + 1)
  }

  private mutating func convert(_ expression: Expression) {
    var evaluator = Evaluator(program: program, variables: { _ in nil }, budget: 1_000)
    if case .failure(let why) = evaluator.evaluate(expression) { failure = why }
  }

  private mutating func check(
    _ name: String, _ target: Expression?, _ arguments: [Expression]
  ) {
    guard let last = arguments.last, case .literal(let value) = last.form else { return }
    let isWrong: Bool
    switch name {
    case "duration" where target == nil:
      isWrong = StandardFunctions.duration(value)?.isFailure ?? false
    case "timestamp" where target == nil:
      isWrong = StandardFunctions.timestamp(value)?.isFailure ?? false
    case "matches":
      isWrong = value.string.map { (try? RegularExpression($0)) == nil } ?? false
    default: return
    }
    if isWrong { issues.append(Issue(last.offset, "invalid \(name) argument")) }
  }
}
