/// Shows that an exercise marks as it promises: nothing done scores nothing, every solution scores
/// all, every mistake loses just what it says.
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
      let (marking, output) = mark(solution, of: exercise)
      for result in marking.results where result.verdict != .passed {
        failures.append("solution \"\(solution.name)\" loses \(result.id): \(result.reason)")
      }
      if !marking.isFull, !output.errors.isEmpty {
        failures.append("solution \"\(solution.name)\" printed: \(output.errors)")
      }
    }
    for mistake in exercise.mistakes {
      let (marking, _) = mark(mistake, of: exercise)
      if marking.failed != marking.results.map(\.id).filter(mistake.loses.contains) {
        failures.append(
          "mistake \"\(mistake.name)\" loses [\(marking.failed.joined(separator: ", "))], "
            + "not [\(mistake.loses.joined(separator: ", "))]")
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

  private func mark(_ answer: Exercise.Answer, of exercise: Exercise) -> (Marking, SceneOutput) {
    let scene = boot(exercise)
    let output = scene.run(answer.run)
    return (Marking(exercise.checks, in: scene), output)
  }
}
