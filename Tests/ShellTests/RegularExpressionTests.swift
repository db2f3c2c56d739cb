import Shell
import Testing

/// The matcher that `[[ =~ ]]`, grep, sed and awk share.
struct RegularExpressionTests {
  private func found(_ pattern: String, _ text: String, _ syntax: RegularExpression.Syntax) throws
    -> [String?]?
  {
    let bytes = Array(text.utf8)
    return try RegularExpression(pattern, syntax: syntax).firstMatch(in: bytes)?.groups.map {
      $0.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
  }

  @Test(
    "extended patterns find the leftmost longest match",
    arguments: [
      ("a|ab", "xab", "ab"), ("a*", "baa", ""), ("a+", "baa", "aa"), ("(a|b)+c", "xabac", "abac"),
      ("[[:digit:]]{2,3}", "a12345", "123"), ("^b", "ab", nil), ("b$", "ab", "b"), (".", "é", "é"),
      ("\\.", "a.b", "."), ("x{0}y", "y", "y"), ("a{,2}", "aaa", "aa"),
      ("[^a-c]+", "abcxyz", "xyz"),
      ("\\bfoo\\b", "a foo b", "foo"), ("\\w+", "--ab_1", "ab_1"), ("a{2", "a{2", "a{2"),
      ("(a|ab)(c|bcd)", "abcd", "abcd"), ("[]a]+", "]a]", "]a]"), ("a?b", "b", "b"),
    ] as [(String, String, String?)])
  func extended(_ pattern: String, _ text: String, _ wanted: String?) throws {
    #expect(try found(pattern, text, .extended)?.first ?? nil == wanted)
  }

  @Test(
    "basic patterns escape their operators",
    arguments: [
      ("a\\+", "baa", "aa"), ("a+", "a+", "a+"), ("\\(a\\)\\1", "xaay", "aa"),
      ("a\\{2\\}", "aaa", "aa"),
      ("*a", "*a", "*a"), ("a\\|b", "b", "b"), ("(a)", "(a)", "(a)"), ("^*", "*", "*"),
    ])
  func basic(_ pattern: String, _ text: String, _ wanted: String) throws {
    #expect(try found(pattern, text, .basic)?.first ?? nil == wanted)
  }

  @Test("groups that took no part are nil")
  func groups() throws {
    #expect(try found("(a)|(b)", "b", .extended) == ["b", nil, "b"])
    #expect(try found("((a)(b)?)+", "aba", .extended)?.count == 4)
  }

  @Test(
    "a pattern that is none says why",
    arguments: [
      ("(", "Unmatched ( or \\("), ("[a", "Unmatched [, [^, [:, [., or [="),
      ("a\\", "Trailing backslash"),
      ("[b-a]", "Invalid range end"), ("a{3,2}", "Invalid content of \\{\\}"),
    ])
  func problems(_ pattern: String, _ wanted: String) {
    #expect(throws: RegularExpression.Problem(text: wanted)) {
      try RegularExpression(pattern, syntax: .extended)
    }
  }
}
