/// On whose behalf the kernel acts: a process's user, groups and capabilities.
package struct Caller: Hashable, Sendable {
  package var user: Int
  package var group: Int
  package var groups: [Int]
  package var capabilities: Capabilities
  /// The asking process, for /proc/self; 0 when it is no process.
  package var processID: Int

  package init(
    user: Int, group: Int, groups: [Int] = [], capabilities: Capabilities? = nil,
    processID: Int = 0
  ) {
    self.user = user
    self.group = group
    self.groups = groups
    self.capabilities = capabilities ?? (user == 0 ? .all : [])
    self.processID = processID
  }

  package static let root = Caller(user: 0, group: 0)

  package func belongs(to group: Int) -> Bool { self.group == group || groups.contains(group) }
}

/// Linux capabilities, by their kernel numbers.
package struct Capabilities: OptionSet, Hashable, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  package static let names = [
    "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID",
    "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW",
    "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT",
    "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD",
    "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
    "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
  ]

  /// By name, with or without `CAP_`; nil when the kernel knows none of that name.
  package init?(name: String) {
    let upper = name.uppercased()
    let plain = upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
    guard let index = Self.names.firstIndex(of: plain) else { return nil }
    self.init(rawValue: 1 << UInt64(index))
  }

  package static let all = Capabilities(rawValue: (1 << UInt64(names.count)) - 1)
  package static let chown = Capabilities(rawValue: 1 << 0)
  package static let dacOverride = Capabilities(rawValue: 1 << 1)
  package static let fowner = Capabilities(rawValue: 1 << 3)
  package static let kill = Capabilities(rawValue: 1 << 5)
  package static let setGroup = Capabilities(rawValue: 1 << 6)
  package static let setUser = Capabilities(rawValue: 1 << 7)
  package static let netBindService = Capabilities(rawValue: 1 << 10)
  package static let netAdmin = Capabilities(rawValue: 1 << 12)
  package static let netRaw = Capabilities(rawValue: 1 << 13)
  package static let sysPtrace = Capabilities(rawValue: 1 << 19)
  package static let sysAdmin = Capabilities(rawValue: 1 << 21)
  package static let sysTime = Capabilities(rawValue: 1 << 25)

  /// What a container runtime gives unless told otherwise.
  package static let container: Capabilities = [
    .chown, .dacOverride, .fowner, .init(rawValue: 1 << 4), .kill, .setGroup, .setUser,
    .init(rawValue: 1 << 8), .netBindService, .netRaw, .init(rawValue: 1 << 18),
    .init(rawValue: 1 << 27), .init(rawValue: 1 << 29), .init(rawValue: 1 << 31),
  ]
}
