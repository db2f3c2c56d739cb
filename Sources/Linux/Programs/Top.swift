import Shell
import Simulation

/// Shows what uses the processor: `top`.
struct Top: Program {
  let name = "top"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "b n= d= p= u= o= c H i")
    let isOnce = process.standardOutput.isTerminal && !options.has("b")
    let turns = options["n"].flatMap { Int($0) } ?? (isOnce ? 1 : .max)
    let delay = options["d"].flatMap { Span(interval: $0) } ?? .seconds(3)
    var used: [Int: Span] = [:]
    var turn = 0
    while turn < turns {
      if turn > 0 { try await process.sleep(delay) }
      let entries = try await process.machine.table.entries(for: process)
      try await process.write(screen(entries, process, used, turn == 0 ? nil : delay))
      for other in entries { used[other.id] = other.cpuTime }
      turn += 1
    }
    return 0
  }

  private func screen(
    _ processes: [ProcessEntry], _ process: Process, _ used: [Int: Span], _ span: Span?
  ) -> String {
    let machine = process.machine
    let accounts = machine.accounts
    func share(_ other: ProcessEntry) -> Int64 {
      let whole = span ?? (machine.timeline.now - other.started)
      let own = other.cpuTime.nanoseconds - (span == nil ? 0 : used[other.id]?.nanoseconds ?? 0)
      return own / max(1, max(1, whole.nanoseconds) / 1000)
    }
    let ordered = processes.sorted { a, b in
      share(a) == share(b) ? a.id < b.id : share(a) > share(b)
    }
    let up = (machine.timeline.now - machine.booted).seconds
    let total = ordered.reduce(Int64(0)) { $0 + share($1) } / Int64(max(1, machine.processors))
    let busy = min(1000, total)
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    if process.isBusyBox { return busyBoxScreen(ordered, process, busy, share) }
    let mebibytes = machine.memoryKiB / 1024
    let usedMemory = machine.usedMemoryKiB / 1024
    var text = """
      top - \(Calendar(machine.now).formatted("%H:%M:%S")) up \(up / 60) min,  1 user,  \
      load average: \(machine.loadAverage.split(separator: " ").joined(separator: ", "))
      Tasks: \(right("\(processes.count)", 3)) total,   1 running, \
      \(right("\(processes.count - 1)", 3)) sleeping,   0 stopped,   0 zombie
      %Cpu(s): \(right("\(busy / 10).\(busy % 10)", 4)) us,  0.0 sy,  0.0 ni, \
      \(right("\((1000 - busy) / 10).\((1000 - busy) % 10)", 4)) id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st
      MiB Mem : \(right("\(mebibytes).0", 8)) total, \(right("\(mebibytes - usedMemory).0", 8)) free, \
      \(right("\(usedMemory).0", 8)) used,      0.0 buff/cache
      MiB Swap:      0.0 total,      0.0 free,      0.0 used. \
      \(right("\(mebibytes - usedMemory).0", 8)) avail Mem

          PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND

      """
    for other in ordered {
      let tenths = share(other)
      let user = accounts.userName(other.user)
      let memory = Int64(other.memory >> 10) * 1000 / max(1, machine.memoryKiB)
      let hundredths = other.cpuTime.nanoseconds / 10_000_000
      let time =
        "\(hundredths / 6000):"
        + (hundredths / 100 % 60 < 10 ? "0" : "") + "\(hundredths / 100 % 60)."
        + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
      text +=
        right("\(other.id)", 7) + " " + user + String(repeating: " ", count: max(1, 9 - user.count))
        + " 20   0 " + right("\(other.memory * 2 >> 10)", 7) + " "
        + right("\(other.memory >> 10)", 6)
        + "   1024 " + (tenths > 0 ? "R" : "S") + right("\(tenths / 10).\(tenths % 10)", 6)
        + right("\(memory / 10).\(memory % 10)", 6) + right(time, 10) + " \(other.called)\n"
    }
    return text
  }

  /// BusyBox's (procps/top.c): shares in whole percents.
  private func busyBoxScreen(
    _ ordered: [ProcessEntry], _ process: Process, _ busy: Int64, _ share: (ProcessEntry) -> Int64
  ) -> String {
    let machine = process.machine
    let accounts = machine.accounts
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let used = machine.usedMemoryKiB
    let cached = (machine.memoryKiB - used) * 2 / 10
    let load = machine.loadAverage.split(separator: " ").prefix(3).joined(separator: " ")
    var text = """
      Mem: \(used + cached)K used, \(machine.memoryKiB - used - cached)K free, 0K shrd, 0K buff, \
      \(cached)K cached
      CPU: \(right("\(busy / 10)", 3))% usr   0% sys   0% nic \(right("\(100 - busy / 10)", 3))% idle   \
      0% io   0% irq   0% sirq
      Load average: \(load) 1/\(ordered.count) \(process.id)
        PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND

      """
    for other in ordered {
      let user = String(accounts.userName(other.user).prefix(8))
      let size = other.memory >> 9
      let state = other.process === process ? "R   " : "S   "
      text +=
        right("\(other.id)", 5) + " " + right("\(other.parentID)", 5) + " " + user
        + String(repeating: " ", count: 8 - user.count) + " \(state) " + right("\(size)", 5)
        + " " + right("\(Int64(size) * 100 / max(1, machine.memoryKiB))", 3) + "%   0 "
        + right("\(share(other) / 10)", 3) + "% \(other.title)\n"
    }
    return text
  }
}
