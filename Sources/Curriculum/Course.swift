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

  /// A problem of one content file.
  package struct Flaw: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var problem: Problem

    package var description: String {
      "\(file):\(problem.line):\(problem.column): \(problem.message)"
    }
  }

  /// Reads the folders Lessons and Exercises in `folder`. Files with problems are left out of the
  /// course, and every problem is told.
  package static func read(in folder: String) -> (Course, [Flaw]) {
    var course = Course()
    var flaws: [Flaw] = []
    var seen: [String: String] = [:]
    for (kind, name) in [("Lessons", "lesson"), ("Exercises", "exercise")] {
      for file in files(in: "\(folder)/\(kind)") {
        let path = "\(folder)/\(kind)/\(file)"
        let id = String(file.split(separator: "/").last?.dropLast(3) ?? "")
        guard let bytes = FileManager.default.contents(atPath: path) else {
          flaws.append(Flaw(file: path, problem: Problem("cannot be read", line: 1, column: 1)))
          continue
        }
        let text = String(decoding: bytes, as: UTF8.self)
        var problems = course.take(text, id: id, isLesson: name == "lesson")
        if let other = seen.updateValue(path, forKey: "\(name) \(id)") {
          problems.append(Problem("\(other) has the same name", line: 1, column: 1))
        }
        flaws += problems.map { Flaw(file: path, problem: $0) }
      }
    }
    course.lessons.sort { ($0.order, $0.id) < ($1.order, $1.id) }
    course.exercises.sort { ($0.topic, $0.level, $0.id) < ($1.topic, $1.level, $1.id) }
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

  package func lesson(_ id: String) -> Lesson? { lessons.first { $0.id == id } }
  package func exercise(_ id: String) -> Exercise? { exercises.first { $0.id == id } }

  /// The Markdown files below a folder, sorted, README aside.
  private static func files(in folder: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix(".md") && !$0.hasSuffix("README.md") }.sorted()
  }
}
