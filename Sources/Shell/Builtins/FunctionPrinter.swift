/// Shows a function in the way bash lays it out.
enum FunctionPrinter {
  static func text(of name: String, _ body: FunctionBody) -> String {
    var lines = body.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // The source's own lines, between braces of their own, indented by four.
    guard let first = lines.first, first.hasPrefix("{"), body.text.hasSuffix("}") else {
      return "\(name) () \n\(body.text)\n"
    }
    let inner = body.text.dropFirst().dropLast()
    lines = inner.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    var result = "\(name) () \n{ \n"
    for line in lines {
      var trimmed = String(line.drop { $0 == " " || $0 == "\t" })
      while trimmed.last == " " { trimmed.removeLast() }
      if trimmed.isEmpty { continue }
      if trimmed.last == ";", line == lines.last { trimmed.removeLast() }
      result += "    \(trimmed)\n"
    }
    return result + "}\n"
  }
}
