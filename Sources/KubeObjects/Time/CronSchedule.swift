package import Simulation

/// When a CronJob runs: five fields, or a word such as @hourly.
package struct CronSchedule: Hashable, Sendable {
  /// Bits of the minutes, hours, days, months and weekdays that match; bit 63 marks a star.
  private var fields: [UInt64]
  /// `@every 5m`.
  private var interval: Span?

  /// Why a schedule could not be read, in the words of upstream's parser.
  package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }
  }

  private struct Range {
    var low: UInt64
    var high: UInt64
    var names: [String: UInt64] = [:]
  }
  private static let ranges: [Range] = [
    Range(low: 0, high: 59), Range(low: 0, high: 23), Range(low: 1, high: 31),
    Range(
      low: 1, high: 12,
      names: numbered(
        "jan feb mar apr may jun jul aug sep oct nov dec", from: 1)),
    Range(low: 0, high: 6, names: numbered("sun mon tue wed thu fri sat", from: 0)),
  ]

  private static func numbered(_ words: String, from first: UInt64) -> [String: UInt64] {
    Dictionary(
      uniqueKeysWithValues: words.split(separator: " ").enumerated().map {
        (String($0.element), first + UInt64($0.offset))
      })
  }

  private static let star: UInt64 = 1 << 63
  private static let words: [String: String] = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
  ]

  package init(_ text: String) throws(ParseError) {
    guard !text.isEmpty else { throw ParseError(description: "empty spec string") }
    var spec = text
    if text.hasPrefix("@") {
      if text.hasPrefix("@every ") {
        let duration = String(text.dropFirst(7))
        guard let span = Span(goText: duration) else {
          throw ParseError(
            description: "failed to parse duration \(text): time: invalid duration "
              + duration.goQuoted)
        }
        fields = []
        interval = max(.seconds(1), .seconds(span.seconds))
        return
      }
      guard let meaning = Self.words[text] else {
        throw ParseError(description: "unrecognized descriptor: \(text)")
      }
      spec = meaning
    }
    let parts = spec.split(whereSeparator: \.isWhitespace).map(String.init)
    guard parts.count == 5 else {
      throw ParseError(
        description: "expected exactly 5 fields, found \(parts.count): "
          + "[\(parts.joined(separator: " "))]")
    }
    fields = []
    for (part, range) in zip(parts, Self.ranges) { fields.append(try Self.field(part, range)) }
  }

  private static func field(_ text: String, _ range: Range) throws(ParseError) -> UInt64 {
    var bits: UInt64 = 0
    for part in text.split(separator: ",") { bits |= try self.part(String(part), range) }
    return bits
  }

  private static func part(_ text: String, _ range: Range) throws(ParseError) -> UInt64 {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let bounds = (halves.first ?? "").split(separator: "-", omittingEmptySubsequences: false)
      .map(String.init)
    var (low, high) = (range.low, range.high)
    var extra: UInt64 = 0
    let isSingle = bounds.count == 1
    if bounds.first == "*" || bounds.first == "?" {
      extra = star
    } else {
      low = try number(bounds.first ?? "", range)
      switch bounds.count {
      case 1: high = low
      case 2: high = try number(bounds[1], range)
      default: throw ParseError(description: "too many hyphens: \(text)")
      }
    }
    var step: UInt64 = 1
    switch halves.count {
    case 1: break
    case 2:
      step = try plain(halves[1])
      if isSingle { high = range.high }
      if step > 1 { extra = 0 }
    default: throw ParseError(description: "too many slashes: \(text)")
    }
    try check(low, high, step, range, text)
    var bits = extra
    var value = low
    while value <= high {
      bits |= 1 << value
      value += step
    }
    return bits
  }

  private static func check(
    _ low: UInt64, _ high: UInt64, _ step: UInt64, _ range: Range, _ text: String
  ) throws(ParseError) {
    if low < range.low {
      throw ParseError(
        description: "beginning of range (\(low)) below minimum (\(range.low)): \(text)")
    }
    if high > range.high {
      throw ParseError(
        description: "end of range (\(high)) above maximum (\(range.high)): \(text)")
    }
    if low > high {
      throw ParseError(
        description: "beginning of range (\(low)) beyond end of range (\(high)): \(text)")
    }
    if step == 0 {
      throw ParseError(description: "step of range should be a positive number: \(text)")
    }
  }

  private static func number(_ text: String, _ range: Range) throws(ParseError) -> UInt64 {
    if let named = range.names[text.lowercased()] { return named }
    return try plain(text)
  }

  private static func plain(_ text: String) throws(ParseError) -> UInt64 {
    guard let number = Int64(text) else {
      throw ParseError(
        description: "failed to parse int from \(text): strconv.Atoi: parsing "
          + "\(text.goQuoted): invalid syntax")
    }
    guard number >= 0 else {
      throw ParseError(description: "negative number (\(number)) not allowed: \(text)")
    }
    return UInt64(number)
  }

  /// The first moment after `moment` that matches, with the fields read `offset` east of UTC; nil
  /// when none does within five years.
  package func next(after moment: Moment, offset: Span = .zero) -> Moment? {
    if let interval { return Moment(seconds: moment.seconds) + interval }
    var minute = (moment.seconds + offset.seconds) / 60 + 1
    let limit = minute + 5 * 366 * 24 * 60
    while minute < limit {
      let time = CivilTime(Moment(seconds: minute * 60))
      if fields[3] & (1 << UInt64(time.month)) == 0 {
        // The first of the next month.
        let (year, month) =
          time.month == 12 ? (time.year + 1, 1) : (time.year, time.month + 1)
        minute = CivilTime.day(year, month, 1) * 1440
      } else if !matchesDay(time) {
        minute = (minute / 1440 + 1) * 1440
      } else if fields[1] & (1 << UInt64(time.hour)) == 0 {
        minute = (minute / 60 + 1) * 60
      } else if fields[0] & (1 << UInt64(time.minute)) == 0 {
        minute += 1
      } else {
        return Moment(seconds: minute * 60 - offset.seconds)
      }
    }
    return nil
  }

  // As in cron: when both days are restricted, either will do.
  private func matchesDay(_ time: CivilTime) -> Bool {
    let inMonth = fields[2] & (1 << UInt64(time.day)) != 0
    let inWeek = fields[4] & (1 << UInt64(time.weekday)) != 0
    if fields[2] & Self.star != 0 || fields[4] & Self.star != 0 { return inMonth && inWeek }
    return inMonth || inWeek
  }
}
