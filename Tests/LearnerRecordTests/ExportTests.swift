import Documents
import LearnerRecord
import Simulation
import Testing

@Suite struct ExportTests {
  private func fill(_ book: Logbook, _ exercise: String, at second: Int64) throws {
    try book.add(
      Attempt(
        exercise: exercise, points: 2, total: 4, hints: 1, sawSolution: false, seconds: 60,
        real: Moment(seconds: second),
        results: [.init(name: "one", verdict: .failed, reason: "r", points: 4)]), session: 7)
    try book.completed(step: Int(second), of: "lesson", real: Moment(seconds: second))
    try book.remember("echo \(exercise)")
    let memory = FSRS().review(nil, .good, at: Double(second))
    try book.keep(memory, of: "card", grade: .good, seconds: 3, real: Moment(seconds: second))
  }

  @Test("records of two machines are merged without loss, and merging again adds nothing")
  func merge() throws {
    let (here, there) = (TemporaryFolder(), TemporaryFolder())
    let (a, b) = (try here.open(), try there.open())
    try fill(a, "one", at: 10)
    try fill(b, "two", at: 20)
    var exam = ExamRecord(
      certification: "cka", domain: "", seed: 3, minutes: 120, mayPause: false,
      begun: Moment(seconds: 5),
      tasks: [.init(ordinal: 1, subject: "two", variant: 4, domain: "cka.storage")])
    exam = try b.begin(exam)
    exam.ended = Moment(seconds: 9)
    exam.tasks[0].points = 1
    exam.tasks[0].total = 2
    try b.update(exam)
    let document = try b.exported()
    #expect(try a.merge(document) == 6)
    #expect(try a.merge(document) == 0)
    #expect(try a.attempts(at: "two") == b.attempts(at: "two"))
    #expect(try a.attempts(at: "one").count == 1)
    #expect(try a.completedSteps() == ["lesson": [10, 20]])
    #expect(try a.memories()["card"]?.reviewed == 20)
    #expect(try a.reviews().count == 2)
    #expect(try a.exams().map(\.score) == [50])
    #expect(try a.history() == ["echo one", "echo two"])
  }

  @Test("a card reviewed on two machines is remembered as by one that saw all of it")
  func memories() throws {
    let (here, there) = (TemporaryFolder(), TemporaryFolder())
    let (a, b) = (try here.open(), try there.open())
    let day = 86_400.0
    let reviews: [(Logbook, Memory.Grade, Double)] = [
      (a, .good, 0), (b, .good, 700), (a, .again, 5 * day), (b, .hard, 9 * day),
    ]
    var whole: Memory?
    for (book, grade, time) in reviews {
      whole = FSRS().review(whole, grade, at: time)
      let next = FSRS().review(try book.memories()["card"], grade, at: time)
      try book.keep(
        next, of: "card", grade: grade, seconds: 3, real: Moment(seconds: Int64(time)))
    }
    #expect(try a.memories()["card"] != whole)
    _ = try a.merge(try b.exported())
    _ = try b.merge(try a.exported())
    #expect(try a.memories()["card"] == whole)
    #expect(try b.memories()["card"] == whole)
  }

  @Test("an exam that goes on stays where it is taken, what a placement found known goes along")
  func places() throws {
    let (here, there) = (TemporaryFolder(), TemporaryFolder())
    let (a, b) = (try here.open(), try there.open())
    let exam = ExamRecord(
      certification: "cka", domain: "", seed: 3, minutes: 120, mayPause: false,
      begun: Moment(seconds: 5), tasks: [])
    var open = try a.begin(exam)
    try a.set("known.services", "1")
    try a.set("page.services", "3")
    var document = try a.exported()
    #expect(try b.merge(document) == 1)
    #expect(try b.openExam() == nil)
    #expect(try b.setting("known.services") == "1")
    #expect(try b.setting("page.services") == nil)
    // Ended, it is merged, though it was seen before.
    open.ended = Moment(seconds: 9)
    try a.update(open)
    #expect(try b.merge(try a.exported()) == 1)
    #expect(try b.exams().count == 1)
    // A document may say anything.
    document["setting"] = [["name": "session", "value": "99"]]
    document["exam"] = [
      ["certification": "cka", "seed": 1, "minutes": 1, "mayPause": 0, "realBegun": 1]
    ]
    #expect(try b.merge(document) == 0)
    #expect(try b.setting("session") == nil && b.openExam() == nil)
  }

  @Test("what is no exported record is refused")
  func refused() throws {
    let folder = TemporaryFolder()
    let book = try folder.open()
    #expect(throws: LogbookError.self) { try book.merge(["a": 1]) }
    #expect(throws: LogbookError.self) {
      try book.merge(["drydock": 1, "attempt": [["exercise": "x"]]])
    }
    #expect(try book.standings().isEmpty)
  }

  @Test("the second drydock on a folder is told that the first is there, until it ends")
  func presence() {
    let temporary = TemporaryFolder()
    let folder = temporary.folder
    var first = Presence(in: folder)
    #expect(first != nil)
    #expect(Presence(in: folder) == nil)
    first = nil
    #expect(Presence(in: folder) != nil)
  }
}
