import Simulation
import Testing

@testable import KubeObjects

@Suite struct CronScheduleTests {
  static let nextCases: [(String, String, String)] = [
    ("*/5 * * * *", "2026-01-01T00:01:00Z", "2026-01-01T00:05:00Z"),
    ("0 9 * jan-mar MON-FRI", "2026-01-02T10:00:00Z", "2026-01-05T09:00:00Z"),
    ("@hourly", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"),
    ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
    ("0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    ("@every 90s", "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z"),
  ]

  @Test("a schedule tells when it is next due", arguments: nextCases)
  func next(schedule: String, from: String, want: String) throws {
    let start = try #require(Moment(rfc3339: from))
    #expect(try CronSchedule(schedule).next(after: start)?.rfc3339 == want)
  }

  static let refusedCases: [(String, String)] = [
    ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
    ("61 * * * *", "end of range (61) above maximum (59): 61"),
    ("0 0 0 * *", "beginning of range (0) below minimum (1): 0"),
    ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
    ("*/0 * * * *", "step of range should be a positive number: */0"),
    ("@often", "unrecognized descriptor: @often"),
  ]

  @Test("what is no schedule is refused in upstream's words", arguments: refusedCases)
  func refused(schedule: String, want: String) {
    let error = #expect(throws: CronSchedule.ParseError.self) { try CronSchedule(schedule) }
    #expect(error?.description == want)
  }

  @Test("a schedule that never comes has no next moment")
  func never() throws {
    #expect(try CronSchedule("0 0 31 2 *").next(after: Moment(seconds: 0)) == nil)
  }
}
