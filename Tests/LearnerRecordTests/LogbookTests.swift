import GRDB
import Simulation
import Testing

@testable import LearnerRecord

@Suite struct LogbookTests {
  let temporary = TemporaryFolder()
  let plan = SessionRecord(
    purpose: .exercise, subject: "first-pod", seed: .max, blueprint: "kubeadm",
    start: Moment(seconds: 100), setup: "{}")

  @Test("a journal comes back as it was written, in order")
  func journal() throws {
    let kinds: [JournalEntry.Kind] = [
      .line("kubectl get pods"), .line("cat > a <<E\nü\nE"), .input([0, 255, 10]), .endOfInput,
      .edit(path: "/root/a", text: [1]), .edit(path: "/root/b", text: nil), .interrupt,
      .answer(status: 3, output: [7]), .size(columns: 132, rows: 43), .undo(ordinal: 2),
    ]
    do {
      let book = try temporary.open()
      let session = try book.begin(plan, real: Moment(seconds: 5))
      for (index, kind) in kinds.enumerated() {
        let ordinal = try book.append(
          kind, at: Moment(seconds: Int64(100 + index)), to: session, real: Moment(seconds: 6))
        #expect(ordinal == index + 1)
      }
      try book.finish(1, of: session, at: Moment(seconds: 101), status: 3, changed: true)
    }
    let book = try temporary.open()
    let session = try #require(try book.currentSession())
    #expect(session.seed == .max && session.subject == "first-pod" && session.setup == "{}")
    let entries = try book.journal(of: session)
    #expect(entries.map(\.kind) == kinds)
    #expect(entries[0].finished == Moment(seconds: 101))
    #expect(entries[0].status == 3 && entries[0].changed)
    #expect(entries[1].finished == nil && !entries[1].changed)
  }

  @Test("what was undone does not count, with all that was typed to it")
  func effective() {
    let kinds: [JournalEntry.Kind] = [
      .line("a"), .line("cat > f"), .input([65]), .endOfInput, .line("c"), .undo(ordinal: 2),
      .line("d"), .undo(ordinal: 5), .size(columns: 90, rows: 30),
    ]
    let entries = kinds.enumerated().map {
      JournalEntry(ordinal: $0.offset + 1, kind: $0.element, moment: Moment(seconds: 0))
    }
    #expect(
      JournalEntry.effective(entries).map(\.kind) == [
        .line("a"), .line("d"), .size(columns: 90, rows: 30),
      ])
  }

  @Test("a new cluster for the same exercise closes the one before")
  func supersedes() throws {
    let book = try temporary.open()
    let first = try book.begin(plan, real: Moment(seconds: 1))
    let second = try book.begin(plan, real: Moment(seconds: 2))
    var free = plan
    (free.purpose, free.subject) = (.free, "")
    let third = try book.begin(free, real: Moment(seconds: 3))
    #expect(first.id != second.id)
    #expect(try book.openSession(.exercise, "first-pod")?.id == second.id)
    #expect(try book.currentSession()?.id == third.id)
    try book.makeCurrent(second)
    #expect(try book.currentSession()?.id == second.id)
    try book.close(second)
    #expect(try book.currentSession() == nil)
    #expect(try book.openSession(.exercise, "first-pod") == nil)
  }

  @Test("history keeps each line once, at its newest place")
  func history() throws {
    let book = try temporary.open()
    for line in ["k get po", "ls", "k get po", "größe 日本", "ls"] { try book.remember(line) }
    #expect(try book.history() == ["k get po", "größe 日本", "ls"])
  }

  @Test("standings sum up the attempts, and mastery wants full marks without the solution")
  func standings() throws {
    let book = try temporary.open()
    func attempt(_ exercise: String, _ points: Int, sawSolution: Bool = false) -> Attempt {
      Attempt(
        exercise: exercise, points: points, total: 4, hints: 1, sawSolution: sawSolution,
        seconds: 60, real: Moment(seconds: Int64(points)),
        results: [.init(name: "one", verdict: .notReached, reason: "r", points: 4)])
    }
    try book.add(attempt("b", 2), session: nil)
    try book.add(attempt("a", 4), session: 7)
    try book.add(attempt("b", 4, sawSolution: true), session: nil)
    try book.add(attempt("a", 1), session: nil)
    let standings = try book.standings()
    #expect(standings.map(\.exercise) == ["a", "b"])
    #expect(standings.map(\.attempts) == [2, 2])
    #expect(standings.map(\.bestPoints) == [4, 4])
    #expect(standings.map(\.isMastered) == [true, false])
    #expect(try book.attempts(at: "b").first == attempt("b", 2))
  }

  @Test("days and latest scores are sums, whatever order the attempts came in")
  func sums() throws {
    let book = try temporary.open()
    func add(
      _ points: Int, day: Int64, seconds: Int, hints: Int = 0, saw: Bool = false, in session: Int64?
    ) throws {
      try book.add(
        Attempt(
          exercise: "a", points: points, total: 4, hints: hints, sawSolution: saw,
          seconds: seconds, real: Moment(seconds: day * 86_400 + 5), results: []),
        session: session)
    }
    try add(1, day: 3, seconds: 100, in: 7)
    try add(2, day: 3, seconds: 160, in: 7)
    try add(4, day: 3, seconds: 170, saw: true, in: 7)
    try add(3, day: 5, seconds: 90_000, hints: 1, in: nil)
    // An older one comes by an import.
    try add(4, day: 1, seconds: 10, in: nil)
    try book.completed(step: 0, of: "l", real: Moment(seconds: 5 * 86_400))
    let days = try book.days()
    #expect(days.map(\.day) == [1, 3, 5] && days.map(\.things) == [1, 3, 2])
    #expect(days.map(\.seconds) == [10, 170, 3660])
    #expect(try book.latestScores() == ["a": 0.75 * 0.8])
  }

  @Test("a record of before the sums is summed up when it is opened")
  func older() throws {
    try temporary.write(asOf: "2 cards and exams") { db in
      for (number, points) in [2, 4, 1].enumerated() {
        try db.execute(
          sql: """
            INSERT INTO attempt
              (session, exercise, points, total, hints, sawSolution, seconds, real)
            VALUES (9, 'a', ?, 4, 0, 0, ?, ?)
            """, arguments: [points, 60 * (number + 1), Int64(number) * 1_000_000_000])
      }
    }
    let book = try temporary.open()
    let standing = try #require(try book.standings().first)
    #expect(standing.attempts == 3 && standing.isMastered && standing.bestPoints == 4)
    #expect(try book.latestScores() == ["a": 0.25])
    #expect(try book.days().map(\.seconds) == [180])
  }

  @Test("answers of before several numbers and words are read as they were given")
  func olderAnswers() throws {
    try temporary.write(asOf: "3 sums of attempts") { db in
      try db.execute(
        sql: """
          INSERT INTO exam (certification, domain, seed, minutes, mayPause, realBegun)
            VALUES ('kcna', '', 1, 90, 0, 0);
          INSERT INTO examTask (exam, ordinal, subject, variant, domain, answer)
            VALUES (1, 1, 'a/1', 0, '', 2), (1, 2, 'a/2', 0, '', NULL);
          """)
    }
    let book = try temporary.open()
    var exam = try #require(try book.openExam())
    #expect(exam.tasks.map(\.answer) == ["2", nil])
    exam.tasks[1].answer = "3 1 2"
    exam.tasks[0].answer = "kube-proxy"
    try book.update(exam)
    #expect(try book.openExam()?.tasks.map(\.answer) == ["kube-proxy", "3 1 2"])
  }

  @Test("a lesson's steps are done once and stay done")
  func steps() throws {
    let book = try temporary.open()
    try book.completed(step: 0, of: "services", real: Moment(seconds: 1))
    try book.completed(step: 2, of: "services", real: Moment(seconds: 1))
    try book.completed(step: 0, of: "services", real: Moment(seconds: 9))
    #expect(try temporary.open().completedSteps() == ["services": [0, 2]])
  }

  @Test("settings are kept, replaced and forgotten")
  func settings() throws {
    let book = try temporary.open()
    try book.set("place", "1")
    try book.set("place", "2")
    #expect(try book.setting("place") == "2")
    try book.set("place", nil)
    #expect(try book.setting("place") == nil)
  }
}
