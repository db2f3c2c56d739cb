import Shell
import Simulation

/// The kernel's messages: `dmesg`.
struct KernelLog: Program {
  let name = "dmesg"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "T,ctime H,human w,follow k l,level= x n,console-level= c C L t")
    // A container may not read the kernel's log without CAP_SYSLOG.
    if process.machine.isSandboxed { return try await sandboxLog(process) }
    guard process.caller.user == 0,
      process.caller.capabilities.contains(Capabilities(name: "SYSLOG") ?? [])
    else {
      try await process.writeError(
        process.machine.shellDialect == .ash
          ? "dmesg: klogctl: Operation not permitted\n"
          : "dmesg: read kernel buffer failed: Operation not permitted\n")
      return 1
    }
    let machine = process.machine
    var entries: [(Span, String)] = [
      (.zero, "Linux version \(machine.kernel) (buildd@lcy02-amd64-086)"),
      (.zero, "Command line: BOOT_IMAGE=/vmlinuz-\(machine.kernel) root=LABEL=cloudimg-rootfs ro"),
      (.milliseconds(4), "x86/fpu: Supporting XSAVE feature 0x001: 'x87 floating point registers'"),
      (.milliseconds(210), "Memory: \(machine.memoryKiB)K/\(machine.memoryKiB)K available"),
      (
        .milliseconds(900),
        "EXT4-fs (vda1): mounted filesystem with ordered data mode. Quota mode: none."
      ),
      (.milliseconds(2100), "systemd[1]: Detected virtualization kvm."),
      (
        .milliseconds(5200),
        "bridge: filtering via arp/ip/ip6tables is no longer available by default."
      ),
    ]
    for line in (machine.files.text("/var/log/kern.log") ?? "").split(separator: "\n") {
      entries.append((machine.now - machine.booted, String(line)))
    }
    try await process.write(
      entries.map { span, text in
        if options.has("t") { return text + "\n" }
        if options.has("T") {
          let when = Calendar(machine.booted + span).formatted("%a %b %e %H:%M:%S %Y")
          return "[\(when)] \(text)\n"
        }
        let micro = span.nanoseconds / 1000
        let whole = "\(micro / 1_000_000)"
        let part = "\(micro % 1_000_000)"
        return "[" + String(repeating: " ", count: max(0, 5 - whole.count)) + whole + "."
          + String(repeating: "0", count: 6 - part.count) + part + "] \(text)\n"
      }.joined())
    return 0
  }
}

extension KernelLog {
  /// gVisor's kernel greets everybody who asks.
  private func sandboxLog(_ process: Process) async throws -> ExitStatus {
    let lines: [(String, String)] = [
      ("0.000000", "Starting gVisor..."), ("0.358321", "Checking naughty and nice process list..."),
      ("0.613754", "Creating process schedule..."), ("1.090561", "Mounting deweydecimalfs..."),
      ("1.570102", "Ready!"),
    ]
    try await process.write(lines.map { "[    \($0)] \($1)\n" }.joined())
    return 0
  }
}

/// How long the machine is up and who is there: `uptime` and `w`.
struct UpTime: Program {
  let name: String

  init(_ name: String = "uptime") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "p,pretty s,since h f b,boot a,all H,heading q m")
    let machine = process.machine
    if name == "who" {
      let when = Calendar(machine.booted).formatted("%Y-%m-%d %H:%M")
      if options.has("b") {
        try await process.write("         system boot  \(when)\n")
        return 0
      }
      // Nobody logs in to a container.
      if machine.isContainer { return 0 }
      try await process.write("root     pts/0        \(when) (10.0.2.2)\n")
      return 0
    }
    let minutes = (machine.timeline.now - machine.booted).nanoseconds / 60_000_000_000
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60)
    if options.has("s") {
      try await process.write(Calendar(machine.booted).formatted("%Y-%m-%d %H:%M:%S\n"))
      return 0
    }
    if options.has("p") {
      var parts: [String] = []
      for (count, word) in [(days, "day"), (hours, "hour"), (rest, "minute")]
      where count > 0 || word == "minute" {
        parts.append("\(count) \(word)\(count == 1 ? "" : "s")")
      }
      try await process.write("up " + parts.joined(separator: ", ") + "\n")
      return 0
    }
    let clock =
      hours > 0 ? " \(hours):\(rest < 10 ? "0" : "")\(rest)" : "\(rest < 10 ? " " : "")\(rest) min"
    let up = (days > 0 ? "\(days) day\(days == 1 ? "" : "s"), " : "") + clock
    let load = machine.loadAverage.split(separator: " ").joined(separator: ", ")
    try await process.write(
      " \(Calendar(machine.now).formatted("%H:%M:%S")) up \(up),  1 user,  load average: \(load)\n"
        + (name == "w"
          ? "USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n"
            + "root     pts/0    10.0.2.2         \(Calendar(machine.booted).formatted("%H:%M"))    "
            + "0.00s  0.02s  0.00s w\n" : ""))
    return 0
  }
}

/// Memory and processors at work: `vmstat`.
struct MemoryStatistics: Program {
  let name = "vmstat"

  func run(_ process: Process) async throws -> ExitStatus {
    let numbers = process.arguments.compactMap { Int($0) }
    let rounds = numbers.count > 1 ? min(numbers[1], 100) : 1
    let machine = process.machine
    try await process.write(
      "procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------\n"
        + " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu\n")
    for round in 0..<max(1, rounds) {
      if round > 0 { try await process.sleep(.seconds(Int64(max(1, numbers.first ?? 1)))) }
      let free = machine.memoryKiB * 6 / 10
      try await process.write(
        " 1  0      0 \(free)  98304 \(machine.memoryKiB / 5)    0    0    12    30  210  390  3  2 95  0  0  0\n"
      )
    }
    return 0
  }
}

/// Rows filled up to columns.
enum ColumnText {
  static func text(_ rows: [[String]]) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { index, cell in
        index == row.count - 1
          ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
      }.joined(separator: " ") + "\n"
    }.joined()
  }
}

/// What the machine is: `arch`, `lsb_release`, `lscpu`.
struct MachineFacts: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let machine = process.machine
    switch name {
    case "arch": try await process.write("x86_64\n")
    case "lscpu":
      try await process.write(
        """
        Architecture:             x86_64
          CPU op-mode(s):         32-bit, 64-bit
          Byte Order:             Little Endian
        CPU(s):                   \(machine.processors)
          On-line CPU(s) list:    0-\(machine.processors - 1)
        Vendor ID:                GenuineIntel
          Model name:             Intel(R) Xeon(R) Processor @ 2.50GHz
            Thread(s) per core:   1
            Core(s) per socket:   \(machine.processors)
            Socket(s):            1

        """)
    default:
      let options = try Options(
        process.arguments, "a,all i,id d,description r,release c,codename s,short")
      let facts: [(String, String, String)] = [
        ("i", "Distributor ID", "Ubuntu"), ("d", "Description", "Ubuntu 24.04.3 LTS"),
        ("r", "Release", "24.04"), ("c", "Codename", "noble"),
      ]
      var text = ""
      for (letter, title, value) in facts where options.has(letter) || options.has("a") {
        text += options.has("s") ? value + "\n" : "\(title):\t\(value)\n"
      }
      try await process.writeError("No LSB modules are available.\n")
      try await process.write(text)
    }
    return 0
  }
}
