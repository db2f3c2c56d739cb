package import Simulation

extension Moment {
  /// As metav1.Time is written: `2026-01-02T15:04:05Z`.
  package var rfc3339: String { text(digits: 0) }

  /// As metav1.MicroTime is written: `2026-01-02T15:04:05.000000Z`.
  package var rfc3339Micro: String { text(digits: 6) }

  /// As Go's RFC3339Nano writes it: the fraction without trailing zeros, as logs carry it.
  package var rfc3339Nano: String {
    var fraction = CivilTime(self).nanosecond
    var digits = fraction == 0 ? 0 : 9
    while digits > 0, fraction % 10 == 0 {
      fraction /= 10
      digits -= 1
    }
    return text(digits: digits)
  }

  /// With so many digits of the fraction. A moment's years have four digits: 64 bits of nanoseconds
  /// reach from 1677 to 2262.
  private func text(digits: Int) -> String {
    let time = CivilTime(self)
    var fraction = time.nanosecond
    for _ in 0..<(9 - digits) { fraction /= 10 }
    return String(unsafeUninitializedCapacity: 30) { buffer in
      var end = 0
      func write(_ number: Int64, _ width: Int, _ mark: Unicode.Scalar) {
        var rest = number
        for place in (end..<(end + width)).reversed() {
          buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
          rest /= 10
        }
        buffer[end + width] = UInt8(ascii: mark)
        end += width + 1
      }
      write(time.year, 4, "-")
      write(time.month, 2, "-")
      write(time.day, 2, "T")
      write(time.hour, 2, ":")
      write(time.minute, 2, ":")
      write(time.second, 2, digits == 0 ? "Z" : ".")
      if digits > 0 { write(fraction, digits, "Z") }
      return end
    }
  }

  /// Whether a text is a time as `rfc3339` writes it (`rfc3339Micro` with six digits): most are, and
  /// need not be read further.
  package static func isWritten(_ text: String, digits: Int = 0) -> Bool {
    let form: StaticString =
      digits == 0 ? "0000-00-00T00:00:00Z" : "0000-00-00T00:00:00.000000Z"
    guard text.utf8.count == form.utf8CodeUnitCount else { return false }
    let isLike = text.utf8.withContiguousStorageIfAvailable { bytes in
      func number(_ place: Int) -> Int64 {
        Int64(bytes[place] &- 0x30) * 10 + Int64(bytes[place + 1] &- 0x30)
      }
      for (index, byte) in bytes.enumerated() {
        let wanted = form.utf8Start[index]
        guard wanted == 0x30 ? byte >= 0x30 && byte <= 0x39 : byte == wanted else { return false }
      }
      let month = number(5)
      // A moment goes no further back.
      return number(0) * 100 + number(2) > 1677 && (1...12).contains(month) && number(8) >= 1
        && number(8) <= CivilTime.daysIn(month: month, year: number(0) * 100 + number(2))
        && number(11) <= 23 && number(14) <= 59 && number(17) <= 59
    }
    return isLike ?? false
  }

  /// Reads a time of RFC 3339 with any offset and any fraction; nil when it is none.
  package init?(rfc3339 text: String) {
    guard let moment = try? Self.parse(text, layout: "") else { return nil }
    self = moment
  }

  /// Why a text is no time, in the words of Go's time.Parse.
  package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
  }

  /// Reads as metav1.Time does: the fraction, which Go lets pass, is kept.
  package static func parse(
    _ text: String, layout: String = "2006-01-02T15:04:05Z07:00"
  ) throws(ParseError) -> Moment {
    var reader = TimeReader(text, layout: layout)
    return try reader.read()
  }
}

/// Reads the parts of a time one by one, to say like Go at which one it failed.
private struct TimeReader {
  let text: String
  let layout: String
  var rest: Substring.UTF8View

  init(_ text: String, layout: String) {
    self.text = text
    self.layout = layout
    rest = text[...].utf8
  }

  mutating func read() throws(Moment.ParseError) -> Moment {
    let year = try number(4, "2006")
    try expect("-")
    let month = try number(2, "01", 1...12, "month")
    try expect("-")
    let day = try number(2, "02")
    try expect("T")
    let hour = try number(2, "15", 0...23, "hour")
    try expect(":")
    let minute = try number(2, "04", 0...59, "minute")
    try expect(":")
    let second = try number(2, "05", 0...59, "second")
    let nanos = fraction()
    let offset = try zone()
    if let first = rest.first {
      _ = first
      throw failure("extra text: " + String(Substring(rest)).goQuoted, plain: true)
    }
    guard day >= 1, day <= CivilTime.daysIn(month: month, year: year) else {
      throw failure("day out of range", plain: true)
    }
    let seconds =
      CivilTime.day(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Moment(seconds: seconds) + Span(nanoseconds: nanos)
  }

  private func failure(_ detail: String, plain: Bool) -> Moment.ParseError {
    Moment.ParseError(description: "parsing time \(text.goQuoted): \(detail)")
  }

  private func cannot(_ element: String) -> Moment.ParseError {
    Moment.ParseError(
      description: "parsing time \(text.goQuoted) as \(layout.goQuoted): cannot parse "
        + "\(String(Substring(rest)).goQuoted) as \(element.goQuoted)")
  }

  private mutating func number(
    _ digits: Int, _ element: String, _ range: ClosedRange<Int64> = 0...9999, _ name: String = ""
  ) throws(Moment.ParseError) -> Int64 {
    let part = rest.prefix(digits)
    guard part.count == digits, part.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let value = Int64(String(Substring(part)))
    else { throw cannot(element) }
    rest = rest.dropFirst(digits)
    guard range.contains(value) else { throw failure("\(name) out of range", plain: true) }
    return value
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws(Moment.ParseError) {
    guard rest.first == UInt8(ascii: mark) else { throw cannot(String(mark)) }
    rest = rest.dropFirst()
  }

  private mutating func fraction() -> Int64 {
    guard rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",") else { return 0 }
    let digits = rest.dropFirst().prefix { $0 >= 0x30 && $0 <= 0x39 }
    guard !digits.isEmpty else { return 0 }
    rest = rest.dropFirst(1 + digits.count)
    var nanos: Int64 = 0
    var unit: Int64 = 100_000_000
    for digit in digits.prefix(9) {
      nanos += Int64(digit - 0x30) * unit
      unit /= 10
    }
    return nanos
  }

  /// Seconds east of UTC.
  private mutating func zone() throws(Moment.ParseError) -> Int64 {
    let part = Array(rest.prefix(6))
    if part.first == UInt8(ascii: "Z") {
      rest = rest.dropFirst()
      return 0
    }
    guard part.count == 6, part[0] == UInt8(ascii: "+") || part[0] == UInt8(ascii: "-"),
      part[3] == UInt8(ascii: ":"),
      let hours = Int64(String(decoding: part[1...2], as: UTF8.self)), hours <= 24,
      let minutes = Int64(String(decoding: part[4...5], as: UTF8.self)), minutes < 60
    else { throw cannot("Z07:00") }
    rest = rest.dropFirst(6)
    return (hours * 3600 + minutes * 60) * (part[0] == UInt8(ascii: "-") ? -1 : 1)
  }
}
