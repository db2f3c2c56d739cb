import Simulation

/// /sys/fs/cgroup: the limits of a container and what it uses, as cgroup v2 tells them.
struct ControlGroupFiles {
  private unowned let machine: Machine

  init(_ machine: Machine) { self.machine = machine }

  private static let names = [
    "cgroup.controllers", "cgroup.events", "cgroup.max.depth", "cgroup.procs",
    "cgroup.subtree_control", "cgroup.type", "cpu.idle", "cpu.max", "cpu.max.burst", "cpu.stat",
    "cpu.weight", "cpuset.cpus.effective", "io.stat", "memory.current", "memory.events",
    "memory.high", "memory.low", "memory.max", "memory.min", "memory.oom.group", "memory.peak",
    "memory.stat", "memory.swap.current", "memory.swap.max", "pids.current", "pids.max",
  ]
  /// The root of the hierarchy has no limits.
  private static let rootNames = [
    "cgroup.controllers", "cgroup.max.depth", "cgroup.procs", "cgroup.subtree_control",
    "cpu.stat", "cpuset.cpus.effective", "io.stat", "memory.stat",
  ]

  var root: Inode {
    let machine = Weakly(machine)
    let names = self.machine.isContainer ? Self.names : Self.rootNames
    return Inode(
      .generatedDirectory(
        names: { names },
        find: { name, _ in
          guard names.contains(name), let owner = machine.value else { return nil }
          let text = ControlGroupFiles(owner).text(name)
          return .generated { _ in Array((text + "\n").utf8) }
        }), identity: 1, mode: 0o555)
  }

  private func text(_ name: String) -> String {
    let quota = machine.quota
    switch name {
    case "cgroup.controllers": return "cpuset cpu io memory hugetlb pids rdma misc"
    case "cgroup.events": return "populated 1\nfrozen 0"
    case "cgroup.procs":
      return machine.processes.keys.sorted().map(String.init).joined(separator: "\n")
    case "cgroup.subtree_control":
      return machine.isContainer ? "" : "cpuset cpu io memory hugetlb pids rdma misc"
    case "cgroup.type": return "domain"
    case "cpu.max":
      return quota.limit.map { "\($0 * 100) 100000" } ?? "max 100000"
    case "cpu.stat":
      let used = machine.cpuTime.nanoseconds / 1000
      return """
        usage_usec \(used)
        user_usec \(used * 9 / 10)
        system_usec \(used - used * 9 / 10)
        nr_periods \(quota.periods)
        nr_throttled \(quota.throttledPeriods)
        throttled_usec \(quota.throttled.nanoseconds / 1000)
        nr_bursts 0
        burst_usec 0
        """
    case "cpu.weight": return "\(weight)"
    case "cpuset.cpus.effective":
      return machine.processors > 1 ? "0-\(machine.processors - 1)" : "0"
    case "memory.current": return "\(machine.usedMemory)"
    case "memory.peak": return "\(max(machine.usedMemory, machine.peakMemory))"
    case "memory.max": return machine.memoryLimit.map { "\($0 / 4096 * 4096)" } ?? "max"
    case "memory.events":
      let kills = machine.ranOutOfMemory ? 1 : 0
      return "low 0\nhigh 0\nmax \(kills)\noom \(kills)\noom_kill \(kills)\noom_group_kill \(kills)"
    case "memory.oom.group": return "1"
    case "memory.stat":
      let own = machine.usedMemory - machine.fileMemory
      return "anon \(own)\nfile \(machine.fileMemory)\nkernel 0\nshmem \(machine.fileMemory)"
    case "memory.high", "pids.max", "cgroup.max.depth": return "max"
    case "memory.swap.max", "memory.swap.current", "memory.min", "memory.low", "cpu.idle",
      "cpu.max.burst":
      return "0"
    case "pids.current": return "\(machine.processes.count)"
    default: return ""
    }
  }

  // runc's ConvertCPUSharesToCgroupV2Value since 1.3.2: a curve through (2, 1), (1024, 100) and
  // (262144, 10000).
  private var weight: Int {
    let shares = Double(min(max(2, (machine.processorRequest ?? 0) * 1024 / 1000), 262_144))
    if shares <= 2 { return 1 }
    let logarithm = AwkMath.logarithm2(shares)
    let exponent = (logarithm * logarithm + 125 * logarithm) / 612 - 7.0 / 34
    return Int(AwkMath.power(10, exponent).rounded(.up))
  }
}
