import KubeObjects
import Simulation
import Testing

@Suite struct CivilZoneTests {
  @Test(
    "a place's clocks are so far from UTC",
    arguments: [
      ("UTC", "2026-07-01T00:00:00Z", 0), ("Europe/Berlin", "2026-01-15T12:00:00Z", 3600),
      ("Europe/Berlin", "2026-03-29T00:59:59Z", 3600),
      ("Europe/Berlin", "2026-03-29T01:00:00Z", 7200),
      ("Europe/Berlin", "2026-10-25T00:59:59Z", 7200),
      ("Europe/Berlin", "2026-10-25T01:00:00Z", 3600),
      ("America/New_York", "2026-07-01T00:00:00Z", -14_400),
      ("America/New_York", "2026-12-01T00:00:00Z", -18_000),
      ("Asia/Kolkata", "2026-07-01T00:00:00Z", 19_800),
      ("Australia/Sydney", "2026-01-01T00:00:00Z", 39_600),
      ("Australia/Sydney", "2026-06-01T00:00:00Z", 36_000),
      ("Europe/Dublin", "2026-07-01T00:00:00Z", 3600),
      ("Europe/Dublin", "2026-01-01T00:00:00Z", 0),
    ] as [(String, String, Int64)])
  func offset(_ name: String, _ moment: String, _ seconds: Int64) throws {
    let zone = try #require(CivilZone(name))
    let when = try #require(Moment(rfc3339: moment))
    #expect(zone.offset(at: when) == .seconds(seconds))
  }

  @Test("all zones that are known have a rule")
  func complete() {
    let lost = TimeZones.all.filter { CivilZone($0) == nil }
    #expect(lost.isSubset(of: ["US/East-", "Indiana"]))
  }

  @Test("what is no zone has no clocks", arguments: ["", "Mars/Base", "Europe"])
  func unknown(_ name: String) { #expect(CivilZone(name) == nil) }

  @Test("a schedule goes by the clocks of its zone")
  func schedule() throws {
    let schedule = try CronSchedule("30 9 * * *")
    let zone = try #require(CivilZone("Europe/Berlin"))
    let friday = try #require(Moment(rfc3339: "2026-03-27T12:00:00Z"))
    let saturday = try #require(schedule.next(after: friday, in: zone))
    #expect(saturday.rfc3339 == "2026-03-28T08:30:00Z")
    #expect(schedule.next(after: saturday, in: zone)?.rfc3339 == "2026-03-29T07:30:00Z")
  }
}
