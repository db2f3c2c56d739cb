import Foundation
import KubeCluster
import Synchronization

extension Claim {
  /// Proves claims, several at once; tells of each in the order given. Returns how many do not hold.
  ///
  /// `worker` is a program and its arguments that call `serve` for the same claims; when it is
  /// empty, they are proven on threads of this process, each attempt in a cluster that boots for it.
  package static func prove(
    _ claims: [Claim], jobs: Int, worker: [String] = [],
    tell: @escaping @Sendable (_ claim: Claim, _ failures: [String]) -> Void
  ) -> Int {
    let failed = Mutex(0)
    let work = WorkerPool.Work<[String]>(
      count: claims.count, request: { Array("\($0)".utf8) },
      answer: { try? JSONDecoder().decode([String].self, from: Data($0)) },
      loss: { _ in ["proving it ended the program"] }, local: { claims[$0].failures() })
    // Telling cannot fail, so the run does not.
    try? WorkerPool(jobs: jobs, command: worker).run(work) { index, failures in
      if !failures.isEmpty { failed.withLock { $0 += 1 } }
      tell(claims[index], failures)
    }
    return failed.withLock { $0 }
  }

  /// Proves the claims whose numbers standard input names, as one of the processes of `prove`.
  package static func serve(_ claims: [Claim]) {
    let copies = ClusterCopies()
    WorkerProcess.serve { line in
      guard let index = Int(line), claims.indices.contains(index) else { return nil }
      return try? Array(JSONEncoder().encode(claims[index].failures(in: copies)))
    }
  }
}
