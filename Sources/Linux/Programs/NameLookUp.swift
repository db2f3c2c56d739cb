import Shell
import Simulation

/// Asks the name server: `nslookup`.
struct NameLookUp: Program {
  let name = "nslookup"

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    guard let wanted = words.first else {
      throw UsageError("drydock: not simulated: nslookup without a name", hint: false)
    }
    let resolver = Resolver(process.machine)
    let server = words.dropFirst().first ?? resolver.servers.first ?? "127.0.0.1"
    let isBusyBox = process.machine.shellDialect == .ash
    let port = isBusyBox ? ":53" : "#53"
    do {
      let answer = try resolver.query(wanted)
      var text = "Server:\t\t\(server)\nAddress:\t\(server)\(port)\n\n"
      for address in answer.addresses { text += "Name:\t\(answer.name)\nAddress: \(address)\n" }
      try await process.write(text + "\n")
      return 0
    } catch let failure as NetworkFailure {
      switch failure {
      case .unknownName:
        try await process.write(
          "Server:\t\t\(server)\nAddress:\t\(server)\(port)\n\n"
            + "** server can't find \(wanted): NXDOMAIN\n\n")
      default:
        try await process.sleep(.seconds(15))
        try await process.write(";; connection timed out; no servers could be reached\n\n")
      }
      return 1
    }
  }
}

/// Asks the name server and shows its answer: `dig`.
struct Dig: Program {
  let name = "dig"

  func run(_ process: Process) async throws -> ExitStatus {
    var isShort = false
    var usesSearch = false
    var name: String?
    var type = "A"
    let resolver = Resolver(process.machine)
    var server = resolver.servers.first ?? "127.0.0.1"
    for word in process.arguments {
      if word.hasPrefix("+") {
        if word == "+short" { isShort = true }
        if word == "+search" { usesSearch = true }
      } else if word.hasPrefix("@") {
        server = String(word.dropFirst())
      } else if ["A", "AAAA", "SRV", "ANY", "CNAME", "TXT", "NS", "MX", "PTR"].contains(
        word.uppercased())
      {
        type = word.uppercased()
      } else if !word.hasPrefix("-") {
        name = word
      }
    }
    let shown = (name ?? ".").hasSuffix(".") ? name ?? "." : "\(name ?? "")."
    do {
      let answer = try resolver.query(name ?? ".", usesSearch: usesSearch)
      let addresses = type == "A" || type == "ANY" ? answer.addresses : []
      if isShort {
        try await process.write(addresses.map { $0 + "\n" }.joined())
        return 0
      }
      try await process.write(
        head(shown, type, "NOERROR", addresses.count, process)
          + (addresses.isEmpty ? "" : ";; ANSWER SECTION:\n")
          + addresses.map { "\(answer.name).\t30\tIN\tA\t\($0)\n" }.joined()
          + (addresses.isEmpty ? "" : "\n") + foot(server, process))
      return 0
    } catch let failure as NetworkFailure {
      if case .unknownName = failure {
        if !isShort {
          try await process.write(
            head(shown, type, "NXDOMAIN", 0, process) + foot(server, process))
        }
        return 0
      }
      try await process.sleep(.seconds(15))
      try await process.write(
        "\n; <<>> DiG 9.18.39 <<>> \(name ?? "")\n;; global options: +cmd\n"
          + ";; no servers could be reached\n")
      return 9
    }
  }

  private func head(
    _ name: String, _ type: String, _ status: String, _ count: Int, _ process: Process
  ) -> String {
    """

    ; <<>> DiG 9.18.39 <<>> \(process.arguments.joined(separator: " "))
    ;; global options: +cmd
    ;; Got answer:
    ;; ->>HEADER<<- opcode: QUERY, status: \(status), id: \(process.machine.randomBits() & 0xFFFF)
    ;; flags: qr aa rd; QUERY: 1, ANSWER: \(count), AUTHORITY: 0, ADDITIONAL: 1

    ;; QUESTION SECTION:
    ;\(name)\t\t\tIN\t\(type)


    """
  }

  private func foot(_ server: String, _ process: Process) -> String {
    let when = Calendar(process.machine.now).formatted("%a %b %d %H:%M:%S UTC %Y")
    return """
      ;; Query time: 0 msec
      ;; SERVER: \(server)#53(\(server)) (UDP)
      ;; WHEN: \(when)
      ;; MSG SIZE  rcvd: 117


      """
  }
}

/// Looks up a name: `host`.
struct HostLookUp: Program {
  let name = "host"

  func run(_ process: Process) async throws -> ExitStatus {
    guard let wanted = process.arguments.last, !wanted.hasPrefix("-") else {
      throw UsageError("missing name", hint: false)
    }
    do {
      let answer = try Resolver(process.machine).query(wanted)
      try await process.write(
        answer.addresses.map { "\(answer.name) has address \($0)\n" }.joined())
      return 0
    } catch let failure as NetworkFailure {
      if case .unknownName = failure {
        try await process.write("Host \(wanted) not found: 3(NXDOMAIN)\n")
      } else {
        try await process.sleep(.seconds(10))
        try await process.write(";; connection timed out; no servers could be reached\n")
      }
      return 1
    }
  }
}

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
