/// The tree of an arithmetic expression.
indirect enum ArithmeticNode {
  case number(Int64)
  case variable(name: String, index: ArithmeticIndex?)
  /// `$name`: its text belongs to the expression, so it must be a plain number to stay here.
  case substituted(String)
  case unary(UInt8, ArithmeticNode)
  case binary(ArithmeticOperator, ArithmeticNode, ArithmeticNode, position: Int)
  case choice(ArithmeticNode, ArithmeticNode, ArithmeticNode)
  case assign(ArithmeticOperator?, name: String, index: ArithmeticIndex?, ArithmeticNode)
  case step(by: Int64, isPrefix: Bool, name: String, index: ArithmeticIndex?)
}

/// An array's index, as text for keys and as a tree for numbers.
struct ArithmeticIndex {
  let text: String
  let node: ArithmeticNode?
}

enum ArithmeticOperator {
  case comma, or, and, bitOr, bitXor, bitAnd, equal, notEqual
  case less, greater, lessOrEqual, greaterOrEqual, shiftLeft, shiftRight
  case add, subtract, multiply, divide, remainder, power

  var precedence: Int {
    switch self {
    case .comma: 0
    case .or: 3
    case .and: 4
    case .bitOr: 5
    case .bitXor: 6
    case .bitAnd: 7
    case .equal, .notEqual: 8
    case .less, .greater, .lessOrEqual, .greaterOrEqual: 9
    case .shiftLeft, .shiftRight: 10
    case .add, .subtract: 11
    case .multiply, .divide, .remainder: 12
    case .power: 13
    }
  }
}

/// An expression ready to be evaluated again and again.
package struct CompiledArithmetic {
  let node: ArithmeticNode
  /// Names written `$name`, whose values have to be plain numbers.
  let substituted: [String]
  let text: String

  /// Marks a `$name` in the text given to the parser.
  static let mark: UInt8 = 1
  static let endMark: UInt8 = 2

  /// nil when the tree may only be known once the text has been expanded.
  init?(word: Word) {
    var bytes: [UInt8] = []
    var names: [String] = []
    for part in word.parts {
      switch part {
      case .literal(let text), .quoted(let text): bytes += text.utf8
      case .parameter(let parameter):
        guard case .none = parameter.operation, parameter.index == nil, !parameter.isIndirect
        else { return nil }
        names.append(parameter.name)
        bytes.append(CompiledArithmetic.mark)
        bytes += parameter.name.utf8
        bytes.append(CompiledArithmetic.endMark)
      default: return nil
      }
    }
    var parser = ArithmeticParser(bytes)
    guard let node = try? parser.parse() else { return nil }
    self.node = node
    substituted = names
    text = names.isEmpty ? String(decoding: bytes, as: UTF8.self) : ""
  }
}

/// What is wrong with an expression; the token is the rest of the text from the fault on.
struct ArithmeticFailure: Error, Hashable {
  enum Reason: String {
    case operandExpected = "syntax error: operand expected"
    case badOperator = "syntax error: invalid arithmetic operator"
    case inExpression = "syntax error in expression"
    case divisionByZero = "division by 0"
    case tooGreatForBase = "value too great for base"
    case invalidNumber = "invalid number"
    case invalidConstant = "invalid integer constant"
    case invalidBase = "invalid arithmetic base"
    case assignmentToNonVariable = "attempted assignment to non-variable"
    case missingParenthesis = "missing `)'"
    case colonExpected = "`:' expected for conditional expression"
    case negativeExponent = "exponent less than 0"
    case tooDeep = "expression recursion level exceeded"
    case badSubscript = "bad array subscript"
    /// dash alone refuses variables that hold no number.
    case notNumber = "not a number"
  }
  var reason: Reason
  var token: String
  /// Set when the fault is inside a variable's value.
  var text: String?
}
