import Documents
import Simulation

/// A content file with its parameters given values: `{{name}}` stands for the value chosen.
///
/// Variant 0 takes the first value of each parameter; any other number draws from all of them.
struct Variation {
  let text: String
  /// Whether the file has parameters.
  let isParametric: Bool
  let problems: [Problem]
  /// The line of the source that each line of the text came from.
  private let origins: [Int]

  init(_ source: String, number: UInt64, label: String) {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    guard let block = Self.block(in: lines) else {
      (text, isParametric, problems, origins) = (source, false, [], [])
      return
    }
    let yaml = lines[block].joined(separator: "\n") + "\n"
    let (value, findings, wrong) = ContentFile.read(yaml, line: block.lowerBound + 1)
    let parameters = Form(value ?? [:], findings: findings).member("parameters")
    var random = SeededRandom(seed: number, for: "variant of \(label)")
    let values = parameters.map {
      Self.choose($0) { number == 0 ? 0 : random.below($0) }
    }
    var scribe = Scribe(values: values ?? [:])
    for (index, line) in lines.enumerated() {
      // The values themselves hold no placeholders.
      if block.contains(index) {
        scribe.copy(line, index + 1)
      } else {
        scribe.fill(line, index + 1)
      }
    }
    text = scribe.lines.joined(separator: "\n")
    origins = scribe.origins
    isParametric = true
    problems = wrong + findings.problems + scribe.problems
  }

  /// A problem of the text, at its line in the source.
  func located(_ problem: Problem) -> Problem {
    guard origins.indices.contains(problem.line - 1) else { return problem }
    return Problem(problem.message, line: origins[problem.line - 1], column: problem.column)
  }

  /// The lines of the front matter's field `parameters`.
  private static func block(in lines: [Substring]) -> Range<Int>? {
    guard lines.first?.isDashes == true else { return nil }
    let front = lines.dropFirst().prefix { !$0.isDashes }
    guard let start = front.firstIndex(where: { $0.hasPrefix("parameters:") }) else { return nil }
    let rest = front[(start + 1)...].prefix { $0.isEmpty || $0.hasPrefix(" ") || $0.hasPrefix("#") }
    return start..<rest.endIndex
  }

  private static let rangeLimit = -1_000_000...1_000_000

  private static func choose(_ form: Form, _ pick: (Int) -> Int) -> [String: String] {
    var values: [String: String] = [:]
    guard let mapping = form.value.object else {
      form.note("a mapping of names to lists of values is expected here")
      return [:]
    }
    for name in mapping.keys {
      guard let member = form.member(name) else { continue }
      if member.value.object != nil {
        member.expect(only: ["from", "to"])
        let from = member.integer("from", in: rangeLimit) ?? 0
        let to = member.integer("to", in: rangeLimit) ?? from
        if to < from { member.note("\"to\" is smaller than \"from\"") }
        values[name] = "\(from + pick(max(1, to - from + 1)))"
        continue
      }
      let options = member.elements()
      guard !options.isEmpty else {
        member.note("at least one value is expected here")
        continue
      }
      let chosen = options[pick(options.count)]
      if let parts = chosen.value.object {
        for part in parts.keys { values["\(name).\(part)"] = chosen.string(part) ?? "" }
      } else {
        values[name] = chosen.string() ?? ""
      }
    }
    return values
  }
}

/// Writes lines with their placeholders filled in.
private struct Scribe {
  let values: [String: String]
  var lines: [String] = []
  var origins: [Int] = []
  var problems: [Problem] = []

  init(values: [String: String]) { self.values = values }

  mutating func copy(_ line: Substring, _ number: Int) {
    lines.append(String(line))
    origins.append(number)
  }

  mutating func fill(_ line: Substring, _ number: Int) {
    guard line.contains("{{") else { return copy(line, number) }
    var out = ""
    var rest = line
    while let open = rest.firstRange(of: "{{") {
      let after = rest[open.upperBound...]
      guard let close = after.firstRange(of: "}}"),
        let name = Self.name(after[..<close.lowerBound])
      else {
        out += rest[..<open.upperBound]
        rest = after
        continue
      }
      out += rest[..<open.lowerBound]
      rest = after[close.upperBound...]
      if let value = values[name] {
        // A value of several lines keeps the indentation of its place.
        let indent = String(line.prefix { $0 == " " })
        out += value.split(separator: "\n").joined(separator: "\n" + indent)
      } else {
        out += "{{\(name)}}"
        problems.append(
          Problem(
            "there is no parameter \"\(name)\"", line: number,
            column: line.distance(from: line.startIndex, to: open.lowerBound) + 1))
      }
    }
    for part in (out + rest).split(separator: "\n", omittingEmptySubsequences: false) {
      copy(part, number)
    }
  }

  /// A parameter's name; `{{.items}}` and `{{end}}` are for kubectl's templates.
  private static func name(_ text: Substring) -> String? {
    guard let first = text.first, first.isASCII, first.isLetter, text != "end", text != "else",
      text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
    else { return nil }
    return String(text)
  }
}
