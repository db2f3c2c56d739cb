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
  private var waiting: [String] = []
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
    let machine = host.machine
    let timeline = machine.timeline
    let before = machine.witness
    machine.witness = { [weak self] call in
      before?(call)
      self?.hear(call)
    }
    defer { machine.witness = before }
    process.handle([Signal.terminate, Signal.interrupt])
    let end = arguments["duration"].flatMap { Int64($0) }.map {
      timeline.now + .seconds(min(max($0, 0), 1_000_000))
    }
    let timer = end.map { timeline.after($0 - timeline.now) { [process] in process.waiter.wake() } }
    defer { if let timer { timeline.cancel(timer) } }
    let most = arguments["numevents"].flatMap { Int($0) } ?? Int.max
    var capture = Self.mark
    var told = 0
    while process.takeSignals().isEmpty, told < most {
      let lines = waiting
      waiting = []
      for line in lines where told < most {
        told += 1
        if arguments["write"] == nil {
          try await process.write(line + "\n")
        } else {
          capture += line + "\n"
        }
      }
      if let end, timeline.now >= end { break }
      if waiting.isEmpty, told < most { try await process.wait() }
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

  private func hear(_ call: SystemCall) {
    guard call.process !== process, waiting.count < 10_000 else { return }
    let event = FalcoEvent(call, host)
    count += 1
    guard condition?.holds(FalcoRules(), { event[$0] }) ?? true else { return }
    waiting.append(line(event))
    process.waiter.wake()
  }

  private func line(_ event: FalcoEvent) -> String {
    let usual =
      "%evt.time 0 %proc.name (%proc.pid) %evt.dir %evt.type %evt.args"
    let given = arguments["print"] ?? ""
    // -pc and -pk name formats with what containers, or Pods, are called.
    switch given {
    case "", "%evt.num": break
    case "c", "container":
      return "\(count) "
        + event.filled(
          "%evt.time 0 %container.name (%container.id) %proc.name (%proc.pid) %evt.dir %evt.type %evt.args"
        )
    case "k", "kubernetes":
      return "\(count) "
        + event.filled(
          "%evt.time 0 %k8s.pod.name (%container.id) %proc.name (%proc.pid) %evt.dir %evt.type %evt.args"
        )
    default:
      let format = given.hasPrefix("*") ? String(given.dropFirst()) : given
      return event.filled(format)
    }
    return "\(count) " + event.filled(usual)
  }
}
