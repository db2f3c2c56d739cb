import Shell
import Simulation

/// What systemd knows of the machine's name and clock: `hostnamectl`, `timedatectl`.
struct MachineIdentity: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "static transient pretty no-pager no-ask-password j json= a,all p,property= value")
    let verb = options.operands.first ?? "status"
    switch (name, verb) {
    case ("hostnamectl", "status"):
      try await process.write(
        options.has("static") || options.has("transient")
          ? process.machine.hostName + "\n" : identity(process.machine))
    case ("hostnamectl", "hostname") where options.operands.count == 1:
      try await process.write(process.machine.hostName + "\n")
    case ("hostnamectl", "set-hostname"), ("hostnamectl", "hostname"):
      guard options.operands.count == 2 else { throw UsageError("Too few arguments.", hint: false) }
      return try await rename(to: options.operands[1], process)
    case ("timedatectl", "status"): try await process.write(clock(process.machine))
    default:
      let line = process.arguments.joined(separator: " ")
      try await process.writeError("drydock: not simulated: \(name) \(line)\n")
      return 1
    }
    return 0
  }

  private func rename(to new: String, _ process: Process) async throws -> ExitStatus {
    guard process.caller.user == 0 else {
      try await process.writeError(
        "Could not set static hostname: Interactive authentication required.\n")
      return 1
    }
    process.machine.hostName = new
    try process.machine.files.place(new + "\n", at: "/etc/hostname")
    return 0
  }

  private func identity(_ machine: Machine) -> String {
    let release = (machine.files.text("/etc/os-release") ?? "").split(separator: "\n")
    let system = release.first { $0.hasPrefix("PRETTY_NAME=") }?.split(separator: "\"").last
    let id = (machine.files.text("/etc/machine-id") ?? "").prefix { $0 != "\n" }
    var lines = [
      " Static hostname: \(machine.hostName)", "       Icon name: computer-vm",
      "         Chassis: vm \u{1F5B4}",
    ]
    if !id.isEmpty { lines.append("      Machine ID: \(id)") }
    lines += [
      "  Virtualization: kvm", "Operating System: \(system.map(String.init) ?? "Linux")",
      "          Kernel: Linux \(machine.kernel)", "    Architecture: x86-64",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func clock(_ machine: Machine) -> String {
    let now = Calendar(machine.now).formatted("%a %Y-%m-%d %H:%M:%S")
    return """
                     Local time: \(now) UTC
                 Universal time: \(now) UTC
                       RTC time: \(now)
                      Time zone: Etc/UTC (UTC, +0000)
      System clock synchronized: \(machine.clockOffset == .zero ? "yes" : "no")
                    NTP service: active
                RTC in local TZ: no

      """
  }
}
