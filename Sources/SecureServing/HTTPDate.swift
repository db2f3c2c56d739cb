/// Times as HTTP's Date header has them: `Mon, 01 Jun 2026 09:00:00 GMT`.
enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970, none before it.
  static func text(_ seconds: Int64) -> String {
    let second = max(0, seconds) % 86400
    let day = max(0, seconds) / 86400
    // Days to civil dates by eras of 400 years that begin in March.
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
    let clock = [second / 3600, second / 60 % 60, second % 60].map(two).joined(separator: ":")
    let name = months[Int(month + 2) % 12]
    return "\(days[Int(day % 7)]), \(two(dayOfMonth)) \(name) \(year) \(clock) GMT"
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
