import Simulation

/// When a timer of systemd elapses by the calendar: `daily`, `Mon..Fri 22:30`, `*-*-01 04:00:00`,
/// `*:0/15`. Years are not asked for.
struct CalendarRule: Hashable {
  private var weekdays: Set<Int>?
  private var months: Set<Int>?
  private var days: Set<Int>?
  private var hours: Set<Int>? = [0]
  private var minutes: Set<Int>? = [0]
  private var seconds: Set<Int>? = [0]

  private static let words = [
    "minutely": "*:*:00", "hourly": "*:00:00", "daily": "00:00:00", "midnight": "00:00:00",
    "weekly": "Mon 00:00:00", "monthly": "*-*-01 00:00:00", "yearly": "*-01-01 00:00:00",
    "annually": "*-01-01 00:00:00",
  ]

  /// nil: it cannot be read, or asks for years.
  init?(_ text: String) {
    for part in (Self.words[text] ?? text).split(separator: " ") where part != "UTC" {
      if part.contains(":") {
        let fields = part.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), let hour = Self.field(fields[0], 0...23),
          let minute = Self.field(fields[1], 0...59)
        else { return nil }
        (hours, minutes) = (hour.set, minute.set)
        if fields.count == 3 {
          guard let second = Self.field(fields[2], 0...59) else { return nil }
          seconds = second.set
        }
      } else if part.first?.isLetter == true {
        guard let found = Self.weekdays(part) else { return nil }
        weekdays = found
      } else {
        let fields = part.split(separator: "-", omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), fields.count == 2 || fields[0] == "*",
          let month = Self.field(fields[fields.count - 2], 1...12),
          let day = Self.field(fields[fields.count - 1], 1...31)
        else { return nil }
        (months, days) = (month.set, day.set)
      }
    }
  }

  private static func weekdays(_ text: Substring) -> Set<Int>? {
    func number(_ name: Substring) -> Int? {
      guard name.count >= 3 else { return nil }
      return Calendar.weekdays.firstIndex { $0.lowercased().hasPrefix(name.lowercased()) }
    }
    var found: Set<Int> = []
    for part in text.split(separator: ",") {
      let bounds = part.replacing("..", with: "~").split(separator: "~")
      guard (1...2).contains(bounds.count), let first = number(bounds[0]),
        let last = number(bounds[bounds.count - 1])
      else { return nil }
      // Weeks begin on Monday.
      var day = first
      found.insert(day)
      while day != last {
        day = (day + 1) % 7
        found.insert(day)
      }
    }
    return found
  }

  /// `*`, `5`, `1,2`, `9..17`, `0/15`; a set of nil is all of them.
  private static func field(
    _ text: Substring, _ bounds: ClosedRange<Int>
  ) -> (set: Set<Int>?, Void)? {
    if text == "*" { return (nil, ()) }
    var found: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = part.split(separator: "/", omittingEmptySubsequences: false)
      guard (1...2).contains(halves.count) else { return nil }
      let step = halves.count == 2 ? Int(halves[1]) : nil
      if halves.count == 2, (step ?? 0) < 1 { return nil }
      let ends = halves[0].replacing("..", with: "~").split(separator: "~")
      let isStar = halves[0] == "*"
      guard let first = isStar ? bounds.lowerBound : ends.first.flatMap({ Int($0) }),
        bounds.contains(first), ends.count <= 2
      else { return nil }
      let last = ends.count == 2 ? Int(ends[1]) : step == nil && !isStar ? first : bounds.upperBound
      guard let last, bounds.contains(last), last >= first else { return nil }
      found.formUnion(stride(from: first, through: last, by: step ?? 1))
    }
    return (found, ())
  }

  /// The first moment after `moment`, within two years.
  func next(after moment: Moment) -> Moment? {
    let start = Calendar(moment)
    for offset in 0...731 {
      let day = Calendar(
        Calendar(year: start.year, month: start.month, day: start.day + offset).moment)
      guard months?.contains(day.month) ?? true, days?.contains(day.day) ?? true,
        weekdays?.contains(day.weekday) ?? true
      else { continue }
      for hour in hours?.sorted() ?? Array(0...23) {
        for minute in minutes?.sorted() ?? Array(0...59) {
          for second in seconds?.sorted() ?? Array(0...59) {
            let found = Calendar(
              year: day.year, month: day.month, day: day.day, hour: hour, minute: minute,
              second: second
            ).moment
            if moment < found { return found }
          }
        }
      }
    }
    return nil
  }
}
