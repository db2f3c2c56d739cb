import LearnerRecord
import Testing

/// What is asked on a day, and how cards are spread over days.
@Suite struct WorkloadTests {
  private static let day = 86_400.0

  private static func memory(_ interval: Double, reviewed: Double = 0) -> Memory {
    Memory(
      stability: interval, difficulty: 5, phase: .review, step: 0, reviewed: reviewed,
      interval: interval * day)
  }

  @Test("an interval moves by at most a twentieth, to the day on which least is due")
  func smoothed() {
    // Forty cards that were learnt on one day would all come back on one.
    var memories: [String: Memory] = [:]
    for number in 0..<40 {
      var next = Self.memory(60)
      next.interval = Workload(memories).smoothed(next)
      #expect(abs(next.interval - 60 * Self.day) <= 3 * Self.day)
      memories["\(number)"] = next
    }
    let days = memories.values.reduce(into: [:]) { $0[Int($1.due / Self.day), default: 0] += 1 }
    #expect(Set(days.keys) == Set(57...63))
    #expect(days.values.allSatisfy { (5...6).contains($0) }, "\(days)")
  }

  @Test("short intervals and cards that are being learnt stay where they are")
  func short() {
    #expect(Workload(["a": Self.memory(3)]).smoothed(Self.memory(3)) == 3 * Self.day)
    var learning = Self.memory(60)
    learning.phase = .learning
    #expect(Workload(["a": Self.memory(60)]).smoothed(learning) == 60 * Self.day)
  }

  @Test("what is nearest to being forgotten comes first, then some new cards, twelve a day")
  func queue() {
    let now = 100 * Self.day
    let memories = [
      "late": Self.memory(10, reviewed: 0), "just": Self.memory(10, reviewed: 89 * Self.day),
      "later": Self.memory(50, reviewed: 90 * Self.day), "gone": Self.memory(1),
    ]
    let cards = ["just", "late", "later"] + (0..<20).map { "new\($0)" }
    let queue = Workload(memories).queue(cards, at: now, newToday: 0)
    #expect(Array(queue.prefix(3)) == ["late", "just", "new0"])
    #expect(queue.count == 14)
    #expect(Workload(memories).queue(cards, at: now, newToday: 11).count == 3)
    #expect(Workload(memories).queue(cards, at: now, newToday: 30) == ["late", "just"])
  }
}
