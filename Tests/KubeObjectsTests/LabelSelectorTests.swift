import Documents
import Testing

@testable import KubeObjects

@Suite struct LabelSelectorTests {
  @Test(
    "a selector's text is read and printed",
    arguments: [
      ("app=web", "app=web"), ("app==web", "app==web"), ("app!=web", "app!=web"), ("app", "app"),
      ("!app", "!app"), ("tier in (b, a)", "tier in (a,b)"), ("b=1,a=2", "a=2,b=1"), ("", ""),
      ("a notin (x)", "a notin (x)"), ("a>3", "a>3"), ("a in ()", "a in ()"), ("a=", "a="),
      ("in=notin", "in=notin"),
    ])
  func parsed(text: String, want: String) throws {
    #expect(try LabelSelector(text).description == want)
  }

  static let refusedCases: [(String, String)] = [
    ("i=a b", "found 'b', expected: ',' or 'end of string'"),
    (
      "bad key!=1",
      "unable to parse requirement: found 'key', expected: in, notin, =, ==, !=, gt, lt"
    ),
    ("a,", "found '', expected: identifier after ','"),
    ("=x", "found '=', expected: !, identifier, or 'end of string'"),
    ("a in b", "unable to parse requirement: found 'b' expected: '('"),
    (
      "i~1",
      "unable to parse requirement: <nil>: Invalid value: \"i~1\": name part must consist of "
        + "alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
        + "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    ),
  ]

  @Test("what is no selector is refused in upstream's words", arguments: refusedCases)
  func refused(text: String, want: String) {
    #expect(throws: LabelSelectorError(want)) { try LabelSelector(text) }
  }

  @Test(
    "labels are matched",
    arguments: [
      ("a=1", true), ("a=2", false), ("a!=2", true), ("c!=2", true), ("c", false), ("!c", true),
      ("a in (1,2),b", true), ("a notin (1)", false), ("a>0", true), ("b>0", false), ("", true),
    ])
  func matching(text: String, want: Bool) throws {
    let labels: Value = ["a": "1", "b": "x"]
    #expect(try LabelSelector(text).matches(labels) == want)
  }

  @Test("a null selector selects nothing, an empty one everything")
  func objects() throws {
    #expect(try LabelSelector(object: nil).matches(["a": "1"]) == false)
    #expect(try LabelSelector(object: [:]).matches(nil))
    let selector = try LabelSelector(object: [
      "matchLabels": ["z": "1"],
      "matchExpressions": [["key": "a", "operator": "In", "values": ["y", "x"]]],
    ])
    #expect(selector.description == "a in (x,y),z=1")
  }

  @Test("field selectors know their escapes")
  func fields() throws {
    let selector = try FieldSelector(#"metadata.name=a\,b,spec.nodeName!=n"#)
    #expect(selector.matches { $0 == "metadata.name" ? "a,b" : "" })
    #expect(!selector.matches { $0 == "metadata.name" ? "a,b" : "n" })
    #expect(throws: LabelSelectorError("invalid selector: 'x'; can't understand 'x'")) {
      try FieldSelector("x")
    }
  }
}
