import Curriculum
import KubeCluster
package import LearnerRecord
import Simulation

extension Submission {
  /// Everything that a learner's record of a pack holds; clusters in which nothing was typed stay
  /// behind.
  package static func collect(
    _ book: Logbook, _ pack: PackSource, header: Header
  ) throws(LogbookError) -> Submission {
    var sittings: [Sitting] = []
    var numbers: [Int64: Int] = [:]
    var exams = try book.exams()
    if let open = try book.openExam() { exams.append(open) }
    for exam in exams {
      numbers[exam.id] = sittings.count + 1
      sittings.append(
        Sitting(
          exam: exam.certification, seed: exam.seed, begun: exam.begun, ended: exam.ended,
          pausedFor: exam.pausedFor,
          tasks: exam.tasks.map {
            Sitting.Task(subject: $0.subject, variant: $0.variant, answer: $0.answer)
          }))
    }
    var works: [Work] = []
    for (session, begun) in try book.sessions(.exam) {
      let parts = session.subject.split(separator: "/").compactMap { Int64($0) }
      guard parts.count == 2, let number = numbers[parts[0]], let task = Int(exactly: parts[1]),
        sittings[number - 1].tasks.indices.contains(task - 1)
      else { continue }
      let drawn = sittings[number - 1].tasks[task - 1]
      if var work = try work(session, begun, drawn.subject, drawn.variant, book, pack) {
        work.sitting = number
        work.task = task
        works.append(work)
      }
    }
    for (session, begun) in try book.sessions(.exercise) {
      let variant = session.seed &- 1
      if let work = try work(session, begun, session.subject, variant, book, pack) {
        works.append(work)
      }
    }
    return Submission(header: header, sittings: sittings, works: works)
  }

  private static func work(
    _ session: SessionRecord, _ begun: Moment, _ exercise: String, _ variant: UInt64,
    _ book: Logbook, _ pack: PackSource
  ) throws(LogbookError) -> Work? {
    let entries = try book.journal(of: session)
    guard !entries.isEmpty, pack.course.exercise(exercise) != nil else { return nil }
    var work = Work(
      exercise: exercise, variant: variant, start: session.start, begun: begun,
      setup: Hash.text(session.setup.utf8), entries: entries, state: "")
    if let script = Stage.Script(work, in: pack.course, isExam: session.purpose == .exam) {
      work.state = Stage(work, by: script).digest
    }
    return work
  }
}
