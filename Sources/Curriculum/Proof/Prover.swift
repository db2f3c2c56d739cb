import Simulation

/// Shows that an exercise marks as it promises: nothing done scores nothing, every solution scores
/// all within the time given, every mistake loses just what it says.
package struct Prover {
  /// Makes a fresh cluster with the start state of an exercise.
  private let boot: (Exercise) -> any Scene

  package init(boot: @escaping (Exercise) -> any Scene) { self.boot = boot }

  /// What was promised and did not hold; empty when the exercise is proven.
  package func failures(of exercise: Exercise) -> [String] {
    var failures: [String] = []
    let untouched = Marking(exercise.checks, in: boot(exercise))
    if untouched.points > 0 {
      let earned = untouched.results.filter { $0.earned > 0 }.map(\.id)
      failures.append("the start state already earns \(earned.joined(separator: ", "))")
    }
    for solution in exercise.solutions {
      let attempt = attempt(solution, at: exercise)
      for result in attempt.marking.results where result.verdict != .passed {
        failures.append("solution \"\(solution.name)\" loses \(result.id): \(result.reason)")
      }
      if !attempt.marking.isFull, !attempt.output.errors.isEmpty {
        failures.append("solution \"\(solution.name)\" printed: \(attempt.output.errors)")
      }
      if attempt.spent > .minutes(Int64(exercise.minutes)) {
        failures.append(
          "solution \"\(solution.name)\" takes \(attempt.spent.seconds) s of the cluster's time, "
            + "more than the \(exercise.minutes) min given")
      }
    }
    for mistake in exercise.mistakes {
      let marking = attempt(mistake, at: exercise).marking
      if marking.failed != marking.results.map(\.id).filter(mistake.loses.contains) {
        failures.append(
          "mistake \"\(mistake.name)\" loses [\(marking.failed.joined(separator: ", "))], "
            + "not [\(mistake.loses.joined(separator: ", "))]")
        failures += marking.results.filter { $0.verdict == .failed }.map {
          "    \($0.id): \($0.reason)"
        }
      }
    }
    return failures
  }

  /// What of a lesson does not hold: a page that is done before it is begun, or that its own
  /// solution does not do.
  package func failures(of lesson: Lesson, boot: () -> any Scene) -> [String] {
    var failures: [String] = []
    let scene = boot()
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

  /// What of a review card does not hold.
  package func failures(of drill: Drill, boot: () -> any Scene) -> [String] {
    if Marking(drill.checks, in: boot()).points > 0 { return ["it is done before it is begun"] }
    let scene = boot()
    let output = scene.run(drill.solution)
    return Marking(drill.checks, in: scene).results.filter { $0.verdict != .passed }.map {
      "its solution loses \($0.id): \($0.reason) \(output.errors)"
    }
  }

  private struct Attempt {
    var marking: Marking
    var output: SceneOutput
    var spent: Span
  }

  private func attempt(_ answer: Exercise.Answer, at exercise: Exercise) -> Attempt {
    let scene = boot(exercise)
    let start = scene.now
    let output = scene.run(answer.run)
    let spent = scene.now - start
    return Attempt(marking: Marking(exercise.checks, in: scene), output: output, spent: spent)
  }
}
