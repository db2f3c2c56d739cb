extension Interpreter {
  enum Expanded {
    case one(String)
    case many([String], isJoined: Bool)
    /// The operand's own text, with its own quoting.
    case word(Word)
  }

  /// `$name` as a string; a complaint under `set -u` when it has none.
  func value(ofSimple name: String) throws -> String {
    if let value = parameter(name) { return value }
    if options.contains(.nounset) { throw unbound(name) }
    return ""
  }

  func unbound(_ name: String) -> Interruption {
    let isPositional = name.utf8.first?.isDigit ?? false
    return dialect.isBash
      ? .fatal("\(isPositional ? "$" : "")\(name): unbound variable")
      : .fatal("\(name): parameter not set")
  }

  func append(_ parameter: ParameterExpansion, quoted: Bool, to builder: inout FieldBuilder)
    throws
  {
    switch try expand(parameter, quoted: quoted) {
    case .one(let value):
      if quoted { builder.append(quoted: value) } else { builder.append(splitting: value) }
    case .many(let values, let isJoined):
      if quoted, isJoined {
        builder.append(quoted: values.joined(separator: separators.joiner))
        return
      }
      for (index, value) in values.enumerated() {
        if index > 0 { builder.endField() }
        if quoted { builder.append(quoted: value) } else { builder.append(splitting: value) }
      }
    case .word(let word):
      if quoted, word.parts.isEmpty { builder.append(quoted: "") }
      for (index, part) in word.parts.enumerated() {
        if !quoted, case .literal(let text) = part, !(index == 0 && text.utf8.first == 0x7e) {
          builder.append(splitting: text)
        } else {
          try append(part, quoted: quoted, isFirst: index == 0, to: &builder)
        }
      }
    }
  }

  /// The parameter where no fields are made: its elements joined.
  func joinedValue(of parameter: ParameterExpansion, quoted: Bool) throws -> String {
    switch try expand(parameter, quoted: quoted) {
    case .one(let value): return value
    case .many(let values, let isJoined):
      return values.joined(separator: isJoined ? separators.joiner : " ")
    case .word(let word): return try string(word)
    }
  }

  // MARK: Values

  private enum Held {
    case absent
    case one(String)
    case many([String], isJoined: Bool)
  }

  private func source(of parameter: ParameterExpansion) throws -> Held {
    if parameter.isIndirect { return try indirectSource(of: parameter) }
    return try source(name: parameter.name, index: parameter.index)
  }

  private func source(name: String, index: Subscript?) throws -> Held {
    if name == "@" || name == "*" { return .many(positional, isJoined: name == "*") }
    guard let index else { return parameter(name).map(Held.one) ?? .absent }
    switch index {
    case .all, .joined:
      var isJoined = false
      if case .joined = index { isJoined = true }
      return .many(arrayElements(name).map(\.value), isJoined: isJoined)
    case .element(let expression):
      return try element(of: name, expression).map(Held.one) ?? .absent
    }
  }

  func element(of name: String, _ expression: ArithmeticExpansion) throws -> String? {
    let name = referenced(name)
    if let variable = variables[name], variable.isAssociative {
      return variable.element(key: try string(expression.text))
    }
    let index = Int(truncatingIfNeeded: try evaluate(expression))
    try checkInterruption()
    if let found = variables[name] {
      if index < 0, case .indexed(let array) = found.content, max(0, array.end) + index < 0 {
        queueComplaint("\(name): bad array subscript")
      }
      return found.element(at: index)
    }
    let elements = arrayElements(name)
    if index < 0, elements.isEmpty { queueComplaint("\(name): bad array subscript") }
    let key = String(index < 0 ? elements.count + index : index)
    return elements.first { $0.key == key }?.value
  }

  private func indirectSource(of parameter: ParameterExpansion) throws -> Held {
    if let variable = variables[parameter.name], variable.attributes.contains(.reference) {
      return variable.scalar.map(Held.one) ?? .absent
    }
    guard case .one(let target) = try source(name: parameter.name, index: parameter.index) else {
      if dialect.isBash {
        throw Interruption.failed("\(parameter.name): invalid indirect expansion")
      }
      return .absent
    }
    guard let open = target.firstIndex(of: "["), target.hasSuffix("]") else {
      guard
        target.isShellName
          || target.utf8.first.map({ $0.isDigit || $0.isSpecialParameter })
            ?? false
      else { throw Interruption.failed("\(target): invalid variable name") }
      return try source(name: target, index: nil)
    }
    let name = String(target[..<open])
    let inner = String(target[target.index(after: open)...].dropLast())
    switch inner {
    case "@": return try source(name: name, index: .all)
    case "*": return try source(name: name, index: .joined)
    default:
      let expression = ArithmeticExpansion(Word([.quoted(inner)]))
      return try source(name: name, index: .element(expression))
    }
  }

  func isAbsent(_ parameter: ParameterExpansion, alsoEmpty: Bool) throws -> Bool {
    switch try source(of: parameter) {
    case .absent: true
    case .one(let value): alsoEmpty && value.isEmpty
    case .many(let values, _):
      values.isEmpty || alsoEmpty && values.allSatisfy(\.isEmpty) && values.count <= 1
    }
  }

  // MARK: Operations

  func expand(_ parameter: ParameterExpansion, quoted: Bool) throws -> Expanded {
    switch parameter.operation {
    case .bad(let text): throw Interruption.failed(badSubstitution(text))
    case .names(let prefix):
      var isJoined = false
      if case .joined = parameter.index { isJoined = true }
      return .many(variables.names.filter { $0.hasPrefix(prefix) }, isJoined: isJoined)
    case .keys:
      var isJoined = false
      if case .joined = parameter.index { isJoined = true }
      return .many(arrayElements(parameter.name).map(\.key), isJoined: isJoined)
    case .length: return .one(try length(of: parameter))
    case .whenAbsent(let absence, let alsoEmpty, let word):
      let isAbsent = try isAbsent(parameter, alsoEmpty: alsoEmpty)
      if isAbsent == (absence != .alternate) {
        return try replacement(for: parameter, absence, alsoEmpty, word)
      }
      if absence == .alternate { return .one("") }
    default: break
    }
    let found = try source(of: parameter)
    if case .absent = found, options.contains(.nounset), !parameter.operation.toleratesAbsence {
      throw unbound(parameter.shownName)
    }
    if case .substring(let offset, let length) = parameter.operation {
      return try substring(of: found, parameter, offset, length)
    }
    switch found {
    case .absent:
      return .one(try transform("", by: parameter, isSet: false))
    case .one(let value): return .one(try transform(value, by: parameter, isSet: true))
    case .many(let values, let isJoined):
      return .many(
        try values.map { try transform($0, by: parameter, isSet: true) }, isJoined: isJoined)
    }
  }

  private func badSubstitution(_ text: String) -> String {
    dialect.family == .bash
      ? "\(text): bad substitution"
      : dialect.family == .dash ? "Bad substitution" : "syntax error: bad substitution"
  }

  private func length(of parameter: ParameterExpansion) throws -> String {
    switch try source(of: parameter) {
    case .absent:
      if options.contains(.nounset) { throw unbound(parameter.shownName) }
      return "0"
    case .one(let value): return String(value.unicodeScalars.count)
    case .many(let values, _): return String(values.count)
    }
  }

  private func replacement(
    for parameter: ParameterExpansion, _ absence: ParameterExpansion.Absence, _ alsoEmpty: Bool,
    _ word: Word
  ) throws -> Expanded {
    switch absence {
    case .use, .alternate: return .word(word)
    case .assign:
      guard parameter.name.isShellName else {
        throw Interruption.failed("$\(parameter.name): cannot assign in this way")
      }
      let value = try string(word)
      if case .element(let expression)? = parameter.index {
        try assign(parameter.name, index: expression, value, appending: false)
      } else {
        try assign(parameter.name, value)
      }
      return .one(value)
    case .fail:
      let text = try string(word)
      let message =
        !text.isEmpty
        ? text
        : !alsoEmpty
          ? "parameter not set"
          : dialect.isBash ? "parameter null or not set" : "parameter not set or null"
      throw Interruption.fatal("\(parameter.shownName): \(message)")
    }
  }

  private func transform(_ value: String, by parameter: ParameterExpansion, isSet: Bool) throws
    -> String
  {
    switch parameter.operation {
    case .removePrefix(let longest, let word):
      return PatternEdit(glob(try pattern(word))).removingPrefix(of: value, longest: longest)
    case .removeSuffix(let longest, let word):
      return PatternEdit(glob(try pattern(word))).removingSuffix(of: value, longest: longest)
    case .replace(let kind, let word, let replacement):
      let pattern = try pattern(word)
      if pattern.isEmpty, kind == .first || kind == .all { return value }
      return try PatternEdit(glob(pattern))
        .replacing(
          kind, in: value, with: try replacementPieces(replacement), limit: host.captureLimit)
    case .changeCase(let kind, let word):
      let wanted = try word.map { glob(try pattern($0)) }
      return PatternEdit.changingCase(of: value, kind, where: wanted)
    case .transform(let letter):
      return try transform(value, letter, of: parameter, isSet: isSet)
    default: return value
    }
  }

  /// The replacement's text; an unquoted `&` stands for what was matched (bash 5.2).
  private func replacementPieces(_ word: Word) throws -> [String?] {
    guard dialect.isBash else { return [try string(word)] }
    var pieces: [String?] = [""]
    func add(_ text: String) {
      if let last = pieces[pieces.count - 1] {
        pieces[pieces.count - 1] = last + text
      } else {
        pieces.append(text)
      }
    }
    for part in word.parts {
      switch part {
      case .quoted, .doubleQuoted: add(try string(Word([part])))
      default:
        let text = try string(Word([part]))
        let split = text.split(separator: "&", omittingEmptySubsequences: false)
        for (index, piece) in split.enumerated() {
          if index > 0 { pieces.append(nil) }
          add(String(piece))
        }
      }
    }
    return pieces
  }

  func glob(_ text: String) -> GlobPattern {
    if let known = patterns[text] { return known }
    let made = GlobPattern(text, extended: extendedGlobs)
    if patterns.count >= 256 { patterns.removeAll() }
    patterns[text] = made
    return made
  }

  private func substring(
    of found: Held, _ parameter: ParameterExpansion, _ offset: ArithmeticExpansion,
    _ length: ArithmeticExpansion?
  ) throws -> Expanded {
    let start = Int(truncatingIfNeeded: try evaluate(offset))
    let count = try length.map { Int(truncatingIfNeeded: try evaluate($0)) }
    try checkInterruption()
    let lengthText = try length.map { try string($0.text) } ?? ""
    let tooShort = Interruption.failed("\(lengthText): substring expression < 0")
    switch found {
    case .absent: return .one("")
    case .one(let value):
      let scalars = value.unicodeScalars
      guard let range = Interpreter.range(start, count, of: scalars.count) else { throw tooShort }
      let from = scalars.index(scalars.startIndex, offsetBy: range.lowerBound)
      let to = scalars.index(from, offsetBy: range.count)
      return .one(String(scalars[from..<to]))
    case .many(var values, let isJoined):
      if parameter.name == "@" || parameter.name == "*" {
        values.insert(name, at: 0)
        if start == 0 || count ?? 0 < 0 {
          if let count, count < 0 { throw tooShort }
        }
      } else if let count, count < 0 {
        throw tooShort
      }
      let isPositional = parameter.name == "@" || parameter.name == "*"
      if start < 0, -start > values.count - (isPositional ? 0 : 0) {
        return .many([], isJoined: isJoined)
      }
      guard let range = Interpreter.range(start, count, of: values.count) else { throw tooShort }
      return .many(Array(values[range]), isJoined: isJoined)
    }
  }

  private static func range(_ start: Int, _ count: Int?, of total: Int) -> Range<Int>? {
    let from = start < 0 ? total + start : start
    guard from >= 0, from <= total else { return 0..<0 }
    guard let count else { return from..<total }
    let to = count < 0 ? total + count : min(total, from + min(count, total))
    return to < from ? nil : from..<to
  }
}

extension ParameterExpansion {
  var shownName: String {
    guard case .element(let expression)? = index else { return name }
    return "\(name)[\(expression.text.unexpandedText)]"
  }
}

extension ParameterExpansion.Operation {
  fileprivate var toleratesAbsence: Bool {
    switch self {
    case .whenAbsent: true
    default: false
    }
  }
}
