import Documents

/// One lesson's or exercise's file: its front matter as a form, and its Markdown.
struct ContentFile {
  let form: Form
  let sections: Sections
  let findings: Form.Findings
  /// Problems of the YAML itself, before any field is looked at.
  let problems: [Problem]

  init(_ text: String) {
    let parts = FrontMatter(text)
    sections = Sections(parts.body, firstLine: parts.bodyLine)
    guard let yaml = parts.yaml else {
      let note = "the file must begin with YAML between two lines of ---"
      problems = [Problem(note, line: 1, column: 1)]
      findings = Form.Findings { _ in (1, 1) }
      form = Form([:], findings: findings)
      return
    }
    let (value, findings, problems) = Self.read(yaml, line: FrontMatter.firstLine)
    self.findings = findings
    self.problems = problems
    form = Form(value ?? [:], findings: findings)
  }

  /// Reads YAML that stands in a file from `line` on. Only true and false are truth values: a
  /// parameter may be called y, and manifests stand in it as texts.
  static func read(_ yaml: String, line: Int) -> (Value?, Form.Findings, [Problem]) {
    let manifest = Manifest(yaml, truth: .trueAndFalse)
    let shift = line - 1
    var problems = manifest.problems.map {
      Problem($0.message, line: $0.line + shift, column: $0.column)
    }
    let document = manifest.documents.first
    if manifest.documents.count > 1 {
      problems.append(
        Problem(
          "only one YAML document is expected here", line: manifest.documents[1].line + shift,
          column: 1))
    }
    problems += manifest.duplicates.map { Problem($0, line: line, column: 1) }
    let findings = Form.Findings { path in
      guard let place = document?.place(of: path) else { return (line, 1) }
      return (place.line + shift, place.column)
    }
    return (document?.value, findings, problems)
  }

  /// All problems, in the order of the file.
  var allProblems: [Problem] {
    (problems + findings.problems).sorted { ($0.line, $0.column) < ($1.line, $1.column) }
  }
}
