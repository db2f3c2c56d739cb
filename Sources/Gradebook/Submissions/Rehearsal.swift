import Classroom
package import Curriculum
import Etcd
import KubeAPIServer
import KubeCluster
import LearnerRecord
package import Simulation

/// Plays lines as a learner types them, and an invented class, so that a pack's marking can be
/// tried before anybody hands in.
package struct Rehearsal: Sendable {
  private let pack: PackSource

  package init(_ pack: PackSource) { self.pack = pack }

  /// A line and how long the person took before it.
  package struct Step: Hashable, Sendable {
    package var line: String
    package var after: Span

    package init(_ line: String, after: Span) {
      self.line = line
      self.after = after
    }
  }

  /// Work on one exercise begun at that time, in a sitting opened at or before it.
  package static func work(
    _ exercise: Exercise, _ steps: [Step], variant: UInt64? = nil, begun: Moment,
    sitting: Int? = nil, task: Int? = nil, opened: Moment? = nil
  ) -> Submission.Work {
    // An exercise without parameters has variant 0 only; its cluster's seed differs all the same.
    let variant = variant ?? exercise.variant
    let isExam = sitting != nil
    let start =
      isExam
      ? PlannedExam.berthStart(begun: opened ?? begun) : Moment(seconds: begun.seconds)
    let record = SessionRecord(
      purpose: isExam ? .exam : .exercise, subject: exercise.id,
      seed: isExam ? PlannedExam.berthSeed : variant &+ 1, blueprint: exercise.cluster,
      start: start, setup: exercise.start.script)
    let cluster = Replay(beginning: record).cluster
    let timeline = cluster.timeline
    let revision = cluster.server.etcd.revision
    var entries: [JournalEntry] = []
    var real = begun
    for step in steps {
      real = real + step.after
      timeline.advance(by: step.after)
      var entry = JournalEntry(
        ordinal: entries.count + 1, kind: .line(step.line), moment: timeline.now, real: real)
      let before = cluster.clientWrites
      cluster.shell.start(step.line)
      timeline.settle()
      let limit = timeline.now + .minutes(10)
      while cluster.shell.isRunning, timeline.step(until: limit) { timeline.settle() }
      entry.finished = timeline.now
      entry.status = cluster.shell.exitStatus
      entry.changed = cluster.clientWrites != before
      real = real + (timeline.now - entry.moment)
      entries.append(entry)
      if cluster.shell.isRunning {
        cluster.shell.interrupt()
        timeline.settle()
      }
    }
    return Submission.Work(
      exercise: exercise.id, variant: variant, sitting: sitting, task: task, start: start,
      begun: begun, setup: Hash.text(record.setup.utf8), entries: entries,
      state: Survey(cluster, since: revision).digest)
  }

  /// How an invented learner works.
  package enum Habit: String, CaseIterable, Sendable { case strong, middling, weak, late, absent }

  /// One invented learner's submission, signed with a key of its own; nil for one who hands in
  /// nothing.
  package func submission(
    _ learner: String, _ habit: Habit, seed: UInt64, at begun: Moment, drydock version: String
  ) -> Submission? {
    if habit == .absent { return nil }
    var random = SeededRandom(seed: seed, for: learner)
    var clock = begun + (habit == .late ? .hours(72) : .zero)
    var sittings: [Submission.Sitting] = []
    var works: [Submission.Work] = []
    for exam in pack.plan.exams {
      let examSeed = random.next()
      let paper = ExamPaper(exam, seed: examSeed)
      let start = clock
      for (index, item) in paper.items.enumerated() {
        guard let exercise = pack.course.exercise(item.subject)?.variant(item.variant),
          let steps = Self.steps(exercise, habit, &random)
        else { continue }
        let work = Self.work(
          exercise, steps, variant: item.variant, begun: clock, sitting: sittings.count + 1,
          task: index + 1, opened: start)
        clock = (work.entries.last?.real ?? clock) + .seconds(Int64(10 + random.below(60)))
        works.append(work)
      }
      sittings.append(
        Submission.Sitting(
          exam: exam.id, seed: examSeed, begun: start, ended: clock,
          tasks: paper.items.map { item in
            let question = pack.course.question(item.subject)
            let answer = question.map { question in
              habit == .strong || random.below(3) > 0 ? question.right : "1"
            }
            return .init(subject: item.subject, variant: item.variant, answer: answer)
          }))
      clock = clock + .minutes(30)
    }
    for id in pack.plan.marked(in: pack.course) {
      guard let exercise = pack.course.exercise(id),
        let steps = Self.steps(exercise, habit, &random)
      else { continue }
      let work = Self.work(exercise, steps, begun: clock)
      clock = (work.entries.last?.real ?? clock) + .seconds(Int64(30 + random.below(120)))
      works.append(work)
    }
    return Submission(
      header: .init(
        learner: learner, pack: pack.plan.id, version: pack.plan.version, digest: pack.digest,
        drydock: version, submitted: clock + .minutes(1)), sittings: sittings, works: works)
  }

  /// What a learner of that habit types; nil when the task is left out.
  private static func steps(
    _ exercise: Exercise, _ habit: Habit, _ random: inout SeededRandom
  ) -> [Step]? {
    let chance = random.below(100)
    let fails = habit == .strong ? 5 : habit == .weak ? 60 : 30
    if chance < fails / 3 { return nil }
    let answers = chance < fails ? exercise.mistakes : exercise.solutions
    guard !answers.isEmpty else { return nil }
    let answer = answers[random.below(answers.count)]
    var steps = [Step("kubectl get all", after: .seconds(Int64(8 + random.below(30))))]
    let looks = [
      "kubectl get events", "kubectl get nodes -o wide", "kubectl config get-contexts",
      "kubectl get pods --show-labels", "kubectl api-resources", "kubectl get all -A",
    ]
    for _ in 0..<random.below(3) {
      let line = looks[random.below(looks.count)]
      steps.append(Step(line, after: .seconds(Int64(5 + random.below(20)))))
    }
    // A person types a line of an answer at two to five characters a second.
    let pace = 2 + random.below(4)
    let lines =
      answer.run.contains("<<") || answer.run.contains("\\\n")
      ? [answer.run] : answer.run.split(separator: "\n").map(String.init)
    for line in lines {
      steps.append(Step(line, after: .seconds(Int64(4 + line.count / pace + random.below(15)))))
    }
    if random.below(2) == 0 { steps.append(Step("kubectl get all", after: .seconds(4))) }
    return steps
  }
}
