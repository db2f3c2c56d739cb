/// What each check of an exercise said, and what it is worth.
package struct Marking: Hashable, Codable, Sendable {
  package struct Result: Hashable, Codable, Sendable {
    package enum Verdict: Hashable, Codable, Sendable { case passed, failed, notReached }
    package var id: String
    package var say: String
    package var verdict: Verdict
    /// Empty when passed.
    package var reason: String
    package var points: Int

    package var earned: Int { verdict == .passed ? points : 0 }
  }

  package var results: [Result]

  package var points: Int { results.reduce(0) { $0 + $1.earned } }
  package var total: Int { results.reduce(0) { $0 + $1.points } }
  package var isFull: Bool { results.allSatisfy { $0.verdict == .passed } }
  /// The ids of the checks that failed by themselves.
  package var failed: [String] { results.filter { $0.verdict == .failed }.map(\.id) }

  /// Asks every check in turn. Those that may take time share one clock, so that marking is quick.
  package init(_ checks: [PlannedCheck], in scene: any Scene) {
    var passed: Set<String> = []
    var results: [Result?] = Array(repeating: nil, count: checks.count)
    func reach(_ index: Int) {
      let planned = checks[index]
      let missing = planned.needs.filter { !passed.contains($0) }
      guard missing.isEmpty else {
        let names = missing.compactMap { id in checks.first { $0.id == id }?.say }
        results[index] = planned.result(
          .notReached, "comes after: \(names.joined(separator: ", "))")
        return
      }
      let verdict = planned.verdict(in: scene)
      if verdict == .passed { passed.insert(planned.id) }
      results[index] = planned.result(
        verdict == .passed ? .passed : .failed, verdict.reason ?? "")
    }
    let calm = checks.indices.filter { !checks[$0].isDisruptive }
    let blows = checks.indices.filter { checks[$0].isDisruptive }
    for index in calm where !checks[index].isGuard { reach(index) }
    // A cluster in which nothing was done has nothing to show for being unharmed.
    let isBegun = results.contains { $0?.verdict == .passed }
    func reachGuard(_ index: Int) {
      if isBegun {
        reach(index)
      } else {
        results[index] = checks[index].result(.notReached, "counts once something else is right")
      }
    }
    for index in calm where checks[index].isGuard { reachGuard(index) }
    for index in blows { checks[index].isGuard ? reachGuard(index) : reach(index) }
    self.results = results.compactMap { $0 }
  }
}

extension PlannedCheck {
  fileprivate func result(_ verdict: Marking.Result.Verdict, _ reason: String) -> Marking.Result {
    Marking.Result(id: id, say: say, verdict: verdict, reason: reason, points: points)
  }
}
