import Shell

/// Makes, changes and removes users and groups: `useradd`, `usermod`, `groupadd` and their kin.
struct AccountTool: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let isSmall = process.isBusyBox && name == "adduser"
    let options = try Options(
      process.arguments,
      isSmall
        ? "d,h,home= c,g,gecos= s,shell= ingroup,G= D S,system M,H,no-create-home u,uid= k,skel="
        : "m,create-home M,no-create-home u,uid= g,gid= G,groups= a,append s,shell= d,home= c,comment= "
          + "r,system,remove D U N p,password= disabled-password disabled-login gecos= ingroup= "
          + "no-create-home f,force L,lock,delete U,unlock quiet l,login= e,expire n,new-name=",
      status: 2)
    guard process.caller.user == 0 else {
      let file = name.hasPrefix("group") ? "group" : "passwd"
      try await process.complain("Permission denied.")
      try await process.complain("cannot lock /etc/\(file); try again later.")
      return 1
    }
    if name == "gpasswd" { return try await changeMembers(process) }
    guard let target = options.operands.first else {
      throw UsageError("Usage: \(name) [options] LOGIN", hint: process.isBusyBox, status: 2)
    }
    switch name {
    case "groupadd", "addgroup": return try await addGroup(target, options, process)
    case "groupdel": return try await removeGroup(target, process)
    case "deluser" where options.operands.count == 2:
      // deluser USER GROUP
      return try await leave(target, options.operands[1], process)
    case "userdel", "deluser": return try await removeUser(target, options, process)
    case "usermod": return try await change(target, options, process)
    case "adduser" where options.operands.count == 2:
      // adduser USER GROUP
      return try await join(target, [options.operands[1]], process)
    default: return try await addUser(target, options, process)
    }
  }

  // MARK: files

  private func rows(_ path: String, _ process: Process) -> [[String]] {
    (process.machine.files.text(path) ?? "").split(separator: "\n").map {
      $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private func save(_ rows: [[String]], _ path: String, _ process: Process) throws {
    try process.machine.files.write(
      rows.map { $0.joined(separator: ":") + "\n" }.joined(), to: path)
  }

  // MARK: groups

  private func addGroup(
    _ target: String, _ options: Options, _ process: Process
  ) async throws -> ExitStatus {
    let accounts = process.machine.accounts
    if accounts.group(target) != nil {
      try await process.complain(
        "group '\(target)' already exists", busyBox: "group '\(target)' in use")
      return 9
    }
    let id = options["g"].flatMap { Int($0) } ?? freshID(accounts.groups.map(\.id), options)
    try save(
      rows("/etc/group", process) + [[target, "x", "\(id)", ""]], "/etc/group", process)
    return 0
  }

  private func removeGroup(_ target: String, _ process: Process) async throws -> ExitStatus {
    guard process.machine.accounts.group(target) != nil else {
      try await process.complain("group '\(target)' does not exist")
      return 6
    }
    try save(rows("/etc/group", process).filter { $0.first != target }, "/etc/group", process)
    return 0
  }

  private func freshID(_ taken: [Int], _ options: Options) -> Int {
    let range = options.has("r") ? 100..<999 : 1000..<60_000
    return (taken.filter(range.contains).max() ?? range.lowerBound - 1) + 1
  }

  private func join(
    _ user: String, _ groups: [String], _ process: Process
  ) async throws -> ExitStatus {
    var rows = rows("/etc/group", process)
    for group in groups {
      guard let index = rows.firstIndex(where: { $0.first == group && $0.count >= 4 }) else {
        try await process.complain("group '\(group)' does not exist")
        return 6
      }
      var members = rows[index][3].split(separator: ",").map(String.init)
      if !members.contains(user) { members.append(user) }
      rows[index][3] = members.joined(separator: ",")
    }
    try save(rows, "/etc/group", process)
    return 0
  }

  private func leave(
    _ user: String, _ group: String, _ process: Process
  ) async throws -> ExitStatus {
    var rows = rows("/etc/group", process)
    guard let index = rows.firstIndex(where: { $0.first == group && $0.count >= 4 }) else {
      try await process.writeError("fatal: The group `\(group)' does not exist.\n")
      return 3
    }
    let members = rows[index][3].split(separator: ",")
    guard members.contains(where: { $0 == user }) else {
      try await process.writeError(
        "fatal: The user `\(user)' is not a member of group `\(group)'.\n")
      return 6
    }
    try await process.write("info: Removing user `\(user)' from group `\(group)' ...\n")
    rows[index][3] = members.filter { $0 != user }.joined(separator: ",")
    try save(rows, "/etc/group", process)
    return 0
  }

  /// `gpasswd -a USER GROUP` and `-d USER GROUP`.
  private func changeMembers(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments
    guard words.count == 3,
      let adds = ["-a": true, "-d": false, "--add": true, "--delete": false][words[0]]
    else {
      throw UsageError("Usage: gpasswd [option] GROUP", hint: false, status: 2)
    }
    let (user, group) = (words[1], words[2])
    guard process.machine.accounts.user(user) != nil else {
      try await process.complain("user '\(user)' does not exist")
      return 1
    }
    var rows = rows("/etc/group", process)
    guard let index = rows.firstIndex(where: { $0.first == group && $0.count >= 4 }) else {
      try await process.complain("group '\(group)' does not exist in /etc/group")
      return 1
    }
    var members = rows[index][3].split(separator: ",").map(String.init)
    if adds {
      if !members.contains(user) { members.append(user) }
    } else if !members.contains(user) {
      try await process.complain("user '\(user)' is not a member of '\(group)'")
      return 3
    } else {
      members.removeAll { $0 == user }
    }
    try await process.write(
      adds
        ? "Adding user \(user) to group \(group)\n" : "Removing user \(user) from group \(group)\n")
    rows[index][3] = members.joined(separator: ",")
    try save(rows, "/etc/group", process)
    return 0
  }

  // MARK: users

  private func addUser(
    _ target: String, _ options: Options, _ process: Process
  ) async throws -> ExitStatus {
    let accounts = process.machine.accounts
    if accounts.user(target) != nil {
      if name == "adduser", !process.isBusyBox {
        try await process.writeError("fatal: The user `\(target)' already exists.\n")
        return 1
      }
      try await process.complain(
        "user '\(target)' already exists", busyBox: "user '\(target)' in use")
      return process.isBusyBox ? 1 : 9
    }
    guard target.utf8.allSatisfy({ $0.isWord || $0 == 45 }), target.first?.isNumber == false else {
      try await process.complain("invalid user name '\(target)': use --badname to ignore")
      return 3
    }
    let id = options["u"].flatMap { Int($0) } ?? freshID(accounts.users.map(\.id), options)
    // The group of one's own has the user's number where that is free.
    var group =
      accounts.groups.contains { $0.id == id } ? freshID(accounts.groups.map(\.id), options) : id
    if let named = options["g"] ?? options["ingroup"] {
      guard let found = accounts.group(named)?.id ?? Int(named) else {
        try await process.complain("group '\(named)' does not exist")
        return 6
      }
      group = found
    } else {
      try save(
        rows("/etc/group", process) + [[target, "x", "\(group)", ""]], "/etc/group", process)
    }
    let home = options["d"] ?? "/home/\(target)"
    let isFriendly = name == "adduser"
    let isSmall = process.isBusyBox
    let shell = options["s"] ?? (isFriendly && !isSmall ? "/bin/bash" : "/bin/sh")
    let comment =
      options["c"] ?? options["gecos"] ?? (isSmall ? "Linux User,,," : isFriendly ? ",,," : "")
    try save(
      rows("/etc/passwd", process) + [[target, "x", "\(id)", "\(group)", comment, home, shell]],
      "/etc/passwd", process)
    try save(
      rows("/etc/shadow", process) + [[target, "!", "20605", "0", "99999", "7", "", "", ""]],
      "/etc/shadow", process)
    if options.has("m") || isFriendly && !options.has("M") {
      try process.machine.files.makeDirectories(home)
      try process.machine.files.changeOwner(home, user: id, group: group)
      try process.machine.files.changeMode(home, to: 0o750)
    }
    if isFriendly, !process.isBusyBox {
      try await process.write(
        "info: Adding user `\(target)' ...\ninfo: Adding new group `\(target)' (\(group)) ...\n"
          + "info: Adding new user `\(target)' (\(id)) with group `\(target) (\(group))' ...\n"
          + "info: Creating home directory `\(home)' ...\n")
    }
    let groups = (options["G"] ?? "").split(separator: ",").map(String.init)
    return try await join(target, groups, process)
  }

  private func removeUser(
    _ target: String, _ options: Options, _ process: Process
  ) async throws -> ExitStatus {
    guard let user = process.machine.accounts.user(target) else {
      try await process.complain(
        "user '\(target)' does not exist", busyBox: "unknown user \(target)")
      return process.isBusyBox ? 1 : 6
    }
    for path in ["/etc/passwd", "/etc/shadow"] {
      try save(rows(path, process).filter { $0.first != target }, path, process)
    }
    let groups = rows("/etc/group", process).filter { $0.first != target }.map { row in
      guard row.count >= 4 else { return row }
      let members = row[3].split(separator: ",").filter { $0 != target }
      return Array(row[..<3]) + [members.joined(separator: ",")]
    }
    try save(groups, "/etc/group", process)
    if options.has("r") { try? process.machine.files.removeAll(user.home) }
    return 0
  }

  private func change(
    _ target: String, _ options: Options, _ process: Process
  ) async throws -> ExitStatus {
    var users = rows("/etc/passwd", process)
    guard let index = users.firstIndex(where: { $0.first == target && $0.count >= 7 }) else {
      try await process.complain("user '\(target)' does not exist")
      return 6
    }
    if let shell = options["s"] { users[index][6] = shell }
    if let home = options["d"] { users[index][5] = home }
    if let comment = options["c"] { users[index][4] = comment }
    if let id = options["u"], Int(id) != nil { users[index][2] = id }
    if let group = options["g"] {
      guard let id = process.machine.accounts.group(group)?.id ?? Int(group) else {
        try await process.complain("group '\(group)' does not exist")
        return 6
      }
      users[index][3] = "\(id)"
    }
    try save(users, "/etc/passwd", process)
    if options.has("L") || options.has("U") {
      // A locked password is one that begins with an exclamation mark.
      let shadow = rows("/etc/shadow", process).map { row in
        guard row.first == target, row.count > 1 else { return row }
        var row = row
        let open = String(row[1].drop { $0 == "!" })
        row[1] = options.has("L") ? "!" + open : open
        return row
      }
      try save(shadow, "/etc/shadow", process)
    }
    guard let wanted = options["G"] else { return 0 }
    let groups = wanted.split(separator: ",").map(String.init)
    if !options.has("a") {
      // Without -a the user leaves every other group.
      let kept = rows("/etc/group", process).map { row in
        guard row.count >= 4 else { return row }
        let members = row[3].split(separator: ",").filter { $0 != target }
        return Array(row[..<3]) + [members.joined(separator: ",")]
      }
      try save(kept, "/etc/group", process)
    }
    return try await join(target, groups, process)
  }
}

/// Sets a password: `passwd`, `chpasswd`. Passwords are taken and never asked for again.
struct PasswordTool: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    if name == "chpasswd" {
      while let line = try await process.readLine() {
        let user = String(line.prefix { $0 != ":" })
        guard process.machine.accounts.user(user) != nil else {
          try await process.complain("(user \(user)) pam_chauthtok() failed, error:")
          return 1
        }
      }
      return 0
    }
    let options = try Options(process.arguments, "l,lock u,unlock d,delete S,status e,expire stdin")
    let accounts = process.machine.accounts
    let target = options.operands.first ?? accounts.userName(process.caller.user)
    guard accounts.user(target) != nil else {
      try await process.complain(
        "user '\(target)' does not exist", busyBox: "unknown user \(target)")
      return 1
    }
    if options.has("S") {
      try await process.write("\(target) P 2026-06-01 0 99999 7 -1\n")
      return 0
    }
    let isAsked = !["l", "u", "d", "e"].contains(where: options.has)
    if isAsked {
      for prompt in ["New password: ", "Retype new password: "] {
        try await process.writeError(prompt)
        guard try await process.readLine() != nil else {
          try await process.writeError("\npasswd: Authentication token manipulation error\n")
          return 10
        }
      }
    }
    try await process.write(
      isAsked ? "passwd: password updated successfully\n" : "passwd: password changed.\n")
    return 0
  }
}
