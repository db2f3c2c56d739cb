/// A parsed regular expression.
indirect enum ExpressionNode {
  case empty
  case bytes(ByteSet)
  case literal([UInt8])
  case sequence([ExpressionNode])
  case choice([ExpressionNode])
  case `repeat`(ExpressionNode, Int, Int?, isGreedy: Bool)
  case group(ExpressionNode, Int)
  case assertion(Assertion)
  case backreference(Int)
  case look(ExpressionNode, isAhead: Bool, isNegative: Bool)

  enum Assertion {
    case textStart, textEnd, lineStart, lineEnd, boundary, noBoundary, wordStart, wordEnd
    /// Before the text's end or its last newline (Perl's `$` and `\Z`).
    case lastLineEnd
  }
}

/// Which dialect a pattern is written in.
package enum ExpressionSyntax: Sendable { case basic, extended, perl, awk }

/// Why a pattern cannot be understood, in regcomp's words.
package struct ExpressionError: Error {
  let text: String
  init(_ text: String) { self.text = text }
}
