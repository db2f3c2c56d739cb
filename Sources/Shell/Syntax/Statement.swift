/// A list's element: pipelines joined by `&&` and `||`, maybe sent to the background.
package final class Statement {
  package enum Connector: Sendable { case and, or }

  let first: Pipeline
  let rest: [(connector: Connector, pipeline: Pipeline)]
  let inBackground: Bool
  /// As written, for `jobs`.
  let text: String

  init(
    first: Pipeline, rest: [(connector: Connector, pipeline: Pipeline)], inBackground: Bool,
    text: String
  ) {
    self.first = first
    self.rest = rest
    self.inBackground = inBackground
    self.text = text
  }
}

/// Commands joined by `|`.
package final class Pipeline {
  let commands: [CommandNode]
  let isNegated: Bool
  /// After the word `time`; true for `time -p`.
  let timed: Timing?

  enum Timing { case plain, posix }

  init(commands: [CommandNode], isNegated: Bool, timed: Timing?) {
    self.commands = commands
    self.isNegated = isNegated
    self.timed = timed
  }
}

/// One command with its redirections.
package final class CommandNode {
  let kind: Kind
  let redirections: [Redirection]
  let line: Int

  package indirect enum Kind {
    case simple(SimpleCommand)
    case group([Statement])
    case subshell([Statement])
    case conditional(arms: [(condition: [Statement], body: [Statement])], otherwise: [Statement])
    case loop(condition: [Statement], body: [Statement], isUntil: Bool)
    /// Without `in`, the positional parameters.
    case forEach(name: String, words: [Word]?, body: [Statement])
    /// Without `in`, the positional parameters.
    case select(name: String, words: [Word]?, body: [Statement])
    case forCounting(
      ArithmeticExpansion?, ArithmeticExpansion?, ArithmeticExpansion?, body: [Statement])
    case choice(Word, [CaseArm])
    case arithmetic(ArithmeticExpansion)
    case test(ConditionalExpression)
    case function(String, FunctionBody)
    /// `text` is as written, for `jobs`.
    case coprocess(name: String, CommandNode, text: String)
  }

  init(kind: Kind, redirections: [Redirection], line: Int) {
    self.kind = kind
    self.redirections = redirections
    self.line = line
  }
}

/// Assignments, then a command's name and arguments.
package final class SimpleCommand {
  let assignments: [Assignment]
  let words: [Word]
  /// The name, when it is written out.
  let literalName: String?
  let hasCommands: Bool

  init(assignments: [Assignment], words: [Word]) {
    self.assignments = assignments
    self.words = words
    literalName = words.first?.constant
    hasCommands =
      words.contains(where: \.hasCommands) || assignments.contains(where: \.hasCommands)
  }
}

/// `name=value`, `name+=value`, `name[index]=value`, `name=( … )`.
package final class Assignment {
  enum Value {
    case word(Word)
    case list([(index: ArithmeticExpansion?, appends: Bool, value: Word)])
  }

  let name: String
  let index: ArithmeticExpansion?
  let appends: Bool
  let value: Value
  let hasCommands: Bool

  init(name: String, index: ArithmeticExpansion?, appends: Bool, value: Value) {
    self.name = name
    self.index = index
    self.appends = appends
    self.value = value
    let own = index?.text.hasCommands ?? false
    switch value {
    case .word(let word): hasCommands = own || word.hasCommands
    case .list(let elements):
      hasCommands =
        own
        || elements.contains {
          $0.value.hasCommands || ($0.index?.text.hasCommands ?? false)
        }
    }
  }
}

/// One arm of a `case`.
package struct CaseArm {
  enum Ending { case stop, fallThrough, testNext }
  let patterns: [Word]
  let body: [Statement]
  let ending: Ending
}

/// What a function's name stands for.
package final class FunctionBody {
  let command: CommandNode
  /// As written, for `type` and `declare -f`.
  let text: String

  init(command: CommandNode, text: String) {
    self.command = command
    self.text = text
  }
}

/// A change of the descriptors for one command.
package final class Redirection {
  enum Kind {
    case input, output, clobber, append, readWrite
    case duplicateInput, duplicateOutput
    case outputAndErrors, appendOutputAndErrors
    case hereDocument, hereString
  }
  enum Descriptor: Hashable {
    case number(Int)
    /// `{name}>`: a free one is chosen and its number is stored.
    case variable(String)
  }

  let kind: Kind
  let descriptor: Descriptor
  /// The file, the descriptor, the string, or a here-document's delimiter.
  let target: Word
  /// A here-document's text, filled in when its lines have been read.
  var document: Word?

  init(kind: Kind, descriptor: Descriptor, target: Word) {
    self.kind = kind
    self.descriptor = descriptor
    self.target = target
  }
}

/// What stands between `[[` and `]]`.
package indirect enum ConditionalExpression {
  case word(Word)
  case unary(String, Word)
  case binary(String, Word, Word)
  case not(ConditionalExpression)
  case and(ConditionalExpression, ConditionalExpression)
  case or(ConditionalExpression, ConditionalExpression)
}
