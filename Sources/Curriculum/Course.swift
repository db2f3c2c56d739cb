import Dispatch
package import Documents
import Foundation
import Synchronization

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
    for (path, part) in zip(files.map(\.path), parts(of: files)) {
      guard let part else { continue }
      var problems = part.problems
      if problems.isEmpty { course.take(part) }
      if !part.name.isEmpty, let other = seen.updateValue(path, forKey: part.name) {
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

  /// What a file holds.
  private struct Part: Sendable {
    enum Matter: Sendable {
      case plan(PackPlan)
      case lesson(Lesson)
      case exercise(Exercise)
      case bank(QuestionBank)
    }
    var matter: Matter
    /// What no other may be called; empty for the plan.
    var name: String
    var problems: [Problem]

    /// nil for a file that is not for drydock.
    init?(_ path: String, _ text: String) {
      name = ""
      if path == PackPlan.fileName {
        let (plan, found) = PackPlan.read(text)
        (matter, problems) = (.plan(plan), found)
        return
      }
      guard path.hasSuffix(".md"), !path.hasSuffix("README.md") else { return nil }
      let id = String(path.split(separator: "/").last?.dropLast(3) ?? "")
      if path.hasPrefix("Lessons/") {
        let (lesson, found) = Lesson.read(text, id: id)
        (matter, name, problems) = (.lesson(lesson), "lesson \(id)", found)
      } else if QuestionBank.isBank(text) {
        let (bank, found) = QuestionBank.read(text, id: id)
        (matter, name, problems) = (.bank(bank), "exercise \(id)", found)
      } else {
        let (exercise, found) = Exercise.read(text, id: id)
        (matter, name, problems) = (.exercise(exercise), "exercise \(id)", found)
      }
    }
  }

  /// Bytes of one file; the largest of our own has a fiftieth of it.
  private static let sizeLimit = 1 << 20

  /// Reads files on all processors: whoever opens drydock waits for it.
  private static func parts(of files: [(path: String, text: String)]) -> [Part?] {
    let found = Mutex([Part?](repeating: nil, count: files.count))
    DispatchQueue.concurrentPerform(iterations: files.count) { index in
      let (path, text) = files[index]
      let isTooLarge = text.utf8.count > sizeLimit
      var part = Part(path, isTooLarge ? "" : text)
      if isTooLarge { part?.problems = [Problem("larger than 1 MiB", line: 1, column: 1)] }
      found.withLock { [part] in $0[index] = part }
    }
    return found.withLock { $0 }
  }

  private mutating func take(_ part: Part) {
    switch part.matter {
    case .plan(let plan): self.plan = plan
    case .lesson(let lesson): lessons.append(lesson)
    case .exercise(let exercise): exercises.append(exercise)
    case .bank(let bank): banks.append(bank)
    }
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
