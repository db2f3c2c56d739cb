/// A piece of a parsed template: text, an action, or a control structure.
indirect enum TemplateNode {
  case text(ArraySlice<UInt8>)
  case action(TemplatePipe)
  case branch(TemplateBranch)
  case call(name: String, argument: TemplatePipe?, position: Int)
  case leave(continues: Bool)
}

/// `if`, `with` or `range`, with what is done otherwise.
struct TemplateBranch {
  enum Kind: String {
    case when = "if"
    case with
    case range
  }
  let kind: Kind
  let pipe: TemplatePipe
  let body: [TemplateNode]
  let otherwise: [TemplateNode]
}

/// Commands joined by bars, and the variables that take the result.
struct TemplatePipe {
  var position = 0
  var declares: [String] = []
  var isAssignment = false
  var commands: [TemplateCommand] = []

  var text: String {
    let names = declares.joined(separator: ", ")
    let head = names.isEmpty ? "" : names + (isAssignment ? " = " : " := ")
    return head + commands.map(\.text).joined(separator: " | ")
  }
}

/// A function or value with its arguments.
struct TemplateCommand {
  let position: Int
  let operands: [TemplateOperand]
  var text: String { operands.map(\.shown).joined(separator: " ") }
}

/// One word of a command.
struct TemplateOperand {
  indirect enum Kind {
    case dot, nothing
    case literal(Value, String)
    case function(String)
    case field([String])
    case variable(String, [String])
    case pipe(TemplatePipe, fields: [String])
  }
  let position: Int
  let kind: Kind

  /// As an error names it.
  var text: String {
    switch kind {
    case .dot: "."
    case .nothing: "nil"
    case .literal(_, let source): source
    case .function(let name): name
    case .field(let names): names.map { "." + $0 }.joined()
    case .variable(let name, let fields): name + fields.map { "." + $0 }.joined()
    case .pipe(let pipe, let fields):
      fields.isEmpty ? pipe.text : "(" + pipe.text + ")" + fields.map { "." + $0 }.joined()
    }
  }

  /// As a command's text holds it: a pipe in parentheses.
  var shown: String {
    if case .pipe(_, let fields) = kind, fields.isEmpty { return "(\(text))" }
    return text
  }
}
