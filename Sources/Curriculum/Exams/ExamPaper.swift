import Simulation

/// The tasks or questions drawn for an exam, by the official weights of its domains.
package struct ExamPaper: Hashable, Sendable {
  package struct Item: Hashable, Sendable {
    /// An exercise, or `BANK/NUMBER` for a question.
    package var subject: String
    package var variant: UInt64
    package var domain: String
  }

  package var minutes: Int
  package var items: [Item]
  /// Domains for which there is nothing to draw.
  package var missing: [Certification.Domain]

  /// Draws so many items as fit `minutes` (the certificate's own time when nil), only from one
  /// domain when one is named. What was `seen` in earlier exams comes when nothing else is left, the
  /// most often seen last.
  package init(
    _ certification: Certification, course: Course, domain: String? = nil, minutes: Int? = nil,
    seen: [String: Int] = [:], seed: UInt64
  ) {
    let time = minutes ?? certification.minutes
    self.minutes = time
    items = []
    missing = []
    var random = SeededRandom(seed: seed, for: "exam \(certification.id)")
    let count = max(
      1, (certification.items * time + certification.minutes / 2) / certification.minutes)
    var pools: [(domain: Certification.Domain, candidates: [Candidate])] = []
    for part in certification.domains where domain == nil || part.id.hasSuffix(".\(domain ?? "")") {
      let candidates = Candidate.all(in: course, of: part, certification)
      if candidates.isEmpty {
        missing.append(part)
      } else {
        let order = candidates.shuffled(using: &random).enumerated().sorted { one, other in
          (seen[one.element.subject] ?? 0, one.offset)
            < (seen[other.element.subject] ?? 0, other.offset)
        }
        pools.append((part, order.map(\.element)))
      }
    }
    let shares = Self.apportion(
      count, weights: pools.map(\.domain.weight), limits: pools.map(\.candidates.count))
    var draw = Draw(pools: pools.map(\.candidates), seen: seen)
    for (pool, share) in shares.enumerated() { draw.take(share, from: pool, within: time) }
    // Tight, as an exam's time is.
    draw.fit(into: time + time / 10)
    items = draw.drawn.map {
      Item(
        subject: $0.candidate.subject, variant: UInt64(1 + random.below(1000)),
        domain: pools[$0.pool].domain.id)
    }
    items.shuffle(using: &random)
  }

  /// The tasks of a pack's exam, in an order and in variants of their own for each seed.
  package init(_ exam: PlannedExam, seed: UInt64) {
    minutes = exam.minutes
    missing = []
    var random = SeededRandom(seed: seed, for: "exam \(exam.id)")
    items = exam.tasks.shuffled(using: &random).prefix(exam.draw ?? exam.tasks.count).map {
      Item(subject: $0, variant: UInt64(1 + random.below(1000)), domain: "")
    }
  }

  private struct Candidate {
    var subject: String
    var minutes: Int

    static func all(
      in course: Course, of domain: Certification.Domain, _ certification: Certification
    ) -> [Candidate] {
      let ids = Set(domain.competencies.map(\.id))
      if certification.isMultipleChoice {
        return course.questions(about: ids).map { Candidate(subject: $0, minutes: 1) }
      }
      return course.exercises.filter { !ids.isDisjoint(with: $0.competencies) }.map {
        Candidate(subject: $0.id, minutes: $0.minutes)
      }
    }
  }

  /// Candidates being chosen, each domain's from a pool of its own.
  private struct Draw {
    let pools: [[Candidate]]
    let seen: [String: Int]
    private(set) var drawn: [(pool: Int, candidate: Candidate)] = []
    private var taken: Set<String> = []

    init(pools: [[Candidate]], seen: [String: Int]) {
      self.pools = pools
      self.seen = seen
    }

    mutating func take(_ share: Int, from pool: Int, within minutes: Int) {
      let open = pools[pool].filter { $0.minutes <= minutes && !taken.contains($0.subject) }
      for candidate in open.prefix(share) {
        taken.insert(candidate.subject)
        drawn.append((pool, candidate))
      }
    }

    /// Exchanges long ones for shorter ones of the same pool, as few as it takes, so that no domain
    /// loses its share; where that is not enough, the longest are left out.
    mutating func fit(into limit: Int) {
      while case let over = drawn.reduce(0, { $0 + $1.candidate.minutes }) - limit, over > 0 {
        guard let (place, shorter) = exchange(saving: over) else {
          let longest = drawn.indices.max {
            drawn[$0].candidate.minutes < drawn[$1].candidate.minutes
          }
          guard drawn.count > 1, let longest else { return }
          taken.remove(drawn.remove(at: longest).candidate.subject)
          continue
        }
        taken.remove(drawn[place].candidate.subject)
        taken.insert(shorter.subject)
        drawn[place].candidate = shorter
      }
    }

    /// The exchange that saves just enough, else the most.
    private func exchange(saving wanted: Int) -> (place: Int, shorter: Candidate)? {
      var best: (place: Int, shorter: Candidate, saved: Int)?
      for (place, (pool, long)) in drawn.enumerated() {
        for candidate in pools[pool]
        where !taken.contains(candidate.subject)
          && (seen[candidate.subject] ?? 0) <= (seen[long.subject] ?? 0)
        {
          let saved = long.minutes - candidate.minutes
          guard saved > 0 else { continue }
          let isBetter =
            best.map { best in
              saved >= wanted
                ? best.saved < wanted || saved < best.saved : saved > best.saved
            } ?? true
          if isBetter { best = (place, candidate, saved) }
        }
      }
      return best.map { ($0.place, $0.shorter) }
    }
  }

  /// Whole shares of `count` in proportion to weights (highest averages), none above its limit.
  static func apportion(_ count: Int, weights: [Int], limits: [Int]) -> [Int] {
    var shares = Array(repeating: 0, count: weights.count)
    var left = min(count, limits.reduce(0, +))
    while left > 0 {
      // Who is furthest below its due gets the next one.
      let open = weights.indices.filter { shares[$0] < limits[$0] }
      let next = open.max { a, b in
        let x = (Double(weights[a]) / Double(shares[a] + 1), -a)
        let y = (Double(weights[b]) / Double(shares[b] + 1), -b)
        return x < y
      }
      guard let next else { break }
      shares[next] += 1
      left -= 1
    }
    return shares
  }
}

extension Course {
  /// The questions about some competencies, as `BANK/NUMBER`.
  package func questions(about competencies: Set<String>) -> [String] {
    banks.flatMap { bank in
      bank.questions.enumerated().filter { competencies.contains($0.element.competency) }.map {
        "\(bank.id)/\($0.offset + 1)"
      }
    }
  }

  /// The question of an exam's `BANK/NUMBER`.
  package func question(_ subject: String) -> Question? {
    guard let slash = subject.lastIndex(of: "/"),
      let number = Int(subject[subject.index(after: slash)...]),
      let bank = banks.first(where: { $0.id == subject[..<slash] }),
      bank.questions.indices.contains(number - 1)
    else { return nil }
    return bank.questions[number - 1]
  }
}
