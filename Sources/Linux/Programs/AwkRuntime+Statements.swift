import Shell

extension AwkRuntime {
  func execute(_ statements: [AwkStatement]) throws -> Flow {
    for statement in statements {
      let flow = try execute(statement)
      if flow != .on { return flow }
    }
    return .on
  }

  private func execute(_ statement: AwkStatement) throws -> Flow {
    try step()
    switch statement {
    case .expression(let expression):
      _ = try evaluate(expression)
      return .on
    case .print(let values, let redirection):
      try emit(try line(values), redirection)
      return .on
    case .printf(let values, let redirection):
      try emit(try formatted(values), redirection)
      return .on
    case .if(let condition, let then, let otherwise):
      return try execute(evaluate(condition).isTrue ? then : otherwise)
    case .while(let condition, let body):
      while try evaluate(condition).isTrue {
        try step()
        if let flow = try loop(body) { return flow }
        if isBroken { break }
      }
      isBroken = false
      return .on
    case .doWhile(let body, let condition):
      repeat {
        try step()
        if let flow = try loop(body) { return flow }
        if isBroken { break }
      } while try evaluate(condition).isTrue
      isBroken = false
      return .on
    case .for(let start, let condition, let next, let body):
      _ = try execute(start)
      while try condition.map({ try evaluate($0).isTrue }) ?? true {
        try step()
        if let flow = try loop(body) { return flow }
        if isBroken { break }
        _ = try execute(next)
      }
      isBroken = false
      return .on
    case .forIn(let key, let array, let body):
      for own in try self.array(array).keys {
        try set(key, .input(own))
        if let flow = try loop(body) { return flow }
        if isBroken { break }
      }
      isBroken = false
      return .on
    default: return try leave(statement)
    }
  }

  /// Runs a loop's body; what leaves the function or rule is returned, a break is noted.
  private func loop(_ body: [AwkStatement]) throws -> Flow? {
    switch try execute(body) {
    case .on, .continue: return nil
    case .break:
      isBroken = true
      return nil
    case let flow: return flow
    }
  }

  func leave(_ statement: AwkStatement) throws -> Flow {
    switch statement {
    case .delete(let array, let keys):
      if let keys {
        let key = try key(keys)
        try self.array(array)[key] = nil
      } else {
        try self.array(array).removeAll()
      }
      return .on
    case .next: return .next
    case .exit(let value):
      if let value {
        exitStatus = Int32(truncatingIfNeeded: Int(clamped: try evaluate(value).number) & 255)
      }
      return .exit
    case .break: return .break
    case .continue: return .continue
    case .return(let value):
      returned = try value.map { try evaluate($0) } ?? .unset
      return .return
    default: return .on
    }
  }

  func line(_ values: [AwkExpression]) throws -> [UInt8] {
    var line: [UInt8] = []
    if values.isEmpty {
      line = currentRecord
    } else {
      for (index, value) in values.enumerated() {
        if index > 0 { line += bytes(ofSlot: Slot.outputFieldSeparator) }
        let value = try evaluate(value)
        if case .number(let number) = value {
          line += AwkNumber.text(number, bytes(ofSlot: Slot.outputFormat))
        } else {
          line += bytes(value)
        }
      }
    }
    return line + bytes(ofSlot: Slot.outputRecordSeparator)
  }

  func emit(_ text: [UInt8], _ redirection: AwkRedirection?) throws {
    guard let redirection else {
      out += text
      return
    }
    let target = bytes(try evaluate(redirection.target))
    switch redirection.kind {
    case .pipe:
      if let index = pipes.firstIndex(where: { $0.command == target }) {
        pipes[index].bytes += text
      } else {
        pipes.append((target, text))
      }
    case .write, .append:
      if target == Array("/dev/stdout".utf8) || target == Array("-".utf8) {
        out += text
        return
      }
      if redirection.kind == .append, files[target] == nil { appended.insert(target) }
      files[target, default: []] += text
    }
  }
}
