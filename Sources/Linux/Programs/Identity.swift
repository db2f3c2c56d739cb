import Shell

/// Tells who one is: `id`.
struct Identity: Program {
  let name = "id"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "u,user g,group G,groups n,name r,real a z,zero")
    let accounts = process.machine.accounts
    var caller = process.caller
    if let name = options.operands.first {
      guard let user = accounts.user(name) ?? Int(name).flatMap({ accounts.user(id: $0) }) else {
        throw UsageError(
          process.machine.isBusyBox("id")
            ? "unknown user \(name)" : "\u{2018}\(name)\u{2019}: no such user", hint: false)
      }
      caller = accounts.caller(user)
    }
    let groups = [caller.group] + caller.groups.filter { $0 != caller.group }
    func user(_ id: Int) -> String { options.has("n") ? accounts.userName(id) : "\(id)" }
    func group(_ id: Int) -> String { options.has("n") ? accounts.groupName(id) : "\(id)" }
    if options.has("u") {
      try await process.write(user(caller.user) + "\n")
    } else if options.has("g") {
      try await process.write(group(caller.group) + "\n")
    } else if options.has("G") {
      try await process.write(groups.map(group).joined(separator: " ") + "\n")
    } else {
      func named(_ id: Int, _ name: String?) -> String { name.map { "\(id)(\($0))" } ?? "\(id)" }
      // BusyBox tells the caller's groups as the kernel does: sorted, and containerd gives a process
      // its own group as one of them.
      let told = process.isBusyBox && options.operands.isEmpty ? groups.sorted() : groups
      let all = told.map { named($0, accounts.group(id: $0)?.name) }.joined(separator: ",")
      try await process.write(
        "uid=\(named(caller.user, accounts.user(id: caller.user)?.name)) "
          + "gid=\(named(caller.group, accounts.group(id: caller.group)?.name)) "
          + "groups=\(all)\n")
    }
    return 0
  }
}

/// Prints the user's name: `whoami`.
struct WhoAmI: Program {
  let name = "whoami"

  func run(_ process: Process) async throws -> ExitStatus {
    guard let user = process.machine.accounts.user(id: process.caller.user) else {
      throw UsageError("cannot find name for user ID \(process.caller.user)", hint: false)
    }
    try await process.write(user.name + "\n")
    return 0
  }
}

/// Prints the user's groups.
struct Groups: Program {
  let name = "groups"

  func run(_ process: Process) async throws -> ExitStatus {
    let accounts = process.machine.accounts
    let groups =
      [process.caller.group] + process.caller.groups.filter { $0 != process.caller.group }
    try await process.write(groups.map(accounts.groupName).joined(separator: " ") + "\n")
    return 0
  }
}

/// Shows or sets the machine's name.
struct HostName: Program {
  let name = "hostname"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "i,ip-address I,all-ip-addresses f,fqdn,long s,short d,domain")
    let machine = process.machine
    if let new = options.operands.first {
      guard process.caller.capabilities.contains(.sysAdmin) else {
        try await process.complain(
          "you must be root to change the host name",
          busyBox: "sethostname: Operation not permitted")
        return 1
      }
      machine.hostName = new
      return 0
    }
    if options.has("I") || options.has("i") {
      let all = machine.network?.interfaces(of: machine) ?? []
      let addresses = all.filter { $0.name != "lo" }.map(\.address)
      try await process.write(
        options.has("I")
          ? addresses.map { $0 + " " }.joined() + "\n"
          : (addresses.first ?? "127.0.1.1") + "\n")
    } else {
      let full = Self.fullName(of: machine)
      let name =
        options.has("f")
        ? full
        : options.has("d")
          ? String(full.drop { $0 != "." }.dropFirst())
          : options.has("s") ? String(machine.hostName.prefix { $0 != "." }) : machine.hostName
      try await process.write(name + "\n")
    }
    return 0
  }

  /// The first name that /etc/hosts has for the machine's own.
  private static func fullName(of machine: Machine) -> String {
    for line in (machine.files.text("/etc/hosts") ?? "").split(separator: "\n") {
      let names = line.split(whereSeparator: \.isWhitespace).dropFirst()
      if !line.hasPrefix("#"), let first = names.first, names.contains(machine.hostName[...]) {
        return String(first)
      }
    }
    return machine.hostName
  }
}

/// Tells about the kernel: `uname`.
struct SystemName: Program {
  let name = "uname"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "a,all s,kernel-name n,nodename r,kernel-release v,kernel-version m,machine p,processor "
        + "i,hardware-platform o,operating-system")
    let machine = process.machine
    let facts: [(String, String)] = [
      ("s", "Linux"), ("n", machine.hostName), ("r", machine.kernel),
      ("v", machine.kernelBuild), ("m", "x86_64"),
      ("p", "x86_64"), ("i", "x86_64"), ("o", "GNU/Linux"),
    ]
    let shown = facts.filter { letter, _ in
      options.has("a") || options.has(letter) || (options.given.isEmpty && letter == "s")
    }
    try await process.write(shown.map(\.1).joined(separator: " ") + "\n")
    return 0
  }
}

/// How many processors there are: `nproc`.
struct ProcessorCount: Program {
  let name = "nproc"

  func run(_ process: Process) async throws -> ExitStatus {
    try await process.write("\(process.machine.processors)\n")
    return 0
  }
}

/// Names the terminal: `tty`.
struct TerminalName: Program {
  let name = "tty"

  func run(_ process: Process) async throws -> ExitStatus {
    let isTerminal = process.standardInput.isTerminal
    try await process.write(isTerminal ? "/dev/pts/0\n" : "not a tty\n")
    return isTerminal ? 0 : 1
  }
}
