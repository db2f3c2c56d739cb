import KubeNode
import Linux
import Shell
import Simulation

/// A system call as the fields of Falco's language.
struct FalcoEvent {
  private let call: SystemCall
  private let machine: Machine
  private let plan: ContainerPlan?
  private let moment: Moment

  init(_ call: SystemCall, _ host: NodeHost) {
    self.call = call
    machine = call.process.machine
    moment = host.machine.timeline.now
    plan = machine === host.machine ? nil : host.plan(of: machine)
  }

  subscript(_ field: String) -> String? {
    let process = call.process
    switch field {
    case "evt.type":
      return call.kind == .execute ? "execve" : "openat"
    case "evt.dir": return "<"
    case "evt.category": return call.kind == .execute ? "process" : "file"
    case "evt.res": return "SUCCESS"
    case "evt.args": return (call.kind == .execute ? "exe=" : "name=") + plainPath
    case "evt.time": return time(withFraction: true)
    case "evt.time.s": return time(withFraction: false)
    case "evt.arg.flags":
      return call.kind == .execute ? "EXE_WRITABLE" : nil
    case "evt.is_open_read": return call.kind == .openToRead ? "true" : "false"
    case "evt.is_open_write": return call.kind == .openToWrite ? "true" : "false"
    case "fd.name": return call.kind == .execute ? nil : plainPath
    case "fd.directory": return call.kind == .execute ? nil : folder
    case "fd.filename":
      return call.kind == .execute ? nil : plainPath.split(separator: "/").last.map(String.init)
    case "fd.typechar", "fd.type":
      return call.kind == .execute ? nil : field == "fd.type" ? "file" : "f"
    case "proc.name", "proc.exe": return process.called
    case "proc.exepath": return plainExecutable
    case "proc.cmdline": return ([process.called] + process.arguments).joined(separator: " ")
    case "proc.args": return process.arguments.joined(separator: " ")
    case "proc.pid": return "\(process.id)"
    case "proc.ppid": return "\(process.parentID)"
    case "proc.cwd": return process.directory
    case "proc.tty": return process.files[0]?.isTerminal == true ? "34816" : "0"
    case "proc.pname":
      return machine.processes[process.parentID]?.called
        ?? (plan == nil ? "systemd" : "containerd-shim")
    case "proc.pcmdline":
      return machine.processes[process.parentID]?.title
        ?? (plan == nil ? "systemd" : "containerd-shim")
    case "user.name": return machine.accounts.userName(process.caller.user)
    case "user.uid": return "\(process.caller.user)"
    case "user.loginuid": return "-1"
    case "user.loginname": return "<NA>"
    case "group.name": return machine.accounts.groupName(process.caller.group)
    case "group.gid": return "\(process.caller.group)"
    case "container.id": return plan.map { String($0.id.prefix(12)) } ?? "host"
    case "container.full_id": return plan?.id ?? "host"
    case "container.type": return plan == nil ? "host" : "containerd"
    case "container.privileged": return plan.map { $0.isPrivileged ? "true" : "false" }
    case "container.name": return plan?.name ?? "host"
    case "container.image": return plan?.imageName
    case "container.image.repository": return reference.map { "\($0.registry)/\($0.repository)" }
    case "container.image.tag": return reference?.tag ?? (plan == nil ? nil : "latest")
    case "k8s.ns.name": return plan?.namespace
    case "k8s.pod.name": return plan?.podName
    case "k8s.pod.uid": return plan?.podUID
    default: return nil
    }
  }

  /// The fields that `falco --list` tells of, by class.
  static let fields: [(title: String, names: [String])] = [
    (
      "evt (All event types)",
      [
        "evt.type", "evt.dir", "evt.time", "evt.time.s", "evt.category", "evt.res", "evt.args",
        "evt.arg.flags", "evt.is_open_read", "evt.is_open_write",
      ]
    ),
    (
      "process (Syscall events only)",
      [
        "proc.name", "proc.exe", "proc.exepath", "proc.cmdline", "proc.args", "proc.pid",
        "proc.ppid", "proc.cwd", "proc.tty", "proc.pname", "proc.pcmdline",
      ]
    ),
    (
      "user (Syscall events only)",
      ["user.name", "user.uid", "user.loginuid", "user.loginname"]
    ),
    ("group (Syscall events only)", ["group.gid", "group.name"]),
    (
      "container (Syscall events only)",
      [
        "container.id", "container.full_id", "container.name", "container.type",
        "container.privileged", "container.image", "container.image.repository",
        "container.image.tag",
      ]
    ),
    (
      "fd (Syscall events only)",
      ["fd.name", "fd.directory", "fd.filename", "fd.type", "fd.typechar"]
    ),
    ("k8s (Syscall events only)", ["k8s.ns.name", "k8s.pod.name", "k8s.pod.uid"]),
  ]

  private var reference: ImageReference? { plan.flatMap { ImageReference($0.imageName) } }
  private var plainPath: String { "/" + MountNamespace.plain(call.path).joined(separator: "/") }
  private var folder: String {
    let parts = plainPath.split(separator: "/").dropLast()
    return "/" + parts.joined(separator: "/")
  }
  private var plainExecutable: String {
    let name = call.process.name
    return name.hasPrefix("/") ? name : "/usr/bin/" + name
  }

  private func time(withFraction: Bool) -> String {
    let text = Linux.Calendar(moment).formatted("%H:%M:%S")
    guard withFraction else { return text }
    return text + "." + String(1_000_000_000 + moment.nanoseconds % 1_000_000_000).dropFirst()
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "._".contains(character))
  }

  /// The fields of an output text: `%proc.name`.
  static func names(in text: String) -> [String] {
    text.split(separator: "%", omittingEmptySubsequences: false).dropFirst().map { part in
      var name = part.prefix(while: isNamePart)
      while name.last == "." { name.removeLast() }
      return String(name)
    }.filter { !$0.isEmpty }
  }

  func filled(_ text: String) -> String {
    let parts = text.split(separator: "%", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(into: String(parts.first ?? "")) { text, part in
      var name = part.prefix(while: Self.isNamePart)
      while name.last == "." { name.removeLast() }
      text += name.isEmpty ? "%" : self[String(name)] ?? "<NA>"
      text += part.dropFirst(name.count)
    }
  }
}
