/// An awk program as a tree.
struct AwkProgram {
  var begin: [AwkStatement] = []
  var end: [AwkStatement] = []
  var rules: [AwkRule] = []
  var functions: [AwkFunction] = []
  var globals = 0
  /// Slots of global names, for -v and the special variables.
  var slots: [String: Int] = [:]
  var hasEnd = false
}

struct AwkRule {
  var first: AwkExpression?
  var second: AwkExpression?
  /// nil prints the record.
  var body: [AwkStatement]?
}

struct AwkFunction {
  var name: String
  var parameters: Int
  var body: [AwkStatement]
}

indirect enum AwkStatement {
  case expression(AwkExpression)
  case print([AwkExpression], AwkRedirection?)
  case printf([AwkExpression], AwkRedirection?)
  case `if`(AwkExpression, [AwkStatement], [AwkStatement])
  case `while`(AwkExpression, [AwkStatement])
  case doWhile([AwkStatement], AwkExpression)
  case `for`([AwkStatement], AwkExpression?, [AwkStatement], [AwkStatement])
  case forIn(AwkVariable, AwkVariable, [AwkStatement])
  case delete(AwkVariable, [AwkExpression]?)
  case next
  case exit(AwkExpression?)
  case `break`, `continue`
  case `return`(AwkExpression?)
}

struct AwkRedirection {
  enum Kind { case write, append, pipe }
  var kind: Kind
  var target: AwkExpression
}

/// Where a named variable lives.
enum AwkVariable {
  case global(Int)
  case local(Int)
}

indirect enum AwkExpression {
  case number(Double)
  case string([UInt8])
  /// A regular expression standing alone matches the record.
  case pattern(RegularExpression)
  case variable(AwkVariable)
  case element(AwkVariable, [AwkExpression])
  case field(AwkExpression)
  case assign(AwkExpression, AwkExpression)
  /// `+=` and its kin.
  case modify(AwkOperator, AwkExpression, AwkExpression)
  /// ++ and --; the delta, and whether the old value is the result.
  case step(AwkExpression, Double, isPostfix: Bool)
  case binary(AwkOperator, AwkExpression, AwkExpression)
  case negate(AwkExpression)
  case plus(AwkExpression)
  case not(AwkExpression)
  case and(AwkExpression, AwkExpression)
  case or(AwkExpression, AwkExpression)
  case conditional(AwkExpression, AwkExpression, AwkExpression)
  case concatenate(AwkExpression, AwkExpression)
  case match(AwkExpression, AwkExpression, isNegated: Bool)
  case contains([AwkExpression], AwkVariable)
  case call(Int, [AwkExpression])
  case builtin(String, [AwkExpression])
  case grouping([AwkExpression])
  /// getline in its forms: into what, from which file, from which command.
  case getline(AwkExpression?, file: AwkExpression?, command: AwkExpression?)
}

enum AwkOperator {
  case add, subtract, multiply, divide, modulo, power
  case less, lessEqual, equal, notEqual, greater, greaterEqual
}
