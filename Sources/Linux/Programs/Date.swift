import Shell
import Simulation

/// Shows the time, or sets the machine's clock.
struct Date: Program {
  let name = "date"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "d,date= s,set= u,utc,universal I,iso-8601? R,rfc-email,rfc-2822 r,reference= "
        + "rfc-3339= f,file="
    )
    let machine = process.machine
    var moment = machine.now
    if let text = options["d"] {
      // BusyBox knows no words.
      let isWorded = process.isBusyBox && text.contains { $0.isLetter && $0 != "T" && $0 != "Z" }
      guard !isWorded, let parsed = DateText.parse(text, now: moment) else {
        throw UsageError("invalid date '\(text)'", hint: false)
      }
      moment = parsed
    } else if let path = options["r"] {
      guard let status = process.status(path) else {
        throw UsageError("\(path): No such file or directory", hint: false)
      }
      moment = Moment(nanoseconds: status.modified)
    }
    if let text = options["s"] {
      guard let parsed = DateText.parse(text, now: moment) else {
        throw UsageError("invalid date '\(text)'", hint: false)
      }
      if process.caller.capabilities.contains(.sysTime) {
        machine.clockOffset = parsed - machine.timeline.now
      } else {
        let isBusyBox = machine.shellDialect == .ash
        try await process.complain(
          "\(isBusyBox ? "can't" : "cannot") set date: Operation not permitted")
        try await process.write(Calendar(parsed).formatted(Self.standard) + "\n")
        return isBusyBox ? 0 : 1
      }
      moment = parsed
    }
    var format = Self.standard
    if options.has("R") { format = "%a, %d %b %Y %H:%M:%S %z" }
    if options.has("I") {
      format =
        switch options["I"] ?? "date" {
        case "seconds", "s": "%Y-%m-%dT%H:%M:%S%:z"
        case "minutes": "%Y-%m-%dT%H:%M%:z"
        case "hours": "%Y-%m-%dT%H%:z"
        case "ns": "%Y-%m-%dT%H:%M:%S,%N%:z"
        default: "%Y-%m-%d"
        }
    }
    if let kind = options["rfc-3339"] {
      format =
        kind == "date"
        ? "%Y-%m-%d"
        : kind == "ns"
          ? "%Y-%m-%d %H:%M:%S.%N%:z"
          : "%Y-%m-%d %H:%M:%S%:z"
    }
    for operand in options.operands {
      guard operand.hasPrefix("+") else {
        throw UsageError("invalid date '\(operand)'", hint: false)
      }
      format = String(operand.dropFirst())
    }
    try await process.write(Calendar(moment).formatted(format) + "\n")
    return 0
  }

  private static let standard = "%a %b %e %H:%M:%S %Z %Y"
}

/// Dates as people type them after `date -d`.
enum DateText {
  /// `[[CC]YY]MMDDhhmm[.ss]`.
  static func stamp(_ text: String, now: Moment) -> Moment? {
    let parts = text.split(separator: ".", maxSplits: 1)
    guard let first = parts.first, first.utf8.allSatisfy(\.isDigit),
      [8, 10, 12].contains(first.count)
    else { return nil }
    let digits = first.utf8.map { Int($0 - 48) }
    func two(_ index: Int) -> Int { digits[index] * 10 + digits[index + 1] }
    let offset = digits.count - 8
    var year = Calendar(now).year
    if offset == 2 { year = two(0) < 69 ? 2000 + two(0) : 1900 + two(0) }
    if offset == 4 { year = two(0) * 100 + two(2) }
    return Calendar(
      year: year, month: two(offset), day: two(offset + 2), hour: two(offset + 4),
      minute: two(offset + 6), second: parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    ).moment
  }

  private struct State {
    var calendar: Calendar
    var offset: Span = .zero
    var hasTime = false
    var hasDate = false
  }

  /// Absolute forms (`2026-06-01 10:00`, `@123`, RFC 3339) and relative ones (`2 days ago`,
  /// `+1 hour`, `yesterday`, `next friday`); nil when not understood.
  static func parse(_ text: String, now: Moment) -> Moment? {
    var state = State(calendar: Calendar(now))
    var words = text.replacing("T", in: "-").lowercased()
      .split { $0 == " " || $0 == "," || $0 == "\t" }.map(String.init)[...]
    if words.isEmpty {
      (state.calendar.hour, state.calendar.minute, state.calendar.second) = (0, 0, 0)
      state.calendar.nanosecond = 0
      return state.calendar.moment
    }
    while let word = words.popFirst() {
      if word.hasPrefix("@") {
        guard let seconds = Double(word.dropFirst()), seconds.magnitude < 1e10 else { return nil }
        state.calendar = Calendar(Moment(nanoseconds: Int64(seconds * 1e9)))
        (state.hasTime, state.hasDate) = (true, true)
      } else if !absolute(word, &state), !relative(word, &words, &state) {
        return nil
      }
    }
    if state.hasDate, !state.hasTime {
      (state.calendar.hour, state.calendar.minute, state.calendar.second) = (0, 0, 0)
      state.calendar.nanosecond = 0
    }
    return state.calendar.moment + state.offset
  }

  private static func absolute(_ word: String, _ state: inout State) -> Bool {
    if ["now", "today", "utc", "z", "gmt", "ago", "and"].contains(word) { return true }
    let dashes = word.split(separator: "-", omittingEmptySubsequences: false)
    if dashes.count == 3, let year = Int(dashes[0]), let month = Int(dashes[1]),
      let day = Int(dashes[2]), year > 31, (1...12).contains(month), (1...31).contains(day)
    {
      (state.calendar.year, state.calendar.month, state.calendar.day) = (year, month, day)
      state.hasDate = true
      return true
    }
    let slashes = word.split(separator: "/").compactMap { Int($0) }
    if slashes.count >= 2, word.split(separator: "/").count == slashes.count {
      (state.calendar.month, state.calendar.day) = (slashes[0], slashes[1])
      if slashes.count > 2 {
        state.calendar.year = slashes[2] < 69 ? slashes[2] + 2000 : slashes[2]
      }
      state.hasDate = true
      return true
    }
    if let at = word.firstIndex(of: "t"), word[..<at].contains("-"), word[at...].contains(":") {
      return absolute(String(word[..<at]), &state)
        && absolute(String(word[word.index(after: at)...]), &state)
    }
    if word.contains(":") { return time(word, &state) }
    if word.count == 8, let digits = Int(word) {
      (state.calendar.year, state.calendar.month, state.calendar.day) = (
        digits / 10000, digits / 100 % 100, digits % 100
      )
      state.hasDate = true
      return true
    }
    let months = Calendar.months.map { $0.lowercased() }
    if word.count >= 3, let month = months.firstIndex(where: { $0.hasPrefix(word) }) {
      state.calendar.month = month + 1
      state.hasDate = true
      return true
    }
    if let number = Int(word), !word.hasPrefix("+"), !word.hasPrefix("-"), state.hasDate {
      if number > 31 { state.calendar.year = number } else { state.calendar.day = number }
      return true
    }
    return false
  }

  private static func time(_ word: String, _ state: inout State) -> Bool {
    var text = word
    var shift = 0
    if text.hasSuffix("z") { text.removeLast() }
    if let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      let zone = text[text.index(after: sign)...].filter { $0 != ":" }
      guard let digits = Int(zone) else { return false }
      let minutes = zone.count <= 2 ? digits * 60 : digits / 100 * 60 + digits % 100
      shift = text[sign] == "+" ? -minutes : minutes
      text = String(text[..<sign])
    }
    let parts = text.split(separator: ":")
    guard parts.count >= 2, let hour = Int(parts[0]), let minute = Int(parts[1]),
      (0...24).contains(hour), (0...59).contains(minute)
    else { return false }
    let seconds = parts.count > 2 ? Double(parts[2]) : 0
    guard let seconds, seconds >= 0, seconds < 61 else { return false }
    (state.calendar.hour, state.calendar.minute) = (hour, minute + shift)
    state.calendar.second = Int(seconds)
    state.calendar.nanosecond = Int((seconds - seconds.rounded(.down)) * 1e9)
    state.hasTime = true
    return true
  }

  private static func relative(
    _ word: String, _ words: inout ArraySlice<String>, _ state: inout State
  ) -> Bool {
    switch word {
    case "yesterday":
      state.calendar.day -= 1
      return true
    case "tomorrow":
      state.calendar.day += 1
      return true
    case "midnight":
      (state.calendar.hour, state.calendar.minute, state.calendar.second) = (0, 0, 0)
      state.hasTime = true
      return true
    case "noon":
      (state.calendar.hour, state.calendar.minute, state.calendar.second) = (12, 0, 0)
      state.hasTime = true
      return true
    case "last", "next":
      guard let unit = words.popFirst() else { return false }
      let count = word == "last" ? -1 : 1
      if weekday(unit, &state, count) { return true }
      return add(count, unit, &state)
    default: break
    }
    if weekday(word, &state, 0) { return true }
    if word == "+" || word == "-", let number = words.popFirst(), Int(number) != nil {
      return relative(word + number, &words, &state)
    }
    let digits = word.prefix { $0.isNumber || $0 == "+" || $0 == "-" }
    guard let count = Int(digits), count.magnitude < 1_000_000 else { return false }
    let rest = word.dropFirst(digits.count)
    guard let unit = rest.isEmpty ? words.popFirst() : String(rest) else { return false }
    let isAgo = words.first == "ago"
    return add(isAgo ? -count : count, unit, &state)
  }

  private static func weekday(_ word: String, _ state: inout State, _ count: Int) -> Bool {
    guard word.count >= 3,
      let day = Calendar.weekdays.firstIndex(where: { $0.lowercased().hasPrefix(word) })
    else { return false }
    var ahead = (day - state.calendar.weekday + 7) % 7
    if count > 0, ahead == 0 { ahead = 7 }
    if count < 0 { ahead -= 7 }
    state.calendar.day += ahead
    state.hasDate = true
    return true
  }

  private static func add(_ count: Int, _ unit: String, _ state: inout State) -> Bool {
    let singular = unit.hasSuffix("s") && unit.count > 1 ? String(unit.dropLast()) : unit
    switch singular {
    case "sec", "second", "s": state.offset = state.offset + .seconds(Int64(count))
    case "min", "minute": state.offset = state.offset + .minutes(Int64(count))
    case "hour", "h": state.offset = state.offset + .hours(Int64(count))
    case "day", "d": state.calendar.day += count
    case "week", "w": state.calendar.day += 7 * count
    case "fortnight": state.calendar.day += 14 * count
    case "month": state.calendar.month += count
    case "year", "y": state.calendar.year += count
    default: return false
    }
    return true
  }
}

extension String {
  /// The date and time of RFC 3339 parted by a blank instead of the letter.
  fileprivate func replacing(_ letter: Character, in mark: Character) -> String {
    guard let at = firstIndex(of: letter), self[..<at].contains(mark),
      self[..<at].utf8.allSatisfy({ $0.isDigit || $0 == 45 })
    else { return self }
    return self[..<at] + " " + self[index(after: at)...]
  }
}
