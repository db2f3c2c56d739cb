import KubeCluster

/// One thing of a course that can be proven by itself: an exercise's variant, a lesson, its cards.
package enum Claim: Sendable, CustomStringConvertible {
  case exercise(Exercise, seed: UInt64)
  case lesson(Lesson, seed: UInt64)
  case card(Card, Drill, seed: UInt64)

  /// All claims of a course, exercises with parameters in as many variants.
  package static func all(
    of course: Course, variants: Int, seed: UInt64, where isWanted: (String) -> Bool
  ) -> [Claim] {
    var claims: [Claim] = []
    for exercise in course.exercises where isWanted(exercise.id) {
      for number in 0..<UInt64(exercise.isParametric ? max(1, variants) : 1) {
        claims.append(.exercise(exercise.variant(number), seed: seed &+ number))
      }
    }
    for lesson in course.lessons where isWanted(lesson.id) {
      claims.append(.lesson(lesson, seed: seed))
      for card in course.cards(of: lesson) {
        if case .drill(let drill) = card.matter { claims.append(.card(card, drill, seed: seed)) }
      }
    }
    return claims
  }

  /// What was promised and does not hold.
  package var failures: [String] {
    switch self {
    case .exercise(let exercise, let seed):
      return Prover { Self.boot($0.cluster, seed, $0.start, $0.checks) }.failures(of: exercise)
    case .lesson(let lesson, let seed):
      return Self.prover.failures(of: lesson) {
        Self.boot(lesson.cluster, seed, lesson.start, lesson.pages.flatMap(\.checks))
      }
    case .card(_, let drill, let seed):
      return Self.prover.failures(of: drill) {
        Self.boot("kubeadm", seed, drill.start, drill.checks)
      }
    }
  }

  private static var prover: Prover { Prover { Self.boot($0.cluster, 1, $0.start, $0.checks) } }

  private static func boot(
    _ cluster: String, _ seed: UInt64, _ start: StartState, _ checks: [PlannedCheck]
  ) -> ClusterScene {
    ClusterScene.boot(
      Blueprint.named(cluster) ?? .kubeadm, seed: seed, start: start, checks: checks)
  }

  package var description: String {
    switch self {
    case .exercise(let exercise, _):
      "exercise \(exercise.id)" + (exercise.variant > 0 ? ", variant \(exercise.variant)" : "")
    case .lesson(let lesson, _): "lesson \(lesson.id)"
    case .card(let card, _, _): "card \(card.id)"
    }
  }
}
