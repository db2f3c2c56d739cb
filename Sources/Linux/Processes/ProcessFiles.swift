import Shell
import Simulation

extension Machine {
  /// Mounts /proc, /dev and /sys.
  func mountKernelFiles() {
    let processFiles = FileSystem(
      generated: ProcessFiles(self).root, timeline: timeline, type: "proc")
    files.mount(processFiles, at: "/proc", source: "proc")
    files.mount(
      FileSystem(StandardFiles.controls, timeline: timeline, type: "proc"), at: "/proc/sys",
      source: "proc")
    files.mount(
      FileSystem(StandardFiles.devices, timeline: timeline, type: "tmpfs"), at: "/dev",
      source: "tmpfs")
    files.mount(
      FileSystem(StandardFiles.kernelObjects, timeline: timeline, type: "sysfs"), at: "/sys",
      isReadOnly: isContainer, source: "sysfs")
    files.mount(
      FileSystem(generated: NetworkClassFiles(self).root, timeline: timeline, type: "sysfs"),
      at: "/sys/class/net", isReadOnly: isContainer, source: "sysfs")
    files.mount(
      FileSystem(generated: ControlGroupFiles(self).root, timeline: timeline, type: "cgroup2"),
      at: "/sys/fs/cgroup", isReadOnly: isContainer, source: isContainer ? "cgroup" : "cgroup2")
  }
}

/// /proc: what the kernel tells about the machine and its processes.
struct ProcessFiles {
  private unowned let machine: Machine

  init(_ machine: Machine) { self.machine = machine }

  private static let fixed = [
    "cgroups", "cmdline", "cpuinfo", "filesystems", "loadavg", "meminfo", "modules", "mounts",
    "net",
    "self", "stat", "swaps", "sys", "uptime", "version",
  ]

  var root: Inode {
    let machine = Weakly(machine)
    return Inode(
      .generatedDirectory(
        names: {
          let own = machine.value?.table.processes.keys.sorted() ?? []
          let guests = machine.value?.table.guests?().map(\.id) ?? []
          return ((own + guests).map(String.init) + Self.fixed).sorted()
        },
        find: { name, caller in
          machine.value.flatMap { ProcessFiles($0).find(name, caller) }
        }), identity: 1, mode: 0o555)
  }

  private func find(_ name: String, _ caller: Caller) -> Inode? {
    if name == "self" {
      return Inode(.link("\(caller.processID)"), identity: 2, mode: 0o777)
    }
    if name == "mounts" { return Inode(.link("self/mounts"), identity: 3, mode: 0o777) }
    if let id = Int(name) { return machine.table.process(id).map(directory) }
    if name == "net" {
      return folder(["route", "tcp", "udp", "dev"]) { [machine] name in
        name == "dev" ? ProcessFiles.interfaces : machine.hostName.isEmpty ? nil : ""
      }
    }
    if name == "sys" { return Inode(.directory, identity: 4, mode: 0o555) }
    guard let text = text(name) else { return nil }
    return .generated { _ in Array(text.utf8) }
  }

  private static let interfaces = """
    Inter-|   Receive                                                |  Transmit
     face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop \
    fifo colls carrier compressed
        lo:       0       0    0    0    0     0          0         0        0       0    0    0    \
    0     0       0          0

    """

  private func text(_ name: String) -> String? {
    switch name {
    case "cpuinfo": return processors
    case "meminfo": return memory
    case "uptime":
      let up = (machine.timeline.now - machine.booted).nanoseconds / 10_000_000
      let idle = up * Int64(machine.processors) * 9 / 10
      return "\(hundredths(up)) \(hundredths(idle))\n"
    case "loadavg":
      return "\(machine.loadAverage) 1/\(machine.processes.count + 100) "
        + "\(machine.processes.keys.max() ?? 1)\n"
    case "version":
      let compiler =
        machine.isSandboxed ? "" : "(buildd@lcy02-amd64-086) (x86_64-linux-gnu-gcc-13) "
      return "Linux version \(machine.kernel) \(compiler)\(machine.kernelBuild)\n"
    case "cmdline":
      return "BOOT_IMAGE=/vmlinuz-\(machine.kernel) root=LABEL=cloudimg-rootfs ro console=tty1\n"
    case "filesystems": return "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\toverlay\n\text4\n"
    case "modules":
      return "br_netfilter 32768 0 - Live 0x0\noverlay 212992 0 - Live 0x0\n"
    case "swaps": return "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
    case "cgroups": return "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t0\t1\t1\n"
    case "stat":
      let booted = machine.booted.seconds
      return "cpu  0 0 0 0 0 0 0 0 0 0\nbtime \(booted)\nprocesses \(machine.processes.count)\n"
    default: return nil
    }
  }

  private func hundredths(_ value: Int64) -> String {
    "\(value / 100).\(value % 100 < 10 ? "0" : "")\(value % 100)"
  }

  private var processors: String {
    (0..<machine.processors).map { index in
      """
      processor\t: \(index)
      vendor_id\t: GenuineIntel
      cpu family\t: 6
      model\t\t: 85
      model name\t: Intel(R) Xeon(R) Processor @ 2.50GHz
      stepping\t: 7
      cpu MHz\t\t: 2500.000
      cache size\t: 36608 KB
      core id\t\t: \(index)
      cpu cores\t: \(machine.processors)
      bogomips\t: 5000.00
      address sizes\t: 46 bits physical, 48 bits virtual


      """
    }.joined()
  }

  private var memory: String {
    let total = machine.memoryKiB
    let free = total - machine.usedMemoryKiB
    return [
      ("MemTotal", total), ("MemFree", free * 7 / 10), ("MemAvailable", free),
      ("Buffers", total / 50), ("Cached", free * 2 / 10), ("SwapTotal", 0), ("SwapFree", 0),
    ].map { name, value in
      let number = "\(value)"
      let pad = String(repeating: " ", count: max(1, 24 - name.utf8.count - 1 - number.utf8.count))
      return "\(name):\(pad)\(number) kB\n"
    }.joined()
  }

  private func folder(
    _ names: [String], mode: Int = 0o555, owner: Int = 0, _ text: @escaping (String) -> String?
  ) -> Inode {
    Inode(
      .generatedDirectory(
        names: { names },
        find: { name, _ in
          text(name).map { text in .generated { _ in Array(text.utf8) } }
        }), identity: 5, mode: mode, owner: owner)
  }

  private static let perProcess = [
    "attr", "cgroup", "cmdline", "comm", "cwd", "environ", "exe", "fd", "mounts", "oom_score_adj",
    "gid_map", "root", "stat", "status", "uid_map",
  ]

  private func directory(of process: Process) -> Inode {
    Inode(
      .generatedDirectory(
        names: { Self.perProcess },
        find: { [machine] name, caller in
          ProcessFiles(machine).file(name, of: process, for: caller)
        }),
      identity: UInt64(process.id) << 16 | 1, mode: 0o555, owner: process.caller.user,
      group: process.caller.group)
  }

  private func file(_ name: String, of process: Process, for caller: Caller) -> Inode? {
    let identity = UInt64(process.id) << 16
    switch name {
    case "root" where process.machine !== machine:
      // ptrace_may_access: the same user with no more capabilities, or CAP_SYS_PTRACE.
      let isOpen =
        caller.capabilities.contains(.sysPtrace)
        || caller.user == process.caller.user
          && caller.capabilities.isSuperset(of: process.caller.capabilities)
      return Inode(
        .passage(isOpen ? process.machine.files : nil), identity: identity | 3, mode: 0o777)
    case "cwd": return Inode(.link(process.directory), identity: identity | 2, mode: 0o777)
    case "root": return Inode(.link("/"), identity: identity | 3, mode: 0o777)
    case "exe":
      let path = try? process.machine.locate(
        process.name, path: process.environment["PATH"] ?? Machine.standardPath,
        in: process.directory, .root)
      return Inode(.link(path ?? process.name), identity: identity | 4, mode: 0o777)
    case "fd":
      let numbers = process.files.keys.sorted().map(String.init)
      return Inode(
        .generatedDirectory(
          names: { numbers },
          find: { name, _ in
            guard let number = Int(name), process.files[number] != nil else { return nil }
            // Opening /proc/1/fd/1 writes where process 1's output goes.
            return Inode(
              .device(.descriptor(process: process.id, number)), identity: identity | 6,
              mode: 0o666)
          }), identity: identity | 5, mode: 0o500, owner: process.caller.user)
    case "attr":
      let label = process.machine.files.profile?.label ?? "unconfined"
      return folder(["current"]) { $0 == "current" ? label + "\n" : nil }
    case "environ":
      let text = process.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\0" }
      return .generated(mode: 0o400, owner: process.caller.user) { _ in Array(text.joined().utf8) }
    default:
      guard let text = text(name, of: process) else { return nil }
      return .generated { _ in Array(text.utf8) }
    }
  }

  private func text(_ name: String, of process: Process) -> String? {
    switch name {
    case "cmdline":
      return ([process.name] + process.arguments).map { $0 + "\0" }.joined()
    case "comm": return process.called.prefix(15) + "\n"
    case "cgroup": return "0::/\n"
    case "oom_score_adj": return "0\n"
    case "uid_map", "gid_map":
      let first = process.machine.confinement.firstID
      return [0, first ?? 0, first == nil ? 4_294_967_295 : 65_536].map { number in
        String(repeating: " ", count: max(0, 10 - "\(number)".count)) + "\(number)"
      }.joined(separator: " ") + "\n"
    case "mounts": return process.machine.mountTable
    case "stat":
      let ticks = process.cpuTime.nanoseconds / 10_000_000
      let started = (process.started - machine.booted).nanoseconds / 10_000_000
      return "\(process.id) (\(process.called)) S \(process.parentID) \(process.id) \(process.id) "
        + "0 -1 4194560 100 0 0 0 \(ticks) 0 0 0 20 0 1 0 \(started) "
        + "\(process.memory * 2) \(process.memory / 4096)\n"
    case "status":
      let user = process.caller.user
      let group = process.caller.group
      func hexadecimal(_ set: Capabilities) -> String {
        let digits = String(set.rawValue, radix: 16)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
      }
      let effective = hexadecimal(process.caller.capabilities)
      let confinement = process.machine.confinement
      return """
        Name:\t\(process.called)
        Umask:\t00\(String(process.fileMask, radix: 8))
        State:\tS (sleeping)
        Tgid:\t\(process.id)
        Pid:\t\(process.id)
        PPid:\t\(process.parentID)
        Uid:\t\(user)\t\(user)\t\(user)\t\(user)
        Gid:\t\(group)\t\(group)\t\(group)\t\(group)
        Groups:\t\(process.caller.groups.map { "\($0) " }.joined())
        VmSize:\t\(process.memory * 2 / 1024) kB
        VmRSS:\t\(process.memory / 1024) kB
        Threads:\t1
        CapInh:\t0000000000000000
        CapPrm:\t\(effective)
        CapEff:\t\(effective)
        CapBnd:\t\(hexadecimal(confinement.bounding))
        CapAmb:\t0000000000000000
        NoNewPrivs:\t\(confinement.forbidsNewPrivileges ? 1 : 0)
        Seccomp:\t\(confinement.filtersCalls ? 2 : 0)
        Seccomp_filters:\t\(confinement.filtersCalls ? 1 : 0)

        """
    default: return nil
    }
  }
}

/// Keeps /proc from holding its own machine alive.
final class Weakly {
  weak var value: Machine?
  init(_ value: Machine) { self.value = value }
}

extension Machine {
  /// The lines of /proc/mounts.
  var mountTable: String {
    files.mounts.map { mount in
      let options = mount.isReadOnly ? "ro,relatime" : "rw,relatime"
      return "\(mount.source) \(mount.path) \(mount.fileSystem.type) \(options) 0 0\n"
    }.joined()
  }

  /// Memory that processes and the system itself use.
  var usedMemoryKiB: Int64 {
    let own = processes.values.reduce(0) { $0 + $1.memory }
    return min(memoryKiB, memoryKiB / 8 + Int64(own >> 10))
  }

  /// The three averages of /proc/loadavg, from the processor time used since boot.
  var loadAverage: String {
    let up = max(1, (timeline.now - booted).nanoseconds)
    let used = processes.values.reduce(Int64(0)) { $0 + $1.cpuTime.nanoseconds }
    let load = min(100 * Int64(processors), used / max(1, up / 100))
    let text = "\(load / 100).\(load % 100 < 10 ? "0" : "")\(load % 100)"
    return "\(text) \(text) \(text)"
  }
}
