/// Paths that name a field of a schema: `.spec.ports['x.y']` (apiextensions' `ValidFieldPath`).
enum SchemaPath {
  struct Problem: Error {
    let message: String
  }

  /// The steps of a path and the schema that it leads to.
  static func find(
    _ path: String, in schema: CustomSchema, allowsBrackets: Bool = true
  ) throws(Problem) -> (steps: [String], schema: CustomSchema) {
    var here = schema
    var steps: [String] = []
    var tokens = tokens(of: path)[...]
    func next() throws(Problem) -> String {
      guard let token = tokens.popFirst() else {
        throw Problem(message: "unexpected end of JSON path")
      }
      return token
    }
    func step(_ name: String) throws(Problem) {
      let found = here.properties.isEmpty ? here.additional : here.properties[name]
      guard let found else { throw Problem(message: "does not refer to a valid field") }
      steps.append(name)
      here = found
    }
    while let token = tokens.popFirst() {
      switch token {
      case ".": try step(try next())
      case "[" where !allowsBrackets:
        throw Problem(message: "array notation is not allowed")
      case "[":
        let quoted = try next()
        guard quoted.utf8.count >= 2, quoted.hasPrefix("'"), quoted.hasSuffix("'") else {
          throw Problem(message: "expected single quoted string but got \(quoted)")
        }
        try step(try unescaped(quoted.dropFirst().dropLast()))
        let end = try next()
        if end != "]" { throw Problem(message: "expected ] but got \(end)") }
      default: throw Problem(message: "expected [ or . but got: \(token)")
      }
    }
    return (steps, here)
  }

  /// Points, brackets, quoted names, and what stands between them.
  private static func tokens(of path: String) -> [String] {
    var tokens: [String] = []
    var rest = Substring(path)
    while let first = rest.first {
      var token = rest.prefix { !".[]".contains($0) }
      if ".[]".contains(first) {
        token = rest.prefix(1)
      } else if first == "'" {
        token = rest
        var previous = first
        for index in rest.indices.dropFirst() {
          if rest[index] == "'", previous != "\\" {
            token = rest[...index]
            break
          }
          previous = rest[index]
        }
      }
      tokens.append(String(token))
      rest = rest[token.endIndex...]
    }
    return tokens
  }

  private static func unescaped(_ text: Substring) throws(Problem) -> String {
    let known: [Character: Character] = [
      "a": "\u{07}", "b": "\u{08}", "f": "\u{0c}", "n": "\n", "r": "\r", "t": "\t",
      "v": "\u{0b}", "'": "'", "\\": "\\",
    ]
    var out = ""
    var rest = text
    while let character = rest.popFirst() {
      guard character == "\\", let directive = rest.popFirst() else {
        out.append(character)
        continue
      }
      guard let meant = known[directive] else {
        throw Problem(
          message: "invalid string literal: invalid escape char \\\(directive)")
      }
      out.append(meant)
    }
    return out
  }
}
