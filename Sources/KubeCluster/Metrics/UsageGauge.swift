import Documents
import KubeNode
import Linux
import Simulation

/// What somebody uses: thousandths of a core and bytes.
struct Usage {
  var milliCores: Int64
  var bytes: Int64

  static func += (sum: inout Usage, more: Usage) {
    sum.milliCores += more.milliCores
    sum.bytes += more.bytes
  }

  /// In metrics-server's units: nanocores and kibibytes.
  var value: Value {
    ["cpu": .string("\(milliCores * 1_000_000)n"), "memory": .string("\(bytes >> 10)Ki")]
  }
}

/// Figures of containers and nodes: what processes did, on top of what their program needs at rest.
struct UsageGauge {
  let seed: UInt64

  func usage(
    of plan: ContainerPlan, in runtime: MachineRuntime, spent: Span, during window: Span,
    at moment: Moment
  ) -> Usage {
    let rest = Self.rest(of: plan)
    let worked = spent.nanoseconds / max(1, window.nanoseconds / 1000)
    var milliCores = vary(rest.milliCores, plan.id, moment) + max(0, worked)
    if let limit = plan.limits.processors { milliCores = min(milliCores, limit) }
    var bytes = vary(rest.bytes, plan.id, moment) + Int64(clamping: runtime.memory(of: plan))
    if let limit = plan.limits.memory { bytes = min(bytes, limit) }
    return Usage(milliCores: milliCores, bytes: bytes)
  }

  /// The kubelet, containerd and the kernel.
  func system(of node: String, at moment: Moment) -> Usage {
    Usage(milliCores: vary(48, node, moment), bytes: vary(420 << 20, node, moment))
  }

  /// A twentieth more or less, the same for the same moment.
  private func vary(_ figure: Int64, _ what: String, _ moment: Moment) -> Int64 {
    var chance = SeededRandom(seed: seed, for: "usage/\(what)/\(moment.seconds / 60)")
    let width = Int(clamping: figure / 10)
    return width == 0 ? figure : figure - figure / 20 + Int64(chance.below(width))
  }

  private static func rest(of plan: ContainerPlan) -> Usage {
    let words = plan.command.filter { !$0.hasSuffix("entrypoint.sh") }
    let program = words.first?.split(separator: "/").last.map(String.init) ?? ""
    let (cores, mebibytes) = known[program] ?? (plan.image.isUnknown ? (1, 24) : (0, 1))
    return Usage(milliCores: cores, bytes: mebibytes << 20)
  }

  /// By program: thousandths of a core and MiB at rest.
  private static let known: [String: (Int64, Int64)] = [
    "kube-apiserver": (46, 268), "etcd": (24, 58), "kube-controller-manager": (17, 54),
    "kube-scheduler": (4, 22), "coredns": (2, 14), "kube-proxy": (1, 17),
    "metrics-server": (4, 18), "nginx": (0, 5), "httpd-foreground": (1, 8),
    "apache2-foreground": (1, 11), "redis-server": (3, 4), "postgres": (2, 26),
    "mysqld": (9, 380), "mariadbd": (2, 88), "mongod": (7, 146), "memcached": (1, 2),
  ]
}
