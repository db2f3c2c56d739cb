package import Classroom
import Curriculum
import KubeCluster
import LearnerRecord
import Simulation

/// Marks one submission file by replaying it. Equal bytes give an equal record, on any thread.
package struct Marker: Sendable {
  package let pack: PackSource
  private let limits: ReplayLimits
  /// Where each work is played: a copy of a cluster that is up, or nil for a fresh one.
  private let copies: ClusterCopies?

  package init(
    _ pack: PackSource, limits: ReplayLimits = ReplayLimits()
  ) { self.init(pack, limits: limits, copies: nil) }

  init(_ pack: PackSource, limits: ReplayLimits = ReplayLimits(), copies: ClusterCopies?) {
    self.pack = pack
    self.limits = limits
    self.copies = copies
  }

  /// What anyone may hand in: whatever it is, there is a record of it.
  package func mark(_ bytes: [UInt8], file: String) -> MarkRecord {
    let submission: Submission
    do { submission = try Submission.read(bytes) } catch {
      return MarkRecord(file: file, refusal: error.description)
    }
    let header = submission.header
    var record = MarkRecord(file: file, learner: header.learner)
    record.version = header.version
    record.signer = submission.signer
    record.submitted = header.submitted.nanoseconds
    guard header.pack == pack.plan.id else {
      record.refusal = "it is work of the pack \(header.pack), not of \(pack.plan.id)"
      return record
    }
    if header.version == pack.plan.version, header.digest != pack.digest {
      record.signals.append(
        Signal(.tasks, "", "its pack calls itself \(header.version) but is another one"))
    }
    for (index, sitting) in submission.sittings.enumerated() {
      mark(sitting, number: index + 1, of: submission, into: &record)
    }
    for work in submission.works where work.sitting == nil {
      guard pack.plan.marked(in: pack.course).contains(work.exercise) else { continue }
      mark(work, exam: nil, of: submission, into: &record)
    }
    return record
  }

  private func mark(
    _ sitting: Submission.Sitting, number: Int, of submission: Submission,
    into record: inout MarkRecord
  ) {
    guard let exam = pack.plan.exams.first(where: { $0.id == sitting.exam }) else {
      record.signals.append(Signal(.tasks, "", "there is no exam \(sitting.exam) in this pack"))
      return
    }
    let end = sitting.ended ?? submission.header.submitted
    record.sittings.append(
      MarkRecord.Sitting(
        number: number, exam: exam.id, begun: sitting.begun.nanoseconds, ended: end.nanoseconds))
    let allowed = Span.minutes(Int64(exam.minutes) + 1) + sitting.pausedFor
    if end - sitting.begun > allowed {
      record.signals.append(Signal(.clock, "", "\(exam.id) went on after its time was over"))
    }
    if sitting.pausedFor > .zero, !exam.mayPause {
      record.signals.append(Signal(.clock, "", "\(exam.id) was paused, which it may not be"))
    }
    // The draw follows from the seed, so that nobody chooses tasks or variants.
    let drawn = ExamPaper(exam, seed: sitting.seed).items
    for (index, item) in drawn.enumerated() {
      let claimed = sitting.tasks.indices.contains(index) ? sitting.tasks[index] : nil
      if claimed?.subject != item.subject || claimed?.variant != item.variant {
        record.signals.append(
          Signal(.tasks, item.subject, "task \(index + 1) of \(exam.id) is not the one drawn"))
      }
      if let question = pack.course.question(item.subject) {
        let answer = claimed?.subject == item.subject ? claimed?.answer : nil
        record.works.append(
          self.answer(question, answer, item, sitting, exam.id, number, index + 1))
        continue
      }
      let work = submission.works.last {
        $0.sitting == number && $0.task == index + 1 && $0.exercise == item.subject
          && $0.variant == item.variant
      }
      if let work, mark(work, exam: (exam.id, sitting), of: submission, into: &record) {
        continue
      }
      // What cannot be replayed is worth nothing, not left out of what is possible.
      if let blank = blank(item, sitting, exam.id, number, index + 1) {
        record.works.append(blank)
      }
    }
  }

  /// A task that nothing was done for: that earns nothing is what `pack prove` shows.
  private func blank(
    _ item: ExamPaper.Item, _ sitting: Submission.Sitting, _ exam: String, _ number: Int,
    _ task: Int
  ) -> MarkRecord.Work? {
    guard let exercise = pack.course.exercise(item.subject)?.variant(item.variant) else {
      return nil
    }
    return MarkRecord.Work(
      exercise: exercise.id, title: exercise.title, variant: item.variant, exam: exam,
      sitting: number, task: task, begun: sitting.begun.nanoseconds,
      finished: sitting.begun.nanoseconds, results: exercise.unreached("not attempted"), lines: [],
      answers: [:], fingerprint: Fingerprint())
  }

  private func answer(
    _ question: Question, _ answer: String?, _ item: ExamPaper.Item, _ sitting: Submission.Sitting,
    _ exam: String, _ number: Int, _ task: Int
  ) -> MarkRecord.Work {
    let chosen = answer.flatMap { try? question.answer([$0]) }
    let isRight = question.isRight(chosen)
    let reason = chosen.map { "chose: \(question.text(of: $0))" } ?? "not answered"
    return MarkRecord.Work(
      exercise: item.subject, title: question.ask, variant: 0, exam: exam, sitting: number,
      task: task, begun: sitting.begun.nanoseconds,
      finished: (sitting.ended ?? sitting.begun).nanoseconds,
      results: [
        MarkRecord.Result(
          id: "answer", say: question.ask,
          verdict: isRight ? .passed : chosen == nil ? .notReached : .failed,
          reason: isRight ? "" : reason, points: 1, isSealed: false)
      ], lines: [], answers: [:], fingerprint: Fingerprint())
  }

  /// Returns false when it cannot be replayed.
  @discardableResult
  private func mark(
    _ work: Submission.Work, exam: (id: String, sitting: Submission.Sitting)?,
    of submission: Submission, into record: inout MarkRecord
  ) -> Bool {
    func fail(_ why: String) -> Bool {
      let text = "the work on \(work.exercise) cannot be replayed: \(why)"
      record.signals.append(Signal(.tasks, work.exercise, text))
      return false
    }
    guard let script = Stage.Script(work, in: pack.course, isExam: exam != nil) else {
      return fail("it is not of this pack")
    }
    func found(_ berth: Cluster?) -> Marked {
      marked(work, by: script, in: berth, exam: exam, of: submission)
    }
    let start = script.record
    let played =
      copies.map { $0.run(start.blueprint, seed: start.seed, start: start.start, found) }
      ?? found(nil)
    guard let marked = played else { return fail("it ends the marking") }
    record.works.append(marked.work)
    record.signals += marked.signals
    return true
  }

  /// What playing one work found.
  private struct Marked: Codable {
    var work: MarkRecord.Work
    var signals: [Signal]
  }

  private func marked(
    _ work: Submission.Work, by script: Stage.Script, in berth: Cluster?,
    exam: (id: String, sitting: Submission.Sitting)?, of submission: Submission
  ) -> Marked {
    let stage = Stage(work, by: script, in: berth, limits: limits)
    let exercise = stage.exercise
    let marking = Marking(exercise.checks, in: stage.scene)
    var mark = MarkRecord.Work(
      exercise: exercise.id, title: exercise.title, variant: work.variant, exam: exam?.id,
      sitting: work.sitting, task: work.task, begun: work.begun.nanoseconds,
      finished: (work.entries.last?.real ?? work.begun).nanoseconds,
      results: marking.results.map { result in
        MarkRecord.Result(
          id: result.id, say: result.say, verdict: .init(result.verdict), reason: result.reason,
          points: result.points, isSealed: exercise.sealed.contains(result.id))
      }, lines: Self.lines(of: work), answers: [:],
      fingerprint: Fingerprint(work, exercise, stage.objects))
    for item in pack.plan.rubric where item.exercise == exercise.id {
      guard let file = item.file else { continue }
      let bytes = stage.scene.contents(of: file)?.prefix(Self.answerLimit) ?? []
      mark.answers[item.id] = String(decoding: bytes, as: UTF8.self)
    }
    var signals = HonestySigns(work, mark, exercise, exam, submission).signals
    if stage.isExhausted {
      signals.append(
        Signal(.excess, exercise.id, "the log asks for endless work; it was played in part"))
    }
    if !stage.isFromHere {
      signals.append(
        Signal(.tasks, exercise.id, "it was begun from another start state than the pack's"))
    } else if stage.digest != work.state {
      signals.append(
        Signal(
          .state, exercise.id,
          "the log leads to another state than it claims; "
            + Build.remark(writtenBy: submission.header.drydock)))
    }
    return Marked(work: mark, signals: signals)
  }

  private static let answerLimit = 16_384
  private static let lineLimit = 2000
  private static let linesShown = 500

  private static func lines(of work: Submission.Work) -> [MarkRecord.Line] {
    let effective = Set(JournalEntry.effective(work.entries).map(\.ordinal))
    return work.entries.compactMap { entry -> MarkRecord.Line? in
      let text: String
      switch entry.kind {
      case .line(let line): text = line
      case .edit(let path, let bytes):
        text = "(edited \(path))\n" + String(decoding: bytes ?? [], as: UTF8.self)
      case .client(let act):
        text = "(from outside) " + String(decoding: act, as: UTF8.self)
      default: return nil
      }
      let cut = text.utf8.count > lineLimit ? String(text.prefix(lineLimit / 4)) + " …" : text
      return MarkRecord.Line(
        after: Int(clamping: (entry.real - work.begun).seconds), text: cut,
        status: Int(entry.status ?? 0), isUndone: !effective.contains(entry.ordinal))
    }.prefix(linesShown).map { $0 }
  }
}

extension MarkRecord.Result.Verdict {
  init(_ verdict: Marking.Result.Verdict) {
    switch verdict {
    case .passed: self = .passed
    case .failed: self = .failed
    case .notReached: self = .notReached
    }
  }
}

extension Exercise {
  /// The results of work that is not there.
  func unreached(_ reason: String) -> [MarkRecord.Result] {
    checks.map {
      MarkRecord.Result(
        id: $0.id, say: $0.say, verdict: .notReached, reason: reason, points: $0.points,
        isSealed: sealed.contains($0.id))
    }
  }
}
