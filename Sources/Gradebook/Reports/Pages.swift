import Curriculum
import Foundation
import KubeObjects
import Mustache
import Simulation

/// The report for people: an overview of the class, and a sheet for each learner.
struct Pages {
  private let pack: PackSource
  private let folder: String
  private let sheet: MustacheTemplate
  private let overview: MustacheTemplate
  private let style = String(decoding: PackageResources.report_css, as: UTF8.self)

  init(_ pack: PackSource, in folder: String) throws {
    self.pack = pack
    self.folder = folder
    sheet = try MustacheTemplate(
      string: String(decoding: PackageResources.learner_mustache, as: UTF8.self))
    overview = try MustacheTemplate(
      string: String(decoding: PackageResources.overview_mustache, as: UTF8.self))
  }

  private func save(_ text: String, _ name: String) throws {
    let writer = try FileWriter("\(folder)/\(name)")
    try writer.write(text)
    try writer.close()
  }

  /// Writes a learner's sheet; returns the learner's row of the overview.
  func write(_ mark: LearnerMark) throws -> [String: Any] {
    let text = LearnerMark.text(hundredths:)
    let late = mark.parts.map(\.daysLate).max() ?? 0
    var row: [String: Any] = [
      "id": mark.id, "name": mark.name.isEmpty ? mark.id : mark.name, "section": mark.section,
      "link": "learners/\(mark.id).html", "percent": text(mark.percent),
      "width": text(mark.percent), "points": text(mark.earned), "possible": mark.possible,
      "late": late > 0 ? "\(late)" : "", "signals": kinds(mark.signals),
      "isMissing": !mark.isHandedIn, "isOpen": !mark.isComplete,
      "level": level(mark.percent),
      "parts": mark.parts.map { part in
        ["text": part.isHandedIn ? "\(text(part.earned)) / \(part.possible)" : "–"]
      },
    ]
    row["refused"] = !mark.refusals.isEmpty
    var page = row
    page["style"] = style
    page["title"] = pack.plan.title
    page["email"] = mark.email
    page["refusals"] = mark.refusals
    page["hasRefusals"] = !mark.refusals.isEmpty
    page["signs"] = mark.signals.map { signal in
      ["kind": signal.kind.title, "exercise": signal.exercise, "text": signal.text]
    }
    page["hasSigns"] = !mark.signals.isEmpty
    page["remark"] = mark.remark
    page["adjustment"] = mark.adjustment == 0 ? "" : "\(mark.adjustment)"
    page["manual"] = mark.manual.map(manual)
    page["hasManual"] = !mark.manual.isEmpty
    page["parts"] = mark.parts.map(part)
    page["files"] = mark.files.joined(separator: ", ")
    try save(sheet.render(Self.filled(page)), "learners/\(mark.id).html")
    return row
  }

  /// Empty texts as nothing, so that a template's sections about them are left out.
  private static func filled(_ value: Any) -> Any {
    switch value {
    case let text as String: text.isEmpty ? Blank() : text
    case let list as [Any]: list.map(filled)
    case let members as [String: Any]: members.mapValues(filled)
    default: value
    }
  }

  private struct Blank: MustacheCustomRenderable {
    let renderText = ""
    let isNull = true
  }

  private func kinds(_ signals: [Signal]) -> [[String: Any]] {
    Signal.Kind.allCases.filter { kind in signals.contains { $0.kind == kind } }.map {
      ["kind": $0.title]
    }
  }

  private func level(_ hundredths: Int) -> String {
    switch hundredths {
    case 8500...: "good"
    case 6000..<8500: "fair"
    default: "poor"
    }
  }

  private func manual(_ item: LearnerMark.Manual) -> [String: Any] {
    [
      "say": item.say, "exercise": item.exercise, "possible": item.possible,
      "points": item.points.map { "\($0)" } ?? "–", "comment": item.comment,
      "answer": item.answer, "hasAnswer": !item.answer.isEmpty, "isOpen": item.points == nil,
    ]
  }

  private func part(_ part: LearnerMark.Part) -> [String: Any] {
    [
      "title": part.title, "points": LearnerMark.text(hundredths: part.earned),
      "possible": part.possible, "isHandedIn": part.isHandedIn,
      "late": part.daysLate > 0
        ? "\(part.daysLate) \(part.daysLate == 1 ? "day" : "days") late, \(part.takenOff) % off"
        : "",
      "works": part.works.map(work),
    ]
  }

  private func work(_ work: MarkRecord.Work) -> [String: Any] {
    let spent = Moment(nanoseconds: work.finished) - Moment(nanoseconds: work.begun)
    return [
      "exercise": work.exercise, "heading": work.title, "points": work.points,
      "total": work.total, "isFull": work.points == work.total,
      "variant": work.variant > 0 ? "variant \(work.variant)" : "",
      "begun": Moment(nanoseconds: max(0, work.begun)).rfc3339,
      "spent": work.lines.isEmpty ? "" : Self.clock(max(0, spent.seconds)),
      "checks": work.results.map { result -> [String: Any] in
        [
          "say": result.say, "reason": result.reason, "mark": Self.mark(result.verdict),
          "verdict": result.verdict.rawValue, "earned": result.earned, "points": result.points,
          "isSealed": result.isSealed,
        ]
      },
      "hasLines": !work.lines.isEmpty, "count": work.lines.count,
      "lines": work.lines.map { line -> [String: Any] in
        [
          "time": Self.clock(Int64(line.after)), "text": line.text,
          "status": line.status == 0 ? "" : "\(line.status)",
          "state": line.isUndone ? "undone" : line.status == 0 ? "" : "failed",
        ]
      },
    ]
  }

  private static func mark(_ verdict: MarkRecord.Result.Verdict) -> String {
    switch verdict {
    case .passed: "✔"
    case .failed: "✘"
    case .notReached: "·"
    }
  }

  private static func clock(_ seconds: Int64) -> String {
    let sign = seconds < 0 ? "−" : ""
    let seconds = Int64(clamping: seconds.magnitude)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let hours = seconds / 3600
    return sign + (hours > 0 ? "\(hours):" : "") + "\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  func overview(
    _ rows: [[String: Any]], _ figures: ClassFigures, refusals: [String], changes: [String]?
  ) throws {
    var page: [String: Any] = [
      "style": style, "title": pack.plan.title, "id": pack.plan.id,
      "version": pack.plan.version, "authors": pack.plan.authors.joined(separator: ", "),
      "count": rows.count, "handedIn": figures.percents.count, "missing": figures.missing,
      "mean": Self.tenths(figures.mean), "median": Self.tenths(figures.median),
      "deviation": Self.tenths(figures.deviation), "signalled": figures.signalled,
      "undecided": figures.undecided, "rows": rows,
      "partTitles": pack.plan.exams.map { ["text": $0.title] }
        + (pack.plan.marked(in: pack.course).isEmpty ? [] : [["text": "Practice"]]),
      "refusals": refusals, "hasRefusals": !refusals.isEmpty,
    ]
    page["bars"] = bars(figures.histogram)
    page["items"] = figures.items.map(item)
    if let changes {
      page["hasChanges"] = true
      page["changes"] = changes.isEmpty ? "nothing changed" : changes.joined(separator: "\n")
    }
    try save(overview.render(Self.filled(page)), "index.html")
  }

  private static func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }

  /// Columns of a drawing 640 wide and 200 high.
  private func bars(_ counts: [Int]) -> [[String: Any]] {
    let most = max(1, counts.max() ?? 1)
    return counts.enumerated().map { index, count in
      let height = (count * 150 + most / 2) / most
      return [
        "x": 8 + 63 * index, "middle": 8 + 63 * index + 28, "y": 170 - height, "height": height,
        "top": 164 - height, "count": count == 0 ? "" : "\(count)",
        "label": index == 9 ? "90–100" : "\(10 * index)–\(10 * index + 9)",
        "level": index >= 9 ? "good" : index >= 6 ? "fair" : "poor",
      ]
    }
  }

  private func item(_ item: ClassFigures.Item) -> [String: Any] {
    let facility = Int((item.facility * 100).rounded())
    let discrimination = item.discrimination.map { Int(($0 * 100).rounded()) }
    return [
      "id": item.id, "name": item.title, "tried": item.tried, "full": item.full,
      "facility": facility, "hardness": facility >= 85 ? "easy" : facility < 40 ? "hard" : "",
      "discrimination": discrimination.map(Self.signed) ?? "–",
      "isWeak": (discrimination ?? 100) < 10,
      "checks": item.checks.filter { $0.lost > 0 }.sorted { $0.lost > $1.lost }.prefix(3).map {
        [
          "say": $0.say, "isSealed": $0.isSealed,
          "share": (100 * $0.lost + item.tried / 2) / max(1, item.tried),
        ] as [String: Any]
      },
    ]
  }

  private static func signed(_ hundredths: Int) -> String {
    let magnitude = abs(hundredths)
    let digits = magnitude % 100
    return (hundredths < 0 ? "−" : "") + "\(magnitude / 100)."
      + (digits < 10 ? "0\(digits)" : "\(digits)")
  }
}
