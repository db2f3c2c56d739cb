/// A POSIX regular expression that matches in time linear in the text.
///
/// The leftmost match wins, and of those the longest. Only a pattern with back-references is
/// searched by backtracking, within a budget of steps.
package struct RegularExpression {
  package enum Syntax: Sendable { case basic, extended }

  /// Byte ranges of a match and its groups.
  package struct Match {
    /// `groups[0]` is the whole match; nil for a group that took no part.
    package let groups: [Range<Int>?]
    package var range: Range<Int> { (groups.first ?? nil) ?? 0..<0 }
  }

  /// What is wrong with a pattern, in the C library's words.
  package struct Problem: Error, Hashable, Sendable {
    package let text: String
    package init(text: String) { self.text = text }
  }

  let program: RegexProgram
  package var groupCount: Int { program.groupCount }

  package init(_ pattern: String, syntax: Syntax, ignoringCase: Bool = false) throws(Problem) {
    var parser = RegexParser(pattern, syntax: syntax)
    let node = try parser.parse()
    program = try RegexProgram(
      node, groupCount: parser.groupCount, ignoresCase: ignoringCase,
      hasBackReferences: parser.foundBackReference)
  }

  /// The pattern that means this text and nothing else.
  package static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", ".", "*", "+", "?", "[", "]", "(", ")", "{", "}", "^", "$", "|":
        result += "\\"
      default: break
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// The first match that begins at `start` or later; `^` means the beginning of all bytes.
  package func firstMatch(in bytes: [UInt8], from start: Int = 0, to end: Int? = nil) -> Match? {
    let end = min(end ?? bytes.count, bytes.count)
    guard start <= end else { return nil }
    if program.hasBackReferences {
      return RegexBacktracker(program: program).firstMatch(in: bytes, start, end)
    }
    return bytes.withUnsafeBufferPointer { buffer in
      var machine = RegexMachine(program: program, bytes: buffer, end: end, keepsGroups: true)
      return machine.search(from: start)
    }
  }

  /// Whether it matches anywhere; quicker than asking where.
  package func matches(_ bytes: [UInt8]) -> Bool {
    if program.hasBackReferences { return firstMatch(in: bytes) != nil }
    return bytes.withUnsafeBufferPointer { buffer in
      var machine = RegexMachine(
        program: program, bytes: buffer, end: buffer.count, keepsGroups: false)
      return machine.search(from: 0) != nil
    }
  }

  package func matches(_ text: String) -> Bool { matches(Array(text.utf8)) }
}

/// What a pattern says.
indirect enum RegexNode {
  case empty
  case scalar(Unicode.Scalar)
  case any
  case set(GlobSet)
  case sequence([RegexNode])
  case choice([RegexNode])
  case group(Int, RegexNode)
  case repeated(RegexNode, atLeast: Int, atMost: Int?)
  case assertion(RegexAssertion)
  case backReference(Int)
}

enum RegexAssertion { case start, end, wordBoundary, noWordBoundary, wordStart, wordEnd }
