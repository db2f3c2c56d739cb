import Classroom
import Curriculum
import Foundation
import LearnerRecord
import Simulation

/// What a learner waits for, and what an author does: a check, an exam, a record, a proof.
func school() throws {
  // The course of the checkout that one stands in.
  let (course, flaws) = Course.read(in: FileManager.default.currentDirectoryPath)
  guard flaws.isEmpty, !course.exercises.isEmpty else {
    return row("the school", "run it in the checkout, whose course must be whole", "")
  }
  let claims = Claim.all(of: course, variants: 1, seed: 1) {
    !isTiny || $0 == course.exercises[0].id
  }
  // One of the processes that it starts.
  if CommandLine.arguments.contains("--work") { return Claim.serve(claims) }
  row("reading of the course", text(best(of: 3) { _ = Course.read(in: ".") }), "")
  let folder = FileManager.default.temporaryDirectory.path + "/drydock-bench-\(UUID().uuidString)"
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let book = try Logbook.open(in: DataFolder(path: folder)).0
  let learner = try Learner(course, book)
  try atThePrompt(learner, course)
  try record(book, course)
  proof(of: claims)
}

/// One who types, on a clock that stands still.
private final class Learner {
  let session: Session

  init(_ course: Course, _ book: Logbook) throws {
    let now = Moment(seconds: 1_790_784_000)
    var surroundings = Surroundings(realTime: { now }, draw: { $0 })
    surroundings.mayFork = true
    session = try Session(book: book, course: course, surroundings: surroundings)
  }

  func say(_ line: String) throws {
    try session.submit(line)
    _ = try session.drive(.zero)
    for _ in 0..<10_000 where session.isRunning { _ = try session.drive(.seconds(1)) }
  }
}

private func atThePrompt(_ learner: Learner, _ course: Course) throws {
  // One of middling weight: a Deployment, its Service, and what they must do.
  let exercise = course.exercise("expose-web") ?? course.exercises[0]
  try learner.say("practice \(exercise.id)")
  try learner.say(exercise.solutions.first?.run ?? "true")
  row(
    "check of one exercise (\(exercise.id))",
    text(try best(of: 5) { try learner.say("check") }), "50 ms")
  for name in ["cka", "kcna"] {
    row(
      "opening the exam \(name)", text(try elapsed { try learner.say("exam \(name)") }),
      "100 ms")
    row("handing it in untouched", text(try elapsed { try learner.say("finish") }), "")
  }
}

private func record(_ book: Logbook, _ course: Course) throws {
  let count = isTiny ? 500 : 100_000
  let adding = try elapsed {
    for number in 0..<count {
      let exercise = course.exercises[number * 7 % course.exercises.count]
      try book.add(
        Attempt(
          exercise: exercise.id, points: number % (exercise.points + 1), total: exercise.points,
          hints: number % 3, sawSolution: number % 11 == 0, seconds: 60 + number % 600,
          real: Moment(seconds: 1_700_000_000 + Int64(number) * 900),
          results: exercise.checks.map {
            .init(name: $0.say, verdict: .passed, reason: "", points: $0.points)
          }),
        session: Int64(number / 3))
    }
  }
  row("one attempt written, mean of \(count)", text(adding / Double(count)), "")
  let asked = try best(of: 5) {
    _ = try book.standings()
    _ = try book.latestScores()
    _ = try book.days()
    _ = try book.attempts(at: course.exercises[0].id).last
  }
  row("a record of \(count) attempts queried", text(asked), "20 ms")
}

private func proof(of claims: [Claim]) {
  let jobs = ProcessInfo.processInfo.activeProcessorCount
  let worker = [CommandLine.arguments[0], "school", "--work"] + (isTiny ? ["--tiny"] : [])
  let spent = elapsed { _ = Claim.prove(claims, jobs: jobs, worker: worker) { _, _ in } }
  row("proof of all \(claims.count) claims, \(jobs) at once", text(spent), "60000 ms")
}
