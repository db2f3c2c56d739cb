/// Spreads cards over days, so that a review takes minutes.
package struct Workload {
  private let memories: [String: Memory]
  private static let day = 86_400.0
  private static let newPerDay = 12

  package init(_ memories: [String: Memory]) { self.memories = memories }

  /// What to ask now, in order: due cards, the ones nearest to being forgotten first, then some new.
  package func queue(_ cards: [String], at time: Double, newToday: Int) -> [String] {
    let due = memories.filter { $0.value.due <= time && cards.contains($0.key) }
    let known = due.map { (id: $0.key, recall: $0.value.recall(at: time)) }
      .sorted { ($0.recall, $0.id) < ($1.recall, $1.id) }
    let fresh = cards.filter { memories[$0] == nil }
    return known.map(\.id) + fresh.prefix(max(0, Self.newPerDay - newToday))
  }

  /// The interval moved by at most a twentieth to the day on which least is due.
  package func smoothed(_ memory: Memory) -> Double {
    let days = (memory.interval / Self.day).rounded()
    let slack = (days / 20).rounded(.down)
    guard memory.phase == .review, slack >= 1 else { return memory.interval }
    func load(_ days: Double) -> Int {
      let there = ((memory.reviewed + days * Self.day) / Self.day).rounded(.down)
      return memories.values.count { ($0.due / Self.day).rounded(.down) == there }
    }
    let choices = stride(from: -slack, through: slack, by: 1).map { days + $0 }
    let best = choices.min { (load($0), abs($0 - days), $0) < (load($1), abs($1 - days), $1) }
    return (best ?? days) * Self.day
  }
}
