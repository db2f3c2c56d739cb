import Shell
import Simulation

/// Makes files and sets their times.
struct Touch: Program {
  let name = "touch"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "a c,no-create m r,reference= d,date= t= h,no-dereference time=")
    guard !options.operands.isEmpty else { throw UsageError("missing file operand") }
    var moment = process.machine.now
    if let path = options["r"] {
      guard let status = process.status(path) else {
        throw UsageError(
          "failed to get attributes of '\(path)': No such file or directory", hint: false)
      }
      moment = Moment(nanoseconds: status.modified)
    } else if let text = options["d"] {
      guard let parsed = DateText.parse(text, now: moment) else {
        throw UsageError("invalid date format '\(text)'", hint: false)
      }
      moment = parsed
    } else if let text = options["t"] {
      guard let parsed = DateText.stamp(text, now: moment) else {
        throw UsageError("invalid date format '\(text)'", hint: false)
      }
      moment = parsed
    }
    let both = options.has("a") == options.has("m")
    var status: ExitStatus = 0
    for path in options.operands {
      do {
        if process.status(path) == nil {
          if options.has("c") { continue }
          let file = try process.open(path, .append)
          file.release()
        }
        try process.machine.files.changeTimes(
          path, modified: both || options.has("m") ? moment.nanoseconds : nil,
          accessed: both || options.has("a") ? moment.nanoseconds : nil, in: process.directory,
          process.caller)
      } catch {
        try await process.complain(
          "cannot touch '\(path)': \(error.text)", busyBox: "\(path): \(error.text)")
        status = 1
      }
    }
    return status
  }
}
