import Shell
import Simulation

/// How a machine goes down.
package enum PowerChange: Sendable {
  case restart, off

  fileprivate var verb: String { self == .restart ? "reboot" : "power off" }
}

/// Restarts a machine or switches it off, now or later: `reboot`, `poweroff`, `halt`, `shutdown`.
struct PowerProgram: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "r,reboot h P,poweroff H,halt c k no-wall f,force p w,wtmp-only d,no-wtmp n,no-sync show")
    guard process.caller.user == 0 else {
      try await process.writeError(
        "Call to \(name == "reboot" ? "Reboot" : "PowerOff") failed: Interactive authentication "
          + "required.\n")
      return 1
    }
    guard name == "shutdown" else {
      let restarts = name == "reboot" && !options.has("p") || options.has("r")
      return try await Self.change(restarts ? .restart : .off, process)
    }
    let machine = process.machine
    if options.has("c") {
      machine.scheduledPower.map(machine.timeline.cancel)
      machine.scheduledPower = nil
      return 0
    }
    let change: PowerChange = options.has("r") ? .restart : .off
    let text = options.operands.first ?? "+1"
    guard let wait = Self.wait(text, machine) else {
      try await process.writeError("Failed to parse time specification: \(text)\n")
      return 1
    }
    if wait == .zero { return try await Self.change(change, process) }
    let moment = Calendar(machine.now + wait).formatted("%a %Y-%m-%d %H:%M:%S UTC")
    try await process.writeError(
      "\(change == .restart ? "Reboot" : "Shutdown") scheduled for \(moment), use 'shutdown -c' to "
        + "cancel.\n")
    machine.scheduledPower.map(machine.timeline.cancel)
    machine.scheduledPower = machine.timeline.after(wait) { [weak machine] in
      machine?.scheduledPower = nil
      machine?.power?(change)
    }
    return 0
  }

  /// `now`, `+5`, `23:30` of the machine's clock.
  private static func wait(_ text: String, _ machine: Machine) -> Span? {
    if text == "now" { return .zero }
    if text.hasPrefix("+") || Int(text) != nil {
      return Int64(text.drop { $0 == "+" }).flatMap {
        (0...10_000_000).contains($0) ? .minutes($0) : nil
      }
    }
    let parts = text.split(separator: ":").map { Int($0) }
    guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0..<24).contains(hour),
      (0..<60).contains(minute)
    else { return nil }
    let today = Calendar(machine.now)
    let wanted = Calendar(
      year: today.year, month: today.month, day: today.day, hour: hour, minute: minute
    ).moment
    return machine.now < wanted ? wanted - machine.now : wanted - machine.now + .hours(24)
  }

  /// Tells everybody, and waits for the end with the rest of the machine.
  static func change(_ change: PowerChange, _ process: Process) async throws -> ExitStatus {
    guard let power = process.machine.power else {
      try await process.writeError("drydock: not simulated: to \(change.verb) this machine\n")
      return 1
    }
    if process.standardOutput.isTerminal {
      let now = Calendar(process.machine.now).formatted("%a %Y-%m-%d %H:%M:%S UTC")
      try await process.write(
        "\nBroadcast message from root@\(process.machine.hostName) on pts/1 (\(now)):\n\n"
          + "The system will \(change.verb) now!\n\n")
    }
    power(change)
    while true { try await process.wait() }
  }
}

extension Machine {
  /// Everything that runs on it ends.
  package func goDown() {
    isOff = true
    scheduledPower.map(timeline.cancel)
    scheduledPower = nil
    services?.halt()
    for id in processes.keys.sorted() { processes[id]?.signal(Signal.kill, byMachine: true) }
  }

  /// Starts anew: what was only in memory is gone, and the clock is the hardware's again.
  package func comeUp() {
    isOff = false
    booted = timeline.now
    clockOffset = .zero
    local = nil
    table.restart()
    for mount in files.mounts.reversed() where mount.path != "/" { _ = files.unmount(mount.path) }
    mountKernelFiles()
    // systemd-tmpfiles empties /tmp; /run is in memory.
    for name in (try? files.names(in: "/tmp")) ?? [] { try? files.removeAll("/tmp/\(name)") }
    try? files.removeAll("/run/modules")
  }
}
