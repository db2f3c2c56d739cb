package import Simulation

/// A moment as the calendar shows it, in UTC.
package struct Calendar: Hashable, Sendable {
  package var year: Int
  package var month: Int
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int
  package var nanosecond: Int

  package init(_ moment: Moment) {
    let seconds = moment.seconds
    nanosecond = Int(moment.nanoseconds - seconds &* 1_000_000_000)
    var days = Int(seconds / 86400)
    var rest = Int(seconds % 86400)
    if rest < 0 {
      rest += 86400
      days -= 1
    }
    (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
    // Howard Hinnant's civil_from_days.
    days += 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Fields out of range carry over, so that "32 January" is the first of February.
  package init(
    year: Int, month: Int = 1, day: Int = 1, hour: Int = 0, minute: Int = 0, second: Int = 0
  ) {
    self.year = min(max(year, -100_000), 100_000)
    self.month = min(max(month, -1_000_000), 1_000_000)
    self.day = min(max(day, -10_000_000), 10_000_000)
    self.hour = min(max(hour, -100_000_000), 100_000_000)
    self.minute = min(max(minute, -100_000_000), 100_000_000)
    self.second = min(max(second, -1 << 40), 1 << 40)
    nanosecond = 0
  }

  package var moment: Moment {
    let seconds = daysSinceEpoch * 86400 + hour * 3600 + minute * 60 + second
    return Moment(seconds: Int64(seconds)) + Span(nanoseconds: Int64(nanosecond))
  }

  private var daysSinceEpoch: Int {
    let months = year * 12 + month - 1
    let year = months >= 0 ? months / 12 : (months - 11) / 12
    let month = months - year * 12 + 1
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468 + day - 1
  }

  /// 0 is Sunday.
  package var weekday: Int { ((daysSinceEpoch + 4) % 7 + 7) % 7 }
  /// From 1.
  package var dayOfYear: Int {
    daysSinceEpoch - Calendar(year: year).daysSinceEpoch + 1
  }

  package static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
  package static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  /// The ISO 8601 year and week.
  package var week: (year: Int, week: Int) {
    let weekday = self.weekday == 0 ? 7 : self.weekday
    let week = (dayOfYear - weekday + 10) / 7
    if week < 1 { return Calendar(year: year - 1, month: 12, day: 31).week }
    if week == 53, Calendar(year: year + 1).weekday >= 1, Calendar(year: year + 1).weekday <= 4 {
      return (year + 1, 1)
    }
    return (year, week)
  }

  /// strftime in the C locale, with GNU date's additions.
  package func formatted(_ format: String) -> String {
    var out = ""
    var rest = format[...]
    while let letter = rest.popFirst() {
      guard letter == "%", var code = rest.popFirst() else {
        out.append(letter)
        continue
      }
      var flag: Character?
      while "-_0^".contains(code), let next = rest.popFirst() {
        flag = code
        code = next
      }
      var width: Int?
      while let digit = code.wholeNumberValue, let next = rest.popFirst() {
        width = min(40, (width ?? 0) * 10 + digit)
        code = next
      }
      var colons = ""
      while code == ":", let next = rest.popFirst() {
        colons += ":"
        code = next
      }
      let text = field(code, flag, width, colons)
      out += flag == "^" ? text.uppercased() : text
    }
    return out
  }

  private func padded(_ value: Int, _ width: Int, _ flag: Character?, _ pad: Character = "0")
    -> String
  {
    let text = "\(value)"
    if flag == "-" { return text }
    let pad = flag == "_" ? " " : flag == "0" ? "0" : pad
    return String(repeating: pad, count: max(0, width - text.count)) + text
  }

  private func field(_ code: Character, _ flag: Character?, _ width: Int?, _ colons: String)
    -> String
  {
    func two(_ value: Int, _ pad: Character = "0") -> String {
      padded(value, width ?? 2, flag, pad)
    }
    let twelve = hour % 12 == 0 ? 12 : hour % 12
    let month = Self.months[min(max(self.month - 1, 0), 11)]
    switch code {
    case "Y": return padded(year, width ?? 4, flag)
    case "C": return two(year / 100)
    case "y": return two(year % 100)
    case "m": return two(self.month)
    case "d": return two(day)
    case "e": return two(day, " ")
    case "H": return two(hour)
    case "k": return two(hour, " ")
    case "I": return two(twelve)
    case "l": return two(twelve, " ")
    case "M": return two(minute)
    case "S": return two(second)
    case "N":
      let digits = padded(nanosecond, 9, "0")
      return width.map { String(digits.prefix($0)) } ?? digits
    case "s": return "\(moment.seconds)"
    case "j": return padded(dayOfYear, width ?? 3, flag)
    case "A": return Self.weekdays[weekday]
    case "a": return String(Self.weekdays[weekday].prefix(3))
    case "B": return month
    case "b", "h": return String(month.prefix(3))
    case "p": return hour < 12 ? "AM" : "PM"
    case "P": return hour < 12 ? "am" : "pm"
    case "u": return "\(weekday == 0 ? 7 : weekday)"
    case "w": return "\(weekday)"
    case "V": return two(week.week)
    case "G": return "\(week.year)"
    case "g": return two(week.year % 100)
    case "U": return two((dayOfYear + 6 - weekday) / 7)
    case "W": return two((dayOfYear + 6 - (weekday + 6) % 7) / 7)
    case "q": return "\((self.month + 2) / 3)"
    case "Z": return "UTC"
    case "z": return colons.isEmpty ? "+0000" : colons == "::" ? "+00:00:00" : "+00:00"
    case "n": return "\n"
    case "t": return "\t"
    case "%": return "%"
    default: return composed(code)
    }
  }

  private func composed(_ code: Character) -> String {
    switch code {
    case "F": formatted("%Y-%m-%d")
    case "T", "X": formatted("%H:%M:%S")
    case "R": formatted("%H:%M")
    case "r": formatted("%I:%M:%S %p")
    case "D", "x": formatted("%m/%d/%y")
    case "c": formatted("%a %b %e %H:%M:%S %Y")
    default: "%\(code)"
    }
  }
}
