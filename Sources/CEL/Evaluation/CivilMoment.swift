/// A moment in the calendar, at an offset from universal time.
struct CivilMoment {
  let year, month, day, hour, minute, second: Int64
  let nanosecond: Int64
  let weekday: Int64
  let dayOfYear: Int64

  init(_ moment: Timestamp, offset: Int64 = 0) {
    let seconds = moment.seconds + offset
    var days = seconds / 86_400
    var rest = seconds % 86_400
    if rest < 0 {
      rest += 86_400
      days -= 1
    }
    (year, month, day) = Self.civil(days)
    hour = rest / 3_600
    minute = rest / 60 % 60
    second = rest % 60
    nanosecond = moment.nanoseconds
    weekday = ((days % 7) + 11) % 7
    dayOfYear = days - Self.days(year, 1, 1)
  }

  /// Days since 1970-01-01.
  static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }

  /// RFC 3339 in universal time, with as many digits of a second as are needed.
  var text: String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let years = String(year)
    var text = String(repeating: "0", count: max(0, 4 - years.count)) + years
    text += "-\(two(month))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))"
    if nanosecond > 0 {
      var digits = String(nanosecond)
      digits = String(repeating: "0", count: 9 - digits.count) + digits
      while digits.last == "0" { digits.removeLast() }
      text += "." + digits
    }
    return text + "Z"
  }

  static func parse(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int64? {
      guard start + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[start..<(start + count)] {
        guard byte >= 48, byte <= 57 else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      return value
    }
    guard bytes.count >= 20, bytes[4] == 45, bytes[7] == 45, bytes[10] == 84, bytes[13] == 58,
      bytes[16] == 58, let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
      let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
      (1...12).contains(month), day >= 1, day <= daysIn(month, year), hour < 24, minute < 60,
      second < 60
    else { return nil }
    var index = 19
    var nanoseconds: Int64 = 0
    if bytes[index] == 46 {
      index += 1
      var scale: Int64 = 100_000_000
      let start = index
      while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 {
        nanoseconds += Int64(bytes[index] - 48) * scale
        scale /= 10
        index += 1
      }
      guard index > start else { return nil }
    }
    guard let offset = offset(bytes[index...]) else { return nil }
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
    return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
  }

  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
    if bytes.elementsEqual([90]) { return 0 }
    return zone(String(decoding: bytes, as: UTF8.self), needsSign: true)
  }

  /// The offset of a time zone given as numbers: +02:00.
  static func zone(_ text: String, needsSign: Bool = false) -> Int64? {
    var rest = Substring(text)
    var sign: Int64 = 1
    if rest.first == "+" || rest.first == "-" {
      sign = rest.first == "-" ? -1 : 1
      rest = rest.dropFirst()
    } else if needsSign {
      return nil
    }
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 2, parts[1].count == 2, let hours = Int64(parts[0]),
      let minutes = Int64(parts[1]), (0...23).contains(hours), (0...59).contains(minutes)
    else { return nil }
    return sign * (hours * 3_600 + minutes * 60)
  }

  private static func daysIn(_ month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
