import Testing

@testable import Documents

@Suite("JSON")
struct JSONTests {
  @Test(
    "a broken text is refused in Go's words",
    arguments: [
      ("", "unexpected end of JSON input"),
      ("hello", "invalid character 'h' looking for beginning of value"),
      (#"{"a":1"#, "unexpected end of JSON input"),
      (#"{"a":1,}"#, "invalid character '}' looking for beginning of object key string"),
      (#"{"a":1}{"b":2}"#, "invalid character '{' after top-level value"),
      ("{'a':1}", #"invalid character '\'' looking for beginning of object key string"#),
      (#"{"a":"\x"}"#, "invalid character 'x' in string escape code"),
      ("nope", "invalid character 'o' in literal null (expecting 'u')"),
      ("[1,]", "invalid character ']' looking for beginning of value"),
      ("[1 2]", "invalid character '2' after array element"),
      (#"{"a" 1}"#, "invalid character '1' after object key"),
      (#"{"a":1 "b"}"#, "invalid character '\"' after object key:value pair"),
      ("01", "invalid character '1' after top-level value"),
      ("-x", "invalid character 'x' in numeric literal"),
      ("1.x", "invalid character 'x' after decimal point in numeric literal"),
      ("1ex", "invalid character 'x' in exponent of numeric literal"),
      ("1.", "unexpected end of JSON input"),
      ("\"a\nb\"", #"invalid character '\n' in string literal"#),
      (#""\u12g4""#, #"invalid character 'g' in \u hexadecimal character escape"#),
      ("\u{0}", #"invalid character '\x00' looking for beginning of value"#),
    ])
  func refuses(text: String, message: String) {
    let problem = #expect(throws: Problem.self) { try JSON.parse(text) }
    #expect(problem?.message == message)
  }

  @Test(
    "a text read and written again is the same",
    arguments: [
      "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "1.5",
      "[]", "{}", #"{"a":[1,{"b":null},[]],"c":"d"}"#, #""\"\\\b\f\n\r\t\u0001\u2028""#, "\"é😀<\"",
      "1e+21", "1e-7", "0.000001", "123456789012345680000", "-0.5",
    ])
  func roundTrip(text: String) throws {
    #expect(JSON.text(try JSON.parse(text)) == text)
  }

  @Test(
    "numbers are printed as Go prints them",
    arguments: [
      ("1.0", "1"), ("1e2", "100"), ("1E400e", nil), ("-0", "0"), ("1.50", "1.5"),
      ("18446744073709551615", "18446744073709552000"), ("2.5e-10", "2.5e-10"), ("1e400", nil),
      ("1e21", "1e+21"), ("100000000000000000000", "100000000000000000000"), ("0.1", "0.1"),
    ])
  func numbers(text: String, printed: String?) {
    #expect((try? JSON.parse(text)).map { JSON.text($0) } == printed)
  }

  @Test(
    "escapes become characters, lone surrogates the replacement character",
    arguments: [
      (#""\u00e9\ud83d\ude00\/""#, "é😀/"), (#""\ud83d""#, "\u{FFFD}"),
      (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ude00x""#, "\u{FFFD}x"),
    ])
  func escapes(text: String, string: String) throws {
    #expect(try JSON.parse(text) == .string(string))
  }

  @Test("each byte that is no UTF-8 becomes one replacement character")
  func invalidUTF8() throws {
    let bytes: [UInt8] = [0x22, 0xFF, 0xE2, 0x82, 0x41, 0xED, 0xA0, 0x80, 0x22]
    #expect(try JSON.parse(bytes) == "\u{FFFD}\u{FFFD}\u{FFFD}A\u{FFFD}\u{FFFD}\u{FFFD}")
  }

  @Test("the last of equal names counts and each is reported once with its path")
  func duplicates() throws {
    let text = #"{"m":{"n":"x","n":"y"},"s":{"c":[1,{"i":1,"i":2,"i":3}],"r":1,"r":2},"é":1,"é":2}"#
    var found: [String] = []
    let value = try JSON.parse(Array(text.utf8), duplicates: &found)
    #expect(found == ["m.n", "s.c[1].i", "s.r", "é"])
    #expect(JSON.text(value) == #"{"m":{"n":"y"},"s":{"c":[1,{"i":3}],"r":2},"é":2}"#)
  }

  @Test("nesting is bounded, however deep the text")
  func depth() throws {
    let deepest = Value.depthLimit
    let fits = String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)
    #expect(JSON.text(try JSON.parse(fits)) == fits)
    for text in ["[", #"{"a":"#] {
      let deep = String(repeating: text, count: 100_000)
      let problem = #expect(throws: Problem.self) { try JSON.parse(deep) }
      #expect(problem?.message.hasSuffix("exceeded max depth") == true)
    }
  }

  @Test("a problem has its line and column")
  func place() {
    let problem = #expect(throws: Problem.self) { try JSON.parse("{\n  \"é\": x\n}") }
    #expect(problem?.line == 2)
    #expect(problem?.column == 8)
  }

  @Test("several values may follow one another")
  func stream() throws {
    let bytes = Array("{\"a\":1}\n[2] 3 ".utf8)
    var offset = 0
    var values: [Value] = []
    while let value = try JSON.next(in: bytes, from: &offset) { values.append(value) }
    #expect(values == [["a": 1], [2], 3])
    #expect(offset == bytes.count)
  }

  @Test("indented text is kubectl's")
  func indented() {
    let value: Value = ["b": [1, [], [:]], "a": ["x": "<&>"]]
    #expect(
      JSON.text(value, .indented) == """
        {
            "a": {
                "x": "<&>"
            },
            "b": [
                1,
                [],
                {}
            ]
        }
        """)
    #expect(JSON.text(["x": "<&>"], .marshal) == #"{"x":"\u003c\u0026\u003e"}"#)
  }

  @Test("an order puts a struct's members first and the rest behind, sorted")
  func order() {
    let order = Order(names: ["kind", "items"], inner: ["items": ["z", "a"]])
    let value: Value = ["a": 1, "items": [["a": 1, "b": 2, "z": 3]], "kind": "List", "0": 0]
    let text = String(decoding: JSON.bytes(value, order: order), as: UTF8.self)
    #expect(text == #"{"kind":"List","items":[{"z":3,"a":1,"b":2}],"0":0,"a":1}"#)
  }

  @Test("what is remembered is written as what is not, and never in the place of another")
  func writtenParts() {
    struct Typed: MemberOrder {
      func rank(of member: String) -> Int { member == "z" ? 0 : 1 }
      func order(within member: String) -> Typed? { self }
      var elementOrder: Typed? { self }
      var identity: Int? { 7 }
    }
    // So small that all is let go of every few parts.
    let parts = WrittenParts(capacity: 64)
    func bytes(_ value: Value, _ depth: Int) -> [UInt8] {
      var writer = JSONWriter(.marshal, remembering: parts, at: depth)
      writer.write(value, Typed())
      return writer.bytes
    }
    var object: Value = ["spec": ["a": 1, "b": ["c": "<"], "z": 2], "status": ["n": 0]]
    for number in 0..<50 {
      object["spec"]?["a"] = .int(Int64(number / 2))
      let list: Value = ["items": [object, object]]
      #expect(bytes(object, 1) == JSON.bytes(object, .marshal, order: Typed()))
      #expect(bytes(list, 3) == JSON.bytes(list, .marshal, order: Typed()))
    }
  }

  struct Order: NamedOrder {
    var names: [String]
    var inner: [String: [String]] = [:]
    func order(within member: String) -> Order? { inner[member].map { Order(names: $0) } }
    var elementOrder: Order? { self }
  }
}
