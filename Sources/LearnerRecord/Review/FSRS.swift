import Glibc

/// The Free Spaced Repetition Scheduler, version 6, with the parameters fitted to the public.
package struct FSRS: Hashable, Sendable {
  /// The chance of recall at which a card is due.
  package var retention = 0.9
  /// Seconds between the first looks at a new card, and at one that was forgotten.
  package var learningSteps: [Double] = [60, 600]
  package var relearningSteps: [Double] = [600]

  package init() {}

  private static let w: [Double] = [
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835,
    0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
  ]
  private static let factor = pow(0.9, -1 / w[20]) - 1
  private static let longest = 36_500.0

  static func retrievability(days: Double, stability: Double) -> Double {
    pow(1 + factor * days / stability, -w[20])
  }

  /// The memory of a card after a review; nil before the first.
  package func review(_ memory: Memory?, _ grade: Memory.Grade, at time: Double) -> Memory {
    let g = Double(grade.rawValue)
    guard let memory else {
      let new = Memory(
        stability: Self.w[grade.rawValue - 1], difficulty: Self.clamped(Self.initial(g)),
        phase: .learning, step: 0, reviewed: time, interval: 0)
      return scheduled(new, grade)
    }
    var next = memory
    next.reviewed = time
    let days = ((time - memory.reviewed) / 86_400).rounded(.down)
    if days < 1 {
      next.stability = Self.sameDay(memory.stability, g)
    } else {
      let recall = Self.retrievability(days: days, stability: memory.stability)
      next.stability =
        grade == .again
        ? Self.lapsed(memory, recall) : Self.recalled(memory, recall, grade)
    }
    next.stability = max(next.stability, 0.001)
    next.difficulty = Self.difficulty(memory.difficulty, g)
    return scheduled(next, grade)
  }

  /// Days until recall falls to the wanted chance, at least one.
  package func days(_ stability: Double) -> Double {
    let days = stability / Self.factor * (pow(retention, -1 / Self.w[20]) - 1)
    return min(max(days.rounded(.toNearestOrEven), 1), Self.longest)
  }

  private func scheduled(_ memory: Memory, _ grade: Memory.Grade) -> Memory {
    var next = memory
    let steps =
      switch memory.phase {
      case .learning: learningSteps
      case .review: [Double]()
      case .relearning: relearningSteps
      }
    if memory.phase == .review, grade == .again, let first = relearningSteps.first {
      (next.phase, next.step, next.interval) = (.relearning, 0, first)
      return next
    }
    let isThrough = memory.step >= steps.count && grade != .again
    guard !steps.isEmpty, !isThrough else { return graduated(next) }
    switch grade {
    case .again: (next.step, next.interval) = (0, steps[0])
    case .hard:
      next.interval =
        memory.step > 0
        ? steps[memory.step] : steps.count == 1 ? steps[0] * 1.5 : (steps[0] + steps[1]) / 2
    case .good:
      if memory.step + 1 == steps.count { return graduated(next) }
      next.step += 1
      next.interval = steps[next.step]
    case .easy: return graduated(next)
    }
    return next
  }

  private func graduated(_ memory: Memory) -> Memory {
    var next = memory
    (next.phase, next.step) = (.review, 0)
    next.interval = days(memory.stability) * 86_400
    return next
  }

  private static func initial(_ g: Double) -> Double { w[4] - exp(w[5] * (g - 1)) + 1 }
  private static func clamped(_ difficulty: Double) -> Double { min(max(difficulty, 1), 10) }

  private static func difficulty(_ old: Double, _ g: Double) -> Double {
    let moved = old - w[6] * (g - 3) * (10 - old) / 9
    return clamped(w[7] * initial(4) + (1 - w[7]) * moved)
  }

  private static func sameDay(_ stability: Double, _ g: Double) -> Double {
    let increase = exp(w[17] * (g - 3 + w[18])) * pow(stability, -w[19])
    return stability * (g >= 3 ? max(increase, 1) : increase)
  }

  private static func recalled(
    _ memory: Memory, _ recall: Double, _ grade: Memory.Grade
  ) -> Double {
    let bonus = grade == .hard ? w[15] : grade == .easy ? w[16] : 1
    return memory.stability
      * (1 + exp(w[8]) * (11 - memory.difficulty) * pow(memory.stability, -w[9])
        * (exp((1 - recall) * w[10]) - 1) * bonus)
  }

  private static func lapsed(_ memory: Memory, _ recall: Double) -> Double {
    let long =
      w[11] * pow(memory.difficulty, -w[12]) * (pow(memory.stability + 1, w[13]) - 1)
      * exp((1 - recall) * w[14])
    return min(long, memory.stability / exp(w[17] * w[18]))
  }
}
