package import Documents
import Foundation

/// All lessons and exercises of a content folder.
package struct Course: Sendable {
  /// In the order of teaching.
  package private(set) var lessons: [Lesson] = []
  /// By topic, then level, then name.
  package private(set) var exercises: [Exercise] = []
  /// Multiple-choice questions for exams.
  package private(set) var banks: [QuestionBank] = []

  /// What its pack.yaml says, when it is an instructor's pack.
  package private(set) var plan: PackPlan?

  /// A problem of one content file.
  package struct Flaw: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var problem: Problem

    package var description: String {
      "\(file):\(problem.line):\(problem.column): \(problem.message)"
    }
  }

  /// Reads the folders Lessons and Exercises in `folder`, and its pack.yaml where there is one.
  /// Files with problems are left out of the course, and every problem is told.
  package static func read(in folder: String) -> (Course, [Flaw]) {
    var texts: [(path: String, text: String)] = []
    var flaws: [Flaw] = []
    let pack = FileManager.default.fileExists(atPath: "\(folder)/\(PackPlan.fileName)")
    let paths =
      (pack ? [PackPlan.fileName] : [])
      + ["Lessons", "Exercises"].flatMap { top in
        files(in: "\(folder)/\(top)").map { "\(top)/\($0)" }
      }
    for path in paths {
      guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(path)") else {
        let problem = Problem("cannot be read", line: 1, column: 1)
        flaws.append(Flaw(file: "\(folder)/\(path)", problem: problem))
        continue
      }
      texts.append((path, String(decoding: bytes, as: UTF8.self)))
    }
    let (course, more) = read(texts)
    return (course, flaws + more.map { Flaw(file: "\(folder)/\($0.file)", problem: $0.problem) })
  }

  /// Reads a course from the texts of its files, with their paths in its folder.
  package static func read(_ files: [(path: String, text: String)]) -> (Course, [Flaw]) {
    var course = Course()
    var flaws: [Flaw] = []
    var seen: [String: String] = [:]
    for (path, text) in files {
      if path == PackPlan.fileName {
        let (plan, problems) = PackPlan.read(text)
        if problems.isEmpty { course.plan = plan }
        flaws += problems.map { Flaw(file: path, problem: $0) }
        continue
      }
      guard path.hasSuffix(".md"), !path.hasSuffix("README.md") else { continue }
      let kind = path.hasPrefix("Lessons/") ? "lesson" : "exercise"
      let id = String(path.split(separator: "/").last?.dropLast(3) ?? "")
      var problems = course.take(text, id: id, isLesson: kind == "lesson")
      if let other = seen.updateValue(path, forKey: "\(kind) \(id)") {
        problems.append(Problem("\(other) has the same name", line: 1, column: 1))
      }
      flaws += problems.map { Flaw(file: path, problem: $0) }
    }
    course.lessons.sort { ($0.order, $0.id) < ($1.order, $1.id) }
    course.exercises.sort { ($0.topic, $0.level, $0.id) < ($1.topic, $1.level, $1.id) }
    for note in course.plan?.missing(in: course) ?? [] {
      flaws.append(Flaw(file: PackPlan.fileName, problem: Problem(note, line: 1, column: 1)))
    }
    return (course, flaws)
  }

  package init() {}

  /// Adds what a file holds when nothing is wrong with it; returns what is.
  private mutating func take(_ text: String, id: String, isLesson: Bool) -> [Problem] {
    if isLesson {
      let (lesson, problems) = Lesson.read(text, id: id)
      if problems.isEmpty { lessons.append(lesson) }
      return problems
    }
    if QuestionBank.isBank(text) {
      let (bank, problems) = QuestionBank.read(text, id: id)
      if problems.isEmpty { banks.append(bank) }
      return problems
    }
    let (exercise, problems) = Exercise.read(text, id: id)
    if problems.isEmpty { exercises.append(exercise) }
    return problems
  }

  /// An exam that can be taken here: the pack's own, or a certificate's.
  package func examTerms(_ id: String) -> Certification? {
    plan?.exams.first { $0.id == id }?.terms ?? Certifications.named(id)
  }

  package func lesson(_ id: String) -> Lesson? { lessons.first { $0.id == id } }
  package func exercise(_ id: String) -> Exercise? { exercises.first { $0.id == id } }

  /// The Markdown files below a folder, sorted, README aside.
  private static func files(in folder: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix(".md") && !$0.hasSuffix("README.md") }.sorted()
  }
}
