package import KubeAPIServer
package import Linux
package import Simulation

/// A running simulated cluster with a workstation beside it.
///
/// Single-threaded and synchronous: nothing happens but inside `advance`, `settle` and the shell's
/// calls, all from one thread at a time. Equal blueprint, seed, start and calls give equal bytes.
package final class Cluster {
  package let blueprint: Blueprint
  package let seed: UInt64
  package let timeline: Timeline
  package let server: APIServer
  /// The machine that the learner sits at.
  package let workstation: Machine
  /// The learner's shell on it.
  package let shell: ShellSession

  /// Boots: returns with the control plane up and the add-ons running.
  package init(_ blueprint: Blueprint, seed: UInt64, start: Moment = Cluster.standardStart) {
    self.blueprint = blueprint
    self.seed = seed
    timeline = Timeline(now: start)
    server = APIServer(timeline: timeline, seed: seed)
    workstation = Machine(hostName: "workstation", timeline: timeline)
    shell = ShellSession(machine: workstation)
  }

  /// When clusters start whose start does not matter: 2026-06-01T09:00:00Z.
  package static let standardStart = Moment(seconds: 1_780_304_400)
}
