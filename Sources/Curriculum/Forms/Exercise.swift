package import Documents

/// A task in a cluster, with what makes it right.
package struct Exercise: Sendable {
  /// The file's name without its ending.
  package var id: String
  package var title: String
  package var topic: String
  /// Competencies of the curricula that it practises.
  package var competencies: [String]
  /// 1 easy … 3 hard.
  package var level: Int
  package var minutes: Int
  /// The blueprint of its cluster.
  package var cluster: String
  package var start: StartState
  package var checks: [PlannedCheck]
  package var solutions: [Answer]
  package var mistakes: [Answer]
  /// Markdown.
  package var task: String
  /// Markdown, from vague to plain.
  package var hints: [String]
  /// Markdown, shown after full marks.
  package var explanation: String

  /// A way of doing the task, right or wrong, as lines for the workstation's shell.
  package struct Answer: Hashable, Sendable {
    package var name: String
    package var run: String
    /// The ids of the checks that a mistake must lose, and no others.
    package var loses: [String]
  }

  package var points: Int { checks.reduce(0) { $0 + $1.points } }
}

extension Exercise {
  private static let fields = [
    "title", "topic", "competencies", "level", "minutes", "cluster", "namespace", "start",
    "checks", "solutions", "mistakes",
  ]

  /// Reads an exercise's file; whatever is wrong with it is told, all at once.
  package static func read(_ text: String, id: String) -> (Exercise, [Problem]) {
    let file = ContentFile(text)
    let form = file.form
    form.expect(only: fields)
    let namespace = form.string("namespace") ?? "default"
    let checks = PlannedCheck.read(form.elements("checks"), namespace: namespace)
    if checks.isEmpty { form.note("an exercise needs \"checks\"") }
    let ids = Set(checks.map(\.id))
    let solutions = form.elements("solutions").map { Answer($0, ids: nil) }
    if solutions.isEmpty { form.note("an exercise needs at least one of \"solutions\"") }
    var sections = file.sections.sections
    let task = sections.removeFirst()
    var hints: [String] = []
    var explanation = ""
    for section in sections {
      switch section.title {
      case "Hints": hints = Self.items(section.lines)
      case "Explanation": explanation = section.lines.joined(separator: "\n")
      default:
        form.note("the section \"\(section.title)\" is not known; there are Hints and Explanation")
      }
    }
    let exercise = Exercise(
      id: id, title: form.required("title"), topic: form.required("topic"),
      competencies: form.strings("competencies"),
      level: form.integer("level", in: 1...3) ?? 1,
      minutes: form.integer("minutes", in: 1...240) ?? 5,
      cluster: form.string("cluster") ?? "kubeadm", start: StartState(form.elements("start")),
      checks: checks, solutions: solutions,
      mistakes: form.elements("mistakes").map { Answer($0, ids: ids) },
      task: task.lines.joined(separator: "\n"), hints: hints, explanation: explanation)
    if exercise.task.allSatisfy(\.isWhitespace) { form.note("the text of the task is missing") }
    return (exercise, file.allProblems)
  }

  /// The items of a Markdown list, each with its continuation lines.
  private static func items(_ lines: [Substring]) -> [String] {
    var items: [String] = []
    for line in lines {
      let digits = line.prefix { $0.isNumber }
      if !digits.isEmpty, line.dropFirst(digits.count).hasPrefix(". ") {
        items.append(String(line.dropFirst(digits.count + 2)))
      } else if line.hasPrefix("- ") {
        items.append(String(line.dropFirst(2)))
      } else if !items.isEmpty {
        items[items.count - 1] += "\n" + (line.hasPrefix("  ") ? line.trimmed : line)
      }
    }
    return items
  }
}

extension Exercise.Answer {
  /// With ids it is a mistake, which says what it loses.
  init(_ form: Form, ids: Set<String>?) {
    form.expect(only: ids == nil ? ["name", "run"] : ["name", "run", "loses"])
    name = form.required("name")
    run = form.required("run")
    loses = form.strings("loses")
    guard let ids else { return }
    if loses.isEmpty { form.note("a mistake says in \"loses\" which checks it loses") }
    for id in loses where !ids.contains(id) {
      form.note("loses \"\(id)\", which is no check", at: "loses")
    }
  }
}
