package import Shell

/// The program that is all of BusyBox's: `busybox wget`, `busybox --list`.
package struct BusyBox: Program {
  package let name = "busybox"

  package init() {}

  package func run(_ process: Process) async throws -> ExitStatus {
    let applets = process.machine.programs.keys.filter { $0 != name }.sorted()
    guard let applet = process.arguments.first, applet != "--help" else {
      try await process.write(
        "BusyBox v\(process.machine.busyBoxVersion) multi-call binary.\n\n"
          + "Usage: busybox [function [arguments]...]\n   or: busybox --list\n\n"
          + "Currently defined functions:\n\t" + applets.joined(separator: ", ") + "\n")
      return 0
    }
    if applet == "--list" {
      try await process.write(applets.map { $0 + "\n" }.joined())
      return 0
    }
    guard process.machine.programs[applet] != nil else {
      try await process.writeError("\(applet): applet not found\n")
      return 127
    }
    return try await process.run(process.arguments, environment: process.environment)
  }
}

/// Makes named pipes: `mkfifo`.
struct MakePipe: Program {
  let name = "mkfifo"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "m,mode=")
    guard !options.operands.isEmpty else { throw UsageError("missing operand") }
    let mode = options["m"].flatMap { Int($0, radix: 8) } ?? 0o666 & ~process.fileMask
    var status: ExitStatus = 0
    for path in options.operands {
      do {
        try process.machine.files.makePipe(
          path, in: process.directory, mode: mode & 0o777, process.caller)
      } catch {
        try await process.complain(
          "cannot create fifo '\(path)': \(error.text)", busyBox: "\(path): \(error.text)")
        status = 1
      }
    }
    return status
  }
}
