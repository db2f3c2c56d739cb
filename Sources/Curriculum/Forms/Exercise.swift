package import Documents
import KubeCluster

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
  /// The open ones, then the sealed ones where this reader may know them.
  package var checks: [PlannedCheck]
  /// The ids of the checks that learners do not see.
  package var sealed: Set<String>
  package var solutions: [Answer]
  package var mistakes: [Answer]
  /// Markdown.
  package var task: String
  /// From vague to plain.
  package var hints: [Hint]
  /// Markdown, shown after full marks.
  package var explanation: String
  /// Names of pages of the Kubernetes documentation.
  package var docs: [String]
  /// Where its checks look.
  package var namespaces: Set<String>
  /// Which of its variants this is; 0 has the first value of every parameter.
  package var variant: UInt64
  /// Whether it has parameters, so that variants differ.
  package var isParametric: Bool
  private let source: String

  /// A way of doing the task, right or wrong, as lines for the workstation's shell.
  package struct Answer: Hashable, Sendable {
    package var name: String
    package var run: String
    /// The ids of the checks that a mistake must lose, and no others.
    package var loses: [String]
  }

  package var points: Int { checks.reduce(0) { $0 + $1.points } }

  /// The same task with other names, numbers or faults.
  package func variant(_ number: UInt64) -> Exercise {
    isParametric && number != variant
      ? Exercise.read(source, id: id, variant: number).0 : self
  }
}

extension Exercise {
  private static let fields = [
    "title", "topic", "competencies", "level", "minutes", "cluster", "namespace", "parameters",
    "start", "checks", "sealed", "solutions", "mistakes", "docs",
  ]

  /// Reads an exercise's file; whatever is wrong with it is told, all at once.
  package static func read(
    _ text: String, id: String, variant: UInt64 = 0
  ) -> (Exercise, [Problem]) {
    let variation = Variation(text, number: variant, label: id)
    let file = ContentFile(variation.text)
    let form = file.form
    form.expect(only: fields)
    let namespace = form.string("namespace") ?? "default"
    let open = form.elements("checks")
    let checks = PlannedCheck.read(open + form.elements("sealed"), namespace: namespace)
    if open.isEmpty { form.note("an exercise needs \"checks\"") }
    let ids = Set(checks.map(\.id))
    // A pack's build for learners goes without.
    let isWithheld = form.value["solutions"]?.string == "withheld"
    let solutions = isWithheld ? [] : form.elements("solutions").map { Answer($0, ids: nil) }
    if solutions.isEmpty, !isWithheld {
      form.note("an exercise needs at least one of \"solutions\"")
    }
    let body = ExerciseText(file.sections, ids: ids, form)
    let exercise = Exercise(
      id: id, title: form.required("title"), topic: form.required("topic"),
      competencies: form.competencies(),
      level: form.integer("level", in: 1...3) ?? 1,
      minutes: form.integer("minutes", in: 1...240) ?? 5,
      cluster: form.cluster(), start: StartState(form.elements("start")),
      checks: checks, sealed: Set(checks.dropFirst(open.count).map(\.id)), solutions: solutions,
      mistakes: form.elements("mistakes").map { Answer($0, ids: ids) },
      task: body.task, hints: body.hints, explanation: body.explanation,
      docs: form.strings("docs"),
      namespaces: Set([namespace] + form.elements("checks").compactMap { $0.string("namespace") }),
      variant: variant, isParametric: variation.isParametric,
      source: variation.isParametric ? text : "")
    let problems = variation.problems + file.allProblems.map(variation.located)
    return (exercise, problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
  }
}

/// The Markdown part of an exercise's file.
private struct ExerciseText {
  var task = ""
  var hints: [Hint] = []
  var explanation = ""

  init(_ sections: Sections, ids: Set<String>, _ form: Form) {
    for section in sections.sections {
      switch section.title {
      case "": task = section.lines.joined(separator: "\n")
      case "Hints": hints = Self.items(section.lines).map(Hint.init)
      case "Explanation": explanation = section.lines.joined(separator: "\n")
      default:
        form.note("the section \"\(section.title)\" is not known; there are Hints and Explanation")
      }
    }
    if task.allSatisfy(\.isWhitespace) { form.note("the text of the task is missing") }
    for id in hints.flatMap(\.about) where !ids.contains(id) {
      form.note("a hint is about \"\(id)\", which is no check", at: "checks")
    }
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

extension Form {
  /// The ids of competencies; each must be one of a curriculum.
  func competencies() -> [String] {
    let ids = strings("competencies")
    for id in ids where Certifications.competency(id) == nil {
      note(
        "there is no competency \"\(id)\"; drydock doctor --competencies lists them",
        at: "competencies")
    }
    return ids
  }

  /// The name of a blueprint.
  func cluster() -> String {
    let name = string("cluster") ?? "kubeadm"
    if Blueprint.named(name) == nil { note("there is no cluster \"\(name)\"", at: "cluster") }
    return name
  }
}
