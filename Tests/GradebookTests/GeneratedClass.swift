import Foundation
import LearnerRecord
import Simulation

@testable import Gradebook

/// A class whose every mark and every trick is known beforehand.
struct GeneratedClass {
  /// What must come out for one learner: percent as written, the signals, and refused files.
  struct Expectation {
    var percent: String
    var signals: Set<Signal.Kind> = []
    var refusals = 0
  }

  let scratch: Scratch
  private(set) var expected: [String: Expectation] = [:]
  /// Files that no learner can be told from, with what is said of them.
  private(set) var nameless: [String: String] = [:]

  enum Part: CaseIterable {
    case good, partial, late, veryLate, absent, idle
    case copied, pasted, hurried, clock, rewritten, chosen, sharedKey
    case truncated, flipped, otherPack, garbage, blank
  }

  init(_ count: Int) throws {
    scratch = try Scratch()
    var rows = ["id,name,email,section"]
    for number in 0..<count {
      let part = Part.allCases[number % Part.allCases.count]
      let id = "s\(1000 + number)"
      rows.append("\(id),\"Learner, \(number)\",\(id)@example.org,A")
      try add(id, part, number)
    }
    try scratch.write(rows.joined(separator: "\r\n") + "\r\n", "roster.csv")
  }

  private func save(_ id: String, _ bytes: [UInt8]) throws {
    try scratch.write(bytes, "work/\(id).drydock")
  }

  /// Lines of their own for everybody, so that nobody is like another by chance.
  private func good(_ id: String, _ number: Int, at begun: Moment) throws -> Actor {
    var actor = Actor(id, at: begun, seed: UInt64(number + 1))
    var lines = Actor.right
    for task in lines.keys.sorted() {
      lines[task]?.insert("echo \(id) begins with \(task)", at: 0)
      lines[task]?.append("kubectl get configmaps,secrets # \(id)")
    }
    try actor.quiz(lines)
    try actor.practise(["echo \(id) goes on", "kubectl create configmap map"])
    return actor
  }

  private mutating func add(_ id: String, _ part: Part, _ number: Int) throws {
    // Nobody begins at another's very nanosecond.
    let noon =
      SmallPack.afternoon + .seconds(Int64(number * 7)) + Span(nanoseconds: Int64(number * 1013))
    let full = "77.78"
    switch part {
    case .good:
      try save(id, try good(id, number, at: noon).text())
      expected[id] = .init(percent: full)
    case .partial:
      var actor = Actor(id, at: noon, seed: UInt64(number + 1))
      try actor.quiz(
        [
          "two-maps": ["kubectl get all # \(id)", "kubectl create configmap NAME"],
          "secret-word": ["kubectl create secret generic word --from-literal=word=\(id)"],
        ], answer: "2")
      try save(id, try actor.text())
      expected[id] = .init(percent: "33.33")
    case .late:
      // Two begun days: one of grace, one at ten percent; practice then has no grace left.
      let actor = try good(id, number, at: noon + .hours(30 + 4))
      try save(id, try actor.text())
      expected[id] = .init(percent: "68.89")
    case .veryLate:
      try save(id, try good(id, number, at: noon + .hours(24 * 6)).text())
      expected[id] = .init(percent: "0")
    case .absent: expected[id] = .init(percent: "0")
    case .idle:
      var actor = Actor(id, at: noon, seed: UInt64(number + 1))
      try actor.quiz([:], answer: nil)
      try save(id, try actor.text())
      expected[id] = .init(percent: "0")
    default: try cheat(id, part, number, noon)
    }
  }

  private mutating func cheat(_ id: String, _ part: Part, _ number: Int, _ noon: Moment) throws {
    let full = "77.78"
    var actor = try good(id, number, at: noon)
    switch part {
    case .copied:
      let other = "x\(number)"
      try save(other, try Self.renamed(actor, other).text(signedWith: LearnerKey()))
      try save(id, try actor.text())
      expected[id] = .init(percent: full, signals: [.identical])
      expected[other] = .init(percent: full, signals: [.identical], refusals: 1)
    case .pasted:
      let long = (0..<20).map { "# \(id) thinks about line \($0)" }.joined(separator: "\n")
      actor = Actor(id, at: noon, seed: UInt64(number + 1))
      try actor.quiz(Actor.right)
      try actor.practise([])
      let work = Rehearsal.work(
        try SmallPack.exercise("one-map"),
        [
          .init("echo \(id)", after: .seconds(40)),
          .init("kubectl create configmap map\n\(long)", after: .seconds(1)),
        ], begun: actor.begun)
      try save(id, try Self.with(work, actor).text(signedWith: actor.key))
      expected[id] = .init(percent: full, signals: [.pasted])
    case .hurried:
      actor = Actor(id, at: noon, seed: UInt64(number + 1))
      try actor.quiz(Actor.right)
      let work = Rehearsal.work(
        try SmallPack.exercise("one-map"),
        [.init("kubectl create configmap map # \(id)", after: .seconds(2))], begun: actor.begun)
      try save(id, try Self.with(work, actor).text(signedWith: actor.key))
      expected[id] = .init(percent: full, signals: [.speed])
    case .clock:
      var submission = actor.submission
      submission.works[0].entries[1].real = submission.works[0].entries[0].real + -.minutes(5)
      try save(id, try submission.text(signedWith: actor.key))
      expected[id] = .init(percent: full, signals: [.clock])
    case .rewritten:
      // Lines that do nothing are made to have done it; only the replay can know.
      var submission = actor.submission
      submission.works[0].entries[0].kind = .line("kubectl create namespace \(id)")
      submission.works[0].entries[0].finished =
        submission.works[0].entries[0].moment + .seconds(1)
      try save(id, try submission.text(signedWith: actor.key))
      expected[id] = .init(percent: full, signals: [.state])
    case .chosen:
      var submission = actor.submission
      for index in submission.sittings[0].tasks.indices {
        submission.sittings[0].tasks[index].variant &+= 1
      }
      for index in submission.works.indices where submission.works[index].sitting != nil {
        submission.works[index].variant &+= 1
      }
      try save(id, try submission.text(signedWith: actor.key))
      // Only the question and the practice are left.
      expected[id] = .init(percent: "22.22", signals: [.tasks])
    case .sharedKey:
      let other = "k\(number)"
      var second = try good(other, number + 5000, at: noon + .minutes(3))
      second.key = actor.key
      try save(id, try actor.text())
      try save(other, try second.text())
      expected[id] = .init(percent: full, signals: [.key])
      expected[other] = .init(percent: full, signals: [.key], refusals: 1)
    default: try damage(id, part, actor)
    }
  }

  private mutating func damage(_ id: String, _ part: Part, _ actor: Actor) throws {
    let text = try actor.text()
    expected[id] = .init(percent: "0")
    let file = "\(id).drydock"
    switch part {
    case .truncated:
      try save(id, Array(text[..<(text.count * 2 / 3)]))
      nameless[file] = "cut off"
    case .flipped:
      var bytes = text
      bytes[bytes.count / 2] ^= 1
      try save(id, bytes)
      nameless[file] = "line"
    case .otherPack:
      var submission = actor.submission
      submission.header.pack = "large"
      try save(id, try submission.text(signedWith: actor.key))
      expected[id] = .init(percent: "0", refusals: 1)
    case .garbage:
      try save(id, Array("%PDF-1.7 essay".utf8))
      nameless[file] = "no submission of drydock"
    default:
      try save(id, [])
      nameless[file] = "empty"
    }
  }

  private static func renamed(_ actor: Actor, _ id: String) -> Submission {
    var submission = actor.submission
    submission.header.learner = id
    return submission
  }

  private static func with(_ work: Submission.Work, _ actor: Actor) -> Submission {
    var submission = actor.submission
    submission.works.append(work)
    submission.header.submitted = (work.entries.last?.real ?? work.begun) + .minutes(1)
    return submission
  }
}
