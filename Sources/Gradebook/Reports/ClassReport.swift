import Curriculum
import Foundation

/// Turns marked records into marks and reports in a folder, learner by learner.
package struct ClassReport {
  private let pack: PackSource
  private let roster: Roster?
  private let folder: String

  package init(_ pack: PackSource, roster: Roster?, in folder: String) {
    self.pack = pack
    self.roster = roster
    self.folder = folder
  }

  /// What was written, for the person at the terminal.
  package struct Outcome: Sendable {
    package var learners = 0
    package var submissions = 0
    package var mean = 0.0
    package var median = 0.0
    package var missing: [String] = []
    package var refusals: [String] = []
    package var signalled = 0
    package var undecided = 0
    /// What differs from the marks that were there before; nil when there were none.
    package var changes: [String]?
  }

  package static let marksName = "marks.json"

  /// Reads `marks.jsonl` in the folder and writes everything else beside it.
  package func write() throws -> Outcome {
    var outcome = Outcome()
    let file = LineFile(path: "\(folder)/\(MarkingRun.fileName)")
    let index = try Index(file, pack)
    outcome.submissions = index.count
    outcome.refusals = index.nameless
    let signals = index.comparison.signals()
    let rules = ClassRules(pack: pack, decisions: try Decisions.existing(in: folder))
    var before = try PreviousMarks(in: folder)
    let outputs = try Outputs(pack, in: folder)
    var figures = ClassFigures()
    for student in students(index) {
      let lines = try file.lines(index.places[student.id] ?? [])
      let records = lines.compactMap { Coding.decode(MarkRecord.self, $0) }
      guard records.count == lines.count else { throw PackError("\(file.path) is damaged") }
      var mark = rules.mark(student, records)
      mark.signals = (mark.signals + (signals[student.id] ?? [])).uniqued
      if roster != nil, roster?.student(student.id) == nil {
        mark.refusals.append("\(student.id) is not on the roster")
      }
      figures.add(mark)
      outcome.learners += 1
      if !mark.isHandedIn { outcome.missing.append(mark.id) }
      outcome.refusals += mark.refusals
      try before?.compare(mark)
      try outputs.add(mark)
    }
    outcome.mean = figures.mean
    outcome.median = figures.median
    outcome.signalled = figures.signalled
    outcome.undecided = figures.undecided
    outcome.changes = before?.finish()
    try outputs.finish(figures, refusals: index.nameless, changes: outcome.changes)
    return outcome
  }

  /// The roster in its order, then those who are not on it.
  private func students(_ index: Index) -> [Roster.Student] {
    let own = roster?.students ?? []
    let known = Set(own.map(\.id))
    return own
      + index.places.keys.filter { !known.contains($0) }.sorted().map(Roster.Student.init(id:))
  }

  /// Calls `body` for each learner's marks as they were written last.
  package static func marks(
    in folder: String, _ body: (LearnerMark) throws -> Void
  ) throws {
    try LineFile(path: "\(folder)/\(marksName)").read { line, _ in
      let bytes = line.last == UInt8(ascii: ",") ? Array(line.dropLast()) : line
      guard bytes.first == UInt8(ascii: "{") else { return }
      guard let mark = Coding.decode(LearnerMark.self, bytes) else {
        throw PackError("the marks in \(folder) are damaged")
      }
      try body(mark)
    }
  }
}

/// Where each learner's records stand in the marks file, and what can be told from all of them.
private struct Index {
  var places: [String: [Range<UInt64>]] = [:]
  var comparison = Comparison()
  var count = 0
  /// Refusals of files that nobody's name could be read from.
  var nameless: [String] = []

  init(_ file: LineFile, _ pack: PackSource) throws {
    var isFirst = true
    try file.read { line, place in
      if isFirst {
        isFirst = false
        guard let head = Coding.decode(MarksHead.self, line), head.pack == pack.plan.id else {
          throw PackError("\(file.path) holds no marks of \(pack.plan.id)")
        }
        return
      }
      guard let record = Coding.decode(MarkRecord.self, line) else {
        throw PackError("\(file.path) is damaged")
      }
      count += 1
      comparison.add(record)
      if let learner = record.learner {
        places[learner, default: []].append(place)
      } else {
        nameless.append("\(record.file): \(record.refusal ?? "it cannot be read")")
      }
    }
  }
}
