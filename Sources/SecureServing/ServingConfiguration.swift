package import KubeCluster
package import Simulation

/// What is served, where, and how fast its time goes.
package struct ServingConfiguration: Sendable {
  package var blueprint: Blueprint
  package var seed: UInt64
  /// The virtual time at which serving begins; clients compare certificates with the wall clock.
  package var start: Moment
  /// An address of this machine; loopback, unless the user asks for another.
  package var host: String
  /// Zero lets the system choose.
  package var port: Int
  /// How many virtual seconds pass in a real one.
  package var rate: Int
  /// Connections beyond this many are closed at once.
  package var connectionLimit = 4096
  /// How long a connection may stay without a request, as upstream's server allows.
  package var idleTime = Duration.seconds(90)
  /// How long a request may take to arrive.
  package var arrivalTime = Duration.seconds(60)
  /// Keeps the cluster across runs; without, it is forgotten.
  package var journal: (any ServingJournal)?

  package init(
    blueprint: Blueprint, seed: UInt64, start: Moment, host: String = "127.0.0.1",
    port: Int = 0, rate: Int = 1
  ) {
    self.blueprint = blueprint
    self.seed = seed
    self.start = start
    self.host = host
    self.port = port
    self.rate = rate
  }

  /// The rate that `--clock` names: real, fast or Nx; nil when it names none.
  package static func rate(named name: String) -> Int? {
    switch name {
    case "real": return 1
    case "fast": return 10
    default:
      guard name.hasSuffix("x"), let rate = Int(name.dropLast()), (1...10_000).contains(rate)
      else { return nil }
      return rate
    }
  }
}
