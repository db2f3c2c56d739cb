import Shell

/// Finds what needs other processes or input: system(), close(), getline.
enum AwkHostCalls {
  static func isIn(_ rule: AwkRule) -> Bool { rule.body.map(isIn) ?? false }

  static func isIn(_ statements: [AwkStatement]) -> Bool { statements.contains(where: isIn) }

  static func isIn(_ statement: AwkStatement) -> Bool {
    switch statement {
    case .expression(let expression): isIn(expression)
    case .print(let values, _), .printf(let values, _): values.contains(where: isIn)
    case .if(let condition, let then, let otherwise):
      isIn(condition) || isIn(then) || isIn(otherwise)
    case .while(let condition, let body), .doWhile(let body, let condition):
      isIn(condition) || isIn(body)
    case .for(let start, let condition, let next, let body):
      isIn(start) || condition.map(isIn) == true || isIn(next) || isIn(body)
    case .forIn(_, _, let body): isIn(body)
    case .exit(let value), .return(let value): value.map(isIn) ?? false
    case .delete, .next, .break, .continue: false
    }
  }

  static func isIn(_ expression: AwkExpression) -> Bool {
    switch expression {
    case .getline(_, let file, _): file == nil
    case .builtin(let name, let arguments):
      name == "system" || name == "close" || name == "fflush" || arguments.contains(where: isIn)
    case .assign(let a, let b), .modify(_, let a, let b), .binary(_, let a, let b),
      .and(let a, let b), .or(let a, let b), .concatenate(let a, let b), .match(let a, let b, _):
      isIn(a) || isIn(b)
    case .negate(let a), .plus(let a), .not(let a), .field(let a), .step(let a, _, _): isIn(a)
    case .conditional(let a, let b, let c): isIn(a) || isIn(b) || isIn(c)
    case .grouping(let inner): inner.contains(where: isIn)
    default: false
    }
  }
}

extension AwkRuntime {
  /// Executes statements that may wait for other processes.
  func perform(_ statements: [AwkStatement]) async throws -> Flow {
    for statement in statements {
      let flow =
        AwkHostCalls.isIn(statement) ? try await perform(statement) : try execute([statement])
      if flow != .on { return flow }
    }
    return .on
  }

  private func perform(_ statement: AwkStatement) async throws -> Flow {
    try await process.step(16)
    switch statement {
    case .expression(let expression):
      _ = try await result(expression)
      return .on
    case .print(let values, let redirection):
      var plain: [AwkExpression] = []
      for value in values { plain.append(.string(bytes(try await result(value)))) }
      try emit(try line(plain), redirection)
      return .on
    case .if(let condition, let then, let otherwise):
      return try await perform(result(condition).isTrue ? then : otherwise)
    case .while(let condition, let body):
      while try await result(condition).isTrue {
        let flow = try await perform(body)
        if flow == .break { break }
        if flow != .on, flow != .continue { return flow }
      }
      return .on
    case .for(let start, let condition, let next, let body):
      _ = try await perform(start)
      while true {
        if let condition, try await !result(condition).isTrue { break }
        let flow = try await perform(body)
        if flow == .break { break }
        if flow != .on, flow != .continue { return flow }
        _ = try await perform(next)
      }
      return .on
    case .forIn(let key, let array, let body):
      for own in try self.array(array).keys {
        try set(key, .input(own))
        let flow = try await perform(body)
        if flow == .break { break }
        if flow != .on, flow != .continue { return flow }
      }
      return .on
    default: return try execute([statement])
    }
  }

  private func result(_ expression: AwkExpression) async throws -> AwkValue {
    guard AwkHostCalls.isIn(expression) else { return try evaluate(expression) }
    switch expression {
    case .grouping(let inner) where inner.count == 1: return try await result(inner[0])
    case .assign(let target, let value):
      let value = try await result(value)
      try assign(target, value)
      return value
    case .binary(let operation, let left, let right):
      let a = try await result(left)
      let b = try await result(right)
      return try evaluate(.binary(operation, constant(a), constant(b)))
    case .not(let operand): return truth(try await !result(operand).isTrue)
    case .and(let left, let right):
      guard try await result(left).isTrue else { return truth(false) }
      return truth(try await result(right).isTrue)
    case .or(let left, let right):
      if try await result(left).isTrue { return truth(true) }
      return truth(try await result(right).isTrue)
    case .concatenate(let left, let right):
      let first = bytes(try await result(left))
      return .string(first + bytes(try await result(right)))
    case .builtin("system", let arguments):
      guard let first = arguments.first else { return .number(0) }
      let command = bytes(try evaluate(first))
      try await flush()
      let status = try await process.run(["sh", "-c", String(decoding: command, as: UTF8.self)])
      return .number(Double(status))
    case .builtin("close", let arguments), .builtin("fflush", let arguments):
      let name = try arguments.first.map { bytes(try evaluate($0)) } ?? []
      try await flush()
      sources[name] = nil
      readFiles[[0] + name] = nil
      try await close(file: name)
      try await close(command: name)
      return .number(0)
    case .getline(let target, nil, let command): return try await read(into: target, command)
    default:
      throw UsageError("drydock: not simulated: getline or system() here", hint: false, status: 2)
    }
  }

  private func constant(_ value: AwkValue) -> AwkExpression {
    switch value {
    case .number(let number): .number(number)
    case .unset: .number(0)
    default: .string(bytes(value))
    }
  }

  private func read(into target: AwkExpression?, _ command: AwkExpression?) async throws -> AwkValue
  {
    var line: [UInt8]?
    if let command {
      let text = bytes(try await result(command))
      if sources[text] == nil {
        try await flush()
        let output = MemoryFile(limit: process.machine.budgets.memory)
        var files = process.files
        files[1] = output
        _ = try await process.run(
          ["sh", "-c", String(decoding: text, as: UTF8.self)], files: files)
        sources[text] = LineSource([MemoryFile(output.bytes)], process, .newline)
      }
      line = try await sources[text]?.next()?.0
    } else {
      line = try await input?.next()
    }
    guard let line else { return .number(0) }
    if let target {
      try assign(target, .input(line))
      if command == nil {
        globals[Slot.recordNumber] = .number(globals[Slot.recordNumber].number + 1)
      }
    } else {
      begin(line)
    }
    return .number(1)
  }
}
