/// Marks as the XML that build servers show: a suite for each learner, a case for each check.
enum JUnit {
  static func suite(_ mark: LearnerMark) -> String {
    let works = mark.parts.flatMap(\.works)
    let results = works.flatMap(\.results)
    let failures = results.count { $0.verdict == .failed }
    let skipped = results.count { $0.verdict == .notReached }
    var text = "<testsuite name=\"\(escaped(mark.id))\" tests=\"\(results.count)\" "
    text += "failures=\"\(failures)\" skipped=\"\(skipped)\" "
    text += "errors=\"\(mark.refusals.count)\">\n"
    for work in works {
      let place = [work.exam, work.exercise].compactMap { $0 }.joined(separator: ".")
      for result in work.results {
        text += "<testcase classname=\"\(escaped(place))\" name=\"\(escaped(result.say))\""
        switch result.verdict {
        case .passed: text += "/>\n"
        case .failed:
          text += "><failure message=\"\(escaped(result.reason))\"/></testcase>\n"
        case .notReached: text += "><skipped message=\"\(escaped(result.reason))\"/></testcase>\n"
        }
      }
    }
    for refusal in mark.refusals { text += error(refusal) }
    return text + "</testsuite>\n"
  }

  static func refusal(_ text: String) -> String {
    "<testsuite name=\"unknown\" tests=\"1\" errors=\"1\">\n\(error(text))</testsuite>\n"
  }

  private static func error(_ text: String) -> String {
    "<testcase classname=\"submission\" name=\"accepted\"><error message=\"\(escaped(text))\"/>"
      + "</testcase>\n"
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "&": out += "&amp;"
      case "\"": out += "&quot;"
      case "\n", "\t": out += "&#\(scalar.value);"
      // XML 1.0 has no other control characters, not even escaped.
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
