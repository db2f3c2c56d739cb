import Shell

/// Looks names up as the C library does: `getent`.
struct GetEntries: Program {
  let name = "getent"

  func run(_ process: Process) async throws -> ExitStatus {
    guard let database = process.arguments.first else {
      throw UsageError("wrong number of arguments")
    }
    let keys = process.arguments.dropFirst()
    var status: ExitStatus = 0
    let files = ["passwd", "group", "shadow"]
    if files.contains(database) {
      for line in (process.machine.files.text("/etc/\(database)", process.caller) ?? "").split(
        separator: "\n")
      {
        let fields = line.split(separator: ":", omittingEmptySubsequences: false)
        let isWanted =
          keys.isEmpty
          || keys.contains { key in
            fields.first.map(String.init) == key || (fields.count > 2 && fields[2] == key)
          }
        if isWanted { try await process.write(line + "\n") }
      }
      return 0
    }
    guard database.contains("hosts") else { throw UsageError("Unknown database: \(database)") }
    for key in keys {
      if let answer = try? Resolver(process.machine).lookUp(key) {
        for address in answer.addresses {
          let pad = String(repeating: " ", count: max(1, 16 - address.count))
          try await process.write("\(address)\(pad)\(answer.name)\n")
        }
      } else {
        status = 2
      }
    }
    return status
  }
}
