package import Documents

/// A text that teaches by doing: pages, most with something to do in the cluster.
package struct Lesson: Sendable {
  package var id: String
  package var title: String
  package var topic: String
  package var competencies: [String]
  /// Where it stands among the lessons.
  package var order: Int
  package var minutes: Int
  package var cluster: String
  package var start: StartState
  package var pages: [Page]

  package struct Page: Sendable {
    package var title: String
    /// Markdown, without the blocks that are for drydock.
    package var text: String
    /// What must hold before the page is done; empty for a page that is only read.
    package var checks: [PlannedCheck]
    /// Lines that do what the page asks.
    package var solution: String
    package var question: Question?
    /// What it leaves for later reviews, besides its question.
    package var drills: [Drill]
  }
}

extension Lesson {
  private static let fields = [
    "title", "topic", "competencies", "order", "minutes", "cluster", "namespace", "start",
  ]

  /// Reads a lesson's file; whatever is wrong with it is told, all at once.
  package static func read(_ text: String, id: String) -> (Lesson, [Problem]) {
    let file = ContentFile(text)
    let form = file.form
    form.expect(only: fields)
    let namespace = form.string("namespace") ?? "default"
    var problems = file.problems
    var pages: [Page] = []
    for section in file.sections.sections {
      let page = Page(section, namespace: namespace, &problems)
      if section.title.isEmpty, page.isEmpty { continue }
      pages.append(page)
    }
    if pages.isEmpty { form.note("a lesson needs pages, each under a heading \"## …\"") }
    let lesson = Lesson(
      id: id, title: form.required("title"), topic: form.required("topic"),
      competencies: form.competencies(), order: form.integer("order", in: 0...100_000) ?? 100_000,
      minutes: form.integer("minutes", in: 1...600) ?? 10,
      cluster: form.cluster(), start: StartState(form.elements("start")),
      pages: pages)
    problems += file.findings.problems
    return (lesson, problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
  }
}

extension Lesson.Page {
  fileprivate init(_ section: Sections.Section, namespace: String, _ problems: inout [Problem]) {
    let (rest, fences) = Fence.extract(["check", "do", "quiz", "card"], from: section)
    self.init(title: section.title, text: rest, checks: [], solution: "", question: nil, drills: [])
    for fence in fences {
      if fence.language == "do" {
        solution += fence.text
        continue
      }
      let (value, findings, wrong) = ContentFile.read(fence.text, line: fence.line)
      problems += wrong
      guard let value else { continue }
      let form = Form(value, findings: findings)
      if fence.language == "check" {
        checks += PlannedCheck.read(form.elements(), namespace: namespace)
      } else if fence.language == "card" {
        drills.append(Drill(form, namespace: namespace))
      } else {
        if question != nil { form.note("a page asks one question") }
        question = Question(form)
      }
      problems += findings.problems
    }
  }

  fileprivate var isEmpty: Bool {
    text.allSatisfy(\.isWhitespace) && checks.isEmpty && question == nil
  }
}
