import Classroom
import LearnerRecord
import Simulation
import Testing

@testable import Curriculum

@Suite struct PackSessionTests {
  private func pupil(_ more: String) throws -> Pupil {
    try Pupil(adding: [
      "pack.yaml": """
      id: p
      version: 1.0.0
      title: A pack
      authors: [The tests]
      exams:
      - {id: quiz, title: The quiz, minutes: 20, pass: 50, tasks: [two-maps, bank/1]}
      \(more)
      """
    ])
  }

  private func takeQuiz(_ pupil: Pupil) throws -> String {
    let text = try pupil.say("exam quiz")
    try pupil.say("answer 1")
    try pupil.say("back")
    try pupil.say("answer 1")
    return text
  }

  @Test("a pack's exam has the pack's tasks and time, and as many sittings as it allows")
  func exam() throws {
    let pupil = try pupil("attempts: 2\ndue: 2027-01-31T18:00:00Z")
    #expect(try pupil.say("exam").contains("| `exam quiz` | The quiz | 20 | 50 %"))
    #expect(try pupil.say("exam cka").contains("there are quiz"))
    #expect(try pupil.say("exam quiz").contains("due at 2027-01-31T18:00:00Z"))
    #expect(pupil.session.countdown == "0:20:00")
    #expect(try pupil.say("exam").contains("The quiz"))
    #expect(try pupil.say("finish").contains("1 not answered"))
    let report = try pupil.say("finish")
    #expect(report.contains("0 %: not passed") && report.contains("50 % pass"))
    #expect(!report.contains("| domain | score |"))
    pupil.wall = pupil.wall + .minutes(1)
    #expect(try takeQuiz(pupil).contains(" 1 of 2"))
    #expect(try pupil.say("finish").contains("1 not answered"))
    #expect(try pupil.say("finish").contains("%"))
    #expect(try pupil.say("exam quiz").contains("2 times"))
    #expect(try pupil.book.exams().map(\.certification) == ["quiz", "quiz"])
    #expect(try pupil.book.sessions(.exam).count >= 2)
  }

  @Test(
    "a pack decides how much is told before the instructor marks",
    arguments: [("score", true), ("none", false)])
  func feedback(_ policy: String, _ tellsScore: Bool) throws {
    let pupil = try pupil("feedback: \(policy)\npractice: [two-maps]")
    try pupil.say("practice two-maps")
    let answer = try pupil.say("check")
    #expect(!answer.contains("✘") && answer.contains("Your instructor marks it"))
    #expect(answer.contains("0 of 4 points") == tellsScore)
    try pupil.say("exam quiz")
    try pupil.say("finish")
    let report = try pupil.say("finish")
    #expect(report.contains("%") == tellsScore, "\(report)")
    #expect(report.contains("drydock submit") && !report.contains("lost for"))
  }

  @Test("work that may be begun once is not begun again, and a pack that opens later stays shut")
  func limits() throws {
    let pupil = try pupil("attempts: 1\nopens: 2030-01-01T00:00:00Z\npractice: [two-maps]")
    try pupil.say("practice two-maps")
    #expect(try pupil.say("reset").contains("once"))
    #expect(try pupil.say("practice two-maps new").contains("once"))
    #expect(try pupil.say("practice two-maps").contains("Make a ConfigMap"))
    #expect(try pupil.say("exam quiz").contains("opens at 2030-01-01T00:00:00Z"))
  }

  @Test("what is a task of an exam alone is not seen before it")
  func kept() throws {
    let pupil = try pupil("")
    #expect(try !pupil.say("practice").contains("two-maps"))
    #expect(try pupil.say("practice two-maps").contains("is a task of an exam"))
    #expect(try pupil.say("practice two-maps new").contains("is a task of an exam"))
    try pupil.say("exam quiz")
    try pupil.say("finish")
    #expect(try !pupil.say("finish").contains("practice two-maps"))
  }

  @Test("the journal keeps the wall's time of every line")
  func times() throws {
    let pupil = try Pupil()
    try pupil.say("practice two-maps")
    pupil.wall = pupil.wall + .seconds(90)
    try pupil.say("kubectl get configmaps")
    let sessions = try pupil.book.sessions(.exercise)
    let journal = try pupil.book.journal(of: try #require(sessions.first).session)
    #expect(sessions.count == 1)
    #expect(journal.map { ($0.real - sessions[0].begun).seconds } == [90])
  }
}
