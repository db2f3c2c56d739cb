/// One word of a script before expansion.
package final class Word {
  package let parts: [WordPart]
  /// The words that an alias of this name, a reserved word or a file descriptor would be: set when
  /// the word is unquoted plain text.
  package let bareText: String?
  /// The final text, when nothing in the word expands, splits or globs.
  let constant: String?
  /// Whether some part runs commands, so that the expansion has to wait.
  let hasCommands: Bool
  let hasBraces: Bool
  /// For `declare x=(…)` and its kin: the argument read as an assignment.
  let assignment: Assignment?

  init(_ parts: [WordPart], hasBraces: Bool = false, assignment: Assignment? = nil) {
    self.parts = parts
    self.hasBraces = hasBraces
    self.assignment = assignment
    hasCommands = parts.contains(where: \.hasCommands) || (assignment?.hasCommands ?? false)
    if parts.count == 1, case .literal(let text) = parts[0] {
      bareText = text
    } else {
      bareText = nil
    }
    constant = hasBraces || assignment != nil ? nil : Word.constant(of: parts)
  }

  var hasTilde: Bool {
    parts.contains {
      if case .literal(let text) = $0 { text.utf8.contains(UInt8(ascii: "~")) } else { false }
    }
  }

  convenience init(text: String) { self.init([.quoted(text)]) }

  private static func constant(of parts: [WordPart]) -> String? {
    // The commonest command that looks like a pattern.
    if parts.count == 1, case .literal("[") = parts[0] { return "[" }
    var text = ""
    for (index, part) in parts.enumerated() {
      switch part {
      case .quoted(let quoted): text += quoted
      case .literal(let literal):
        if index == 0, literal.utf8.first == UInt8(ascii: "~") { return nil }
        for byte in literal.utf8 where Word.special.contains(byte) { return nil }
        text += literal
      case .doubleQuoted(let inner):
        for part in inner {
          guard case .quoted(let quoted) = part else { return nil }
          text += quoted
        }
      default: return nil
      }
    }
    return parts.isEmpty ? "" : text
  }

  private static let special = Set("*?[\\@+!".utf8)

  /// Whether any of it was quoted, as a here-document's delimiter is asked.
  var isQuoted: Bool {
    parts.contains {
      switch $0 {
      case .quoted, .doubleQuoted: true
      default: false
      }
    }
  }
}

/// A piece of a word with one kind of quoting or expansion.
package enum WordPart {
  /// Unquoted text: it may hold pattern characters and a leading tilde.
  case literal(String)
  case quoted(String)
  case doubleQuoted([WordPart])
  case parameter(ParameterExpansion)
  case arithmetic(ArithmeticExpansion)
  case command(CommandSubstitution)
  case process(ProcessSubstitution)
  /// The output of a command that has been run: unquoted, it splits.
  case captured(String)

  var hasCommands: Bool {
    switch self {
    case .literal, .quoted, .captured: false
    case .doubleQuoted(let parts): parts.contains(where: \.hasCommands)
    case .parameter(let parameter): parameter.hasCommands
    case .arithmetic(let arithmetic): arithmetic.text.hasCommands
    case .command, .process: true
    }
  }
}

/// `$( … )` or backticks.
package final class CommandSubstitution {
  let script: [Statement]
  /// `$(< file)` reads the file without running a program.
  let fileToRead: Word?

  init(script: [Statement]) {
    self.script = script
    fileToRead = CommandSubstitution.soleInput(of: script)
  }

  private static func soleInput(of script: [Statement]) -> Word? {
    guard script.count == 1, let statement = script.first, !statement.inBackground,
      statement.rest.isEmpty, statement.first.commands.count == 1, !statement.first.isNegated,
      case .simple(let simple) = statement.first.commands[0].kind,
      simple.words.isEmpty, simple.assignments.isEmpty,
      let redirection = statement.first.commands[0].redirections.first,
      statement.first.commands[0].redirections.count == 1,
      redirection.kind == .input, redirection.descriptor == .number(0)
    else { return nil }
    return redirection.target
  }
}

/// `<( … )` or `>( … )`.
package final class ProcessSubstitution {
  let script: [Statement]
  let isInput: Bool

  init(script: [Statement], isInput: Bool) {
    self.script = script
    self.isInput = isInput
  }
}

/// `$(( … ))`, `(( … ))`, an index or an offset: the text, and its tree when that is already sure.
package final class ArithmeticExpansion {
  let text: Word
  let compiled: CompiledArithmetic?

  init(_ text: Word) {
    self.text = text
    compiled = CompiledArithmetic(word: text)
  }
}

/// `$name` or `${ … }` with all that may stand in the braces.
package final class ParameterExpansion {
  enum Absence: Character {
    case use = "-"
    case assign = "="
    case fail = "?"
    case alternate = "+"
  }
  enum Replacement { case first, all, prefix, suffix }

  enum Operation {
    case none
    case length
    case whenAbsent(Absence, alsoEmpty: Bool, Word)
    case removePrefix(longest: Bool, Word)
    case removeSuffix(longest: Bool, Word)
    case substring(offset: ArithmeticExpansion, length: ArithmeticExpansion?)
    case replace(Replacement, pattern: Word, with: Word)
    case changeCase(Character, pattern: Word?)
    case transform(Character)
    case names(prefix: String)
    case keys
    /// Not an expansion at all: the text as written.
    case bad(String)
  }

  let name: String
  let index: Subscript?
  let isIndirect: Bool
  let operation: Operation
  let hasCommands: Bool

  init(
    name: String, index: Subscript? = nil, isIndirect: Bool = false, operation: Operation = .none
  ) {
    self.name = name
    self.index = index
    self.isIndirect = isIndirect
    self.operation = operation
    let own = index?.hasCommands ?? false
    switch operation {
    case .whenAbsent(_, _, let word), .removePrefix(_, let word), .removeSuffix(_, let word):
      hasCommands = own || word.hasCommands
    case .replace(_, let pattern, let replacement):
      hasCommands = own || pattern.hasCommands || replacement.hasCommands
    case .changeCase(_, let pattern): hasCommands = own || (pattern?.hasCommands ?? false)
    case .substring(let offset, let length):
      hasCommands = own || offset.text.hasCommands || (length?.text.hasCommands ?? false)
    default: hasCommands = own
    }
  }

  func with(index: Subscript?, operation: Operation) -> ParameterExpansion {
    ParameterExpansion(name: name, index: index, isIndirect: isIndirect, operation: operation)
  }
}

/// What stands between the brackets of an array's element.
package enum Subscript {
  case all
  case joined
  case element(ArithmeticExpansion)

  var hasCommands: Bool {
    if case .element(let expression) = self { expression.text.hasCommands } else { false }
  }
}
