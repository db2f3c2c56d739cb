import Shell
import Simulation

/// Asks the name server: `nslookup [-type=TYPE] NAME|ADDRESS [SERVER]`.
struct NameLookUp: Program {
  let name = "nslookup"

  func run(_ process: Process) async throws -> ExitStatus {
    var types: [String] = []
    var words: [String] = []
    for word in process.arguments {
      guard word.hasPrefix("-"), word.count > 1 else {
        words.append(word)
        continue
      }
      let halves = word.split(separator: "=", maxSplits: 1).map(String.init)
      if halves.count == 2, ["-type", "-q", "-query", "-t"].contains(halves[0]) {
        types = [halves[1].uppercased()]
      }
    }
    guard let wanted = words.first else {
      if process.isBusyBox { throw UsageError("no name") }
      throw UsageError("drydock: not simulated: nslookup without a name", hint: false)
    }
    let isBusyBox = process.machine.isBusyBox("nslookup")
    let query = NameQuery(process, server: words.dropFirst().first)
    if isBusyBox {
      return isOld(process.machine)
        ? try await resolve(wanted, query, process)
        : try await askAll(wanted, types.first, query, process)
    }
    do {
      return try await look(wanted, types.first, query, process)
    } catch let failure as NetworkFailure {
      guard case .unknownName = failure else { return try await giveUp(process) }
      try await process.write("nslookup: couldn't get address for '\(words[1])': not found\n")
      return 1
    }
  }

  private func giveUp(_ process: Process) async throws -> ExitStatus {
    try await process.sleep(.seconds(15))
    try await process.write(";; connection timed out; no servers could be reached\n\n")
    return 1
  }

  /// BIND's: the first name of the search list that there is.
  private func look(
    _ wanted: String, _ type: String?, _ query: NameQuery, _ process: Process
  ) async throws -> ExitStatus {
    let reverse = type == nil ? Resolver.reverseName(wanted) : nil
    let main = reverse == nil ? type ?? "A" : "PTR"
    let found = try query.search(reverse ?? wanted, main, usesSearch: reverse == nil)
    // CoreDNS does not offer to ask others for its own zones; BIND tells so since 9.11.
    let hint = process.isRecentBIND ? ";; Got recursion not available from \(query.server)\n" : ""
    var text = String(repeating: hint, count: found.authoritative)
    // It does not name its server when it turns an address into a name.
    if reverse == nil { text += "Server:\t\t\(query.server)\nAddress:\t\(query.server)#53\n\n" }
    guard found.answer.status == .noError else {
      let shown = reverse.map { String($0.dropLast()) } ?? wanted
      let status = found.answer.status.rawValue
      if found.answer.status != .nameError {
        text += ";; Got \(status) reply from \(query.server)\n"
      }
      try await process.write(text + "** server can't find \(shown): \(status)\n\n")
      return 1
    }
    var lines = Self.lines(found.answer, isBusyBox: false)
    var isOfOthers = !found.answer.isAuthoritative
    var end = ""
    // Without a type both kinds of addresses are asked for.
    if type == nil, reverse == nil {
      let more = try query.ask(NameQuestion(found.name, type: "AAAA"))
      lines += Self.lines(more, isBusyBox: false).filter { !lines.contains($0) }
      if found.answer.records.isEmpty { isOfOthers = !more.isAuthoritative }
      if more.isAuthoritative { end = hint }
    }
    guard !lines.isEmpty else {
      try await process.write(text + "*** Can't find \(wanted): No answer\n\n")
      return 0
    }
    if isOfOthers { text += "Non-authoritative answer:\n" }
    try await process.write(text + lines.joined() + end + "\n")
    return 0
  }

  /// BusyBox's (add_query_with_search): a name without a dot is asked with every domain of the search
  /// list, one with a dot as it is; all answers are shown, and one that there is none counts.
  private func askAll(
    _ wanted: String, _ type: String?, _ query: NameQuery, _ process: Process
  ) async throws -> ExitStatus {
    let reverse = type == nil ? Resolver.reverseName(wanted) : nil
    let types = reverse == nil ? type.map { [$0] } ?? ["A", "AAAA"] : ["PTR"]
    let domains = reverse != nil || wanted.contains(".") ? [] : query.domains
    let names = domains.isEmpty ? [reverse ?? wanted] : domains.map { "\(wanted).\($0)" }
    var text = "Server:\t\t\(query.server)\nAddress:\t\(query.server):53\n\n"
    var status: ExitStatus = 0
    for type in types {
      for name in names {
        let whole = name.hasSuffix(".") ? name : name + "."
        let answer: NameAnswer
        do throws(NetworkFailure) {
          answer = try query.ask(NameQuestion(whole, type: type))
        } catch {
          return try await giveUp(process)
        }
        guard answer.status == .noError else {
          let shown = reverse == nil ? name : String(whole.dropLast())
          text += "** server can't find \(shown): \(answer.status.rawValue)\n\n"
          status = 1
          continue
        }
        if !answer.isAuthoritative { text += "Non-authoritative answer:\n" }
        text += Self.lines(answer, isBusyBox: true).joined() + "\n"
      }
    }
    try await process.write(text)
    return status
  }

  /// BusyBox asked the C library until 1.29, when nslookup came to speak with name servers itself.
  private func isOld(_ machine: Machine) -> Bool {
    let numbers = machine.busyBoxVersion.split(separator: ".").compactMap { Int($0) }
    return numbers.count > 1 && numbers[0] == 1 && numbers[1] < 29
  }

  /// What it printed then: every address with the name that it has.
  private func resolve(
    _ wanted: String, _ query: NameQuery, _ process: Process
  ) async throws -> ExitStatus {
    func line(_ number: Int, _ address: String) -> String {
      let answer = Resolver.reverseName(address).flatMap {
        try? query.ask(NameQuestion($0, type: "PTR"))
      }
      var name = answer?.records.first { $0.type == "PTR" }?.data ?? ""
      if name.hasSuffix(".") { name.removeLast() }
      return "Address \(number): \(address)" + (name.isEmpty ? "" : " \(name)") + "\n"
    }
    var text = "Server:    \(query.server)\n" + line(1, query.server) + "\n"
    var addresses = Resolver.isAddress(wanted) ? [wanted] : []
    if addresses.isEmpty {
      for type in ["A", "AAAA"] {
        guard let found = try? query.search(wanted, type, usesSearch: true).answer else { continue }
        addresses += found.records.filter { $0.type == type }.map(\.data)
      }
    }
    guard !addresses.isEmpty else {
      try await process.write(text)
      try await process.writeError("nslookup: can't resolve '\(wanted)'\n")
      return 1
    }
    text += "Name:      \(wanted)\n"
    for (index, address) in addresses.enumerated() { text += line(index + 1, address) }
    try await process.write(text)
    return 0
  }

  private static func lines(_ answer: NameAnswer, isBusyBox: Bool) -> [String] {
    func plain(_ name: String) -> String {
      name.hasSuffix(".") && name.count > 1 ? String(name.dropLast()) : name
    }
    return answer.records.map { record in
      let name = plain(record.name)
      let data = isBusyBox ? plain(record.data) : record.data
      return switch record.type {
      case "A", "AAAA": "Name:\t\(name)\nAddress: \(record.data)\n"
      case "CNAME": "\(name)\tcanonical name = \(data)\n"
      case "PTR": "\(name)\tname = \(data)\n"
      case "SRV": "\(name)\tservice = \(data)\n"
      case "NS": "\(name)\tnameserver = \(data)\n"
      case "MX": "\(name)\tmail exchanger = \(data)\n"
      case "TXT": "\(name)\ttext = \(record.data)\n"
      default: "\(name)\t\(record.type) = \(data)\n"
      }
    }
  }
}
