/// What marking one submission file found: one line of `marks.jsonl`, whole without the file.
package struct MarkRecord: Codable, Hashable, Sendable {
  package struct Result: Codable, Hashable, Sendable {
    package enum Verdict: String, Codable, Sendable { case passed, failed, notReached }
    package var id: String
    package var say: String
    package var verdict: Verdict
    package var reason: String
    package var points: Int
    package var isSealed: Bool

    package var earned: Int { verdict == .passed ? points : 0 }
  }

  /// A line as it was typed; long ones are cut.
  package struct Line: Codable, Hashable, Sendable {
    /// Seconds after the work was begun, on the wall's clock.
    package var after: Int
    package var text: String
    package var status: Int
    package var isUndone: Bool
  }

  package struct Work: Codable, Hashable, Sendable {
    package var exercise: String
    package var title: String
    package var variant: UInt64
    /// The exam of its sitting; nil in practice.
    package var exam: String?
    /// Of the sitting in this submission, counted from 1.
    package var sitting: Int?
    package var task: Int?
    /// Nanoseconds since the epoch.
    package var begun: Int64
    package var finished: Int64
    package var results: [Result]
    package var lines: [Line]
    /// What the files of the rubric hold, by item.
    package var answers: [String: String]
    package var fingerprint: Fingerprint

    package var points: Int { results.reduce(0) { $0 + $1.earned } }
    package var total: Int { results.reduce(0) { $0 + $1.points } }
  }

  package struct Sitting: Codable, Hashable, Sendable {
    /// In this submission, counted from 1.
    package var number: Int
    package var exam: String
    package var begun: Int64
    package var ended: Int64
  }

  /// The name of the file, which tells records apart.
  package var file: String
  /// nil when the file could not be read so far.
  package var learner: String?
  /// Why nothing of it counts; nil when it counts.
  package var refusal: String?
  package var version = ""
  package var signer = ""
  package var submitted: Int64 = 0
  package var sittings: [Sitting] = []
  package var works: [Work] = []
  /// What a person should look at; never a verdict.
  package var signals: [Signal] = []

  package init(file: String, learner: String? = nil, refusal: String? = nil) {
    self.file = file
    self.learner = learner
    self.refusal = refusal
  }
}

/// Something in a submission that a person should look at. It says what was seen, not what it means.
package struct Signal: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// Lines that came faster than anybody types.
    case pasted
    /// Work that was right sooner than it can be read.
    case speed
    /// Times that contradict one another.
    case clock
    /// The same work by two learners, or the same unusual ways and mistakes.
    case identical, similar
    /// One key under several names, or several keys under one.
    case key
    /// A log that does not lead to the state it claims.
    case state
    /// Tasks, variants or start states that are not those of the pack.
    case tasks
    /// Commands that checks rely on, given another meaning.
    case commands
    /// A log that asks for more work than marking allows.
    case excess

    package var title: String {
      switch self {
      case .pasted: "pasted"
      case .speed: "very fast"
      case .clock: "clock"
      case .identical: "identical"
      case .similar: "similar"
      case .key: "key"
      case .state: "state differs"
      case .tasks: "other tasks"
      case .commands: "own commands"
      case .excess: "endless work"
      }
    }
  }

  package var kind: Kind
  /// The exercise that it is about; empty for the whole submission.
  package var exercise: String
  package var text: String

  package init(_ kind: Kind, _ exercise: String = "", _ text: String) {
    self.kind = kind
    self.exercise = exercise
    self.text = text
  }
}

/// What of a work is compared between learners: hashes, without what everybody does.
package struct Fingerprint: Codable, Hashable, Sendable {
  /// Of lines, and of lines with the ones before them.
  package var ways: [Int64] = []
  /// Of lines that failed.
  package var slips: [Int64] = []
  /// Of objects that the learner made.
  package var objects: [Int64] = []
  /// Of the whole sequence; 0 when it is too short to tell anything.
  package var whole: Int64 = 0

  package init() {}
}
