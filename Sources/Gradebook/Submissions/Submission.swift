package import LearnerRecord
package import Simulation

/// What a learner hands in: every line of every cluster of a pack, with its times.
package struct Submission: Hashable, Sendable {
  package struct Header: Hashable, Sendable {
    package var learner: String
    package var pack: String
    package var version: String
    package var digest: String
    package var drydock: String
    /// When it was written, on the learner's clock.
    package var submitted: Moment

    package init(
      learner: String, pack: String, version: String, digest: String, drydock: String,
      submitted: Moment
    ) {
      self.learner = learner
      self.pack = pack
      self.version = version
      self.digest = digest
      self.drydock = drydock
      self.submitted = submitted
    }
  }

  /// One cluster and its journal.
  package struct Work: Hashable, Sendable {
    package var exercise: String
    package var variant: UInt64
    /// The sitting of an exam and the task in it, both counted from 1; nil in practice.
    package var sitting: Int?
    package var task: Int?
    package var start: Moment
    package var begun: Moment
    /// Hash of the start state that it was begun from.
    package var setup: String
    package var entries: [JournalEntry]
    /// Hash of the cluster's objects at the end.
    package var state: String

    package init(
      exercise: String, variant: UInt64, sitting: Int? = nil, task: Int? = nil, start: Moment,
      begun: Moment, setup: String, entries: [JournalEntry], state: String
    ) {
      self.exercise = exercise
      self.variant = variant
      self.sitting = sitting
      self.task = task
      self.start = start
      self.begun = begun
      self.setup = setup
      self.entries = entries
      self.state = state
    }
  }

  /// One sitting of an exam.
  package struct Sitting: Hashable, Sendable {
    package struct Task: Hashable, Sendable {
      package var subject: String
      package var variant: UInt64
      package var answer: String?

      package init(subject: String, variant: UInt64, answer: String? = nil) {
        self.subject = subject
        self.variant = variant
        self.answer = answer
      }
    }

    package var exam: String
    package var seed: UInt64
    package var begun: Moment
    /// nil when it was not handed in.
    package var ended: Moment?
    package var pausedFor: Span
    package var tasks: [Task]

    package init(
      exam: String, seed: UInt64, begun: Moment, ended: Moment?, pausedFor: Span = .zero,
      tasks: [Task]
    ) {
      self.exam = exam
      self.seed = seed
      self.begun = begun
      self.ended = ended
      self.pausedFor = pausedFor
      self.tasks = tasks
    }
  }

  package var header: Header
  package var sittings: [Sitting]
  package var works: [Work]
  /// The fingerprint of the key that signed it; set when read.
  package var signer = ""

  package init(header: Header, sittings: [Sitting], works: [Work]) {
    self.header = header
    self.sittings = sittings
    self.works = works
  }

  /// What a submission may hold at most.
  package enum Limits {
    package static let file = 32 << 20
    static let works = 500
    static let entries = 50_000
  }
}
