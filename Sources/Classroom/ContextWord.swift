import KubeCluster
import Linux
import Shell

/// A word about a cluster where there are several: it is about that of the context in force.
struct ContextWord: Program {
  let name: String
  // Used on the clusters' one thread only.
  nonisolated(unsafe) unowned let cluster: Cluster
  /// For each of `cluster.all`; nil where it has nothing to tell of.
  let programs: [(any Program)?]

  func run(_ process: Process) async throws -> ExitStatus {
    let chosen = await cluster.inForce(for: process)
    let index = cluster.all.firstIndex { $0 === chosen } ?? 0
    guard programs.indices.contains(index), let program = programs[index] else {
      try await process.writeError("drydock: not simulated: \(name) without nodes\n")
      return 1
    }
    return try await program.run(process)
  }
}
