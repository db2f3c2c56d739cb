import Classroom
import Curriculum
import LearnerRecord

extension Fingerprint {
  private static let ownWords = Set(Word.allCases.map(\.rawValue)).union(["exit", "clear"])
  /// A sequence of fewer lines may well be the same by chance.
  private static let telling = 5

  init(_ work: Submission.Work, _ exercise: Exercise, _ objects: [Int64]) {
    let lines = JournalEntry.effective(work.entries).compactMap { entry -> (String, Bool)? in
      guard case .line(let text) = entry.kind else { return nil }
      let plain = Self.plain(text)
      guard let first = plain.split(separator: " ").first,
        !Self.ownWords.contains(String(first))
      else { return nil }
      return (plain, (entry.status ?? 0) != 0)
    }
    // What the reference solutions do is what everybody may do.
    var known: Set<String> = []
    for solution in exercise.solutions {
      for line in solution.run.split(separator: "\n") { known.insert(Self.plain(String(line))) }
      known.insert(Self.plain(solution.run))
    }
    var ways: Set<Int64> = []
    var slips: Set<Int64> = []
    var before = ""
    for (line, failed) in lines where !known.contains(line) {
      if line.utf8.count > 20 { ways.insert(Hash.short(line)) }
      if !before.isEmpty { ways.insert(Hash.short(before + "\n" + line)) }
      if failed, line.utf8.count > 8 { slips.insert(Hash.short(line)) }
      before = line
    }
    self.ways = ways.sorted()
    self.slips = slips.sorted()
    self.objects = objects
    whole =
      lines.count >= Self.telling ? Hash.short(lines.map(\.0).joined(separator: "\n")) : 0
  }

  /// A line without differences that nobody types on purpose.
  private static func plain(_ line: String) -> String {
    line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
