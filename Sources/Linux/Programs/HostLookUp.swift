import Shell
import Simulation

/// Looks up a name: `host [-t TYPE] NAME|ADDRESS [SERVER]`.
struct HostLookUp: Program {
  let name = "host"

  func run(_ process: Process) async throws -> ExitStatus {
    var type: String?
    var words: [String] = []
    var rest = process.arguments[...]
    while let word = rest.popFirst() {
      if word == "-t" {
        type = rest.popFirst()?.uppercased()
      } else if !word.hasPrefix("-") {
        words.append(word)
      }
    }
    guard let wanted = words.first else { throw UsageError("missing name", hint: false) }
    let server = words.dropFirst().first
    let query = NameQuery(process, server: server)
    do {
      let reverse = type == nil ? Resolver.reverseName(wanted) : nil
      let kind = reverse == nil ? type ?? "A" : "PTR"
      let found = try query.search(reverse ?? wanted, kind, usesSearch: reverse == nil)
      var text = ""
      if let server {
        text =
          "Using domain server:\nName: \(server)\nAddress: \(query.server)#53\nAliases: \n\n"
      }
      guard found.answer.status == .noError else {
        let code = found.answer.status == .nameError ? "3(NXDOMAIN)" : "2(SERVFAIL)"
        let shown = reverse.map { String($0.dropLast()) } ?? wanted
        try await process.write(text + "Host \(shown) not found: \(code)\n")
        return 1
      }
      var records = found.answer.records
      if type == nil, reverse == nil {
        let more = try query.ask(NameQuestion(found.name, type: "AAAA")).records
        records += more.filter { !records.contains($0) }
      }
      if records.isEmpty { text += "\(wanted) has no \(kind) record\n" }
      try await process.write(text + records.map(Self.line).joined())
      return 0
    } catch is NetworkFailure {
      try await process.sleep(.seconds(10))
      try await process.write(";; connection timed out; no servers could be reached\n")
      return 1
    }
  }

  private static func line(_ record: NameRecord) -> String {
    let name = record.name.hasSuffix(".") ? String(record.name.dropLast()) : record.name
    return switch record.type {
    case "A": "\(name) has address \(record.data)\n"
    case "AAAA": "\(name) has IPv6 address \(record.data)\n"
    case "CNAME": "\(name) is an alias for \(record.data)\n"
    case "PTR": "\(name) domain name pointer \(record.data)\n"
    default: "\(name) has \(record.type) record \(record.data)\n"
    }
  }
}
