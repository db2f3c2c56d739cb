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

  /// What was promised and does not hold. Every attempt is made in a cluster that nobody used: a
  /// copy of one, or one that boots for it.
  package func failures(in copies: ClusterCopies? = nil) -> [String] {
    let place = place
    func begin(_ cluster: Cluster) -> ClusterScene {
      ClusterScene.begin(place.start, in: cluster, checks: place.checks)
    }
    guard let copies else {
      let blueprint = Blueprint.named(place.blueprint) ?? .kubeadm
      return failures { $0(begin(Cluster(blueprint, seed: place.seed))) }
    }
    // The start state is reached once, in a copy of the cluster, and copied for every attempt.
    let found = copies.run(place.blueprint, seed: place.seed) { cluster in
      let scene = begin(cluster)
      return failures { body in Fork.run { body(scene) } ?? ["it ends the program"] }
    }
    return found ?? ["its start state ends the program"]
  }

  private func failures(on stage: @escaping Prover.Stage) -> [String] {
    let prover = Prover(stage)
    return switch self {
    case .exercise(let exercise, _): prover.failures(of: exercise)
    case .lesson(let lesson, _): prover.failures(of: lesson)
    case .card(_, let drill, _): prover.failures(of: drill)
    }
  }

  /// What a claim is proven in.
  private struct Place {
    var blueprint: String
    var seed: UInt64
    var start: StartState
    var checks: [PlannedCheck]
  }

  private var place: Place {
    switch self {
    case .exercise(let exercise, let seed):
      Place(
        blueprint: exercise.cluster, seed: seed, start: exercise.start, checks: exercise.checks)
    case .lesson(let lesson, let seed):
      Place(
        blueprint: lesson.cluster, seed: seed, start: lesson.start,
        checks: lesson.pages.flatMap(\.checks))
    case .card(_, let drill, let seed):
      Place(blueprint: "kubeadm", seed: seed, start: drill.start, checks: drill.checks)
    }
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
