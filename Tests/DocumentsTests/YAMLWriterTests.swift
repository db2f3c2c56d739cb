import Testing

@testable import Documents

@Suite("writing YAML")
struct YAMLWriterTests {
  @Test(
    "a string is quoted only where it must be",
    arguments: [
      ("abc", "abc"), ("", "\"\""), ("true", "\"true\""), ("y", "\"y\""), ("1", "\"1\""),
      ("1.5", "\"1.5\""), ("null", "\"null\""), ("~", "\"~\""), ("2026-01-02", "\"2026-01-02\""),
      ("2026-01-02T03:04:05Z", "\"2026-01-02T03:04:05Z\""), ("2026-02-30", "2026-02-30"),
      ("1:30", "\"1:30\""), ("1:60", "1:60"), ("500m", "500m"), ("1Gi", "1Gi"), ("0x1", "\"0x1\""),
      ("1e3", "\"1e3\""), ("a: b", "'a: b'"), ("a:b", "a:b"), ("a #b", "'a #b'"), ("a#b", "a#b"),
      ("- a", "'- a'"), ("-a", "-a"), ("*", "'*'"), ("'", "''''"), ("it's", "it's"),
      ("'it's'", "'''it''s'''"), ("{a}", "'{a}'"), (" a", "' a'"), ("a ", "'a '"),
      ("---", "'---'"), ("a\tb", "\"a\\tb\""), ("é", "é"), ("😀", "\"\\U0001F600\""),
      ("@a", "'@a'"), ("%a", "'%a'"), ("[", "'['"), ("=", "="), ("<<", "\"<<\""), ("?", "'?'"),
      ("a\\b", "a\\b"), ("a\"b", "a\"b"), ("\"a", "'\"a'"), ("10.0.0.1", "10.0.0.1"),
      ("10.96.0.0/12", "10.96.0.0/12"), ("\u{7F}", "\"\\x7F\""), ("!a", "'!a'"),
    ])
  func strings(text: String, written: String) throws {
    let yaml = YAML.text(["a": .string(text)])
    #expect(yaml == "a: \(written)\n")
    #expect(try YAML.parse(yaml) == ["a": .string(text)])
  }

  @Test(
    "several lines are a block, unless a block cannot hold them",
    arguments: [
      ("a\nb", "|-\n  a\n  b"), ("a\nb\n", "|\n  a\n  b"), ("a\n\n", "|+\n  a\n"),
      (" a\nb", "|2-\n   a\n  b"), ("a\n\n b\n", "|\n  a\n\n   b"), ("a \nb", "\"a \\nb\""),
      ("a\n\tb", "\"a\\n\\tb\""), ("a\n ", "\"a\\n \""), ("\n", "|2+\n"), ("\na", "|2-\n\n  a"),
    ])
  func blocks(text: String, written: String) throws {
    let yaml = YAML.text(["a": .string(text)])
    #expect(yaml == "a: \(written)\n")
    #expect(try YAML.parse(yaml) == ["a": .string(text)])
  }

  @Test("members come in go-yaml's natural order")
  func order() {
    let names = ["a10", "a2", "a", "B", "b", "a-b", "ab", "1", "a.b/c", "_x", "a01", "é"]
    let value = Value.object(Mapping(names.map { ($0, 0) }))
    let written = YAML.text(value).split(separator: "\n").map { $0.dropLast(3) }
    #expect(
      written == ["_x", "\"1\"", "B", "a", "a-b", "a.b/c", "a01", "a2", "a10", "ab", "b", "é"])
  }

  @Test("lists stand under their names, nested ones in one line with their dashes")
  func lists() {
    let value: Value = [
      "a": [["b": 1, "c": [1, 2]], [[1, 2], []], "x", [:]], "d": [], "e": [:], "f": nil,
    ]
    #expect(
      YAML.text(value) == """
        a:
        - b: 1
          c:
          - 1
          - 2
        - - - 1
            - 2
          - []
        - x
        - {}
        d: []
        e: {}
        f: null

        """)
  }

  @Test("long lines are folded behind column 80")
  func folding() throws {
    let word = "abcdefghi"
    let words = Array(repeating: word, count: 20).joined(separator: " ")
    let value: Value = ["p": .string(words), "s": .string("#" + words), "t": .string("\t" + words)]
    let yaml = YAML.text(value)
    #expect(
      yaml.split(separator: "\n").first
        == "p: abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi")
    #expect(try YAML.parse(yaml) == value)
  }

  @Test(
    "numbers are written as go-yaml writes them",
    arguments: [
      (1.5, "1.5"), (1e21, "1e+21"), (1234567.5, "1.2345675e+06"), (2, "2"), (1e-7, "1e-07"),
    ])
  func numbers(number: Double, written: String) {
    #expect(YAML.text(.double(number)) == written + "\n")
  }

  @Test("what kubectl printed of a real cluster is read and written again, byte for byte")
  func recordings() throws {
    let bytes = try Fixture.bytes("kubectl-yaml-outputs.txt")
    let texts = String(decoding: bytes, as: UTF8.self).components(behind: "=====\n")
    #expect(texts.count > 30)
    for text in texts {
      let parts = text.components(behind: "---\n").filter { !$0.isEmpty }
      #expect(Manifest(text).documents.map { YAML.text($0.value) } == parts)
    }
  }

  @Test("a name too long for one line is a complex one")
  func longName() throws {
    let name = String(repeating: "n", count: 129)
    let value: Value = .object([name: ["a": [1]]])
    let yaml = YAML.text(value)
    #expect(yaml == "? \(name)\n: a:\n  - 1\n")
    #expect(try YAML.parse(yaml) == value)
  }
}
