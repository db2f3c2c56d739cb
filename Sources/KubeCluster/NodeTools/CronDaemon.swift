import KubeObjects
import Linux
import Shell
import Simulation

/// cron: starts jobs of its tables at their minutes. It is told of changes by SIGHUP, and sleeps
/// through all minutes that no job has.
struct CronDaemon: Program {
  let name = "cron"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let machine = process.machine
    process.handle([Signal.terminate, Signal.interrupt, Signal.hangUp])
    // One that has been running since the boot has had its @reboot jobs.
    if process.lateness == .zero {
      for job in CronTables.jobs(on: machine) where job.schedule == nil { start(job, machine) }
    }
    var last = machine.now
    while true {
      let jobs = CronTables.jobs(on: machine)
      let next = jobs.compactMap { $0.schedule?.next(after: last) }.min()
      if let next {
        try await process.sleep(next - machine.now)
      } else {
        try await process.wait()
      }
      let signals = process.takeSignals()
      if signals.contains(where: { $0 != Signal.hangUp }) { return 0 }
      // Jobs that came meanwhile wait for their next minute.
      guard let next, machine.now >= next else {
        last = machine.now
        continue
      }
      for job in jobs where job.schedule?.next(after: last) == next { start(job, machine) }
      last = next
    }
  }

  private func start(_ job: CronTable.Job, _ machine: Machine) {
    guard let user = machine.accounts.user(job.user) else {
      return say("(\(job.user)) ORPHAN (no passwd entry)", 0, machine)
    }
    let (command, input) = Self.parted(job.command)
    var environment = [
      "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "HOME": user.home, "LOGNAME": user.name,
    ]
    environment.merge(job.environment) { $1 }
    let shell = environment["SHELL"] ?? "/bin/sh"
    // A job is nobody's child here: cron's own coroutine goes on.
    Linux.Process.onOwnAccount {
      let child = machine.run(
        [shell, "-c", command], environment: environment,
        directory: machine.files.status(user.home) == nil ? "/" : user.home, input: input,
        caller: machine.accounts.caller(user)
      ) { [weak machine] outcome in
        guard let machine, !(outcome.output + outcome.errors).isEmpty else { return }
        say("(CRON) info (No MTA installed, discarding output)", 0, machine)
      }
      say("(\(user.name)) CMD (\(command))", child?.id ?? 0, machine)
    }
  }

  /// `command%line%line`: what stands behind the first bare % is the command's input.
  private static func parted(_ text: String) -> (command: String, input: String) {
    var parts = [""]
    var isEscaped = false
    for character in text {
      if isEscaped {
        parts[parts.count - 1] += character == "%" ? "%" : "\\\(character)"
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "%" {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    if isEscaped { parts[parts.count - 1] += "\\" }
    let lines = parts.dropFirst()
    return (parts[0], lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n")
  }

  private func say(_ text: String, _ id: Int, _ machine: Machine) {
    machine.services?.journal.write(
      .init(
        moment: machine.timeline.now, unit: "cron.service", identifier: "CRON", processID: id,
        text: text))
  }
}

extension Machine {
  /// Tells cron that a table may have changed.
  func wakeCron() { firstProcess(called: "cron")?.signal(Signal.hangUp) }
}
