package import Simulation

/// How far a place's clocks are from UTC: a standard time, and for part of the year another.
package struct CivilZone: Hashable, Sendable {
  /// Seconds east of UTC.
  private var standard: Int64 = 0
  private var summer: Int64?
  private var start = Change()
  private var end = Change()

  /// The day of a year when clocks change, as POSIX has it: Mm.w.d/time.
  private struct Change: Hashable {
    var month: Int64 = 1
    /// The week of the month; 5 is the last.
    var week: Int64 = 1
    var weekday: Int64 = 0
    /// Seconds after midnight of the clocks as they then are.
    var time: Int64 = 7200

    /// Seconds since 1970 by clocks that know no zone.
    func seconds(in year: Int64) -> Int64 {
      let first = CivilTime.day(year, month, 1)
      // The first of January 1970 was a Thursday.
      let shift = ((weekday - (first + 4)) % 7 + 7) % 7
      var day = first + shift + (week - 1) * 7
      let next = month == 12 ? CivilTime.day(year + 1, 1, 1) : CivilTime.day(year, month + 1, 1)
      while day >= next { day -= 7 }
      return day * 86_400 + time
    }
  }

  /// A zone by its name, as Europe/Berlin; nil: there is none of that name.
  package init?(_ name: String) {
    guard let rule = TimeZoneTable.rules[name] else { return nil }
    self.init(rule: rule)
  }

  /// Reads a rule such as CET-1CEST,M3.5.0,M10.5.0/3.
  init?(rule: String) {
    let parts = rule.split(separator: ",")
    guard let names = parts.first else { return nil }
    var rest = Self.skipName(names)
    guard let offset = Self.time(&rest) else { return nil }
    standard = -offset
    guard !rest.isEmpty, parts.count == 3 else { return }
    rest = Self.skipName(rest)
    summer = Self.time(&rest).map { -$0 } ?? standard + 3600
    guard let first = Self.change(parts[1]), let last = Self.change(parts[2]) else { return nil }
    (start, end) = (first, last)
  }

  private static func skipName(_ text: Substring) -> Substring {
    if text.first == "<" { return text.drop { $0 != ">" }.dropFirst() }
    return text.drop(while: \.isLetter)
  }

  /// `-5`, `3:30`, `5:45`: taken off the front, in seconds.
  private static func time(_ text: inout Substring) -> Int64? {
    let shown = text.prefix { $0.isNumber || $0 == "-" || $0 == "+" || $0 == ":" }
    guard !shown.isEmpty else { return nil }
    text = text.dropFirst(shown.count)
    let isNegative = shown.first == "-"
    let units: [Int64] = [3600, 60, 1]
    var sum: Int64 = 0
    let digits = shown.drop { $0 == "-" || $0 == "+" }
    for (part, unit) in zip(digits.split(separator: ":"), units) {
      guard let number = Int64(part), number < 1000 else { return nil }
      sum += number * unit
    }
    return isNegative ? -sum : sum
  }

  private static func change(_ text: Substring) -> Change? {
    let halves = text.split(separator: "/")
    guard let day = halves.first, day.first == "M" else { return nil }
    let numbers = day.dropFirst().split(separator: ".").compactMap { Int64($0) }
    guard numbers.count == 3, (1...12).contains(numbers[0]), (1...5).contains(numbers[1]),
      (0...6).contains(numbers[2])
    else { return nil }
    var change = Change(month: numbers[0], week: numbers[1], weekday: numbers[2])
    if halves.count > 1 {
      var rest = halves[1]
      guard let time = Self.time(&rest) else { return nil }
      change.time = time
    }
    return change
  }

  /// How far east of UTC the clocks are at a moment.
  package func offset(at moment: Moment) -> Span {
    guard let summer else { return .seconds(standard) }
    let now = moment.seconds
    let year = CivilTime(Moment(seconds: now + standard)).year
    let begin = start.seconds(in: year) - standard
    let finish = end.seconds(in: year) - summer
    let isSummer =
      begin < finish ? (begin..<finish).contains(now) : !(finish..<begin).contains(now)
    return .seconds(isSummer ? summer : standard)
  }
}

extension CronSchedule {
  /// The first moment after `moment` that matches by the clocks of a zone.
  package func next(after moment: Moment, in zone: CivilZone) -> Moment? {
    let offset = zone.offset(at: moment)
    guard let found = next(after: moment, offset: offset) else { return nil }
    let then = zone.offset(at: found)
    guard then != offset else { return found }
    // The clocks change in between: by those that then are.
    return next(after: moment, offset: then)
  }
}
