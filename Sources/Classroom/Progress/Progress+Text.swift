import Curriculum
import LearnerRecord
import Simulation

extension Progress {
  /// Markdown; without what is drawn of signs, for those who hear it read.
  func text(drawn: Bool) -> String {
    "# Progress\n\n\(summary)\n" + (drawn ? "\n\(calendar)\n" : "") + lessonTable
      + masteryTables(drawn) + examTable
  }

  var summary: String {
    "\(masteredCount) of \(exerciseCount) exercises mastered, "
      + "\(streak) \(streak == 1 ? "day" : "days") in a row, \(duration) of practice, "
      + "\(due) \(due == 1 ? "card" : "cards") due."
  }

  private var duration: String {
    seconds < 3600 ? "\(seconds / 60) min" : "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }

  /// The last ten weeks, a column each, Monday first.
  private var calendar: String {
    // The epoch was a Thursday.
    let weekday = (today + 3) % 7
    let first = today - weekday - 9 * 7
    var lines = ["```"]
    for row in Int64(0)..<7 {
      var line = ["Mo ", "   ", "We ", "   ", "Fr ", "   ", "Su "][Int(row)]
      for week in Int64(0)..<10 {
        let day = first + week * 7 + row
        let count = days[day] ?? 0
        line += day > today ? "  " : count == 0 ? "· " : count < 5 ? "▪ " : "■ "
      }
      lines.append(line)
    }
    return (lines + ["```", ""]).joined(separator: "\n")
  }

  private var lessonTable: String {
    if lessons.isEmpty { return "" }
    let begun = lessons.filter { $0.done > 0 }
    var text = "\n\(begun.count) of \(lessons.count) lessons begun; `learn` lists them all.\n"
    if begun.isEmpty { return text }
    text += "\n| lesson | pages done |\n|---|--:|\n"
    for lesson in begun {
      text += "| \(lesson.title) | \(lesson.done) of \(lesson.pages) |\n"
    }
    return text
  }

  private func masteryTables(_ drawn: Bool) -> String {
    var text = ""
    for (index, (certification, domains)) in masteries.enumerated() {
      text += "\n## \(certification.id.uppercased())\n\n| domain |\(drawn ? " |" : "") mastered "
      text += "| last |\n|---|\(drawn ? "---|" : "")--:|--:|\n"
      for (domain, masteries) in domains {
        let all = masteries.reduce(0) { $0 + $1.items }
        let mastered = masteries.reduce(0) { $0 + $1.mastered }
        let scores = masteries.compactMap(\.score)
        let last =
          scores.isEmpty
          ? "" : "\(Int((100 * scores.reduce(0, +) / Double(scores.count)).rounded())) %"
        let full = all == 0 ? 0 : 10 * mastered / all
        let bar =
          String(repeating: "█", count: full) + String(repeating: "░", count: 10 - full) + " | "
        text += "| \(domain.title) (\(domain.weight) %) | \(drawn ? bar : "")"
        text += "\(mastered) of \(all) | \(last) |\n"
      }
      text += "\n\(forecasts[index].text)\n"
    }
    return text
  }

  private var examTable: String {
    if exams.isEmpty { return "" }
    var text = "\n## Exams\n\n| exam | tasks | score |\n|---|--:|--:|\n"
    for exam in exams {
      let name = exam.certification + (exam.domain.isEmpty ? "" : " " + exam.domain)
      text += "| \(name), \(exam.minutes) min | \(exam.tasks.count) "
      text += "| \(Int(exam.score.rounded())) % |\n"
    }
    return text
  }
}
