import Dispatch
import Synchronization

extension Claim {
  /// Proves claims on several threads, each with clusters of its own; tells of each in the order
  /// given. Returns how many do not hold.
  package static func prove(
    _ claims: [Claim], jobs: Int,
    tell: @escaping @Sendable (_ claim: Claim, _ failures: [String]) -> Void
  ) -> Int {
    let board = Mutex(Board(waiting: claims.count))
    DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, 64))) { _ in
      while let index = board.withLock({ $0.take() }) {
        let failures = claims[index].failures
        board.withLock { board in
          for (done, failures) in board.put(failures, at: index) { tell(claims[done], failures) }
        }
      }
    }
    return board.withLock { $0.failed }
  }

  /// What is proven and what waits, in the order of the course.
  private struct Board {
    private var next = 0
    private var told = 0
    private var found: [[String]?]
    private(set) var failed = 0

    init(waiting count: Int) { found = Array(repeating: nil, count: count) }

    mutating func take() -> Int? {
      guard next < found.count else { return nil }
      next += 1
      return next - 1
    }

    /// Returns what may be told now.
    mutating func put(_ failures: [String], at index: Int) -> [(Int, [String])] {
      found[index] = failures
      if !failures.isEmpty { failed += 1 }
      var news: [(Int, [String])] = []
      while told < found.count, let failures = found[told] {
        news.append((told, failures))
        told += 1
      }
      return news
    }
  }
}
