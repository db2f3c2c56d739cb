import Simulation

/// Moments as calendars and clocks show them, in UTC.
enum ClockText {
  struct Parts {
    var year, month, day, hour, minute, second, micro: String
    var weekday: Int
    var monthIndex: Int
  }

  static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

  static func parts(_ moment: Moment) -> Parts {
    let seconds = moment.seconds
    let days = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
    let rest = Int(seconds) - days * 86_400
    // Days to the civil calendar, after Howard Hinnant's algorithm.
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let civilMonth = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
    let micro = Int((moment.nanoseconds % 1_000_000_000) / 1000)
    return Parts(
      year: "\(year)", month: two(civilMonth), day: two(day), hour: two(rest / 3600),
      minute: two(rest / 60 % 60), second: two(rest % 60),
      micro: String(repeating: "0", count: max(0, 6 - "\(micro)".count)) + "\(micro)",
      weekday: ((days % 7) + 11) % 7, monthIndex: civilMonth - 1)
  }

  static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// `2026-06-01T09:00:00Z`.
  static func rfc3339(_ moment: Moment) -> String {
    let p = parts(moment)
    return "\(p.year)-\(p.month)-\(p.day)T\(p.hour):\(p.minute):\(p.second)Z"
  }

  /// `Mon, 01 Jun 2026 09:00:00 +0000`.
  static func rfc1123z(_ moment: Moment) -> String {
    let p = parts(moment)
    return "\(weekdays[p.weekday]), \(p.day) \(months[p.monthIndex]) \(p.year) "
      + "\(p.hour):\(p.minute):\(p.second) +0000"
  }

  /// Reads RFC 3339 with any fraction and zone.
  static func parse(_ text: String) -> Moment? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") else {
      return nil
    }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard byte >= 48, byte <= 57 else { return nil }
        value = value * 10 + Int(byte - 48)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month)
    else { return nil }
    var index = 19
    var nanoseconds: Int64 = 0
    if bytes[index] == UInt8(ascii: ".") {
      index += 1
      var scale: Int64 = 100_000_000
      while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 {
        nanoseconds += Int64(bytes[index] - 48) * scale
        scale /= 10
        index += 1
      }
    }
    var offset = 0
    if index < bytes.count, bytes[index] != UInt8(ascii: "Z"), bytes.count >= index + 6,
      let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6)
    {
      offset = (hours * 3600 + minutes * 60) * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
    }
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    let seconds = Int64(days * 86_400 + hour * 3600 + minute * 60 + second - offset)
    return Moment(seconds: seconds) + Span(nanoseconds: nanoseconds)
  }

  /// Ages as tables show them: apimachinery's HumanDuration.
  static func age(_ span: Span) -> String {
    let seconds = span.nanoseconds / 1_000_000_000
    if seconds < -1 { return "<invalid>" }
    if seconds < 0 { return "0s" }
    if seconds < 120 { return "\(seconds)s" }
    let minutes = seconds / 60
    if minutes < 10 { return seconds % 60 == 0 ? "\(minutes)m" : "\(minutes)m\(seconds % 60)s" }
    if minutes < 180 { return "\(minutes)m" }
    let hours = minutes / 60
    if hours < 8 { return minutes % 60 == 0 ? "\(hours)h" : "\(hours)h\(minutes % 60)m" }
    if hours < 48 { return "\(hours)h" }
    if hours < 192 { return hours % 24 == 0 ? "\(hours / 24)d" : "\(hours / 24)d\(hours % 24)h" }
    if hours < 24 * 365 * 2 { return "\(hours / 24)d" }
    let years = hours / 24 / 365
    if hours < 24 * 365 * 8 {
      let days = hours / 24 % 365
      return days == 0 ? "\(years)y" : "\(years)y\(days)d"
    }
    return "\(years)y"
  }

  /// How long ago a timestamp of an object was; nothing known is `<unknown>`.
  static func age(of timestamp: String?, now: Moment) -> String {
    guard let timestamp, let moment = parse(timestamp) else { return "<unknown>" }
    return age(now - moment)
  }
}
