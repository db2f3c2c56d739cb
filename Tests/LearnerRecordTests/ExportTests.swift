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
