import Simulation

/// Shows that an exercise marks as it promises: nothing done scores nothing, every solution scores
/// all within the time given, every mistake loses just what it says.
package struct Prover {
  /// Gives a body the start state as nobody has touched it, and hands on what that found.
  package typealias Stage = (_ body: (any Scene) -> [String]) -> [String]

  private let stage: Stage

  package init(_ stage: @escaping Stage) { self.stage = stage }

  /// What was promised and did not hold; empty when the exercise is proven.
  package func failures(of exercise: Exercise) -> [String] {
    var failures = stage { scene in
      let untouched = Marking(exercise.checks, in: scene)
      if untouched.points == 0 { return [] }
      let earned = untouched.results.filter { $0.earned > 0 }.map(\.id)
      return ["the start state already earns \(earned.joined(separator: ", "))"]
    }
    for solution in exercise.solutions {
      failures += stage { Self.failures(of: solution, to: exercise, in: $0) }
    }
    for mistake in exercise.mistakes {
      failures += stage { scene in
        _ = scene.run(mistake.run)
        let marking = Marking(exercise.checks, in: scene)
        if marking.failed == marking.results.map(\.id).filter(mistake.loses.contains) { return [] }
        let lost = marking.failed.joined(separator: ", ")
        let promised = mistake.loses.joined(separator: ", ")
        return ["mistake \"\(mistake.name)\" loses [\(lost)], not [\(promised)]"]
          + marking.results.filter { $0.verdict == .failed }.map { "    \($0.id): \($0.reason)" }
      }
    }
    return failures
  }

  private static func failures(
    of solution: Exercise.Answer, to exercise: Exercise, in scene: any Scene
  ) -> [String] {
    let start = scene.now
    let output = scene.run(solution.run)
    let spent = scene.now - start
    let marking = Marking(exercise.checks, in: scene)
    var failures = marking.results.filter { $0.verdict != .passed }.map {
      "solution \"\(solution.name)\" loses \($0.id): \($0.reason)"
    }
    if !marking.isFull, !output.errors.isEmpty {
      failures.append("solution \"\(solution.name)\" printed: \(output.errors)")
    }
    if spent > .minutes(Int64(exercise.minutes)) {
      failures.append(
        "solution \"\(solution.name)\" takes \(spent.seconds) s of the cluster's time, "
          + "more than the \(exercise.minutes) min given")
    }
    return failures
  }

  /// What of a lesson does not hold: a page that is done before it is begun, or that its own
  /// solution does not do.
  package func failures(of lesson: Lesson) -> [String] {
    stage { scene in
      var failures: [String] = []
      for (index, page) in lesson.pages.enumerated() where !page.checks.isEmpty {
        let before = Marking(page.checks, in: scene)
        if before.isFull { failures.append("page \(index + 1) is done before it is begun") }
        let output = scene.run(page.solution)
        let after = Marking(page.checks, in: scene)
        for result in after.results where result.verdict != .passed {
          failures.append("page \(index + 1) loses \(result.id): \(result.reason) \(output.errors)")
        }
      }
      return failures
    }
  }

  /// What of a review card does not hold.
  package func failures(of drill: Drill) -> [String] {
    let early = stage { scene in
      Marking(drill.checks, in: scene).points > 0 ? ["it is done before it is begun"] : []
    }
    if !early.isEmpty { return early }
    return stage { scene in
      let output = scene.run(drill.solution)
      return Marking(drill.checks, in: scene).results.filter { $0.verdict != .passed }.map {
        "its solution loses \($0.id): \($0.reason) \(output.errors)"
      }
    }
  }
}
