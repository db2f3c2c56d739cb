import Shell

/// The expressions of Python that people pipe JSON and base64 through.
enum PythonExpressions {
  /// `python3 -m json.tool`: indented by four, as it comes.
  static func pretty(_ input: [UInt8]) -> (text: String, isError: Bool) {
    var reader = QueryReader(input)
    guard let value = try? reader.next() else {
      return ("Expecting value: line 1 column 1 (char 0)\n", true)
    }
    return (QueryText(indent: "    ", isASCII: true).text(value) + "\n", false)
  }

  /// What `print` of an expression writes; nil: it is none of the known ones.
  static func printed(_ expression: Substring, input: [UInt8]) -> String? {
    base64(expression) ?? loaded(expression, input)
  }

  /// `base64.b64encode(b'text').decode()` and its reverse.
  private static func base64(_ expression: Substring) -> String? {
    let ends = [".decode()", ".decode('utf-8')", ".decode(\"utf-8\")"]
    guard expression.hasPrefix("base64.b64"), let end = ends.first(where: expression.hasSuffix)
    else { return nil }
    let call = expression.dropFirst("base64.b64".count).dropLast(end.count)
    let isEncoding = call.hasPrefix("encode(")
    guard call.hasSuffix(")"), isEncoding || call.hasPrefix("decode(") else { return nil }
    var literal = call.dropFirst("encode(".count).dropLast()
    if literal.first == "b" { literal.removeFirst() }
    guard literal.count >= 2, let quote = literal.first, "'\"".contains(quote),
      literal.last == quote
    else { return nil }
    let text = Array(literal.dropFirst().dropLast().utf8)
    if isEncoding { return Base64.encode(text) }
    let (bytes, isWhole) = Base64.decode(text)
    return isWhole ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// `json.load(sys.stdin)["a"][0]` and `.get("a")`.
  private static func loaded(_ expression: Substring, _ input: [UInt8]) -> String? {
    let head = "json.load(sys.stdin)"
    var reader = QueryReader(input)
    guard expression.hasPrefix(head), var value = try? reader.next() else { return nil }
    var rest = expression.dropFirst(head.count)
    while !rest.isEmpty {
      let isGet = rest.hasPrefix(".get(")
      guard isGet || rest.first == "[", let end = rest.firstIndex(of: isGet ? ")" : "]") else {
        return nil
      }
      let key = rest[..<end].dropFirst(isGet ? 5 : 1)
      rest = rest[rest.index(after: end)...]
      switch value {
      case .object(let members):
        guard key.count >= 2, let quote = key.first, "'\"".contains(quote), key.last == quote,
          let member = members[String(key.dropFirst().dropLast())]
        else { return isGet && rest.isEmpty ? "None" : nil }
        value = member
      case .array(let items):
        guard let number = Int(key) else { return nil }
        let index = number < 0 ? items.count + number : number
        guard items.indices.contains(index) else { return nil }
        value = items[index]
      default: return nil
      }
    }
    switch value {
    case .null: return "None"
    case .bool(let flag): return flag ? "True" : "False"
    case .string(let text): return text
    case .number: return QueryText.compact(value)
    // Python's own notation of lists and dictionaries is another than JSON's.
    case .array, .object: return nil
    }
  }
}
