/// Why a script cannot be read any further, and where.
package struct SyntaxProblem: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    case unexpected(token: String, expecting: String? = nil)
    /// The text ended; `expecting` is the word that would have closed what is open.
    case unexpectedEnd(expecting: String?)
    case unclosed(String)
    case badForVariable(String)
    case badConditional(token: String)
    case tooDeep
  }

  package var reason: Reason
  package var line: Int
  package var column: Int
  /// Whether more text could mend it.
  package var isIncomplete: Bool

  package func message(in dialect: Dialect) -> String {
    switch dialect.family {
    case .bash: bashMessage
    case .dash: "Syntax error: " + posixMessage(unexpectedFirst: false)
    case .ash: "syntax error: " + posixMessage(unexpectedFirst: true)
    }
  }

  private var bashMessage: String {
    switch reason {
    case .unexpected(let token, _): "syntax error near unexpected token `\(token)'"
    case .unexpectedEnd: "syntax error: unexpected end of file"
    case .unclosed(let mark): "unexpected EOF while looking for matching `\(mark)'"
    case .badForVariable(let name): "`\(name)': not a valid identifier"
    case .badConditional(let token):
      "syntax error in conditional expression: unexpected token `\(token)'"
    case .tooDeep: "commands nested too deeply"
    }
  }

  private func posixMessage(unexpectedFirst: Bool) -> String {
    switch reason {
    case .unexpected(let token, let expecting):
      let shown = ["newline", "word", "redirection"].contains(token) ? token : "\"\(token)\""
      let hint = expecting.map { " (expecting \"\($0)\")" } ?? ""
      return (unexpectedFirst ? "unexpected \(shown)" : "\(shown) unexpected") + hint
    case .badConditional(let token):
      return unexpectedFirst ? "unexpected \"\(token)\"" : "\"\(token)\" unexpected"
    case .unexpectedEnd(let expecting):
      let hint = expecting.map { " (expecting \"\($0)\")" } ?? ""
      return (unexpectedFirst ? "unexpected end of file" : "end of file unexpected") + hint
    case .unclosed(let mark):
      switch mark {
      case "}": return unexpectedFirst ? "missing '}'" : "Missing '}'"
      case ")":
        return (unexpectedFirst ? "unexpected end of file" : "end of file unexpected")
          + " (expecting \")\")"
      case "`": return unexpectedFirst ? "EOF in backquotes" : "EOF in backquote substitution"
      default:
        return unexpectedFirst ? "unterminated quoted string" : "Unterminated quoted string"
      }
    case .badForVariable: return unexpectedFirst ? "bad for loop variable" : "Bad for loop variable"
    case .tooDeep: return "commands nested too deeply"
    }
  }
}
