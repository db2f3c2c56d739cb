import Foundation

/// The marks of an earlier run, to tell what a new one changes.
struct PreviousMarks {
  private let file: LineFile
  private var places: [String: Range<UInt64>] = [:]
  private var changes: [String] = []

  /// nil when nothing was marked in the folder before. The earlier marks stay beside the new ones.
  init?(in folder: String) throws {
    let path = "\(folder)/\(ClassReport.marksName)"
    let aside = "\(folder)/marks.previous.json"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    try? FileManager.default.removeItem(atPath: aside)
    try FileManager.default.moveItem(atPath: path, toPath: aside)
    file = LineFile(path: aside)
    var found: [String: Range<UInt64>] = [:]
    try file.read { line, place in
      if let mark = Coding.decode(LearnerMark.self, Self.object(line)) { found[mark.id] = place }
    }
    places = found
  }

  private static func object(_ line: [UInt8]) -> [UInt8] {
    line.last == UInt8(ascii: ",") ? Array(line.dropLast()) : line
  }

  mutating func compare(_ mark: LearnerMark) throws {
    guard let place = places.removeValue(forKey: mark.id),
      let line = try file.lines([place]).first,
      let old = Coding.decode(LearnerMark.self, Self.object(line))
    else {
      changes.append("\(mark.id): new")
      return
    }
    var lines: [String] = []
    for part in mark.parts {
      let before = old.parts.first { $0.id == part.id }
      lines += Self.differences(part, before)
    }
    for item in mark.manual {
      let before = old.manual.first { $0.item == item.item }
      if before?.points != item.points {
        lines.append(
          "\(item.item): \(Self.points(before?.points)) → \(Self.points(item.points))")
      }
    }
    if old.adjustment != mark.adjustment {
      lines.append("adjustment: \(old.adjustment) → \(mark.adjustment)")
    }
    if lines.isEmpty, old.earned == mark.earned, old.possible == mark.possible { return }
    let text = LearnerMark.text(hundredths:)
    changes.append(
      "\(mark.id): \(text(old.earned)) of \(old.possible) → \(text(mark.earned)) of "
        + "\(mark.possible)")
    changes += lines.map { "    \($0)" }
  }

  private static func points(_ points: Int?) -> String { points.map { "\($0)" } ?? "undecided" }

  private static func differences(_ part: LearnerMark.Part, _ before: LearnerMark.Part?)
    -> [String]
  {
    guard let before else { return ["\(part.id): new"] }
    var lines: [String] = []
    if before.takenOff != part.takenOff {
      lines.append("\(part.id): \(before.takenOff) % → \(part.takenOff) % taken off")
    }
    for work in part.works {
      let old = before.works.first { $0.exercise == work.exercise && $0.begun == work.begun }
      guard let old else {
        lines.append("\(part.id), \(work.exercise): another attempt counts")
        continue
      }
      for result in work.results {
        let was = old.results.first { $0.id == result.id }
        if was?.verdict != result.verdict || was?.points != result.points {
          let from = was.map { "\($0.earned) of \($0.points)" } ?? "not asked"
          lines.append(
            "\(part.id), \(work.exercise), \(result.id): \(from) → "
              + "\(result.earned) of \(result.points)")
        }
      }
      for gone in old.results where !work.results.contains(where: { $0.id == gone.id }) {
        lines.append(
          "\(part.id), \(work.exercise), \(gone.id): \(gone.earned) of \(gone.points) → not asked")
      }
    }
    return lines
  }

  mutating func finish() -> [String] {
    changes + places.keys.sorted().map { "\($0): gone" }
  }
}
