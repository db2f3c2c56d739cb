import Shell

/// The patterns of a grep as one question per line.
struct LineMatcher {
  let expressions: [RegularExpression]
  let inverts: Bool
  let wholeWords: Bool
  let wholeLines: Bool

  init(_ patterns: [String], _ options: Options, name: String) throws(ExpressionError) {
    inverts = options.has("v")
    wholeWords = options.has("w")
    wholeLines = options.has("x")
    let ignoresCase = options.last(of: "i", "no-ignore-case") == "i"
    let form = options.last(of: "E", "F", "G", "P") ?? ["egrep": "E", "fgrep": "F"][name] ?? "G"
    var made: [RegularExpression] = []
    for pattern in patterns {
      var bytes = Array(pattern.utf8)
      if form == "F" { bytes = Self.quoted(bytes) }
      let syntax: ExpressionSyntax = form == "E" ? .extended : form == "P" ? .perl : .basic
      if wholeLines, form != "F" || !bytes.isEmpty {
        let (open, close) = form == "E" || form == "P" ? ("^(", ")$") : ("^\\(", "\\)$")
        bytes = Array(open.utf8) + bytes + Array(close.utf8)
      } else if wholeLines {
        bytes = Array("^$".utf8)
      }
      made.append(try RegularExpression(bytes, syntax, ignoringCase: ignoresCase))
    }
    expressions = made
  }

  /// A basic expression that means the bytes themselves.
  static func quoted(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { "\\.[]*^$".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
  }

  func selects(_ line: ArraySlice<UInt8>) -> Bool { matches(line) != inverts }

  private func matches(_ line: ArraySlice<UInt8>) -> Bool {
    if wholeWords { return find(line, from: line.startIndex) != nil }
    return expressions.contains { $0.contains(line) }
  }

  /// The leftmost longest match at or after a place.
  func find(_ line: ArraySlice<UInt8>, from: Int) -> Range<Int>? {
    var best: Range<Int>?
    for expression in expressions {
      var start = from
      while start <= line.endIndex,
        let match = expression.find(in: line, from: start, wantsGroups: false)?.range
      {
        if wholeWords, !isWord(match, line) {
          // GNU tries shorter matches too; the next start finds what learners look for.
          start = match.lowerBound + 1
          continue
        }
        if let known = best {
          let isBetter =
            match.lowerBound < known.lowerBound
            || (match.lowerBound == known.lowerBound && match.upperBound > known.upperBound)
          if isBetter { best = match }
        } else {
          best = match
        }
        break
      }
    }
    return best
  }

  private func isWord(_ range: Range<Int>, _ line: ArraySlice<UInt8>) -> Bool {
    let before = range.lowerBound > line.startIndex && line[range.lowerBound - 1].isWord
    let after = range.upperBound < line.endIndex && line[range.upperBound].isWord
    return !before && !after
  }
}
