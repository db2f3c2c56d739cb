import Testing

@testable import CEL

@Suite struct EvaluationTests {
  static let environment = Environment(
    functions: Libraries.all, variables: ["x": .dyn, "t": .string])

  private static func text(_ value: Datum) -> String {
    if case .failure(let problem) = value { return "failure: \(problem)" }
    return FormatText.plain(value)
  }

  static let values: [(String, String)] = [
    ("1 + 2 * 3", "7"), ("-7 / 2", "-3"), ("7 % -3", "1"), ("1 / 0", "failure: division by zero"),
    ("9223372036854775807 + 1", "failure: integer overflow"),
    ("0u - 1u", "failure: unsigned integer overflow"),
    ("'a' + 'b'", "ab"), ("[1] + [2, 3]", "[1, 2, 3]"),
    ("{'b': 2, 'a': 1}", "{\"a\": 1, \"b\": 2}"),
    ("1 < 1.5", "true"), ("dyn(1) == dyn(1.0)", "true"),
    ("true ? 'y' : 'n'", "y"), ("false && (1 / 0 == 1)", "false"),
    ("(1 / 0 == 1) || true", "true"),
    ("[1, 2, 3].exists(i, i > 2)", "true"), ("[1, 2].all(i, i > 1)", "false"),
    ("[1, 2, 2].exists_one(i, i == 2)", "false"), ("[1, 2].map(i, i * 2)", "[2, 4]"),
    ("[1, 2, 3].filter(i, i % 2 == 1)", "[1, 3]"), ("{'a': 1}.all(k, k == 'a')", "true"),
    ("['a', 'b'].transformList(i, v, v + string(i))", "[\"a0\", \"b1\"]"),
    ("{'a': 1}.transformMap(k, v, v + 1)", "{\"a\": 2}"),
    ("size('Größe')", "5"), ("'abc'.startsWith('ab') && 'abc'.endsWith('bc')", "true"),
    ("'Blue'.matches('^B.*e$')", "true"), ("'a,b,c'.split(',', 2)", "[\"a\", \"b,c\"]"),
    ("'hello'.replace('l', 'L', 1)", "heLlo"), ("'tacocat'.lastIndexOf('c')", "4"),
    ("'  x '.trim() + '|'", "x|"), ("'hello'.substring(1, 3)", "el"),
    ("'x'.substring(3)", "failure: index out of range: 3"),
    ("['a', 'b'].join('-')", "a-b"), ("strings.quote('a\"b')", "\"a\\\"b\""),
    ("'%s and %d, %.2f'.format(['x', dyn(5), dyn(2.125)])", "x and 5, 2.12"),
    ("'%e'.format([12.5])", "1.250000×10⁰¹"), ("'%s'.format([['k', 'l']])", "[\"k\", \"l\"]"),
    ("string(1e21)", "1e+21"), ("string(0.1)", "0.1"), ("string(duration('90m'))", "5400s"),
    ("duration('1h30m').getMinutes()", "90"),
    ("timestamp('2021-03-04T05:06:07Z').getDayOfWeek()", "4"),
    ("string(timestamp('2021-01-01T00:00:00Z') + duration('1.5s'))", "2021-01-01T00:00:01.5Z"),
    ("timestamp('2021-03-04T05:06:07Z').getHours('+02:00')", "7"),
    ("int('42') + 1", "43"),
    ("int('x')", "failure: type conversion error from 'string' to 'int'"),
    ("b'abc' == bytes('abc')", "true"), ("r'\\d' == '\\\\d'", "true"),
    ("sets.contains([1, 2], [2])", "true"), ("sets.equivalent([1, 2], [2, 1, 1])", "true"),
    ("[3, 1, 2].sort()", "[1, 2, 3]"), ("['bb', 'a'].sortBy(s, size(s))", "[\"a\", \"bb\"]"),
    ("lists.range(3)", "[0, 1, 2]"), ("[1, 2, 3].reverse()", "[3, 2, 1]"),
    ("[1, 2, 3][5]", "failure: index out of bounds: 5"),
    ("{'a': 1}['b']", "failure: no such key: b"),
    ("{'a': 1}[?'b'].orValue(7)", "7"), ("{'a': 1}.?a.hasValue()", "true"),
    ("optional.of(2).optMap(v, v + 1).value()", "3"), ("optional.none().orValue('z')", "z"),
    ("[?optional.none(), 1]", "[1]"), ("type(1) == int", "true"), ("'a' in {'a': 1}", "true"),
    ("has({'a': 1}.a)", "true"), ("0x1F", "31"), ("!!true", "true"), ("-(-3)", "3"),
  ]

  @Test("an expression has its value", arguments: values)
  func value(_ expression: String, _ wanted: String) throws {
    let program = try Program(expression, Self.environment)
    #expect(Self.text(program.evaluate([:])) == wanted)
  }

  static let start =
    "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, "

  static let problems: [(String, [String])] = [
    (
      "1 + 'x'",
      ["1:3: found no matching overload for '_+_' applied to '(int, string)'", "..^"]
    ),
    ("nope > 1", ["1:1: undeclared reference to 'nope' (in container '')", "^"]),
    ("has(x)", ["1:5: invalid argument to has() macro", "....^"]),
    ("true && 1", ["1:9: expected type 'bool' but found 'int'", "........^"]),
    (
      "x..y && (",
      [
        "1:3: Syntax error: no viable alternative at input '..'", "..^",
        "1:10: Syntax error: mismatched input '<EOF>' expecting \(start)BYTES, IDENTIFIER}",
        ".........^",
      ]
    ),
    (
      "x = 7",
      [
        "1:3: Syntax error: token recognition error at: '= '", "..^",
        "1:5: Syntax error: extraneous input '7' expecting <EOF>", "....^",
      ]
    ),
    (
      "if x then y",
      [
        "1:1: reserved identifier: if", "^",
        "1:4: Syntax error: mismatched input 'x' expecting <EOF>", "...^",
      ]
    ),
    ("size(1)", ["1:5: found no matching overload for 'size' applied to '(int)'", "....^"]),
    ("t.matches('[')", ["1:11: invalid matches argument", "..........^"]),
    ("f(1", ["1:4: Syntax error: missing ')' at '<EOF>'", "...^"]),
    ("[1, 'a']", ["1:5: expected type 'int' but found 'string'", "....^"]),
  ]

  @Test("what does not compile is told with its place", arguments: problems)
  func problem(_ expression: String, _ lines: [String]) {
    var wanted: [String] = []
    for index in stride(from: 0, to: lines.count - 1, by: 2) {
      wanted.append("ERROR: <input>:\(lines[index])\n | \(expression)\n | \(lines[index + 1])")
    }
    do throws(CompilationError) {
      _ = try Program(expression, Self.environment)
      Issue.record("it compiles")
    } catch {
      #expect(error.description == wanted.joined(separator: "\n"))
    }
  }

  static let patterns: [(String, String, Bool)] = [
    ("^[a-z]+$", "abc", true), ("^[a-z]+$", "aBc", false), ("a{2,3}", "caat", true),
    ("(?i)HELLO", "hello", true), ("^(a|b)*c$", "ababc", true), ("\\bfoo\\b", "a foo b", true),
    ("[^\\d\\s]", "1 2", false), ("^\\p{L}+$", "Grüße", true), ("[[:upper:]]", "abC", true),
    ("^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false), ("", "x", true),
    ("^.$", "\n", false),
  ]

  @Test("patterns match as RE2 does", arguments: patterns)
  func pattern(_ pattern: String, _ text: String, _ wanted: Bool) throws {
    #expect(try RegularExpression(pattern).matches(text) == wanted)
  }

  static let malformedPatterns: [(String, String)] = [
    ("[", "missing closing ]: `[`"), ("(a", "missing closing ): `(a`"),
    ("a)", "unexpected ): `a)`"),
    ("*", "missing argument to repetition operator: `*`"),
    ("a**", "invalid nested repetition operator: `**`"),
    ("\\q", "invalid escape sequence: `\\q`"),
    ("[z-a]", "invalid character class range: `z-a`"),
    ("a{1001}", "invalid repeat count: `{1001}`"),
    ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
  ]

  @Test("a malformed pattern is told in Go's words", arguments: malformedPatterns)
  func malformed(_ pattern: String, _ wanted: String) {
    do throws(RegularExpression.ParseError) {
      _ = try RegularExpression(pattern)
      Issue.record("it is well formed")
    } catch {
      #expect(error.description == "error parsing regexp: " + wanted)
    }
  }

  @Test("hostile text neither crashes nor hangs")
  func hostile() {
    let deep = String(repeating: "(", count: 5_000) + String(repeating: "[", count: 5_000)
    let pieces = [
      deep, String(repeating: "a.", count: 5_000), String(repeating: "!", count: 5_000),
      String(repeating: "-", count: 3_000) + "1", "'\\", "\"\"\"", "b'\\x", "`", "{?", "[?1,,",
      "x.all(", "x.map(x, x, x, x)", "0x", "1e", ".5.5.", "\u{1F600}", "a ? b", "a{b:", "@in(1)",
      String(repeating: "x ? x : ", count: 300) + "x",
    ]
    for piece in pieces {
      let program = try? Program(piece, Self.environment)
      _ = program?.evaluate(["x": .int(1)])
    }
  }
}
