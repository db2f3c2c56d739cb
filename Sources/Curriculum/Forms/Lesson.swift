package import Documents

/// A text that teaches by doing: pages, most with something to do in the cluster.
package struct Lesson: Sendable {
  package var id: String
  package var title: String
  package var topic: String
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
  }
}

/// A multiple-choice question with a reason for every answer.
package struct Question: Hashable, Sendable {
  package struct Option: Hashable, Sendable {
    package var text: String
    package var isRight: Bool
    package var because: String
  }
  package var ask: String
  package var options: [Option]

  init(_ form: Form) {
    form.expect(only: ["ask", "options"])
    ask = form.required("ask")
    options = form.elements("options").map { option in
      option.expect(only: ["text", "right", "because"])
      return Option(
        text: option.required("text"), isRight: option.truth("right") ?? false,
        because: option.string("because") ?? "")
    }
    if options.count(where: \.isRight) != 1 { form.note("exactly one option is right: true") }
    if !(2...8).contains(options.count) { form.note("two to eight options are expected") }
  }
}

extension Lesson {
  private static let fields = [
    "title", "topic", "order", "minutes", "cluster", "namespace", "start",
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
      order: form.integer("order", in: 0...100_000) ?? 100_000,
      minutes: form.integer("minutes", in: 1...600) ?? 10,
      cluster: form.string("cluster") ?? "kubeadm", start: StartState(form.elements("start")),
      pages: pages)
    problems += file.findings.problems
    return (lesson, problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
  }
}

extension Lesson.Page {
  fileprivate init(_ section: Sections.Section, namespace: String, _ problems: inout [Problem]) {
    let (rest, fences) = Fence.extract(["check", "do", "quiz"], from: section)
    self.init(title: section.title, text: rest, checks: [], solution: "", question: nil)
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
      } else {
        question = Question(form)
      }
      problems += findings.problems
    }
  }

  fileprivate var isEmpty: Bool {
    text.allSatisfy(\.isWhitespace) && checks.isEmpty && question == nil
  }
}
