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

  /// nil when the pack has no such exercise, or the work begins at no time a clock shows.
  init?(
    _ work: Submission.Work, in course: Course, isExam: Bool, limits: ReplayLimits = ReplayLimits()
  ) {
    guard let exercise = course.exercise(work.exercise)?.variant(work.variant),
      (0...4_000_000_000).contains(work.start.seconds)
    else { return nil }
    self.exercise = exercise
    let record = SessionRecord(
      purpose: isExam ? .exam : .exercise, subject: exercise.id, seed: work.variant &+ 1,
      blueprint: exercise.cluster, start: work.start, setup: exercise.start.script)
    isFromHere = work.setup == Hash.text(record.setup.utf8)
    var replay = Replay(beginning: record)
    scene = ClusterScene(
      replay.cluster, remembering: exercise.checks.flatMap(\.remembered))
    let revision = replay.cluster.server.etcd.revision
    replay.play(JournalEntry.effective(work.entries), within: limits)
    isExhausted = replay.isExhausted
    let survey = Survey(replay.cluster, since: revision)
    digest = survey.digest
    objects = survey.objects
  }
}
