import Testing

@testable import Documents

@Suite("JSONPath")
struct JSONPathTests {
  private let list: Value = [
    "kind": "List",
    "items": [
      [
        "metadata": ["name": "a", "labels": ["app.x/y": "1"], "n": 3],
        "spec": ["containers": [["name": "c", "ports": [["p": 80], ["p": 443]]]]],
      ],
      ["metadata": ["name": "b", "n": 5], "spec": ["on": true, "f": 1.5, "z": nil, "h": "<&>"]],
    ],
  ]

  @Test(
    "a template prints what kubectl prints",
    arguments: [
      ("{.kind}", "List"), ("kind is {.kind}!", "kind is List!"), ("{$.kind}{@.kind}", "ListList"),
      ("{.items[*].metadata.name}", "a b"), ("{.items[0].metadata.name}", "a"),
      ("{.items[-1].metadata.name}", "b"), ("{.items[-2:].metadata.name}", "a b"),
      ("{.items[0:1].metadata.name}", "a"), ("{.items[::2].metadata.name}", "a"),
      ("{.items[:1].metadata.name}", "a"), ("{.items[1:].metadata.name}", "b"),
      ("{.items[0,1].metadata.n}", "3 5"),
      ("{.items[0]['metadata','kind']}", #"{"labels":{"app.x/y":"1"},"n":3,"name":"a"}"#),
      ("{.items[0]['metadata.name']}", "a"), ("{['kind']}", "List"),
      (#"{.items[0].metadata.labels.app\.x/y}"#, "1"),
      (#"{.items[0].metadata.labels['app\.x/y']}"#, "1"),
      ("{.items[*].spec.containers[*].ports[*].p}", "80 443"), ("{..p}", "80 443"),
      ("{..metadata.name}", "a b"), ("{.items[*].metadata.*}", #"{"app.x/y":"1"} 3 a 5 b"#),
      (#"{.items[?(@.metadata.name=="b")].metadata.n}"#, "5"),
      ("{.items[?(@.metadata.name=='b')].metadata.n}", "5"),
      (#"{.items[?(@.metadata.name!="b")].metadata.n}"#, "3"),
      ("{.items[?(@.metadata.n>3)].metadata.name}", "b"),
      ("{.items[?(@.metadata.n>=3)].metadata.name}", "a b"),
      ("{.items[?(@.metadata.n < 4)].metadata.name}", "a"),
      ("{.items[?(@.metadata.n<=3)].metadata.name}", "a"),
      ("{.items[?(@.spec.on==true)].metadata.name}", "b"),
      ("{.items[?(@.spec.f==1.5)].metadata.name}", "b"),
      ("{.items[?(@.spec.on)].metadata.name}", "b"),
      (#"{range .items[*]}{.metadata.name}{"\t"}{.metadata.n}{"\n"}{end}"#, "a\t3\nb\t5\n"),
      (
        "{range .items[*]}{.metadata.name}:{range .spec.containers[*].ports[*]}{.p},{end};{end}.",
        "a:80,443,;b:;."
      ),
      ("{range .items[?(@.metadata.n>9)]}x{end}y", "y"),
      ("{range .items[*]}{.metadata.name}{end}{.kind}", "abList"),
      ("{range .items[*]}{.metadata.n}", "35"), ("{'a'}{\"b\"}{1}{2.5}{true}", "ab12.5true"),
      (#"{"\u00e9\x41\101\""}"#, "éAA\""),
      ("{.items[1].spec}", #"{"f":1.5,"h":"\u003c\u0026\u003e","on":true,"z":null}"#),
      ("{.items[1].spec.z}", "null"), ("{.items[1].spec.h}", "<&>"), ("{.none.deeper[0]}x", "x"),
      ("", ""), ("{}", #"{"items":"#), ("{.items[0:0]}", ""),
    ])
  func prints(template: String, text: String) throws {
    let printed = try JSONPath(template, allowsMissing: true).text(of: list)
    if template == "{}" { #expect(printed.hasPrefix(text)) } else { #expect(printed == text) }
  }

  @Test(
    "a wrong template is refused in kubectl's words",
    arguments: [
      ("{.a", "unclosed action"), ("{.a[}", "unterminated array"),
      ("{.a[?(@.b==1}", "unterminated filter"), ("{.a[?(@.b==1)}", "unclosed array expect ]"),
      ("{.a[x]}", "invalid array index x"), ("{.a['x'y]}", "invalid array index 'x'y"),
      ("{(}", "unrecognized character in action: U+0028 '('"),
      ("{....a}", "invalid multiple recursive descent"),
      ("{'a}", "unterminated quoted string"), ("{1.2.3}", "cannot parse number 1.2.3"),
      (#"{"\q"}"#, #"unquote string "\q" error invalid syntax"#),
      ("{.a[1:2:3:4]}", "invalid array index 1:2:3:4"),
      ("{.a[99999999999999999999]}", "array index 99999999999999999999 is not a number"),
    ])
  func refuses(template: String, message: String) {
    let failure = #expect(throws: JSONPath.Failure.self) { try JSONPath(template) }
    #expect(failure?.message == message)
  }

  @Test(
    "data that does not fit is refused in kubectl's words",
    arguments: [
      ("{.none}", "none is not found"), ("{.kind[0]}", "string is not array or slice"),
      ("{.items[2]}", "array index out of bounds: index 2, length 2"),
      ("{.items[-3]}", "array index out of bounds: index -1, length 2"),
      ("{.items[0:3]}", "array index out of bounds: index 2, length 2"),
      ("{.items[1:0]}", "starting index 1 is greater than ending index 0"),
      ("{.items[0:2:0]}", "step must be > 0"), ("{end}", "not in range, nothing to end"),
      ("{nosuch}", "unrecognized identifier nosuch"),
      ("{.kind[?(@.a==1)]}", "List is not array or slice and cannot be filtered"),
      (#"{.items[?(@.metadata.n=="x")]}"#, "incompatible types for comparison"),
      ("{.items[?(@.metadata==1)]}", "invalid type for comparison"),
      ("{.items[?(@.metadata.n=<1)]}", "unrecognized filter operator =<"),
      ("{.items[?(@.metadata.*==1)]}", "can only compare one element at a time"),
    ])
  func refusesData(template: String, message: String) throws {
    let path = try JSONPath(template)
    let failure = #expect(throws: JSONPath.Failure.self) { try path.text(of: list) }
    #expect(failure?.message == message)
  }

  @Test(
    "paths of columns and sorting may leave out braces and dots",
    arguments: [
      (".a.b", "{.a.b}"), ("a.b", "{.a.b}"), ("{.a.b}", "{.a.b}"), ("{a.b}", "{.a.b}"),
      ("", ""), ("{a}{b}", nil), ("{", nil), ("a{b", nil),
    ])
  func relaxed(path: String, template: String?) {
    #expect((try? JSONPath.relaxed(path)) == template)
  }

  @Test("jsonpath-as-json prints an indented array for each part")
  func json() throws {
    let text = try JSONPath("{.items[*].metadata.n}").jsonText(of: list)
    #expect(text == "[\n    3,\n    5\n]\n")
  }

  @Test("ranges within ranges end at a limit instead of never")
  func budget() throws {
    let many = Value.array(
      Array(repeating: ["a": Value.array(Array(repeating: 1, count: 1001))], count: 1001))
    let path = try JSONPath("{range .[*]}{range .a[*]}{@}{end}{end}")
    #expect(throws: JSONPath.Failure.self) { try path.text(of: ["": many]) }
    let deep = String(repeating: "[?(", count: 10_000)
    #expect(throws: JSONPath.Failure.self) {
      try JSONPath("{" + deep + String(repeating: ")]", count: 10_000) + "}")
    }
  }
}
