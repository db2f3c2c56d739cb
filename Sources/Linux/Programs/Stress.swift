import Shell
import Simulation

/// Uses processor and memory: `stress`, `stress-ng`.
struct Stress: Program {
  let name: String

  init(_ name: String = "stress") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    if let load = ResourceLoad(process.arguments) { return try await load.run(process) }
    let options = try Options(
      process.arguments,
      "c,cpu= m,vm= vm-bytes= vm-hang= vm-keep i,io= d,hdd= hdd-bytes= t,timeout= v,verbose "
        + "q,quiet cpu-load= l= backoff= metrics metrics-brief vm-stride= "
        + "cpu-method= vm-method= timeout-secs="
    )
    func count(_ name: String) -> Int { options[name].flatMap { Int($0) } ?? 0 }
    let (processors, memories) = (min(64, count("c")), min(64, count("m")))
    let (disks, others) = (count("d"), count("i"))
    guard processors + memories + disks + others > 0 else {
      try await process.write(
        "`stress' imposes certain types of compute stress on your system\n\n"
          + "Usage: stress [OPTION [ARG]] ...\n")
      return 0
    }
    let size = options["vm-bytes"].flatMap { ByteCount.parse($0[...]) } ?? 256 << 20
    let limit = options["t"].flatMap { Span(interval: $0) }
    try await process.write(
      "stress: info: [\(process.id)] dispatching hogs: \(processors) cpu, \(others) io, "
        + "\(memories) vm, \(disks) hdd\n")
    let machine = process.machine
    if memories > 0 {
      // Touching the pages takes a moment.
      try await process.compute(.milliseconds(100))
      process.memory += memories * min(size, 1 << 45)
      machine.checkMemory()
      try await process.step()
    }
    let end = limit.map { machine.timeline.now + $0 }
    // Each hog is a process of its own, so that `top` and the limits see them.
    var hogs: [Process] = []
    for _ in 0..<max(processors, 0) { hogs.append(Self.hog(process, until: end)) }
    do {
      if let limit {
        try await process.sleep(limit)
      } else {
        while true { try await process.wait() }
      }
    } catch {
      for hog in hogs { hog.signal(Signal.kill) }
      throw error
    }
    for hog in hogs where hog.status == nil { hog.signal(Signal.kill) }
    let seconds = limit?.seconds ?? 0
    try await process.write(
      "stress: info: [\(process.id)] successful run completed in \(seconds)s\n")
    return 0
  }

  /// A process that uses a processor as far as it may.
  static func hog(_ process: Process, until end: Moment?) -> Process {
    let machine = process.machine
    let hog = Process(
      machine: machine, name: process.name, arguments: process.arguments,
      caller: process.caller, parentID: process.id)
    machine.launch(hog) { hog in
      do {
        while end.map({ machine.timeline.now < $0 }) ?? true {
          let rest = end.map { $0 - machine.timeline.now } ?? .seconds(1)
          try await hog.compute(min(rest, .seconds(1)))
        }
        return 0
      } catch { return 143 }
    }
    return hog
  }
}
