import Curriculum
import Foundation

/// All files of a report, written as the learners come.
struct Outputs {
  private let pack: PackSource
  private let folder: String
  private let plain: FileWriter
  private let canvas: FileWriter
  private let moodle: FileWriter
  private let honesty: FileWriter
  private let json: FileWriter
  private let junit: FileWriter
  private let pages: Pages
  private let rows = Rows()

  /// What the overview needs of every learner.
  final class Rows {
    var all: [[String: Any]] = []
    var isFirst = true
  }

  private var parts: [(id: String, title: String)] {
    pack.plan.exams.map { ($0.id, $0.title) }
      + (pack.plan.marked(in: pack.course).isEmpty ? [] : [("practice", "Practice")])
  }

  init(_ pack: PackSource, in folder: String) throws {
    self.pack = pack
    self.folder = folder
    plain = try FileWriter("\(folder)/marks.csv")
    canvas = try FileWriter("\(folder)/canvas.csv")
    moodle = try FileWriter("\(folder)/moodle.csv")
    honesty = try FileWriter("\(folder)/honesty.csv")
    json = try FileWriter("\(folder)/\(ClassReport.marksName)")
    junit = try FileWriter("\(folder)/junit.xml")
    pages = try Pages(pack, in: folder)
    let titles = parts.map(\.title)
    try plain.write(
      CSV.text([
        ["id", "name", "email", "section"] + titles
          + ["by hand", "points", "possible", "percent", "late days", "signals", "state"]
      ]))
    try canvas.write(
      CSV.text([
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", pack.plan.title],
        ["    Points Possible", "", "", "", "", "100"],
      ]))
    try moodle.write(
      CSV.text([["ID number", "Full name", "Email address", pack.plan.title, "Feedback"]]))
    try honesty.write(CSV.text([["id", "name", "signal", "exercise", "what was seen"]]))
    try json.write("[\n")
    try junit.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")
  }

  func add(_ mark: LearnerMark) throws {
    let text = LearnerMark.text(hundredths:)
    let percent = text(mark.percent)
    let hand = mark.manual.reduce(0) { $0 + ($1.points ?? 0) } + mark.adjustment
    let late = mark.parts.map(\.daysLate).max() ?? 0
    try plain.write(
      CSV.text([
        [mark.id, mark.name, mark.email, mark.section]
          + parts.map { part in
            mark.parts.first { $0.id == part.id }.map { text($0.earned) } ?? ""
          }
          + [
            "\(hand)", text(mark.earned), "\(mark.possible)", percent, "\(late)",
            "\(mark.signals.count)", state(mark),
          ]
      ]))
    let name = mark.name.isEmpty ? mark.id : mark.name
    // What was not handed in is left empty, so that the platform's own rule for it holds.
    let grade = mark.isHandedIn ? percent : ""
    try canvas.write(CSV.text([[name, mark.canvas, mark.id, mark.id, mark.section, grade]]))
    try moodle.write(CSV.text([[mark.id, mark.name, mark.email, grade, feedback(mark)]]))
    for signal in mark.signals {
      try honesty.write(
        CSV.text([[mark.id, mark.name, signal.kind.title, signal.exercise, signal.text]]))
    }
    try json.write(rows.isFirst ? "" : ",\n")
    rows.isFirst = false
    try json.write(Array(try Coding.encoder.encode(mark)))
    try junit.write(JUnit.suite(mark))
    rows.all.append(try pages.write(mark))
  }

  private func state(_ mark: LearnerMark) -> String {
    if !mark.isHandedIn { return mark.refusals.isEmpty ? "nothing handed in" : "refused" }
    return mark.isComplete ? "marked" : "waits for review"
  }

  private func feedback(_ mark: LearnerMark) -> String {
    var lines: [String] = []
    for part in mark.parts where part.isHandedIn {
      let late = part.takenOff > 0 ? ", \(part.takenOff) % off for \(part.daysLate) days late" : ""
      lines.append(
        "\(part.title): \(LearnerMark.text(hundredths: part.earned)) of \(part.possible)\(late)")
    }
    for item in mark.manual where !item.comment.isEmpty {
      lines.append("\(item.say): \(item.comment)")
    }
    if !mark.remark.isEmpty { lines.append(mark.remark) }
    return lines.joined(separator: "; ")
  }

  func finish(_ figures: ClassFigures, refusals: [String], changes: [String]?) throws {
    try json.write("\n]\n")
    for refusal in refusals { try junit.write(JUnit.refusal(refusal)) }
    try junit.write("</testsuites>\n")
    for writer in [plain, canvas, moodle, honesty, json, junit] { try writer.close() }
    try pages.overview(rows.all, figures, refusals: refusals, changes: changes)
    let changed = "\(folder)/changes.txt"
    try? FileManager.default.removeItem(atPath: changed)
    if let changes {
      let text = changes.isEmpty ? "nothing changed\n" : changes.joined(separator: "\n") + "\n"
      try Data(text.utf8).write(to: URL(filePath: changed))
    }
  }
}
