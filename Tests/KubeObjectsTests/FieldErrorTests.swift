import Documents
import Testing

@testable import KubeObjects

@Suite struct FieldErrorTests {
  static let path = FieldPath("spec").child("ports").index(0).child("map").key("a/b")

  static let messageCases: [(FieldError, String)] = [
    (FieldError.required(path), "spec.ports[0].map[a/b]: Required value"),
    (FieldError.required(path, "why"), "spec.ports[0].map[a/b]: Required value: why"),
    (
      FieldError.invalid(path, "a\"b", "bad"),
      #"spec.ports[0].map[a/b]: Invalid value: "a\"b": bad"#
    ),
    (FieldError.invalid(path, 5, "bad"), "spec.ports[0].map[a/b]: Invalid value: 5: bad"),
    (
      FieldError.invalid(path, ["b": "<", "a": [1]], "x"),
      #"spec.ports[0].map[a/b]: Invalid value: {"a":[1],"b":"\u003c"}: x"#
    ),
    (
      FieldError.notSupported(path, "x", ["A", "B"]),
      #"spec.ports[0].map[a/b]: Unsupported value: "x": supported values: "A", "B""#
    ),
    (
      FieldError.tooLong(path, max: 3),
      "spec.ports[0].map[a/b]: Too long: may not be more than 3 bytes"
    ),
    (
      FieldError.tooMany(path, 3, max: 2),
      "spec.ports[0].map[a/b]: Too many: 3: must have at most 2 items"
    ),
    (FieldError.duplicate(path, "a"), #"spec.ports[0].map[a/b]: Duplicate value: "a""#),
  ]

  @Test("a field error reads as upstream's", arguments: messageCases)
  func message(error: FieldError, want: String) {
    #expect(error.message == want)
  }

  @Test("several errors are one message in brackets, each once, and all causes")
  func aggregate() {
    let one = FieldError.required(FieldPath("a"))
    let error = StatusError.invalid(
      group: "apps", kind: "Deployment", name: "x", [one, .required(FieldPath("b")), one])
    #expect(
      error.message
        == "Deployment.apps \"x\" is invalid: [a: Required value, b: Required value]")
    #expect(error.details?.causes.count == 3)
    let single = StatusError.invalid(group: "", kind: "Pod", name: "", [one])
    #expect(single.message == "Pod \"\" is invalid: a: Required value")
  }

  static let nameCases: [(NameRule, String, [String])] = [
    (NameRule.dns1123Label, "a.b", ["must not contain dots"]),
    (.dns1123Label, "a-b", []), (.dns1123Subdomain, "a.b-c", []), (.labelValue, "", []),
    (
      .qualifiedName, "a/",
      [
        "name part must be non-empty",
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and "
          + "end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', "
          + "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ]
    ),
    (.portName, "80", ["must contain at least one letter (a-z)"]),
    (.pathSegment, "a/b", ["may not contain '/'"]), (.configMapKey, "..", ["must not be '..'"]),
    (.dns1123Label, String(repeating: "a", count: 64), ["must be no more than 63 characters"]),
  ]

  @Test("names are refused for what is wrong with them", arguments: nameCases)
  func names(rule: NameRule, name: String, want: [String]) {
    #expect(rule.problems(name) == want)
  }
}
