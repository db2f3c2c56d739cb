import Shell

/// Keeps files of users and passwords for web servers: `htpasswd`.
struct PasswordFile: Program {
  let name = "htpasswd"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "c b n i m B d s p D v")
    let isShown = options.has("n")
    var words = options.operands[...]
    for algorithm in ["B", "d", "s"] where options.has(algorithm) {
      try await process.writeError("drydock: not simulated: htpasswd -\(algorithm)\n")
      return 1
    }
    let path = isShown ? nil : words.popFirst()
    guard let user = words.popFirst(), isShown || path != nil else {
      try await process.writeError(
        "Usage:\n\thtpasswd [-cimB25dpsDv] [-C cost] [-r rounds] passwordfile username\n"
          + "\thtpasswd -b[cmB25dpsDv] [-C cost] [-r rounds] passwordfile username password\n\n"
          + "\thtpasswd -n[imB25dps] [-C cost] [-r rounds] username\n"
          + "\thtpasswd -nb[mB25dps] [-C cost] [-r rounds] username password\n")
      return 2
    }
    var lines: [String] = []
    if let path, !options.has("c") {
      guard process.status(path) != nil else {
        try await process.complain(
          "cannot open file \(path) for read access: No such file or directory")
        return 1
      }
      lines = String(decoding: try await process.contents(of: path), as: UTF8.self)
        .split(separator: "\n").map(String.init)
    }
    let known = lines.firstIndex { $0.hasPrefix(user + ":") }
    if options.has("D") {
      guard let known, let path else {
        try await process.writeError("User \(user) not found\n")
        return 0
      }
      lines.remove(at: known)
      try process.replace(path, with: Self.bytes(lines))
      try await process.writeError("Deleting password for user \(user)\n")
      return 0
    }
    var password = options.has("b") ? words.popFirst() : nil
    if password == nil {
      if !options.has("i") { try await process.write("New password: ") }
      password = try await process.readLine()?.filter { $0 != "\n" }
      if !options.has("i") {
        try await process.write("\nRe-type new password: ")
        let again = try await process.readLine()?.filter { $0 != "\n" }
        try await process.write("\n")
        guard again == password else {
          try await process.complain("password verification error")
          return 3
        }
      }
    }
    let salt = String(process.machine.randomBits(), radix: 36).suffix(8)
    let stored =
      options.has("p")
      ? password ?? "" : PasswordHash.apr1(password ?? "", salt: String(salt))
    let line = "\(user):\(stored)"
    guard let path else {
      try await process.write(line + "\n\n")
      return 0
    }
    if let known { lines[known] = line } else { lines.append(line) }
    try process.replace(path, with: Self.bytes(lines))
    try await process.writeError(
      "\(known == nil ? "Adding" : "Updating") password for user \(user)\n")
    return 0
  }

  private static func bytes(_ lines: [String]) -> [UInt8] {
    Array(lines.map { $0 + "\n" }.joined().utf8)
  }
}
