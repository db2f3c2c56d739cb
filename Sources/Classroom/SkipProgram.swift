import Curriculum
import Linux
import Shell
import Simulation

/// `skip 5m`: lets virtual time pass at once.
struct SkipProgram: Program {
  let name = "skip"
  private static let longest = Span.hours(24 * 31)

  func run(_ process: Process) async throws -> ExitStatus {
    guard process.arguments.count == 1, let text = process.arguments.first,
      let span = Span(duration: text), span <= Self.longest
    else {
      throw UsageError(
        "how long? For example: skip 30s, skip 5m, skip 2h (at most 31d)", hint: false, status: 2)
    }
    try await process.machine.timeline.sleep(span, Waiter())
    return 0
  }
}
