import Shell

/// Runs a program as another user: `sudo`.
struct Sudo: Program {
  let name = "sudo"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "u,user= g,group= i,login s,shell E,preserve-env? H,set-home "
        + "n,non-interactive S,stdin k l,list v b",
      stopsEarly: true)
    let accounts = process.machine.accounts
    let name = options["u"] ?? "root"
    guard
      let user = accounts.user(name)
        ?? Int(name.drop { $0 == "#" }).flatMap({ accounts.user(id: $0) })
    else {
      throw UsageError("unknown user \(name)", hint: false)
    }
    guard SuperUsers.contains(process) else {
      let own = accounts.userName(process.caller.user)
      try await process.writeError("\(own) is not in the sudoers file.\n")
      return 1
    }
    if options.has("l") {
      try await process.write(
        "User \(accounts.userName(process.caller.user)) may run the following commands on "
          + "\(process.machine.hostName):\n    (ALL : ALL) NOPASSWD: ALL\n")
      return 0
    }
    var words = options.operands[...]
    var environment = process.environment
    while let word = words.first, let equals = word.firstIndex(of: "="), !word.hasPrefix("/") {
      environment[String(word[..<equals])] = String(word[word.index(after: equals)...])
      words = words.dropFirst()
    }
    if !options.has("E") {
      let kept = ["PATH", "TERM", "LANG", "KUBECONFIG_", "DISPLAY"]
      environment = environment.filter { key, _ in
        kept.contains(key) || words.count < options.operands.count
      }
    }
    environment["HOME"] = user.home
    environment["USER"] = user.name
    environment["LOGNAME"] = user.name
    environment["SHELL"] = user.shell
    environment["PATH"] = Machine.standardPath
    environment["SUDO_USER"] = accounts.userName(process.caller.user)
    environment["SUDO_COMMAND"] = words.joined(separator: " ")
    environment["SUDO_UID"] = "\(process.caller.user)"
    environment["SUDO_GID"] = "\(process.caller.group)"
    var command = Array(words)
    var directory: String?
    if options.has("i") || options.has("s") {
      let line = words.map(ShellQuoting.quoted).joined(separator: " ")
      command =
        [user.shell] + (options.has("i") ? ["-l"] : []) + (words.isEmpty ? [] : ["-c", line])
      if options.has("i") { directory = user.home }
    }
    guard !command.isEmpty else {
      try await process.writeError("usage: sudo -h | -K | -k | -V\nusage: sudo [-u user] command\n")
      return 1
    }
    do {
      let child = try process.start(
        command, environment: environment, directory: directory, caller: accounts.caller(user))
      return try await process.wait(for: child)
    } catch HostError.notFound {
      try await process.complain("\(command[0]): command not found")
      return 1
    } catch HostError.notExecutable {
      try await process.complain("unable to execute \(command[0]): Permission denied")
      return 1
    }
  }
}

/// Who may become root.
enum SuperUsers {
  static func contains(_ process: Process) -> Bool {
    if process.caller.user == 0 { return true }
    let accounts = process.machine.accounts
    let sudo = accounts.group("sudo")?.id ?? 27
    let wheel = accounts.group("wheel")?.id ?? 10
    return process.caller.belongs(to: sudo) || process.caller.belongs(to: wheel)
  }
}

/// Becomes another user: `su`.
struct SwitchUser: Program {
  let name = "su"

  func run(_ process: Process) async throws -> ExitStatus {
    var arguments = process.arguments
    let isDash = arguments.contains("-")
    arguments.removeAll { $0 == "-" }
    let options = try Options(arguments, "l,login c,command= s,shell= m,p,preserve-environment")
    let accounts = process.machine.accounts
    let name = options.operands.first ?? "root"
    guard let user = accounts.user(name) else {
      throw UsageError(
        "user \(name) does not exist or the user entry does not contain all the required fields",
        hint: false, busyBox: "unknown user \(name)")
    }
    guard process.caller.user == 0 || process.caller.user == user.id else {
      try await process.writeError("Password: ")
      _ = try await process.readLine()
      try await process.writeError("\nsu: Authentication failure\n")
      return 1
    }
    let isLogin = isDash || options.has("l")
    var environment = process.environment
    if !options.has("m") {
      if isLogin { environment = environment.filter { $0.key == "TERM" } }
      environment["HOME"] = user.home
      environment["SHELL"] = user.shell
      environment["USER"] = user.name
      environment["LOGNAME"] = user.name
      environment["PATH"] = Machine.standardPath
    }
    let shell = options["s"] ?? user.shell
    let words = [shell] + (isLogin ? ["-l"] : []) + (options["c"].map { ["-c", $0] } ?? [])
    let hasHome = process.status(user.home)?.kind == .directory
    let child = try process.start(
      words, environment: environment, directory: isLogin ? (hasHome ? user.home : "/") : nil,
      caller: accounts.caller(user))
    return try await process.wait(for: child)
  }
}
