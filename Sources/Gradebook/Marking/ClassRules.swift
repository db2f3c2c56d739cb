import Curriculum
import Simulation

/// How marks follow from records: which attempts count, what lateness takes off, what is by hand.
struct ClassRules {
  let pack: PackSource
  let decisions: Decisions

  private var plan: PackPlan { pack.plan }

  /// Puts together everything that came under one learner's name.
  func mark(_ student: Roster.Student, _ records: [MarkRecord]) -> LearnerMark {
    let counted = records.filter { $0.refusal == nil }.sorted {
      ($0.submitted, $0.file) < ($1.submitted, $1.file)
    }
    var grace = plan.late.graceDays
    var parts: [LearnerMark.Part] = []
    for exam in plan.exams {
      let part = self.part(exam, student, counted, grace)
      grace -= min(grace, part.daysLate)
      parts.append(part)
    }
    let practice = plan.marked(in: pack.course)
    if !practice.isEmpty { parts.append(self.practice(practice, student, counted, grace)) }
    let works = parts.flatMap(\.works)
    var mark = LearnerMark(
      id: student.id, name: student.name, email: student.email, section: student.section,
      canvas: student.canvas, parts: parts, manual: [], adjustment: 0, remark: "",
      files: records.map(\.file).sorted(),
      refusals: records.compactMap { record in
        record.refusal.map { "\(record.file): \($0)" }
      }.sorted(),
      signals: counted.flatMap(\.signals).uniqued)
    mark.manual = plan.rubric.map { item in
      let work = works.last { $0.exercise == item.exercise }
      let decision = decisions.decision(student.id, item.id)
      return LearnerMark.Manual(
        item: item.id, say: item.say, exercise: item.exercise, possible: item.points,
        // What nobody handed in needs nobody's decision.
        points: decision?.points ?? (work?.lines.isEmpty ?? true ? 0 : nil),
        comment: decision?.comment ?? "", answer: work?.answers[item.id] ?? "")
    }
    if let decision = decisions.decision(student.id, Decisions.whole) {
      mark.adjustment = decision.points
      mark.remark = decision.comment
    }
    return mark
  }

  private func part(
    _ exam: PlannedExam, _ student: Roster.Student, _ records: [MarkRecord], _ grace: Int
  ) -> LearnerMark.Part {
    // A sitting that stands in several submissions counts as the last of them has it.
    var sittings: [Int64: (sitting: MarkRecord.Sitting, works: [MarkRecord.Work])] = [:]
    for record in records {
      for sitting in record.sittings where sitting.exam == exam.id {
        let works = record.works.filter {
          $0.exam == exam.id && $0.sitting == sitting.number
        }
        sittings[sitting.begun] = (sitting, works)
      }
    }
    let all = sittings.values.sorted { $0.sitting.begun < $1.sitting.begun }
    let attempts = all.prefix(plan.attempts ?? all.count).map { attempt in
      Attempt(
        works: attempt.works, finished: Moment(nanoseconds: attempt.sitting.ended),
        lateness: lateness(
          Moment(nanoseconds: attempt.sitting.ended), due: exam.due ?? plan.due, student, grace))
    }
    let sum = exam.tasks.reduce(0) { $0 + worth($1) }
    let share = exam.draw ?? exam.tasks.count
    let possible = (sum * share + exam.tasks.count / 2) / max(1, exam.tasks.count)
    var part = LearnerMark.Part(
      id: exam.id, title: exam.title, points: 0, possible: possible, daysLate: 0, takenOff: 0,
      earned: 0, isHandedIn: false, works: [])
    guard let chosen = choose(attempts) else { return part }
    part.works = chosen.works
    part.points = chosen.points
    part.possible = chosen.works.reduce(0) { $0 + $1.total }
    part.daysLate = chosen.lateness.days
    part.takenOff = chosen.lateness.takenOff
    part.earned = chosen.earned
    part.isHandedIn = true
    return part
  }

  private func worth(_ task: String) -> Int { pack.course.exercise(task)?.points ?? 1 }

  private func practice(
    _ exercises: [String], _ student: Roster.Student, _ records: [MarkRecord], _ grace: Int
  ) -> LearnerMark.Part {
    var part = LearnerMark.Part(
      id: "practice", title: "Practice", points: 0, possible: 0, daysLate: 0, takenOff: 0,
      earned: 0, isHandedIn: false, works: [])
    for id in exercises {
      part.possible += worth(id)
      var begun: [Int64: MarkRecord.Work] = [:]
      for work in records.flatMap(\.works) where work.exam == nil && work.exercise == id {
        begun[work.begun] = work
      }
      let all = begun.values.sorted { $0.begun < $1.begun }
      let attempts = all.prefix(plan.attempts ?? all.count).map { work in
        let finished = Moment(nanoseconds: work.finished)
        return Attempt(
          works: [work], finished: finished,
          lateness: lateness(finished, due: plan.due, student, grace))
      }
      guard let chosen = choose(attempts) else { continue }
      part.works += chosen.works
      part.points += chosen.points
      part.earned += chosen.earned
      part.daysLate = max(part.daysLate, chosen.lateness.days)
      part.isHandedIn = true
    }
    // Late works may stand beside others in time: what is taken off is told for all together.
    if part.points > 0 { part.takenOff = 100 - part.earned / part.points }
    return part
  }

  private struct Lateness {
    var days = 0
    var takenOff = 0
  }

  private struct Attempt {
    var works: [MarkRecord.Work]
    var finished: Moment
    var lateness: Lateness

    var points: Int { works.reduce(0) { $0 + $1.points } }
    var earned: Int { points * (100 - lateness.takenOff) }
  }

  /// The later one of equals.
  private func choose(_ attempts: [Attempt]) -> Attempt? {
    plan.counts == .last
      ? attempts.last
      : attempts.enumerated().max {
        ($0.element.earned, $0.offset) < ($1.element.earned, $1.offset)
      }?.element
  }

  /// The platform's time counts where the roster has it; a learner's clock can be set.
  private func lateness(
    _ finished: Moment, due: Moment?, _ student: Roster.Student, _ grace: Int
  ) -> Lateness {
    guard let due else { return Lateness() }
    let over = ((student.received ?? finished) - (due + student.more)).nanoseconds
    guard over > 0 else { return Lateness() }
    let day = Span.hours(24).nanoseconds
    let days = Int(clamping: (over - 1) / day + 1)
    if let closes = plan.late.closesAfter, days > closes {
      return Lateness(days: days, takenOff: 100)
    }
    let charged = max(0, days - grace)
    let (percent, isHuge) = charged.multipliedReportingOverflow(by: plan.late.penalty)
    return Lateness(days: days, takenOff: isHuge ? 100 : min(100, percent))
  }
}

extension Array where Element: Hashable {
  /// Without what is there before.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
