import Curriculum
import KubeObjects
import LearnerRecord
import Simulation

extension Progress {
  /// One page for a browser that needs nothing else: `drydock progress --html FILE`.
  var page: String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>drydock: progress</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>\(Self.style)</style></head><body><main>
    <h1>Progress</h1>
    <p>\(summary)</p>
    \(calendarSVG)
    \(certificationParts)
    <h2>Lessons</h2>
    <table>\(lessonRows)</table>
    \(examPart)
    </main></body></html>

    """
  }

  private static let style = """
    body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f6f7f9;color:#1d2733}
    main{max-width:52rem;margin:2rem auto;padding:0 1rem}
    h1{font-size:1.8rem}h2{margin-top:2.2rem}
    table{border-collapse:collapse;width:100%}td,th{padding:.35rem .6rem;text-align:left}
    tr{border-bottom:1px solid #dde2e8}td.n{text-align:right;white-space:nowrap}
    meter{width:9rem;height:.9rem}
    .forecast{background:#fff;border:1px solid #dde2e8;border-radius:.5rem;padding:.7rem 1rem}
    @media(prefers-color-scheme:dark){body{background:#12181f;color:#dbe3ec}
    .forecast{background:#1a222c;border-color:#2d3845}tr{border-color:#2d3845}}
    """

  private var calendarSVG: String {
    let weekday = (today + 3) % 7
    let first = today - weekday - 25 * 7
    var cells = ""
    for week in Int64(0)..<26 {
      for row in Int64(0)..<7 {
        let day = first + week * 7 + row
        guard day <= today else { continue }
        let count = days[day] ?? 0
        let colour = ["#cbd5e0", "#9be0b4", "#4cc47a", "#1f8a4c"][min(3, (count + 2) / 3)]
        let date = Moment(seconds: day * 86_400).rfc3339.prefix(10)
        cells += "<rect x='\(week * 16 + 28)' y='\(row * 16)' width='13' height='13' rx='2' "
        cells += "fill='\(colour)'><title>\(date): \(count)</title></rect>"
      }
    }
    for (row, name) in ["Mo", "We", "Fr", "Su"].enumerated() {
      cells += "<text x='0' y='\(row * 32 + 11)' font-size='11' fill='#76859a'>\(name)</text>"
    }
    return "<svg role='img' aria-label='days of practice, half a year' width='444' height='112'>"
      + "\(cells)</svg>"
  }

  private var certificationParts: String {
    var html = ""
    for (index, (certification, domains)) in masteries.enumerated() {
      html += "<h2>\(Self.safe(certification.title))</h2>"
      html += "<p class='forecast'>\(Self.safe(forecasts[index].text))</p><table>"
      for (domain, masteries) in domains {
        html += "<tr><th colspan='3'>\(Self.safe(domain.title)), \(domain.weight) %</th></tr>"
        for mastery in masteries {
          html += "<tr><td>\(Self.safe(mastery.competency.title))</td><td><meter min='0' "
          html += "max='\(max(1, mastery.items))' value='\(mastery.mastered)'></meter></td>"
          html += "<td class='n'>\(mastery.mastered) of \(mastery.items)</td></tr>"
        }
      }
      html += "</table>\n"
    }
    return html
  }

  private var lessonRows: String {
    lessons.map {
      "<tr><td>\(Self.safe($0.title))</td><td><meter min='0' max='\(max(1, $0.pages))' "
        + "value='\($0.done)'></meter></td><td class='n'>\($0.done) of \($0.pages)</td></tr>"
    }.joined()
  }

  private var examPart: String {
    if exams.isEmpty { return "" }
    let rows = exams.map {
      "<tr><td>\(Self.safe($0.certification)) \(Self.safe($0.domain))</td>"
        + "<td class='n'>\($0.tasks.count) tasks</td>"
        + "<td class='n'>\(Int($0.score.rounded())) %</td></tr>"
    }
    return "<h2>Exams</h2><table>\(rows.joined())</table>"
  }

  private static func safe(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("'", with: "&#39;").replacing("\"", with: "&quot;")
  }
}
