import Testing

@testable import Documents

@Suite("reading YAML")
struct YAMLReaderTests {
  @Test("only true and false are truth values where that is asked for, in names too")
  func truth() throws {
    let text = "a: y\nb: [no, On, true, False]\non: off\n"
    let document = try #require(Manifest(text, truth: .trueAndFalse).documents.first)
    #expect(document.value == ["a": "y", "b": ["no", "On", true, false], "on": "off"])
    #expect(document.place(of: [.member("on")]).line == 3)
    #expect(Manifest(text).documents.first?.value["true"] == false)
  }

  @Test(
    "a plain scalar means what it means to kubectl",
    arguments: [
      ("y", "true"), ("Yes", "true"), ("on", "true"), ("n", "false"), ("OFF", "false"),
      ("yEs", "\"yEs\""), ("~", "null"), ("", "null"), ("Null", "null"), ("1:30", "\"1:30\""),
      ("2026-01-02", "\"2026-01-02\""), ("2026-01-02T03:04:05Z", "\"2026-01-02T03:04:05Z\""),
      ("014", "12"), ("0o14", "12"), ("0b101", "5"), ("0x1F", "31"), ("1_000", "1000"),
      ("-0x10", "-16"), ("+5", "5"), ("08", "8"), ("0x", "\"0x\""), ("1.5", "1.5"), (".5", "0.5"),
      ("1.", "1"), ("1e3", "1000"), ("1.0", "1"), ("+", "\"+\""),
      ("1.2.3", "\"1.2.3\""), ("500m", "\"500m\""), ("0x+1", "\"0x+1\""), ("--1", "\"--1\""),
      ("18446744073709551615", "18446744073709552000"), ("!!str 5", "\"5\""),
      ("!!float 5", "5"), ("!!binary aGk=", "\"hi\""), ("!mine 5", "\"5\""),
      ("'5'", "\"5\""), ("\"\\u00e9\"", "\"é\""), ("1e400", "\"1e400\""),
      ("9223372036854775807", "9223372036854775807"),
      ("-9223372036854775808", "-9223372036854775808"),
    ])
  func scalars(text: String, json: String) throws {
    #expect(JSON.text(try YAML.parse("a: " + text)) == "{\"a\":\(json)}")
    #expect(JSON.text(try YAML.parse("- " + text)) == "[\(json)]")
  }

  @Test(
    "a name is a string whatever it was",
    arguments: [
      ("1: a", "1"), ("1.5: a", "1.5"), ("yes: a", "true"), ("0x10: a", "16"), ("'1': a", "1"),
      ("1e6: a", "1e+06"), ("2026-01-02: a", "2026-01-02"), ("&x k: a", "k"), ("? k\n: a", "k"),
    ])
  func names(text: String, name: String) throws {
    #expect(try YAML.parse(text) == .object([name: "a"]))
  }

  @Test(
    "a broken text is refused in kubectl's words",
    arguments: [
      (
        "apiVersion: v1\n kind: ConfigMap\n",
        "line 2: mapping values are not allowed in this context"
      ),
      ("apiVersion: v1\nkind: *t\n", "unknown anchor 't' referenced"),
      ("a: b: c", "mapping values are not allowed in this context"),
      ("a:\n\t- b", "line 2: found character that cannot start any token"),
      ("a: [1, 2", "line 1: did not find expected ',' or ']'"),
      ("a: 'x", "found unexpected end of stream"),
      ("a: 1\nb\nc: 2\n", "line 3: could not find expected ':'"),
      ("a:\n  - b\n c: d\n", "line 2: did not find expected key"),
      ("a:\n  b: 1\n c: 2\n", "line 2: did not find expected key"),
      ("a: @x", "found character that cannot start any token"),
      ("a: \u{0}", "control characters are not allowed"),
      (
        "a: {{ .Values.x }}",
        #"invalid map key: map[interface {}]interface {}{".Values.x":interface {}(nil)}"#
      ),
      ("a: &x [*x]", "anchor 'x' value contains itself"),
      ("<<: 1", "map merge requires map or sequence of maps as the value"),
      ("a: !!int x", "cannot decode !!str `x` as a !!int"),
    ])
  func refuses(text: String, message: String) {
    let problem = #expect(throws: Problem.self) { try YAML.parse(text) }
    #expect(problem?.message == "yaml: " + message)
  }

  @Test("bytes that are no UTF-8 are refused")
  func invalidUTF8() {
    let problem = #expect(throws: Problem.self) { try YAML.parse([0x61, 0x3A, 0x20, 0xFF]) }
    #expect(problem?.message == "yaml: invalid leading UTF-8 octet")
  }

  @Test("a wrong syntax further down is told of first")
  func syntaxFirst() {
    let problem = #expect(throws: Problem.self) { try YAML.parse("{a: b}: c\nd: 'x\n") }
    #expect(problem?.message.contains("found unexpected end of stream") == true)
  }

  @Test("the last of equal names counts and each repetition is reported with its line")
  func duplicates() throws {
    let text = "a: 1\nb: {c: 1, c: 2}\na:\n  d: 1\n  d: 2\n"
    var found: [String] = []
    let value = try YAML.parse(Array(text.utf8), duplicates: &found)
    #expect(JSON.text(value) == #"{"a":{"d":2},"b":{"c":2}}"#)
    #expect(
      found == [
        #"line 2: key "c" already set in map"#, #"line 4: key "a" already set in map"#,
        #"line 5: key "d" already set in map"#,
      ])
  }

  @Test("anchors are shared and merges take effect where they stand")
  func anchors() throws {
    let text = """
      base: &b {x: 1, z: 2}
      after: {x: 0, <<: *b}
      before: {<<: *b, x: 0}
      list: {<<: [{x: 5}, *b]}
      same: *b
      """
    let value = try YAML.parse(text)
    #expect(value["after"] == ["x": 1, "z": 2])
    #expect(value["before"] == ["x": 0, "z": 2])
    #expect(value["list"] == ["x": 5, "z": 2])
    #expect(value["same"] == value["base"])
  }

  @Test("a bomb of aliases is refused in little time")
  func bomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let parts = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(parts)]\n"
    }
    let problem = #expect(throws: Problem.self) { try YAML.parse(text) }
    #expect(problem?.message == "yaml: document contains excessive aliasing")
  }

  @Test("nesting is bounded, however deep the text", arguments: ["[", "{a: ", "- ", "? ", "{"])
  func depth(opening: String) {
    let text = String(repeating: opening, count: 100_000)
    let problem = #expect(throws: Problem.self) { try YAML.parse(text) }
    #expect(problem?.message.hasPrefix("yaml: ") == true)
  }
}

@Suite("Manifest")
struct ManifestTests {
  @Test("documents are parted as kubectl parts them")
  func documents() {
    let manifest = Manifest(
      "# head\n---\na: 1\n--- # next\nb: 2\n---\n---\n\n---\nc: '---'\nd: |\n  ---\n")
    #expect(manifest.problems == [])
    #expect(manifest.documents.map(\.value) == [["a": 1], ["b": 2], ["c": "---", "d": "---\n"]])
    #expect(manifest.documents.map(\.line) == [3, 5, 10])
  }

  @Test("JSON values may follow one another, and braces may be YAML")
  func json() {
    #expect(Manifest("{\"a\":1}\n{\"b\":2}").documents.map(\.value) == [["a": 1], ["b": 2]])
    #expect(Manifest("{a: 1}\n---\nb: 2").documents.map(\.value) == [["a": 1], ["b": 2]])
    #expect(Manifest("{\"a\":1}\n---\nb: 2").documents.map(\.value) == [["a": 1], ["b": 2]])
    #expect(
      Manifest("{\"a\": ]").problems.map(\.message) == [
        "json: offset 7: invalid character ']' looking for beginning of value"
      ])
    #expect(Manifest("{\"a\":").problems.map(\.message) == ["unexpected EOF"])
  }

  @Test("each broken document is one problem with its line in the file")
  func problems() {
    let manifest = Manifest("a: 1\n---\nb: 1\n c: 2\n---\nd: 1\n--- x\n")
    #expect(manifest.documents.map(\.value) == [["a": 1]])
    #expect(
      manifest.problems.map(\.message) == [
        "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context",
        "invalid Yaml document separator: x",
      ])
    #expect(manifest.problems.map(\.line) == [4, 7])
  }

  @Test(
    "any path has its line and column",
    arguments: [
      ("metadata", 3, 1), ("metadata.name", 3, 12), ("spec.containers[1].image", 9, 5),
      ("spec.containers[1]", 8, 5), ("spec.containers[0].resources.limits", 7, 5),
      ("metadata.labels[a.b/c]", 4, 12), ("spec.none", 5, 1), ("status", 2, 1),
    ])
  func places(path: String, line: Int, column: Int) throws {
    let manifest = Manifest(
      """
      ---
      kind: Pod
      metadata: {name: x,
        labels: {a.b/c: d}}
      spec:
        containers:
        - name: a
        - name: b
          image: c
      """)
    let document = try #require(manifest.documents.first)
    let place = document.place(of: PathStep.steps(ofField: path))
    #expect(place == Place(line: line, column: column))
  }
}
