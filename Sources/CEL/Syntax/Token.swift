/// A piece of an expression's text.
struct Token {
  /// In the grammar's order, which is the order in which expected tokens are listed.
  enum Kind: UInt64 {
    case equals = 1
    case notEquals, `in`, less, lessEquals, greaterEquals, greater, and, or
    case leftBracket, rightBracket, leftBrace, rightBrace, leftParenthesis, rightParenthesis
    case dot, comma, minus, exclamation, question, colon, plus, star, slash, percent
    case `true`, `false`, null
    case float, int, uint, string, bytes, identifier, escapedIdentifier
    case end

    var display: String {
      switch self {
      case .equals: "'=='"
      case .notEquals: "'!='"
      case .in: "'in'"
      case .less: "'<'"
      case .lessEquals: "'<='"
      case .greaterEquals: "'>='"
      case .greater: "'>'"
      case .and: "'&&'"
      case .or: "'||'"
      case .leftBracket: "'['"
      case .rightBracket: "']'"
      case .leftBrace: "'{'"
      case .rightBrace: "'}'"
      case .leftParenthesis: "'('"
      case .rightParenthesis: "')'"
      case .dot: "'.'"
      case .comma: "','"
      case .minus: "'-'"
      case .exclamation: "'!'"
      case .question: "'?'"
      case .colon: "':'"
      case .plus: "'+'"
      case .star: "'*'"
      case .slash: "'/'"
      case .percent: "'%'"
      case .true: "'true'"
      case .false: "'false'"
      case .null: "'null'"
      case .float: "NUM_FLOAT"
      case .int: "NUM_INT"
      case .uint: "NUM_UINT"
      case .string: "STRING"
      case .bytes: "BYTES"
      case .identifier: "IDENTIFIER"
      case .escapedIdentifier: "ESC_IDENTIFIER"
      case .end: "<EOF>"
      }
    }
  }

  let kind: Kind
  let range: Range<Int>
  let text: String

  /// As messages show it.
  var display: String {
    guard kind != .end else { return "'<EOF>'" }
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": shown += "\\n"
      case "\r": shown += "\\r"
      case "\t": shown += "\\t"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return "'\(shown)'"
  }
}

/// A set of kinds of tokens.
struct TokenSet: OptionSet {
  let rawValue: UInt64

  init(rawValue: UInt64) { self.rawValue = rawValue }
  init(_ kinds: Token.Kind...) {
    rawValue = kinds.reduce(0) { $0 | 1 << $1.rawValue }
  }

  func has(_ kind: Token.Kind) -> Bool { rawValue & (1 << kind.rawValue) != 0 }

  /// As messages show it.
  var display: String {
    // The end comes first in the grammar's numbering.
    let kinds = (1...UInt64(36)).compactMap { Token.Kind(rawValue: $0) }.filter(has)
    let ordered = kinds.filter { $0 == .end } + kinds.filter { $0 != .end }
    let names = ordered.map(\.display)
    return names.count == 1 ? names[0] : "{" + names.joined(separator: ", ") + "}"
  }

  static let primary = TokenSet(
    .leftBracket, .leftBrace, .leftParenthesis, .dot, .minus, .true, .false, .null, .float, .int,
    .uint, .string, .bytes, .identifier)
  static let expression = primary.union(TokenSet(.exclamation))
  static let optionalExpression = expression.union(TokenSet(.question))
}
