import Shell
import Simulation

/// Lets time pass.
struct Sleep: Program {
  let name = "sleep"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments.filter { $0 != "-" }, "")
    guard !options.operands.isEmpty else { throw UsageError("missing operand") }
    var total = Span.zero
    for operand in options.operands {
      guard let span = Span(interval: operand) else {
        throw UsageError(
          "invalid time interval '\(operand)'", busyBox: "invalid number '\(operand)'")
      }
      total = total + span
    }
    let deadline = process.machine.timeline.now + total
    process.trace(
      "clock_nanosleep",
      "CLOCK_REALTIME, 0, {tv_sec=\(total.seconds), tv_nsec=\(total.nanoseconds % 1_000_000_000)}, NULL",
      "0")
    while process.machine.timeline.now < deadline {
      try await process.sleep(deadline - process.machine.timeline.now)
    }
    return 0
  }
}

extension Span {
  /// GNU's intervals: a number, perhaps with a fraction, and s, m, h or d; or `infinity`.
  init?(interval text: String) {
    if text == "infinity" || text == "inf" {
      self = Span(nanoseconds: .max)
      return
    }
    var number = text[...]
    var unit = 1.0
    switch text.last {
    case "s": number = text.dropLast()
    case "m": (number, unit) = (text.dropLast(), 60)
    case "h": (number, unit) = (text.dropLast(), 3600)
    case "d": (number, unit) = (text.dropLast(), 86400)
    default: break
    }
    guard let first = number.utf8.first, first.isDigit || first == UInt8(ascii: "."),
      let value = Double(number), value >= 0
    else { return nil }
    let nanoseconds = value * unit * 1e9
    self = Span(nanoseconds: nanoseconds < 9e18 ? Int64(nanoseconds.rounded()) : .max)
  }
}
