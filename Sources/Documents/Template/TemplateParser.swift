/// Makes nodes of a template's tokens.
struct TemplateParser {
  typealias Token = TemplateLexer.Token
  private let tokens: [Token]
  /// The template's name, for errors.
  private let source: String
  private let functions: Set<String>
  private var index = 0
  private var variables = ["$"]
  private var found: [String: [TemplateNode]] = [:]
  private var loops = 0
  private var depth = 0

  static let maximumDepth = 100

  init(tokens: [Token], name: String, functions: Set<String>) {
    self.tokens = tokens
    source = name
    self.functions = functions
  }

  mutating func definitions() throws(GoTemplate.Failure) -> [String: [TemplateNode]] {
    let (body, ending) = try list(endings: [])
    if let ending { throw fail("unexpected {{\(ending)}}") }
    found[source] = body
    return found
  }

  private var token: Token {
    index < tokens.count
      ? tokens[index]
      : tokens.last ?? Token(kind: .end, position: 0, line: 1, text: "EOF")
  }

  private mutating func advance() -> Token {
    defer { index += 1 }
    return token
  }

  private mutating func skipBlanks() { while token.kind == .blank { index += 1 } }

  private func fail(_ message: String) -> GoTemplate.Failure {
    GoTemplate.Failure(message: "template: \(source):\(token.line): \(message)")
  }

  private func unexpected(_ context: String) -> GoTemplate.Failure {
    switch token.kind {
    case .error: fail(token.text)
    case .end: fail(context == "input" ? "unexpected EOF" : "unexpected EOF in \(context)")
    case .word where Self.keywords.contains(token.text):
      fail("unexpected <\(token.text)> in \(context)")
    default: fail("unexpected \(GoText.quote(token.text)) in \(context)")
    }
  }

  private static let keywords: Set<String> = [
    "block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template",
    "with",
  ]

  /// Nodes up to the end, or to one of the given words, which is answered.
  private mutating func list(
    endings: Set<String>
  ) throws(GoTemplate.Failure) -> (nodes: [TemplateNode], ending: String?) {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.maximumDepth else { throw fail("max template depth exceeded") }
    var nodes: [TemplateNode] = []
    while token.kind != .end {
      if token.kind == .text {
        nodes.append(.text(advance().bytes))
        continue
      }
      guard token.kind == .open else { throw unexpected("input") }
      index += 1
      skipBlanks()
      if token.kind == .word, token.text == "end" || token.text == "else" {
        let word = token.text
        guard endings.contains(word) else { throw fail("unexpected {{\(word)}}") }
        index += 1
        return (nodes, word)
      }
      if let node = try action() { nodes.append(node) }
    }
    if !endings.isEmpty { throw fail("unexpected EOF") }
    return (nodes, nil)
  }

  private mutating func action() throws(GoTemplate.Failure) -> TemplateNode? {
    if token.kind == .word {
      switch token.text {
      case "if", "with", "range":
        let kind = TemplateBranch.Kind(rawValue: advance().text) ?? .when
        return .branch(try branch(kind))
      case "define": return try definition()
      case "block": return try block()
      case "template": return try call()
      case "break", "continue":
        let word = advance().text
        guard loops > 0 else { throw fail("{{\(word)}} outside {{range}}") }
        try close(word)
        return .leave(continues: word == "continue")
      default: break
      }
    }
    return .action(try pipe("command", closing: "}}"))
  }

  private mutating func close(_ context: String) throws(GoTemplate.Failure) {
    skipBlanks()
    guard token.kind == .close else { throw unexpected(context) }
    index += 1
  }

  private mutating func branch(
    _ kind: TemplateBranch.Kind
  ) throws(GoTemplate.Failure) -> TemplateBranch {
    let known = variables.count
    defer { variables.removeSubrange(min(known, variables.count)...) }
    let pipe = try pipe(kind.rawValue, closing: "}}")
    if kind == .range { loops += 1 }
    let (body, ending) = try list(endings: ["else", "end"])
    if kind == .range { loops -= 1 }
    var otherwise: [TemplateNode] = []
    if ending == "else" {
      skipBlanks()
      // {{else if x}} is {{else}}{{if x}} with one {{end}} for both.
      if kind != .range, token.kind == .word, token.text == kind.rawValue {
        index += 1
        otherwise = [.branch(try branch(kind))]
        return TemplateBranch(kind: kind, pipe: pipe, body: body, otherwise: otherwise)
      }
      try close("else")
      let rest = try list(endings: ["else", "end"])
      guard rest.ending == "end" else { throw fail("expected end; found {{else}}") }
      otherwise = rest.nodes
    }
    try close("end")
    return TemplateBranch(kind: kind, pipe: pipe, body: body, otherwise: otherwise)
  }

  private mutating func name(_ context: String) throws(GoTemplate.Failure) -> String {
    skipBlanks()
    guard token.kind == .string || token.kind == .raw, let name = Self.unquoted(token) else {
      throw unexpected(context)
    }
    index += 1
    return name
  }

  private mutating func definition() throws(GoTemplate.Failure) -> TemplateNode? {
    index += 1
    let name = try name("define clause")
    try close("define clause")
    let kept = variables
    variables = ["$"]
    let (body, _) = try list(endings: ["end"])
    variables = kept
    try close("end")
    found[name] = body
    return nil
  }

  private mutating func block() throws(GoTemplate.Failure) -> TemplateNode {
    index += 1
    skipBlanks()
    let position = token.position
    let name = try name("block clause")
    let argument = try pipe("block clause", closing: "}}")
    let kept = variables
    variables = ["$"]
    let (body, _) = try list(endings: ["end"])
    variables = kept
    try close("end")
    if found[name] == nil { found[name] = body }
    return .call(name: name, argument: argument, position: position)
  }

  private mutating func call() throws(GoTemplate.Failure) -> TemplateNode {
    index += 1
    skipBlanks()
    let position = token.position
    let name = try name("template clause")
    skipBlanks()
    if token.kind == .close {
      index += 1
      return .call(name: name, argument: nil, position: position)
    }
    let argument = try pipe("template clause", closing: "}}")
    return .call(name: name, argument: argument, position: position)
  }

  private mutating func pipe(
    _ context: String, closing: String
  ) throws(GoTemplate.Failure) -> TemplatePipe {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.maximumDepth else { throw fail("max expression depth exceeded") }
    skipBlanks()
    var pipe = TemplatePipe()
    pipe.position = token.position
    try declarations(&pipe, context)
    while true {
      skipBlanks()
      if token.text == closing, token.kind == .close || token.kind == .symbol {
        index += 1
        guard !pipe.commands.isEmpty else { throw fail("missing value for \(context)") }
        try check(pipe)
        return pipe
      }
      pipe.commands.append(try command(context))
    }
  }

  private func check(_ pipe: TemplatePipe) throws(GoTemplate.Failure) {
    for (number, command) in pipe.commands.enumerated() where number > 0 {
      switch command.operands.first?.kind {
      case .dot, .nothing, .literal:
        throw fail("non executable command in pipeline stage \(number + 1)")
      default: break
      }
    }
  }

  /// `$x :=`, `$x =` and `$i, $x :=`.
  private mutating func declarations(
    _ pipe: inout TemplatePipe, _ context: String
  ) throws(GoTemplate.Failure) {
    var place = index
    var names: [String] = []
    func skip() { while place < tokens.count, tokens[place].kind == .blank { place += 1 } }
    while place < tokens.count, tokens[place].kind == .variable {
      names.append(tokens[place].text)
      place += 1
      skip()
      guard place < tokens.count, tokens[place].kind == .symbol else { return }
      switch tokens[place].text {
      case ",":
        guard context == "range", names.count < 2 else {
          throw fail("too many declarations in \(context)")
        }
        place += 1
        skip()
      case ":=", "=":
        pipe.isAssignment = tokens[place].text == "="
        pipe.declares = names
        index = place + 1
        for name in names {
          if !pipe.isAssignment {
            variables.append(name)
          } else if !variables.contains(name) {
            throw fail("undefined variable \(GoText.quote(name))")
          }
        }
        return
      default: return
      }
    }
  }

  private mutating func command(_ context: String) throws(GoTemplate.Failure) -> TemplateCommand {
    let position = token.position
    var operands: [TemplateOperand] = []
    while true {
      skipBlanks()
      if let operand = try operand() { operands.append(operand) }
      switch token.kind {
      case .blank: continue
      case .symbol where token.text == "|":
        index += 1
      case .close: break
      case .symbol where token.text == ")": break
      default: throw unexpected("operand")
      }
      break
    }
    guard !operands.isEmpty else { throw fail("empty command") }
    return TemplateCommand(position: position, operands: operands)
  }

  private mutating func operand() throws(GoTemplate.Failure) -> TemplateOperand? {
    guard let term = try term() else { return nil }
    guard token.kind == .field else { return term }
    let position = token.position
    var names: [String] = []
    while token.kind == .field { names.append(String(advance().text.dropFirst())) }
    switch term.kind {
    case .field(let first): return TemplateOperand(position: position, kind: .field(first + names))
    case .variable(let name, let first):
      return TemplateOperand(position: position, kind: .variable(name, first + names))
    case .pipe(let pipe, let first):
      return TemplateOperand(position: position, kind: .pipe(pipe, fields: first + names))
    case .literal: throw fail("unexpected . after term \(GoText.quote(term.text))")
    default:
      var pipe = TemplatePipe()
      pipe.position = term.position
      pipe.commands = [TemplateCommand(position: term.position, operands: [term])]
      return TemplateOperand(position: position, kind: .pipe(pipe, fields: names))
    }
  }

  private mutating func term() throws(GoTemplate.Failure) -> TemplateOperand? {
    let start = token
    func made(_ kind: TemplateOperand.Kind) -> TemplateOperand {
      TemplateOperand(position: start.position, kind: kind)
    }
    switch start.kind {
    case .word:
      index += 1
      return made(try word(start))
    case .symbol where start.text == ".":
      index += 1
      return made(.dot)
    case .symbol where start.text == "(":
      index += 1
      return made(.pipe(try pipe("parenthesized pipeline", closing: ")"), fields: []))
    case .field:
      index += 1
      return made(.field([String(start.text.dropFirst())]))
    case .variable:
      guard variables.contains(start.text) else {
        throw fail("undefined variable \(GoText.quote(start.text))")
      }
      index += 1
      return made(.variable(start.text, []))
    case .string, .raw:
      guard let text = Self.unquoted(start) else { throw fail("invalid syntax") }
      index += 1
      return made(.literal(.string(text), start.text))
    case .character, .number:
      guard let value = Self.number(start) else {
        throw fail("bad number syntax: \(GoText.quote(start.text))")
      }
      index += 1
      return made(.literal(value, start.text))
    default: return nil
    }
  }

  private func word(_ token: Token) throws(GoTemplate.Failure) -> TemplateOperand.Kind {
    switch token.text {
    case "true", "false": return .literal(.bool(token.text == "true"), token.text)
    case "nil": return .nothing
    default:
      if Self.keywords.contains(token.text) {
        throw fail("unexpected <\(token.text)> in operand")
      }
      guard TemplateFunctions.names.contains(token.text) || functions.contains(token.text) else {
        throw fail("function \(GoText.quote(token.text)) not defined")
      }
      return .function(token.text)
    }
  }

  private static func number(_ token: Token) -> Value? {
    if token.kind == .character {
      guard let text = unquoted(token), let scalar = text.unicodeScalars.first,
        text.unicodeScalars.count == 1
      else { return nil }
      return .int(Int64(scalar.value))
    }
    if case .success(let whole) = GoNumber.int(token.text, bits: 64) { return .int(whole) }
    return Double(token.text).map { .double($0) }
  }

  private static func unquoted(_ token: Token) -> String? {
    let inner = token.text.dropFirst().dropLast()
    return token.kind == .raw ? String(inner) : GoNumber.unescaped(inner)
  }
}
