import Linux
import Shell

/// Watches what containers of a node do and tells what its rules name: `falco`.
struct Falco: Program {
  let name = "falco"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  static let version = "0.42.1"

  private static let values =
    "config,c rules,r duration,M option,o tag,T disabled,D validate,V print,p l disable-source "
    + "enable-source"
  private static let flags =
    "unbuffered,U list-rules,L list N version help,h all-events,A verbose,v dry-run daemon,d"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let arguments = ToolArguments(process.arguments, values: Self.values, flags: Self.flags)
    if let unknown = arguments.unknown {
      try await process.writeError(
        "Error: Option '\(unknown.drop { $0 == "-" })' does not exist\n")
      return 1
    }
    if arguments.has("version") {
      try await process.write("Falco version: \(Self.version)\nEngine Version: 0.57.0\n")
      return 0
    }
    if arguments.has("list") {
      for (title, names) in FalcoEvent.fields {
        try await process.write(
          arguments.has("N")
            ? names.map { $0 + "\n" }.joined()
            : "----------------------\nField Class:              \(title)\nEvent Sources:            "
              + "syscall\n\n" + names.map { $0 + "\n" }.joined() + "\n")
      }
      return 0
    }
    guard process.caller.user == 0 else {
      try await process.writeError("Error: Unable to open BPF probe: Operation not permitted\n")
      return 1
    }
    let run = FalcoRun(host: host, process: process, arguments: arguments)
    return try await run.run()
  }
}
