extension Builtin {
  static let test = Builtin(
    "test", immediate: { shell, arguments in TestCommand.quickly(shell, arguments) },
    run: { call in try await TestCommand.run(call, call.arguments) })

  static let bracket = Builtin(
    "[",
    immediate: { shell, arguments in
      arguments.last == "]" ? TestCommand.quickly(shell, Array(arguments.dropLast())) : nil
    },
    run: { call in
      guard call.arguments.last == "]" else {
        if call.shell.dialect.family == .ash {
          await call.complainAsApplet("missing ]")
        } else {
          await call.complain(call.shell.dialect.isBash ? "missing `]'" : "missing ]")
        }
        return 2
      }
      return try await TestCommand.run(call, Array(call.arguments.dropLast()))
    })
}

/// `test`'s expressions, by POSIX's rules on the number of arguments.
private struct TestCommand {
  private struct Fault: Error { let text: String }

  private let shell: Interpreter
  private let arguments: [String]
  private var position = 0
  private var depth = 0

  private init(_ shell: Interpreter, _ arguments: [String]) {
    self.shell = shell
    self.arguments = arguments
  }

  static func quickly(_ shell: Interpreter, _ arguments: [String]) -> ExitStatus? {
    var command = TestCommand(shell, arguments)
    return (try? command.evaluate()).map { $0 ? 0 : 1 }
  }

  static func run(_ call: BuiltinCall, _ arguments: [String]) async throws -> ExitStatus {
    var command = TestCommand(call.shell, arguments)
    do {
      return try command.evaluate() ? 0 : 1
    } catch let fault as Fault {
      if call.shell.dialect.family == .ash {
        await call.complainAsApplet(fault.text)
      } else {
        await call.complain(fault.text)
      }
      return 2
    }
  }

  private mutating func evaluate() throws -> Bool {
    switch arguments.count {
    case 0: return false
    case 1: return !arguments[0].isEmpty
    case 2: return try two(arguments[0], arguments[1])
    case 3:
      if let result = try three(arguments[0], arguments[1], arguments[2]) { return result }
    case 4:
      if arguments[0] == "!", let result = try three(arguments[1], arguments[2], arguments[3]) {
        return !result
      }
    default: break
    }
    let result = try parseOr()
    guard position == arguments.count else {
      let place = shell.dialect.family == .dash ? position - 1 : position
      throw Fault(text: unexpected(arguments[max(0, place)]))
    }
    return result
  }

  private func unexpected(_ argument: String) -> String {
    switch shell.dialect.family {
    case .bash: "too many arguments"
    case .dash: "\(argument): unexpected operator"
    case .ash: "\(argument): unknown operand"
    }
  }

  private func isUnary(_ op: String) -> Bool {
    Parser.unaryTests.contains(op) && op != "-l"
  }

  private func isBinary(_ op: String) -> Bool {
    switch op {
    case "==": shell.dialect.family != .dash
    case "=", "!=", "<", ">", "-nt", "-ot", "-ef": true
    default: Interpreter.numericTests.contains(op)
    }
  }

  private func two(_ op: String, _ operand: String) throws -> Bool {
    if op == "!" { return operand.isEmpty }
    guard isUnary(op) else {
      throw Fault(
        text: shell.dialect.isBash
          ? "\(op): unary operator expected"
          : shell.dialect.family == .ash
            ? isBinary(operand) ? "\(operand): argument expected" : "\(operand): unknown operand"
            : isBinary(operand) ? "\(operand): argument expected" : "\(op): unexpected operator")
    }
    return try shell.unaryTest(op, operand)
  }

  private func three(_ left: String, _ op: String, _ right: String) throws -> Bool? {
    if isBinary(op) { return try compare(left, op, right) }
    if op == "-a" { return !left.isEmpty && !right.isEmpty }
    if op == "-o" { return !left.isEmpty || !right.isEmpty }
    if left == "!" { return try !two(op, right) }
    if left == "(", right == ")" { return !op.isEmpty }
    throw Fault(
      text: shell.dialect.isBash
        ? "\(op): binary operator expected"
        : shell.dialect.family == .ash
          ? "\(op): unknown operand" : "\(left): unexpected operator")
  }

  private func compare(_ left: String, _ op: String, _ right: String) throws -> Bool {
    switch op {
    case "=", "==": return left == right
    case "!=": return left != right
    case "<": return left.utf8.lexicographicallyPrecedes(right.utf8)
    case ">": return right.utf8.lexicographicallyPrecedes(left.utf8)
    case "-nt", "-ot", "-ef": return shell.fileTest(left, op, right)
    default: return Interpreter.compare(try integer(left), op, try integer(right))
    }
  }

  private func integer(_ text: String) throws -> Int64 {
    if let plain = ArithmeticNumber.plain(text) { return plain }
    let trimmed = text.drop { $0 == " " || $0 == "\t" }.reversed()
      .drop { $0 == " " || $0 == "\t" }.reversed()
    guard let value = Int64(String(trimmed)) else {
      switch shell.dialect.family {
      case .bash: throw Fault(text: "\(text): integer expression expected")
      case .dash: throw Fault(text: "Illegal number: \(text)")
      case .ash: throw Fault(text: "\(text): bad number")
      }
    }
    return value
  }

  // MARK: Longer expressions

  private func peek(_ offset: Int = 0) -> String? {
    position + offset < arguments.count ? arguments[position + offset] : nil
  }

  private mutating func parseOr() throws -> Bool {
    var result = try parseAnd()
    while peek() == "-o" {
      position += 1
      let right = try parseAnd()
      result = result || right
    }
    return result
  }

  private mutating func parseAnd() throws -> Bool {
    var result = try parseTerm()
    while peek() == "-a" {
      position += 1
      let right = try parseTerm()
      result = result && right
    }
    return result
  }

  private mutating func parseTerm() throws -> Bool {
    depth += 1
    defer { depth -= 1 }
    guard depth < 100, let first = peek() else { throw Fault(text: "argument expected") }
    if let op = peek(1), isBinary(op), let right = peek(2) {
      position += 3
      return try compare(first, op, right)
    }
    if first == "!" {
      position += 1
      return try !parseTerm()
    }
    if first == "(" {
      position += 1
      let inner = try parseOr()
      guard peek() == ")" else { throw Fault(text: "`)' expected") }
      position += 1
      return inner
    }
    if isUnary(first), let operand = peek(1), operand != "-a" || peek(2) == nil {
      position += 2
      return try shell.unaryTest(first, operand)
    }
    position += 1
    return !first.isEmpty
  }
}
