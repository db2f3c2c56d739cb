import Glibc

/// How well a card is remembered, by FSRS-6: what it takes to decide when to ask again.
package struct Memory: Hashable, Sendable {
  package enum Grade: Int, Sendable {
    case again = 1
    case hard, good, easy
  }

  /// Where a card is between new and known.
  package enum Phase: Int, Sendable {
    case learning = 1
    case review, relearning
  }

  /// Days until recall has fallen to 90 %.
  package var stability: Double
  /// 1 easy … 10 hard.
  package var difficulty: Double
  package var phase: Phase
  /// The step within (re)learning.
  package var step: Int
  /// Seconds since the epoch.
  package var reviewed: Double
  /// Seconds until it is due.
  package var interval: Double

  package var due: Double { reviewed + interval }

  package init(
    stability: Double, difficulty: Double, phase: Phase, step: Int, reviewed: Double,
    interval: Double
  ) {
    self.stability = stability
    self.difficulty = difficulty
    self.phase = phase
    self.step = step
    self.reviewed = reviewed
    self.interval = interval
  }

  /// The chance of recall at a time.
  package func recall(at time: Double) -> Double {
    let days = max(0, (time - reviewed) / 86_400).rounded(.down)
    return FSRS.retrievability(days: days, stability: stability)
  }
}
