import Classroom
import Curriculum
import Etcd
import KubeAPIServer
import KubeCluster
import LearnerRecord
import Simulation

/// One cluster of a submission made again from its log, ready to be marked.
struct Stage {
  let exercise: Exercise
  let scene: ClusterScene
  /// Whether its log asked for more work than marking allows.
  let isExhausted: Bool
  /// Hash of all objects as the log leaves them.
  let digest: String
  /// Hashes of the learner's own objects, for comparing learners.
  let objects: [Int64]
  /// Whether the learner began from the start state that this pack has.
  let isFromHere: Bool

  /// What a work is played from; nil when the pack has no such exercise, or the work begins at no
  /// time a clock shows.
  struct Script {
    let exercise: Exercise
    let record: SessionRecord

    init?(_ work: Submission.Work, in course: Course, isExam: Bool) {
      guard let exercise = course.exercise(work.exercise)?.variant(work.variant),
        (0...4_000_000_000).contains(work.start.seconds)
      else { return nil }
      self.exercise = exercise
      record = SessionRecord(
        purpose: isExam ? .exam : .exercise, subject: exercise.id,
        seed: isExam ? PlannedExam.berthSeed : work.variant &+ 1, blueprint: exercise.cluster,
        start: work.start, setup: exercise.start.script)
    }
  }

  /// Plays a work in a cluster of its own, or in a berth that nobody used.
  init(
    _ work: Submission.Work, by script: Script, in berth: Cluster? = nil,
    limits: ReplayLimits = ReplayLimits()
  ) {
    let record = script.record
    exercise = script.exercise
    isFromHere = work.setup == Hash.text(record.setup.utf8)
    var replay = Replay(beginning: record, in: berth)
    scene = ClusterScene(
      replay.cluster, remembering: exercise.checks.flatMap(\.remembered))
    let revision = replay.cluster.server.etcd.revision
    let entries = Self.bounded(JournalEntry.effective(work.entries), from: work.start)
    replay.play(entries.bounded, within: limits)
    isExhausted = replay.isExhausted || entries.isCut
    let survey = Survey(replay.cluster, since: revision)
    digest = survey.digest
    objects = survey.objects
  }

  /// Nobody works on one cluster for longer.
  private static let longest = Span.hours(60 * 24)

  /// A log's moments within what a clock can show, so that no wait of the marking runs off its end.
  private static func bounded(
    _ entries: [JournalEntry], from start: Moment
  ) -> (bounded: [JournalEntry], isCut: Bool) {
    let end = start + longest
    var isCut = false
    func within(_ moment: Moment) -> Moment {
      if moment >= start, moment <= end { return moment }
      isCut = true
      return min(max(moment, start), end)
    }
    let bounded = entries.map { entry in
      var entry = entry
      entry.moment = within(entry.moment)
      entry.finished = entry.finished.map(within)
      return entry
    }
    return (bounded, isCut)
  }
}
