import Documents
import Linux
import Shell
import Simulation

/// `sysdig`: the system calls of a node's containers as they happen, filtered by Falco's language.
struct Sysdig: Program {
  let name = "sysdig"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  private static let values =
    "print,p numevents,n duration,M write,w read,r chisel,c snaplen,s output-type modern-bpf-cpus"
  private static let flags =
    "list,l list-events,L list-chisels version help,h print-ascii,A print-hex,X json,j quiet,q unbuffered "
    + "summary,S modern-bpf verbose,v compress,z"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let arguments = ToolArguments(process.arguments, values: Self.values, flags: Self.flags)
    if let unknown = arguments.unknown {
      try await process.writeError("sysdig: unrecognized option '\(unknown)'\n")
      return 1
    }
    if arguments.has("version") {
      try await process.write("sysdig version 0.40.1\n")
      return 0
    }
    if arguments.has("list") {
      for (title, names) in FalcoEvent.fields {
        try await process.write(
          "Field Class: \(title)\n\n" + names.map { $0 + "\n" }.joined() + "\n")
      }
      return 0
    }
    if arguments.has("help") {
      try await process.write("Usage: sysdig [options] [-p <output_format>] [filter]\n")
      return 0
    }
    if let chisel = arguments["chisel"] ?? (arguments.has("list-chisels") ? "list" : nil) {
      try await process.writeError("drydock: not simulated: the chisel \(chisel) of sysdig\n")
      return 1
    }
    guard process.caller.user == 0 else {
      try await process.writeError("Unable to open the driver: Operation not permitted\n")
      return 1
    }
    var condition: FalcoCondition?
    let filter = arguments.operands.joined(separator: " ")
    if !filter.isEmpty {
      do throws(FalcoCondition.Problem) {
        condition = try FalcoCondition(filter)
      } catch {
        try await process.writeError("sysdig: filter error: \(error.message)\n")
        return 1
      }
    }
    let watch = SysdigWatch(
      host: host, process: process, arguments: arguments, condition: condition)
    if let path = arguments["read"] { return try await watch.replay(path) }
    return try await watch.run()
  }
}

/// One capture of sysdig's.
private final class SysdigWatch {
  private let host: NodeHost
  private let process: Linux.Process
  private let arguments: ToolArguments
  private let condition: FalcoCondition?
  private var count = 0
  private static let mark = "drydock-capture\n"

  init(
    host: NodeHost, process: Linux.Process, arguments: ToolArguments, condition: FalcoCondition?
  ) {
    self.host = host
    self.process = process
    self.arguments = arguments
    self.condition = condition
  }

  func run() async throws -> ExitStatus {
    var capture = Self.mark
    let watch = SystemCallWatch(host: host, process: process) { [self] in line(of: $0) }
    try await watch.run(
      duration: arguments["duration"],
      most: arguments["numevents"].flatMap { Int($0) } ?? Int.max
    ) { line in
      if arguments["write"] == nil {
        try await process.write(line + "\n")
      } else {
        capture += line + "\n"
      }
    }
    if let path = arguments["write"] { try process.replace(path, with: Array(capture.utf8)) }
    return 0
  }

  /// Shows a capture again: what was kept are its lines.
  func replay(_ path: String) async throws -> ExitStatus {
    guard let text = process.machine.files.text(process.absolute(path), process.caller),
      text.hasPrefix(Self.mark)
    else {
      try await process.writeError("sysdig: error opening file \(path)\n")
      return 1
    }
    if condition != nil || arguments["print"] != nil {
      try await process.writeError("drydock: not simulated: filters and formats over a capture\n")
      return 1
    }
    try await process.write(String(text.dropFirst(Self.mark.count)))
    return 0
  }

  private func line(of event: FalcoEvent) -> String? {
    count += 1
    guard condition?.holds(FalcoRules(), { event[$0] }) ?? true else { return nil }
    // -pc and -pk say before the program in which container, or Pod, it is.
    let place: String
    switch arguments["print"] ?? "" {
    case "", "%evt.num": place = ""
    case "c", "container": place = "%container.name (%container.id) "
    case "k", "kubernetes": place = "%k8s.pod.name (%container.id) "
    case let format:
      return event.filled(format.hasPrefix("*") ? String(format.dropFirst()) : format)
    }
    return "\(count) "
      + event.filled("%evt.time 0 \(place)%proc.name (%proc.pid) %evt.dir %evt.type %evt.args")
  }
}
