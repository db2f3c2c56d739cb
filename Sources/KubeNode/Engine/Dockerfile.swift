/// The instructions of a Dockerfile.
struct Dockerfile {
  struct Instruction {
    let word: String
    /// Everything behind the word, lines joined.
    let rest: String
    let line: Int
  }

  private(set) var instructions: [Instruction] = []
  private(set) var problem: String?

  static let words: Set<String> = [
    "FROM", "RUN", "COPY", "ADD", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "WORKDIR", "USER", "ARG",
    "LABEL", "VOLUME", "STOPSIGNAL", "SHELL", "HEALTHCHECK", "MAINTAINER", "ONBUILD",
  ]

  init(_ text: String) {
    var pending: (text: String, line: Int)?
    for (number, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      var line = raw
      while let last = line.last, last.isWhitespace { line.removeLast() }
      let plain = line.drop { $0 == " " || $0 == "\t" }
      if plain.isEmpty || plain.hasPrefix("#") { continue }
      let start = pending?.line ?? number + 1
      let joined = (pending?.text ?? "") + (pending == nil ? plain : line)
      if joined.hasSuffix("\\") {
        pending = (String(joined.dropLast()), start)
        continue
      }
      pending = nil
      add(joined, start)
    }
    if let pending { add(pending.text, pending.line) }
    if instructions.isEmpty, problem == nil { problem = "file with no instructions" }
    if problem == nil, let first = instructions.first(where: { $0.word != "ARG" }),
      first.word != "FROM"
    {
      problem = "no build stage in current context"
    }
  }

  private mutating func add(_ text: String, _ line: Int) {
    let word = text.prefix { !$0.isWhitespace }
    let name = word.uppercased()
    guard Self.words.contains(name) else {
      if problem == nil {
        problem = "dockerfile parse error on line \(line): unknown instruction: \(word)"
      }
      return
    }
    let rest = text.dropFirst(word.count).drop { $0.isWhitespace }
    if rest.isEmpty, problem == nil {
      problem = "dockerfile parse error on line \(line): \(name) requires at least one argument"
    }
    instructions.append(Instruction(word: name, rest: String(rest), line: line))
  }

  /// `["a", "b"]`, or nil for the shell's form.
  static func list(_ text: String) -> [String]? {
    guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
    var words: [String] = []
    var word: String?
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if var open = word {
        if isEscaped {
          open.append(character == "n" ? "\n" : character)
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "\"" {
          words.append(open)
          word = nil
          continue
        } else {
          open.append(character)
        }
        word = open
      } else if character == "\"" {
        word = ""
      } else if character != ",", !character.isWhitespace {
        return nil
      }
    }
    return word == nil ? words : nil
  }

  /// `$NAME`, `${NAME}` and `${NAME:-x}` by the build's arguments and environment.
  static func expanded(_ text: String, _ values: [String: String]) -> String {
    var out = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "$" else {
        out.append(character)
        continue
      }
      if rest.first == "{" {
        let inner = rest.dropFirst().prefix { $0 != "}" }
        rest = rest.dropFirst(inner.count + 2)
        let name = inner.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let tail = inner.dropFirst(name.count)
        let value = values[String(name)] ?? ""
        out += value.isEmpty && tail.hasPrefix(":-") ? String(tail.dropFirst(2)) : value
      } else {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.dropFirst(name.count)
        out += name.isEmpty ? "$" : values[String(name)] ?? ""
      }
    }
    return out
  }
}
