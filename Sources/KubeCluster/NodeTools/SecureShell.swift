import KubeNetwork
import Linux
import Shell
import Simulation

/// Logs in to a node: `ssh`.
struct SecureShell: Program {
  let name = "ssh"
  nonisolated(unsafe) unowned let cluster: Cluster

  init(_ cluster: Cluster) { self.cluster = cluster }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    var words = process.arguments[...]
    var target: String?
    var user = "root"
    var wantsTerminal: Bool?
    var isQuiet = false
    while let word = words.first, target == nil {
      words.removeFirst()
      switch word {
      case "-o", "-i", "-p", "-F", "-J", "-L", "-R", "-D", "-c", "-m", "-e", "-b", "-E", "-S", "-W":
        _ = words.popFirst()
      case "-l": user = words.popFirst() ?? user
      case "-t", "-tt": wantsTerminal = true
      case "-T": wantsTerminal = false
      case "-q": isQuiet = true
      case "-V":
        try await process.writeError(
          "OpenSSH_9.6p1 Ubuntu-3ubuntu13.14, OpenSSL 3.0.13 30 Jan 2024\n")
        return 0
      case _ where word.hasPrefix("-"): continue
      default: target = word
      }
    }
    guard let target else {
      try await process.writeError(
        "usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-b bind_interface] [-E log_file]\n"
          + "           [-F configfile] [-i identity_file] [-l login_name] [-o option] [-p port]\n"
          + "           destination [command [argument ...]]\n")
      return 255
    }
    var hostName = target
    if let at = target.lastIndex(of: "@") {
      user = String(target[..<at])
      hostName = String(target[target.index(after: at)...])
    }
    guard let machine = cluster.machine(named: hostName) else {
      let isAddress = hostName.allSatisfy { $0.isNumber || $0 == "." }
      try await process.writeError(
        isAddress
          ? "ssh: connect to host \(hostName) port 22: No route to host\n"
          : "ssh: Could not resolve hostname \(hostName): Temporary failure in name resolution\n")
      return 255
    }
    if machine.isOff {
      try await process.sleep(.milliseconds(3072))
      try await process.writeError("ssh: connect to host \(hostName) port 22: No route to host\n")
      return 255
    }
    if let failure = cluster.filtered(process, machine) {
      // As often as the kernel knocks before it gives up.
      if failure == .timedOut { try await process.sleep(.seconds(130)) }
      try await process.writeError(
        "ssh: connect to host \(hostName) port 22: "
          + (failure == .refused ? "Connection refused\n" : "Connection timed out\n"))
      return 255
    }
    guard let account = machine.accounts.user(user) else {
      try await process.writeError("\(user)@\(hostName): Permission denied (publickey).\n")
      return 255
    }
    return try await converse(
      process, machine, account, Array(words), hostName, wantsTerminal, isQuiet)
  }

  private func converse(
    _ process: Linux.Process, _ machine: Machine, _ account: Accounts.User, _ words: [String],
    _ hostName: String, _ wantsTerminal: Bool?, _ isQuiet: Bool
  ) async throws -> ExitStatus {
    let isSession = words.isEmpty
    let hasTerminal = process.standardInput.isTerminal && wantsTerminal ?? isSession
    if isSession, !process.standardInput.isTerminal, !isQuiet {
      try await process.writeError(
        "Pseudo-terminal will not be allocated because stdin is not a terminal.\n")
    }
    if isSession, hasTerminal {
      try await process.write(
        "Welcome to Ubuntu 24.04.3 LTS (GNU/Linux \(machine.kernel) x86_64)\n\n")
    }
    let arguments = isSession ? ["-l"] : ["-c", words.joined(separator: " ")]
    let command = Command(
      path: account.shell, arguments: arguments,
      environment: [
        "HOME": account.home, "USER": account.name, "LOGNAME": account.name,
        "SHELL": account.shell, "PATH": Machine.standardPath + ":/snap/bin", "LANG": "C.UTF-8",
        "TERM": "xterm-256color", "SSH_CONNECTION": "192.168.56.5 51234 \(hostName) 22",
      ], directory: account.home, files: process.files)
    let remote = try machine.start(command, parentID: 1, caller: machine.accounts.caller(account))
    let terminal = process.standardInput as? any ControllingTerminal
    if hasTerminal { terminal?.onSignal = { [weak remote] in remote?.signalFamily($0) } }
    defer {
      if hasTerminal { terminal?.onSignal = nil }
      // Whoever is left in the session hears that the line was hung up.
      if remote.status == nil {
        for member in remote.family.reversed() { member.signal(Signal.kill, byMachine: true) }
      }
    }
    let status = try await process.wait(for: remote)
    if machine.isOff {
      try await process.writeError("Connection to \(hostName) closed by remote host.\n")
      if hasTerminal { try await process.writeError("Connection to \(hostName) closed.\n") }
      return 255
    }
    if isSession, hasTerminal {
      try await process.writeError("Connection to \(hostName) closed.\n")
    }
    return status
  }
}

/// Copies files from machine to machine: `scp`.
struct SecureCopy: Program {
  let name = "scp"
  nonisolated(unsafe) unowned let cluster: Cluster

  init(_ cluster: Cluster) { self.cluster = cluster }

  struct Place {
    var machine: Machine
    var path: String
    var directory: String
  }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    var operands: [String] = []
    var isRecursive = false
    var words = process.arguments[...]
    while let word = words.popFirst() {
      switch word {
      case "-o", "-i", "-P", "-F", "-l", "-c", "-J", "-S": _ = words.popFirst()
      case _ where word.hasPrefix("-") && word != "-":
        if word.contains("r") { isRecursive = true }
      default: operands.append(word)
      }
    }
    guard operands.count >= 2, let last = operands.popLast() else {
      try await process.writeError(
        "usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]\n"
          + "           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]\n"
          + "           [-P port] [-S program] [-X sftp_option] source ... target\n")
      return 1
    }
    guard let target = try await place(last, process) else { return 255 }
    var status: ExitStatus = 0
    for operand in operands {
      guard let source = try await place(operand, process) else { return 255 }
      let kind = source.machine.files.status(source.path, in: source.directory)?.kind
      guard let kind else {
        try await process.writeError(
          "scp: stat local \"\(source.path)\": No such file or directory\n")
        status = 1
        continue
      }
      if kind == .directory, !isRecursive {
        try await process.writeError("scp: local \"\(source.path)\" is not a regular file\n")
        status = 1
        continue
      }
      var to = target
      if target.machine.files.status(target.path, in: target.directory)?.kind == .directory {
        let name = source.path.split(separator: "/").last.map(String.init) ?? ""
        to.path += "/" + name
      }
      do throws(HostError) {
        try copy(source, to, depth: 0)
      } catch {
        try await process.writeError("scp: dest open \"\(to.path)\": \(error.text)\n")
        status = 1
      }
    }
    return status
  }

  func place(_ operand: String, _ process: Linux.Process) async throws -> Place? {
    guard let colon = operand.firstIndex(of: ":"), !operand[..<colon].contains("/") else {
      return Place(machine: process.machine, path: operand, directory: process.directory)
    }
    var host = String(operand[..<colon])
    if let at = host.lastIndex(of: "@") { host = String(host[host.index(after: at)...]) }
    guard let machine = cluster.machine(named: host) else {
      try await process.writeError(
        "ssh: Could not resolve hostname \(host): Temporary failure in name resolution\n"
          + "scp: Connection closed\n")
      return nil
    }
    var path = String(operand[operand.index(after: colon)...])
    if path.isEmpty || path == "~" { path = "/root" }
    if path.hasPrefix("~/") { path = "/root/" + path.dropFirst(2) }
    return Place(machine: machine, path: path, directory: "/root")
  }

  private func copy(_ source: Place, _ target: Place, depth: Int) throws(HostError) {
    guard depth < 64 else { throw .tooManyLinks }
    let (from, to) = (source.machine.files, target.machine.files)
    guard let status = from.status(source.path, in: source.directory) else { throw .notFound }
    guard status.kind == .directory else {
      let bytes = try from.read(source.path, in: source.directory)
      return try to.write(bytes, to: target.path, in: target.directory, mode: status.mode & 0o777)
    }
    if to.status(target.path, in: target.directory) == nil {
      try to.makeDirectory(target.path, in: target.directory, mode: status.mode & 0o777)
    }
    for name in try from.names(in: source.path, of: source.directory) {
      var (inner, outer) = (source, target)
      inner.path += "/" + name
      outer.path += "/" + name
      try copy(inner, outer, depth: depth + 1)
    }
  }
}

extension SecureShell {
  /// The programs that go to other machines.
  static func tools(of cluster: Cluster) -> [any Program] {
    [SecureShell(cluster), SecureCopy(cluster), RemoteSync(cluster)]
  }
}

extension Cluster {
  /// How a node's packet filter ends a process's way to a machine's sshd; nil: it does not.
  func filtered(_ process: Linux.Process, _ target: Machine) -> NetworkFailure? {
    for cluster in all {
      for plan in cluster.blueprint.nodes where cluster.nodes[plan.name] === target {
        return cluster.network?.filtered(from: process.machine, to: plan.address, port: 22)
      }
    }
    return nil
  }

  /// The machine that a name or address leads to, as the machines' own hosts files say.
  func machine(named name: String) -> Machine? {
    if name == workstation.hostName { return workstation }
    return all.lazy.compactMap { cluster in
      cluster.nodes[name]
        ?? cluster.blueprint.nodes.first { $0.address == name }.flatMap { cluster.nodes[$0.name] }
    }.first
  }
}
