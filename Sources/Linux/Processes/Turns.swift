/// The turns of an interpreter that never waits, such as awk's; each is a small part of a step.
struct Turns {
  private static let perCharge = 1 << 16
  private static let perStep = 16
  /// Since the last rest, and since the process last spent a step on them.
  private var used = 0
  private var owed = 0

  mutating func take(_ count: Int = 1, by process: Process, within limits: Budgets) throws {
    used += count
    owed += count
    try limits.check(turns: used)
    guard owed >= Self.perCharge else { return }
    try process.spend(owed / Self.perStep)
    owed = 0
  }

  /// Begins to count anew, as for another line of input.
  mutating func rest() { used = 0 }
}
