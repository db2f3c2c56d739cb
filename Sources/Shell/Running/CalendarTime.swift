/// A moment as a calendar shows it in UTC.
package struct CalendarTime: Hashable, Sendable {
  package let year: Int
  /// 1…12.
  package let month: Int
  package let day: Int
  package let hour: Int
  package let minute: Int
  package let second: Int
  /// 0 is Sunday.
  package let weekday: Int
  /// 0 is the first of January.
  package let dayOfYear: Int
  package let nanosecond: Int
  package let epochSecond: Int

  /// Nanoseconds since the epoch.
  package init(nanoseconds: Int64) {
    let billion: Int64 = 1_000_000_000
    var seconds = nanoseconds / billion
    var rest = nanoseconds % billion
    if rest < 0 {
      rest += billion
      seconds -= 1
    }
    nanosecond = Int(rest)
    epochSecond = Int(seconds)
    var days = Int(seconds / 86400)
    var time = Int(seconds % 86400)
    if time < 0 {
      time += 86400
      days -= 1
    }
    (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60)
    weekday = ((days + 4) % 7 + 7) % 7
    // Civil date from days, counted in eras of 400 years that begin in March.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayFromMarch + 2) / 153
    day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    dayOfYear = before[month - 1] + day - 1 + (isLeap && month > 2 ? 1 : 0)
  }

  static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  /// By strftime's rules, in the C locale and UTC.
  package func formatted(_ format: String) -> String {
    var result = ""
    var scalars = Array(format.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      guard scalar == "%", let first = scalars.popFirst() else {
        result.unicodeScalars.append(scalar)
        continue
      }
      var letter = first
      var padding: Unicode.Scalar?
      if letter == "-" || letter == "_" || letter == "0" || letter == "^" || letter == ":" {
        padding = letter
        guard let next = scalars.popFirst() else { break }
        letter = next
      }
      if letter == "3", scalars.first == "N" {
        scalars.removeFirst()
        result += CalendarTime.padded(nanosecond / 1_000_000, 3)
        continue
      }
      result += field(letter, padding)
    }
    return result
  }

  private static func padded(_ number: Int, _ width: Int, _ padding: Unicode.Scalar? = nil)
    -> String
  {
    let digits = String(number)
    if padding == "-" { return digits }
    let fill = padding == "_" ? " " : "0"
    return String(repeating: fill, count: max(0, width - digits.utf8.count)) + digits
  }

  private func field(_ letter: Unicode.Scalar, _ padding: Unicode.Scalar?) -> String {
    let twelve = hour % 12 == 0 ? 12 : hour % 12
    func number(_ value: Int, _ width: Int) -> String {
      CalendarTime.padded(value, width, padding)
    }
    switch letter {
    case "Y": return String(year)
    case "C": return number(year / 100, 2)
    case "y": return number(year % 100, 2)
    case "m": return number(month, 2)
    case "d": return number(day, 2)
    case "e": return CalendarTime.padded(day, 2, padding ?? "_")
    case "H": return number(hour, 2)
    case "I": return number(twelve, 2)
    case "k": return CalendarTime.padded(hour, 2, padding ?? "_")
    case "l": return CalendarTime.padded(twelve, 2, padding ?? "_")
    case "M": return number(minute, 2)
    case "S": return number(second, 2)
    case "N": return number(nanosecond, 9)
    case "j": return number(dayOfYear + 1, 3)
    case "u": return String(weekday == 0 ? 7 : weekday)
    case "w": return String(weekday)
    case "U": return number((dayOfYear + 7 - weekday) / 7, 2)
    case "W": return number((dayOfYear + 7 - (weekday + 6) % 7) / 7, 2)
    case "s": return String(epochSecond)
    case "a": return String(CalendarTime.weekdays[weekday].prefix(3))
    case "A": return CalendarTime.weekdays[weekday]
    case "b", "h": return String(CalendarTime.months[month - 1].prefix(3))
    case "B": return CalendarTime.months[month - 1]
    case "p": return hour < 12 ? "AM" : "PM"
    case "P": return hour < 12 ? "am" : "pm"
    case "Z": return "UTC"
    case "z": return padding == ":" ? "+00:00" : "+0000"
    case "n": return "\n"
    case "t": return "\t"
    case "%": return "%"
    case "F": return formatted("%Y-%m-%d")
    case "T", "X": return formatted("%H:%M:%S")
    case "R": return formatted("%H:%M")
    case "D", "x": return formatted("%m/%d/%y")
    case "c": return formatted("%a %b %e %H:%M:%S %Y")
    case "r": return formatted("%I:%M:%S %p")
    case "G", "g", "V": return isoWeek(letter, padding)
    default: return "%" + String(letter)
    }
  }

  private func isoWeek(_ letter: Unicode.Scalar, _ padding: Unicode.Scalar?) -> String {
    func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    let monday = (weekday + 6) % 7
    var week = (dayOfYear - monday + 10) / 7
    var isoYear = year
    if dayOfYear - monday + 10 < 7 {
      isoYear -= 1
      let days = dayOfYear + (isLeap(isoYear) ? 366 : 365)
      week = (days - monday + 10) / 7
    } else if week == 53, monday < 3 || dayOfYear - monday + 3 >= (isLeap(year) ? 366 : 365) {
      let thursday = dayOfYear - monday + 3
      if thursday >= (isLeap(year) ? 366 : 365) {
        isoYear += 1
        week = 1
      }
    }
    switch letter {
    case "G": return String(isoYear)
    case "g": return CalendarTime.padded(isoYear % 100, 2, padding)
    default: return CalendarTime.padded(week, 2, padding)
    }
  }
}
