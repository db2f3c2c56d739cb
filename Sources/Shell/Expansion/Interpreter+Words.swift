extension Interpreter {
  var separators: FieldSeparators {
    variables["IFS"] == nil ? FieldSeparators(nil) : FieldSeparators(variables["IFS"]?.scalar)
  }

  /// What the words of a command expand to, files' names included.
  func fields(_ words: [Word]) async throws -> [String] {
    var result: [String] = []
    result.reserveCapacity(words.count)
    for word in words { try await append(word, to: &result) }
    return result
  }

  /// The same when no word runs a command.
  func fieldsNow(_ words: [Word]) throws -> [String] {
    var result: [String] = []
    result.reserveCapacity(words.count)
    for word in words {
      if let constant = word.constant {
        result.append(constant)
      } else if word.hasBraces {
        for word in try BraceExpansion.expand(word) { try appendNow(word, to: &result) }
      } else {
        try appendNow(word, to: &result)
      }
    }
    return result
  }

  private func append(_ word: Word, to result: inout [String]) async throws {
    if let constant = word.constant {
      result.append(constant)
    } else if word.hasBraces {
      for word in try BraceExpansion.expand(word) { try await append(word, to: &result) }
    } else if word.hasCommands {
      var builder = FieldBuilder(separators: separators, extended: extendedGlobs)
      for (index, part) in word.parts.enumerated() {
        let isFirst = index == 0
        if case .doubleQuoted(let inner) = part, part.hasCommands {
          builder.append(quoted: "")
          for part in inner { try append(try await resolve(part), quoted: true, to: &builder) }
        } else {
          let part = part.hasCommands ? try await resolve(part) : part
          try append(part, quoted: false, isFirst: isFirst, to: &builder)
        }
      }
      try finish(&builder, into: &result)
    } else {
      try appendNow(word, to: &result)
    }
  }

  private func appendNow(_ word: Word, to result: inout [String]) throws {
    var builder = FieldBuilder(separators: separators, extended: extendedGlobs)
    var isFirst = true
    for part in word.parts {
      try append(part, quoted: false, isFirst: isFirst, to: &builder)
      isFirst = false
    }
    try finish(&builder, into: &result)
  }

  private static let mostWords = 1 << 20

  private func finish(_ builder: inout FieldBuilder, into result: inout [String]) throws {
    builder.endWord()
    let count = result.count + builder.fields.count
    guard count <= Self.mostWords else {
      throw HostError.budget("drydock: a command exceeds \(Self.mostWords) words")
    }
    // So that passing many words on again and again costs what it is.
    if builder.fields.count > 16 { try host.charge(builder.fields.count) }
    for field in builder.fields {
      guard field.text.utf8.count <= host.captureLimit else {
        throw HostError.budget("drydock: a word exceeds \(host.captureLimit) bytes")
      }
      guard let pattern = field.pattern, !options.contains(.noglob) else {
        result.append(field.text)
        continue
      }
      let names = PathExpansion(host: host, directory: directory, options: shopt)
        .names(matching: pattern)
      if names.isEmpty {
        if shopt.contains("nullglob") { continue }
        if shopt.contains("failglob") { throw Interruption.failed("no match: \(field.text)") }
        result.append(field.text)
      } else {
        result += names
      }
    }
  }

  func append(
    _ part: WordPart, quoted: Bool, isFirst: Bool = false, to builder: inout FieldBuilder
  ) throws {
    switch part {
    case .literal(let text):
      if isFirst, text.utf8.first == UInt8(ascii: "~") {
        try appendTilde(text, to: &builder)
      } else {
        builder.append(literal: isFirst ? expandingAssignedTilde(text) : text)
      }
    case .quoted(let text): builder.append(quoted: text)
    case .doubleQuoted(let inner):
      if inner.isEmpty { builder.append(quoted: "") }
      for part in inner { try append(part, quoted: true, to: &builder) }
    case .captured(let text):
      if quoted { builder.append(quoted: text) } else { builder.append(splitting: text) }
    case .arithmetic(let expression):
      let value = String(try evaluate(expression))
      try checkInterruption()
      if quoted { builder.append(quoted: value) } else { builder.append(splitting: value) }
    case .parameter(let parameter):
      if case .none = parameter.operation, parameter.index == nil, !parameter.isIndirect,
        parameter.name != "@", parameter.name != "*"
      {
        let value = try self.value(ofSimple: parameter.name)
        if quoted { builder.append(quoted: value) } else { builder.append(splitting: value) }
      } else {
        try append(parameter, quoted: quoted, to: &builder)
      }
    case .command, .process: preconditionFailure("commands are resolved before the word expands")
    }
  }

  /// bash also expands `name=~` in an argument.
  private func expandingAssignedTilde(_ text: String) -> String {
    guard dialect.isBash, text.utf8.contains(UInt8(ascii: "~")),
      let equals = text.firstIndex(of: "="), text[..<equals].utf8.allSatisfy(\.isNameByte),
      text[..<equals].utf8.first?.isNameStart ?? false
    else { return text }
    let value = text[text.index(after: equals)...]
    guard value.first == "~" else { return text }
    let end = value.firstIndex(of: "/") ?? value.endIndex
    guard let home = home(of: value[..<end]) else { return text }
    return text[...equals] + home + value[end...]
  }

  private func appendTilde(_ text: String, to builder: inout FieldBuilder) throws {
    let end = text.utf8.firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
    guard let home = home(of: text[..<end]) else {
      builder.append(literal: text)
      return
    }
    builder.append(quoted: home)
    builder.append(literal: String(text[end...]))
  }

  /// The directory that `~`, `~name`, `~+` or `~-` means.
  func home(of tilde: Substring) -> String? {
    let name = tilde.dropFirst()
    switch name {
    case "": return variables["HOME"]?.scalar ?? host.home(of: host.userName)
    case "+": return directory
    case "-": return variables["OLDPWD"]?.scalar
    default: return host.home(of: String(name))
    }
  }

  // MARK: One string

  /// The word as one string: nothing is split, no file is meant.
  func string(_ word: Word) throws -> String {
    if let constant = word.constant { return constant }
    var result = ""
    try append(word.parts, to: &result, asPattern: false)
    return result
  }

  func stringWaiting(_ word: Word) async throws -> String {
    try string(word.hasCommands ? try await resolve(word) : word)
  }

  /// An assignment's value: also a tilde after a colon means a home.
  func assignedString(_ word: Word) throws -> String {
    guard word.constant == nil || word.hasTilde else { return try string(word) }
    guard word.hasTilde else { return try string(word) }
    var parts: [WordPart] = []
    for (index, part) in word.parts.enumerated() {
      guard case .literal(let text) = part else {
        parts.append(part)
        continue
      }
      let isLast = index + 1 == word.parts.count
      parts.append(.quoted(expandingTildes(text, isFirst: index == 0, isLast: isLast)))
    }
    return try string(Word(parts))
  }

  private func expandingTildes(_ text: String, isFirst: Bool, isLast: Bool) -> String {
    var pieces: [Substring] = []
    let split = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, piece) in split.enumerated() {
      let end = piece.firstIndex(of: "/") ?? piece.endIndex
      let isWhole = end != piece.endIndex || index + 1 < split.count || isLast
      if piece.first == "~", isWhole, index > 0 || isFirst, let home = home(of: piece[..<end]) {
        pieces.append(home + piece[end...])
      } else {
        pieces.append(piece)
      }
    }
    return pieces.joined(separator: ":")
  }

  /// The word as a pattern: its quoted characters mean themselves.
  func pattern(_ word: Word) throws -> String {
    var result = ""
    try append(word.parts, to: &result, asPattern: true)
    return result
  }

  private func append(_ parts: [WordPart], to result: inout String, asPattern: Bool) throws {
    var isFirst = true
    for part in parts {
      switch part {
      case .literal(let text):
        if isFirst, text.utf8.first == UInt8(ascii: "~") {
          let end = text.utf8.firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
          result += (home(of: text[..<end]) ?? String(text[..<end])) + text[end...]
        } else {
          result += text
        }
      case .quoted(let text): result += asPattern ? GlobPattern.escape(text) : text
      case .doubleQuoted(let inner):
        var text = ""
        for part in inner { text += try joined(part, quoted: true) }
        result += asPattern ? GlobPattern.escape(text) : text
      default: result += try joined(part, quoted: false)
      }
      isFirst = false
    }
  }

  private func joined(_ part: WordPart, quoted: Bool) throws -> String {
    switch part {
    case .literal(let text), .quoted(let text), .captured(let text): return text
    case .doubleQuoted(let inner):
      var text = ""
      for part in inner { text += try joined(part, quoted: true) }
      return text
    case .arithmetic(let expression):
      let value = try evaluate(expression)
      try checkInterruption()
      return String(value)
    case .parameter(let parameter):
      if case .none = parameter.operation, parameter.index == nil, !parameter.isIndirect,
        parameter.name != "@", parameter.name != "*"
      {
        return try value(ofSimple: parameter.name)
      }
      return try joinedValue(of: parameter, quoted: quoted)
    case .command, .process: preconditionFailure("commands are resolved before the word expands")
    }
  }

  func checkInterruption() throws {
    guard let pending = pendingInterruption else { return }
    pendingInterruption = nil
    throw pending
  }
}
