package import Documents
import KubeObjects
package import Simulation

/// What an instructor's `pack.yaml` says about the pack as a whole.
package struct PackPlan: Sendable {
  /// What a learner is told about work that is marked.
  package enum Feedback: String, Sendable, CaseIterable { case full, score, none }
  /// Which of several attempts makes the mark.
  package enum Counts: String, Sendable, CaseIterable { case best, last }

  package var id: String
  package var version: String
  package var title: String
  package var authors: [String]
  /// The oldest drydock that can use it.
  package var drydock: String
  package var opens: Moment?
  package var due: Moment?
  package var late: LatePolicy
  package var feedback: Feedback
  /// How often an exam or exercise may be begun; nil for as often as one likes.
  package var attempts: Int?
  package var counts: Counts
  /// Whether learners get the solutions of exercises that are in no exam.
  package var keepsSolutions: Bool
  package var exams: [PlannedExam]
  /// Exercises marked outside exams; nil for all that are in no exam.
  package var practice: [String]?
  package var rubric: [RubricItem]

  package static let fileName = "pack.yaml"
}

/// What is taken off work that comes after its time.
package struct LatePolicy: Hashable, Sendable {
  /// Days, over the whole pack, for which nothing is taken off.
  package var graceDays = 0
  /// Percent of the points taken off for each begun day beyond.
  package var penalty = 0
  /// Days after which nothing counts any more; nil for never.
  package var closesAfter: Int?

  package init(graceDays: Int = 0, penalty: Int = 0, closesAfter: Int? = nil) {
    self.graceDays = graceDays
    self.penalty = penalty
    self.closesAfter = closesAfter
  }
}

extension PlannedExam {
  /// The seed of the clusters of a sitting. With their start it is alike for all who sit on one
  /// day, so that marking a class boots one cluster and copies it; tasks differ by their variants.
  package static let berthSeed: UInt64 = 1

  /// What the clusters of a sitting say that time is when they are opened: nine o'clock of its day.
  /// The wall's time is in the journal.
  package static func berthStart(begun: Moment) -> Moment {
    let seconds = min(max(begun.seconds, 0), 4_000_000_000)
    return Moment(seconds: seconds - seconds % 86_400 + 9 * 3600)
  }
}

/// An exam of a pack: its tasks are chosen by the instructor, not drawn by a curriculum.
package struct PlannedExam: Hashable, Sendable {
  package var id: String
  package var title: String
  package var minutes: Int
  /// Percent.
  package var passMark: Int
  package var due: Moment?
  package var mayPause: Bool
  /// Exercises, or `BANK/NUMBER` for a question.
  package var tasks: [String]
  /// How many of the tasks each learner gets; all when nil.
  package var draw: Int?

  /// In the terms of a certificate's exam.
  package var terms: Certification {
    Certification(
      id, title, minutes: minutes, items: draw ?? tasks.count, pass: passMark,
      isMultipleChoice: tasks.allSatisfy { $0.contains("/") }, domains: [])
  }
}

/// Something that a person marks: an answer in a file of the workstation, or the whole of a task.
package struct RubricItem: Hashable, Sendable {
  package var id: String
  package var say: String
  package var points: Int
  /// The exercise that it is about.
  package var exercise: String
  /// The file with the learner's words; nil when the work itself is looked at.
  package var file: String?
}

extension PackPlan {
  private static let fields = [
    "id", "version", "title", "authors", "drydock", "opens", "due", "late", "feedback",
    "attempts", "counts", "solutions", "exams", "practice", "rubric",
  ]

  /// Reads a `pack.yaml`; whatever is wrong with it is told, all at once.
  package static func read(_ text: String) -> (PackPlan, [Problem]) {
    let (value, findings, problems) = ContentFile.read(text, line: 1)
    let form = Form(value ?? [:], findings: findings)
    form.expect(only: fields)
    let solutions = form.choice("solutions", ["kept", "withheld"]) ?? "kept"
    let plan = PackPlan(
      id: form.name("id"), version: form.version("version"), title: form.required("title"),
      authors: form.strings("authors"),
      drydock: form.has("drydock") ? form.version("drydock") : "0.1.0",
      opens: form.moment("opens"), due: form.moment("due"),
      late: form.member("late").map(LatePolicy.init) ?? LatePolicy(),
      feedback: form.choice("feedback", Feedback.allCases.map(\.rawValue))
        .flatMap(Feedback.init) ?? .full,
      attempts: form.integer("attempts", in: 1...1000),
      counts: form.choice("counts", Counts.allCases.map(\.rawValue)).flatMap(Counts.init) ?? .best,
      keepsSolutions: solutions == "kept",
      exams: form.elements("exams").map(PlannedExam.init),
      practice: form.has("practice") ? form.strings("practice") : nil,
      rubric: form.elements("rubric").map(RubricItem.init))
    form.refuseTwice("exams", plan.exams.map(\.id))
    form.refuseTwice("rubric", plan.rubric.map(\.id))
    return (plan, problems + findings.problems)
  }

  /// The exercises that a learner's work is marked for outside exams.
  package func marked(in course: Course) -> [String] {
    let inExams = Set(exams.flatMap(\.tasks))
    return practice ?? course.exercises.map(\.id).filter { !inExams.contains($0) }
  }

  /// Whether an exercise is seen in an exam only, and not practised before.
  package func isKept(_ exercise: String) -> Bool {
    exams.contains { $0.tasks.contains(exercise) } && !(practice ?? []).contains(exercise)
  }

  /// What the plan names and the course does not have.
  package func missing(in course: Course) -> [String] {
    var notes: [String] = []
    for exam in exams {
      for task in exam.tasks where course.exercise(task) == nil && course.question(task) == nil {
        notes.append("exam \"\(exam.id)\" has the task \"\(task)\", which is not in the pack")
      }
    }
    for id in practice ?? [] where course.exercise(id) == nil {
      notes.append("practice names \"\(id)\", which is not in the pack")
    }
    for item in rubric where course.exercise(item.exercise) == nil {
      notes.append(
        "rubric \"\(item.id)\" is about \"\(item.exercise)\", which is not in the pack")
    }
    return notes
  }
}

extension LatePolicy {
  init(_ form: Form) {
    form.expect(only: ["graceDays", "penalty", "closesAfter"])
    graceDays = form.integer("graceDays", in: 0...365) ?? 0
    penalty = form.integer("penalty", in: 0...100) ?? 0
    closesAfter = form.integer("closesAfter", in: 0...365)
  }
}

extension PlannedExam {
  init(_ form: Form) {
    form.expect(only: ["id", "title", "minutes", "pass", "due", "pause", "tasks", "draw"])
    id = form.name("id")
    title = form.required("title")
    minutes = form.integer("minutes", in: 1...480) ?? 60
    passMark = form.integer("pass", in: 0...100) ?? 66
    due = form.moment("due")
    mayPause = form.truth("pause") ?? false
    tasks = form.strings("tasks")
    draw = form.integer("draw", in: 1...max(1, tasks.count))
    if tasks.isEmpty { form.note("an exam needs \"tasks\"") }
    form.refuseTwice("tasks", tasks)
  }
}

extension RubricItem {
  init(_ form: Form) {
    form.expect(only: ["id", "say", "points", "exercise", "file"])
    id = form.name("id")
    say = form.required("say")
    points = form.integer("points", in: 1...100) ?? 1
    exercise = form.required("exercise")
    file = form.string("file")
  }
}

extension Form {
  /// A name that may stand in paths and file names.
  fileprivate func name(_ field: String) -> String {
    let text = required(field)
    let isPlain =
      text.first?.isLetter == true && text.count <= 63
      && text.allSatisfy {
        $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-")
      }
    if !text.isEmpty, !isPlain {
      note("\"\(text)\" is no name: lower-case letters, digits and hyphens are", at: field)
    }
    return text
  }

  /// Three numbers with points between them.
  fileprivate func version(_ field: String) -> String {
    let text = required(field)
    if !text.isEmpty, PackVersion(text) == nil {
      note("\"\(text)\" is no version such as 1.0.0", at: field)
    }
    return text
  }

  fileprivate func moment(_ field: String) -> Moment? {
    guard let text = string(field) else { return nil }
    if let moment = Moment(rfc3339: text) { return moment }
    note("a time such as 2027-01-31T18:00:00Z is expected here", at: field)
    return nil
  }

  fileprivate func choice(_ field: String, _ options: [String]) -> String? {
    guard let text = string(field) else { return nil }
    if options.contains(text) { return text }
    note("one of \(options.joined(separator: ", ")) is expected here", at: field)
    return nil
  }

  fileprivate func refuseTwice(_ field: String, _ names: [String]) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      note("\"\(name)\" is there twice", at: field)
    }
  }
}

/// A version of a pack or of drydock: major, minor, patch.
package struct PackVersion: Comparable, Sendable {
  private let numbers: [Int]

  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    numbers = parts.compactMap { $0.count <= 9 && $0.allSatisfy(\.isNumber) ? Int($0) : nil }
    guard parts.count == 3, numbers.count == 3 else { return nil }
  }

  package static func < (a: PackVersion, b: PackVersion) -> Bool {
    a.numbers.lexicographicallyPrecedes(b.numbers)
  }
}
