import Testing

@testable import Linux

@Suite struct ExpressionTests {
  @Test(
    "patterns find their leftmost match",
    arguments: [
      ("a|ab", ExpressionSyntax.extended, "xab", "ab"), ("a|ab", .perl, "xab", "a"),
      ("x*", .extended, "aaa", ""), ("(a|b)*c", .extended, "zababc", "ababc"),
      ("a{2,3}", .extended, "aaaa", "aaa"), ("a\\{2\\}", .basic, "aaaa", "aa"),
      ("a+?", .perl, "aaa", "a"), ("\\bfoo\\b", .perl, "a foo b", "foo"),
      ("[^a-c]+", .extended, "abcxyz", "xyz"), ("[]a]+", .extended, "x]a]", "]a]"),
      ("[[:digit:]]+", .basic, "ab12", ""), ("\\(ab\\)*\\1", .basic, "ababab", "ababab"),
      (".", .extended, "é", "é"), ("[é-ü]+", .extended, "aéüz", "éü"),
      ("^$", .extended, "", ""),
      ("(?i)ABC", .perl, "xabc", "abc"), ("a(?=b)", .perl, "acab", "a"),
      ("\\d+(?:\\.\\d+)?", .perl, "v1.25", "1.25"), ("a.c", .perl, "a\nc abc", "abc"),
    ])
  func finding(_ pattern: String, _ syntax: ExpressionSyntax, _ text: String, _ want: String) throws
  {
    let expression = try RegularExpression(Array(pattern.utf8), syntax)
    let bytes = Array(text.utf8)
    let match = expression.find(in: bytes)
    if want.isEmpty, syntax == .basic {
      #expect(match.map { String(decoding: bytes[$0.range], as: UTF8.self) } == nil)
    } else {
      #expect(match.map { String(decoding: bytes[$0.range], as: UTF8.self) } == want)
    }
  }

  @Test(
    "malformed patterns are told of in regcomp's words",
    arguments: [
      ("(", ExpressionSyntax.extended, "Unmatched ( or \\("),
      ("\\(", .basic, "Unmatched ( or \\("), ("[a", .basic, "Unmatched [, [^, [:, [., or [="),
      ("a\\", .basic, "Trailing backslash"), ("[b-a]", .extended, "Invalid range end"),
      ("[[:foo:]]", .extended, "Invalid character class name"),
      ("\\1", .extended, "Invalid back reference"),
    ])
  func problems(_ pattern: String, _ syntax: ExpressionSyntax, _ text: String) {
    #expect(throws: ExpressionError.self) { try RegularExpression(Array(pattern.utf8), syntax) }
    do {
      _ = try RegularExpression(Array(pattern.utf8), syntax)
    } catch {
      #expect(error.text == text)
    }
  }

  @Test("patterns that explode elsewhere stay linear here")
  func explosive() throws {
    let text = [UInt8](repeating: 97, count: 3000)
    for pattern in ["(a*)*b", "(a|a)*b", "(a|aa)+$b", "(.*)(.*)(.*)x", "a?a?a?a?a?a?a?a?b"] {
      let expression = try RegularExpression(Array(pattern.utf8), .extended)
      #expect(!expression.contains(text, 0..<text.count))
    }
    let references = try RegularExpression(Array("(a*)*\\1b".utf8), .extended)
    #expect(!references.contains(text, 0..<text.count))
    #expect(references.isExhausted)
    #expect(throws: ExpressionError.self) {
      try RegularExpression(Array("((a{1000}){1000}){1000}".utf8), .extended)
    }
    let deep = [UInt8](repeating: 40, count: 100_000)
    #expect(throws: ExpressionError.self) { try RegularExpression(deep, .extended) }
  }
}
