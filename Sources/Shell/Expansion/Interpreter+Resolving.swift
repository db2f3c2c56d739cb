extension Interpreter {
  /// The word with its commands run and their output in their place.
  func resolve(_ word: Word) async throws -> Word {
    guard word.hasCommands else { return word }
    var parts: [WordPart] = []
    for part in word.parts { parts.append(part.hasCommands ? try await resolve(part) : part) }
    return Word(parts)
  }

  func resolve(_ part: WordPart) async throws -> WordPart {
    switch part {
    case .literal, .quoted, .captured: return part
    case .doubleQuoted(let inner):
      var parts: [WordPart] = []
      for part in inner { parts.append(part.hasCommands ? try await resolve(part) : part) }
      return .doubleQuoted(parts)
    case .command(let substitution): return .captured(try await output(of: substitution))
    case .process(let substitution): return .quoted(try await path(of: substitution))
    case .arithmetic(let expression):
      return .arithmetic(try await resolve(expression))
    case .parameter(let parameter):
      return parameter.hasCommands ? .parameter(try await resolve(parameter)) : part
    }
  }

  func resolve(_ expression: ArithmeticExpansion) async throws -> ArithmeticExpansion {
    guard expression.text.hasCommands else { return expression }
    return ArithmeticExpansion(try await resolve(expression.text))
  }

  private func resolve(_ parameter: ParameterExpansion) async throws -> ParameterExpansion {
    var index = parameter.index
    if case .element(let expression) = index { index = .element(try await resolve(expression)) }
    let operation: ParameterExpansion.Operation
    switch parameter.operation {
    case .whenAbsent(let absence, let alsoEmpty, let word):
      let plain = parameter.with(index: index, operation: .none)
      let isAbsent = try isAbsent(plain, alsoEmpty: alsoEmpty)
      let isUsed = absence == .alternate ? !isAbsent : isAbsent
      operation = .whenAbsent(
        absence, alsoEmpty: alsoEmpty, isUsed ? try await resolve(word) : Word([]))
    case .removePrefix(let longest, let word):
      operation = .removePrefix(longest: longest, try await resolve(word))
    case .removeSuffix(let longest, let word):
      operation = .removeSuffix(longest: longest, try await resolve(word))
    case .substring(let offset, let length):
      let offset = try await resolve(offset)
      var end: ArithmeticExpansion?
      if let length { end = try await resolve(length) }
      operation = .substring(offset: offset, length: end)
    case .replace(let kind, let pattern, let replacement):
      let pattern = try await resolve(pattern)
      operation = .replace(kind, pattern: pattern, with: try await resolve(replacement))
    case .changeCase(let kind, let pattern?):
      operation = .changeCase(kind, pattern: try await resolve(pattern))
    default: operation = parameter.operation
    }
    return parameter.with(index: index, operation: operation)
  }
}
