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
      throw UsageError("drydock: not simulated: nslookup without a name", hint: false)
    }
    let isBusyBox = process.machine.isBusyBox("nslookup")
    let query = NameQuery(process, server: words.dropFirst().first)
    if isBusyBox, isOld(process.machine) { return try await resolve(wanted, query, process) }
    let reverse = types.isEmpty ? Resolver.reverseName(wanted) : nil
    let head =
      "Server:\t\t\(query.server)\nAddress:\t\(query.server)\(isBusyBox ? ":" : "#")53\n\n"
    do {
      if reverse != nil { types = ["PTR"] }
      let asked = reverse ?? wanted
      var found = try query.search(asked, types.first ?? "A", usesSearch: reverse == nil)
      var lines = Self.lines(found.answer, isBusyBox: isBusyBox)
      // Without a type both kinds of addresses are asked for.
      if types.isEmpty, found.answer.status == .noError {
        let more = try query.ask(NameQuestion(found.name, type: "AAAA"))
        lines += Self.lines(more, isBusyBox: isBusyBox).filter { !lines.contains($0) }
        if found.answer.records.isEmpty { found.answer = more }
      }
      // BIND's own does not name its server when it turns an address into a name.
      var text = reverse != nil && !isBusyBox ? "" : head
      guard found.answer.status == .noError else {
        let shown = reverse.map { String($0.dropLast()) } ?? wanted
        let status = found.answer.status.rawValue
        if found.answer.status != .nameError, !isBusyBox {
          text += ";; Got \(status) reply from \(query.server)\n"
        }
        try await process.write(text + "** server can't find \(shown): \(status)\n\n")
        return 1
      }
      guard !lines.isEmpty else {
        try await process.write(text + "*** Can't find \(wanted): No answer\n\n")
        return isBusyBox ? 1 : 0
      }
      if !found.answer.isAuthoritative { text += "Non-authoritative answer:\n" }
      try await process.write(text + lines.joined() + "\n")
      return 0
    } catch let failure as NetworkFailure {
      guard case .unknownName = failure else {
        try await process.sleep(.seconds(15))
        try await process.write(";; connection timed out; no servers could be reached\n\n")
        return 1
      }
      try await process.write("nslookup: couldn't get address for '\(words[1])': not found\n")
      return 1
    }
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
