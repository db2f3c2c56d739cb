import Shell

/// Runs a program with another directory as its root: `chroot`. Where that is the root of the
/// machine below a container, the program runs there.
struct ChangeRoot: Program {
  let name = "chroot"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "userspec= groups= skip-chdir", stopsEarly: true, status: 125)
    guard let path = options.operands.first else {
      throw UsageError("missing operand", status: 125)
    }
    let machine = process.machine
    guard let place = try? machine.files.walk(path, in: process.directory, process.caller) else {
      try await process.complain(
        "cannot change root directory to '\(path)': No such file or directory",
        busyBox: "can't change root directory to '\(path)': No such file or directory")
      return process.isBusyBox ? 1 : 125
    }
    guard process.caller.user == 0 else {
      try await process.complain(
        "cannot change root directory to '\(path)': Operation not permitted")
      return 125
    }
    let words = Array(options.operands.dropFirst())
    let command = words.isEmpty ? ["/bin/bash", "-i"] : words
    if place.path == "/" { return try await HostEntry.run(command, on: machine, process) }
    guard let host = machine.host, place.mount.fileSystem === host.files.root, place.inside.isEmpty
    else {
      try await process.writeError(
        "drydock: not simulated: a root of its own in \(place.path)\n")
      return 125
    }
    return try await HostEntry.run(command, on: host, process)
  }
}

/// Runs a program in the namespaces of another process: `nsenter`, into the machine below.
struct NamespaceEntry: Program {
  let name = "nsenter"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "t,target= m,mount? u,uts? i,ipc? n,net? p,pid? U,user? C,cgroup? T,time? a,all r,root? w,wd? "
        + "F,no-fork Z", stopsEarly: true)
    guard options["t"] != nil else {
      try await process.complain("no target PID specified for --all")
      return 1
    }
    let machine = process.machine
    guard let host = machine.host else { return try await enter(process, options) }
    guard process.caller.capabilities.contains(.sysAdmin) else {
      try await process.complain(
        "cannot open /proc/\(options["t"] ?? "1")/ns/mnt: Permission denied")
      return 1
    }
    let enters = machine.table === host.table && (options.has("m") || options.has("a"))
    return try await HostEntry.run(options.operands, on: enters ? host : machine, process)
  }
}

extension NamespaceEntry {
  /// From a node into a container: into its network alone, or with its files into all of it.
  private func enter(_ process: Process, _ options: Options) async throws -> ExitStatus {
    let machine = process.machine
    let entries = try await machine.table.entries(for: process)
    let wanted = options["t"] ?? ""
    let kinds = [
      ("U", "user"), ("C", "cgroup"), ("i", "ipc"), ("u", "uts"), ("n", "net"), ("p", "pid"),
      ("m", "mnt"), ("T", "time"),
    ]
    guard let id = Int(wanted), let entry = entries.first(where: { $0.id == id }) else {
      let first = kinds.first { options.has($0.0) }?.1 ?? "user"
      try await process.complain(
        "cannot open /proc/\(wanted)/ns/\(first): No such file or directory")
      return 1
    }
    guard process.caller.capabilities.contains(.sysAdmin) else {
      try await process.complain("reassociate to namespaces failed: Operation not permitted")
      return 1
    }
    // A pause has no process here: what is beside it under the shim shares its network.
    let inside =
      entry.process ?? entries.first { $0.parentID == entry.parentID && $0.process != nil }?.process
    guard let target = inside?.machine, target !== machine, entry.parentID != 0 else {
      return try await HostEntry.run(options.operands, on: machine, process)
    }
    if options.has("m") || options.has("a") {
      return try await HostEntry.run(
        options.operands.isEmpty ? ["/bin/sh"] : options.operands, on: target, process)
    }
    if options.has("n") { process.enteredNetwork = target.network }
    return try await HostEntry.run(options.operands, on: machine, process)
  }
}

/// A program of this machine, or of the one below, with the caller's own terminal.
enum HostEntry {
  static func run(
    _ words: [String], on machine: Machine, _ process: Process
  ) async throws -> ExitStatus {
    let words = words.isEmpty ? ["/bin/bash"] : words
    var environment = process.environment
    environment["PATH"] = Machine.standardPath
    environment["HOME"] = "/root"
    do {
      let child = try machine.start(
        Command(
          path: words[0], arguments: Array(words.dropFirst()), environment: environment,
          directory: "/", files: process.files),
        parentID: machine === process.machine ? process.id : 1)
      defer {
        if child.status == nil {
          for member in child.family.reversed() { member.signal(Signal.kill, byMachine: true) }
        }
      }
      return try await process.wait(for: child)
    } catch let error as HostError {
      switch process.called {
      case "ip": try await process.writeError("exec of \"\(words[0])\" failed: \(error.text)\n")
      case "nsenter": try await process.complain("failed to execute \(words[0]): \(error.text)")
      default:
        try await process.complain(
          "failed to run command '\(words[0])': \(error.text)",
          busyBox: "can't execute '\(words[0])': \(error.text)")
      }
      return error == .notFound ? 127 : 126
    }
  }
}
