import Simulation
import Testing

@testable import KubeObjects

@Suite struct TimeTests {
  @Test(
    "a time is read with its offset and written in UTC",
    arguments: [
      ("2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z"),
      ("2026-11-23T12:00:00+02:00", "2026-11-23T10:00:00Z"),
      ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
      ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
    ])
  func times(text: String, want: String) throws {
    #expect(try #require(Moment(rfc3339: text)).rfc3339 == want)
  }

  @Test(
    "a time in the form in which times are written is known without being read",
    arguments: [
      ("2026-11-23T12:00:00Z", 0, true), ("2024-02-29T23:59:59Z", 0, true),
      ("2026-11-23T12:00:00.012345Z", 6, true), ("2026-11-23T12:00:00Z", 6, false),
      ("2026-11-23T12:00:00.012345Z", 0, false), ("2026-11-23T12:00:00+00:00", 0, false),
      ("2023-02-29T00:00:00Z", 0, false), ("2026-13-01T00:00:00Z", 0, false),
      ("2026-00-01T00:00:00Z", 0, false), ("2026-01-00T00:00:00Z", 0, false),
      ("2026-01-01T24:00:00Z", 0, false), ("2026-01-01T00:60:00Z", 0, false),
      ("2026-01-01T00:00:60Z", 0, false), ("2026-01-01 00:00:00Z", 0, false),
      ("0001-01-01T00:00:00Z", 0, false), ("2026-01-0xT00:00:00Z", 0, false),
    ])
  func written(text: String, digits: Int, want: Bool) {
    #expect(Moment.isWritten(text, digits: digits) == want)
    guard want, let moment = Moment(rfc3339: text) else { return }
    #expect((digits == 0 ? moment.rfc3339 : moment.rfc3339Micro) == text)
  }

  @Test("fractions are cut to six digits, or lose their zeros")
  func fractions() {
    let moment = Moment(nanoseconds: 1_767_225_600_012_340_000)
    #expect(moment.rfc3339 == "2026-01-01T00:00:00Z")
    #expect(moment.rfc3339Micro == "2026-01-01T00:00:00.012340Z")
    #expect(moment.rfc3339Nano == "2026-01-01T00:00:00.01234Z")
    #expect(Moment(seconds: 0).rfc3339Nano == "1970-01-01T00:00:00Z")
  }

  @Test("what is no time is refused in Go's words")
  func refused() {
    let error = #expect(throws: Moment.ParseError.self) {
      try Moment.parse("yesterday", layout: "2006-01-02T15:04:05.000000Z07:00")
    }
    #expect(
      error?.description
        == "parsing time \"yesterday\" as \"2006-01-02T15:04:05.000000Z07:00\": "
        + "cannot parse \"yesterday\" as \"2006\"")
    #expect(Moment(rfc3339: "2023-02-29T00:00:00Z") == nil)
    #expect(Moment(rfc3339: "9999-99-99T00:00:00Z") == nil)
  }

  @Test(
    "durations are read and written as Go does",
    arguments: [
      ("1h30m", "1h30m0s"), ("90s", "1m30s"), ("1.5s", "1.5s"), ("250ms", "250ms"), ("0", "0s"),
      ("-3m", "-3m0s"), ("1us", "1µs"), ("36h", "36h0m0s"),
    ])
  func durations(text: String, want: String) throws {
    #expect(try #require(Span(goText: text)).goText == want)
  }

  static let ageCases: [(Int64, String)] = [
    (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (199, "3m19s"),
    (600, "10m"), (10_799, "179m"), (10_800, "3h"), (12_000, "3h20m"), (86_400, "24h"),
    (172_800, "2d"), (180_000, "2d2h"), (864_000, "10d"), (86_400 * 800, "2y70d"),
    (86_400 * 365 * 9, "9y"),
  ]

  @Test("ages are shown as kubectl shows them", arguments: ageCases)
  func ages(seconds: Int64, want: String) {
    #expect(Span.seconds(seconds).humanText == want)
  }

  @Test("texts that are no durations are refused", arguments: ["", "5", "h", "1x", "1e3s", "."])
  func noDurations(text: String) {
    #expect(Span(goText: text) == nil)
  }
}
