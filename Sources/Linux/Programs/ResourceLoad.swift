import Shell
import Simulation

/// The `stress` of the image vish/stress: `-cpus 2 -mem-total 150Mi -mem-alloc-size 10Mi
/// -mem-alloc-sleep 1s`.
struct ResourceLoad {
  private var processors = 0
  private var total = "0"
  private var chunk = "4Ki"
  private var pause = "1ms"

  /// nil: these are not its flags, which Go's package flag reads.
  init?(_ arguments: [String]) {
    let flags = arguments.filter { $0.hasPrefix("-") }.map { $0.drop { $0 == "-" } }
    guard
      flags.contains(where: { flag in
        ["cpus", "mem-", "logtostderr"].contains { flag.hasPrefix($0) }
      })
    else { return nil }
    var words = arguments[...]
    while let word = words.popFirst() {
      let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1).map(String.init)
      func value() -> String { parts.count > 1 ? parts[1] : words.popFirst() ?? "" }
      switch parts.first {
      case "cpus": processors = min(64, Int(value()) ?? 0)
      case "mem-total": total = value()
      case "mem-alloc-size": chunk = value()
      case "mem-alloc-sleep": pause = value()
      default: break
      }
    }
  }

  private static func bytes(_ text: String) -> Int {
    min(ByteCount.parse(text.replacing("i", with: "")[...]) ?? 0, 1 << 45)
  }

  func run(_ process: Process) async throws -> ExitStatus {
    let machine = process.machine
    func log(_ place: Int, _ text: String) async throws {
      let now = Calendar(machine.now)
      try await process.writeError(
        "I\(now.formatted("%m%d %H:%M:%S")).000000       1 main.go:\(place)] \(text)\n")
    }
    try await log(
      26,
      "Allocating \"\(total)\" memory, in \"\(chunk)\" chunks, with a \(pause) sleep between allocations"
    )
    for _ in 0..<max(0, processors) {
      try await log(39, "Spawning a thread to consume CPU")
      _ = Stress.hog(process, until: nil)
    }
    let (whole, part) = (Self.bytes(total), max(1, Self.bytes(chunk)))
    let milliseconds = pause.hasSuffix("ms") ? Int64(pause.dropLast(2)) : nil
    let rest =
      milliseconds.map { .milliseconds(min(max(0, $0), 3_600_000)) } ?? Span(interval: pause)
      ?? .milliseconds(1)
    // Many small steps are taken together.
    let steps = min(max(1, whole / part), 500)
    for _ in 0..<(whole > 0 ? steps : 0) {
      let count = max(1, whole / part / steps)
      try await process.sleep(
        Span(
          nanoseconds: min(rest.nanoseconds, Span.hours(1).nanoseconds)
            * Int64(min(count, 1_000_000))))
      process.memory += whole / steps
      machine.checkMemory()
      try await process.step()
    }
    try await log(29, "Allocated \"\(total)\" memory")
    while true { try await process.wait() }
  }
}
