import Simulation
import Testing

@testable import Linux

/// When timers elapse by the calendar.
@Suite struct CalendarRuleTests {
  // Monday, 1 June 2026, 09:00:30.
  private static let now = Calendar(year: 2026, month: 6, day: 1, hour: 9, second: 30).moment

  @Test(
    "the next moment of a rule",
    arguments: [
      ("minutely", "06-01 09:01:00"), ("hourly", "06-01 10:00:00"), ("daily", "06-02 00:00:00"),
      ("weekly", "06-08 00:00:00"), ("monthly", "07-01 00:00:00"), ("yearly", "01-01 00:00:00"),
      ("*:0/15", "06-01 09:15:00"), ("9..17:30", "06-01 09:30:00"), ("08:00", "06-02 08:00:00"),
      ("Mon..Fri 22:30", "06-01 22:30:00"), ("Sat,Sun 10:00", "06-06 10:00:00"),
      ("Sat..Mon 08:00", "06-06 08:00:00"), ("*-*-15 04:05:06", "06-15 04:05:06"),
      ("*-02-29 00:00", "02-29 00:00:00"), ("*:*:0/10", "06-01 09:00:40"),
    ])
  func next(_ rule: String, _ expected: String) {
    let found = CalendarRule(rule)?.next(after: Self.now)
    #expect(found.map { Calendar($0).formatted("%m-%d %H:%M:%S") } == expected)
  }

  @Test(
    "what cannot be read is refused",
    arguments: [
      "25:00", "Foo 10:00", "*-13-01", "2026-06-01", "*:0/0", "10:61", "9..8:00", "1:2:3:4",
    ])
  func refused(_ rule: String) { #expect(CalendarRule(rule) == nil) }
}
