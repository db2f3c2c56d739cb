import Shell
import Simulation

/// Asks a name server and shows its answer: `dig [@SERVER] NAME [TYPE] [+OPTION]`.
struct Dig: Program {
  let name = "dig"

  private static let types: Set<String> = [
    "A", "AAAA", "ANY", "CNAME", "HINFO", "MX", "NS", "PTR", "SOA", "SRV", "TXT",
  ]
  private static let parts: Set<String> = [
    "cmd", "comments", "question", "answer", "authority", "additional", "stats",
  ]

  /// What the command line asks for.
  private struct Request {
    var name: String?
    var type: String?
    var server: String?
    var isShort = false
    var usesSearch = false
    var shown = Dig.parts

    init(_ words: [String]) throws {
      var rest = words[...]
      while let word = rest.popFirst() {
        if word.hasPrefix("+") {
          option(String(word.dropFirst()))
        } else if word.hasPrefix("@") {
          server = String(word.dropFirst())
        } else if word == "-t" {
          type = rest.popFirst()?.uppercased()
        } else if word == "-q" {
          name = rest.popFirst()
        } else if word == "-x", let address = rest.popFirst() {
          name = Resolver.reverseName(address) ?? address
          type = type ?? "PTR"
        } else if word == "-p" || word == "-c" || word == "-b" {
          _ = rest.popFirst()
        } else if Dig.types.contains(word.uppercased()), name != nil || type == nil {
          type = word.uppercased()
        } else if word.uppercased() != "IN", !word.hasPrefix("-") {
          guard name == nil else {
            throw UsageError("drydock: not simulated: dig for two names at once", hint: false)
          }
          name = word
        }
      }
      if name == nil, type == nil { type = "NS" }
    }

    private mutating func option(_ option: String) {
      switch option {
      case "short": isShort = true
      case "search": usesSearch = true
      case "all": shown = Dig.parts
      case "noall": shown = []
      default:
        if Dig.parts.contains(option) {
          shown.insert(option)
        } else if option.hasPrefix("no") {
          shown.remove(String(option.dropFirst(2)))
        }
      }
    }
  }

  func run(_ process: Process) async throws -> ExitStatus {
    if process.arguments == ["-v"] {
      try await process.writeError("DiG 9.18.39\n")
      return 0
    }
    let request = try Request(process.arguments)
    let query = NameQuery(process, server: request.server)
    let name = request.name ?? "."
    let type = request.type ?? "A"
    do {
      let found = try query.search(name, type, usesSearch: request.usesSearch)
      if request.isShort {
        try await process.write(found.answer.records.map { $0.data + "\n" }.joined())
      } else {
        let answer = DigAnswer(
          question: NameQuestion(found.name, type: type), answer: found.answer,
          server: query.server, request.shown)
        try await process.write(head(request, process) + answer.text(process))
      }
      return 0
    } catch let failure as NetworkFailure {
      if case .unknownName = failure {
        try await process.writeError(
          "dig: couldn't get address for '\(request.server ?? "")': not found\n")
        return 10
      }
      for _ in 0..<3 {
        try await process.sleep(.seconds(5))
        try await process.write(
          ";; communications error to \(query.server)#53: timed out\n")
      }
      try await process.write(head(request, process) + ";; no servers could be reached\n")
      return 9
    }
  }

  private func head(_ request: Request, _ process: Process) -> String {
    guard request.shown.contains("cmd") else { return "" }
    return "\n; <<>> DiG 9.18.39 <<>> \(process.arguments.joined(separator: " "))\n"
      + (request.server == nil ? "" : "; (1 server found)\n") + ";; global options: +cmd\n"
  }
}

/// An answer as dig prints it.
private struct DigAnswer {
  let question: NameQuestion
  let answer: NameAnswer
  let server: String
  let shown: Set<String>

  init(
    question: NameQuestion, answer: NameAnswer, server: String, _ shown: Set<String>
  ) {
    self.question = question
    self.answer = answer
    self.server = server
    self.shown = shown
  }

  func text(_ process: Process) -> String {
    var text = ""
    let hasComments = shown.contains("comments")
    if hasComments { text += header(process) }
    if shown.contains("question") {
      if hasComments { text += ";; QUESTION SECTION:\n" }
      text += ";" + Self.columns(question.name, lifetime: nil, question.type, "") + "\n"
    }
    for (part, records) in [
      ("answer", answer.records), ("authority", answer.authority),
      ("additional", answer.additional),
    ] where shown.contains(part) && !records.isEmpty {
      if hasComments { text += ";; \(part.uppercased()) SECTION:\n" }
      for record in records {
        text += Self.columns(record.name, lifetime: record.lifetime, record.type, record.data)
      }
      if hasComments { text += "\n" }
    }
    return shown.contains("stats") ? text + statistics(process) : text
  }

  private func header(_ process: Process) -> String {
    let cookie = String(process.machine.randomBits() & 0xFFFF_FFFF_FFFF_FFFF, radix: 16)
    // A server that has the name itself does not ask others for it.
    let flags = answer.isAuthoritative ? "qr aa rd" : "qr rd ra"
    // RFC 6762 has the top domain for itself; BIND tells so since 9.11.
    let isMulticast = question.name.lowercased().hasSuffix(".local.") && process.isRecentBIND
    let warning =
      isMulticast
      ? ";; WARNING: .local is reserved for Multicast DNS\n"
        + ";; You are currently testing what happens when an mDNS query is leaked to DNS\n" : ""
    return """
      ;; Got answer:
      \(warning);; ->>HEADER<<- opcode: QUERY, status: \(answer.status.rawValue), id: \(process.machine.randomBits() & 0xFFFF)
      ;; flags: \(flags); QUERY: 1, ANSWER: \(answer.records.count), AUTHORITY: \(answer.authority.count), ADDITIONAL: \(answer.additional.count + 1)
      \(answer.isAuthoritative ? ";; WARNING: recursion requested but not available\n" : "")
      ;; OPT PSEUDOSECTION:
      ; EDNS: version: 0, flags:; udp: 1232
      ; COOKIE: \(String(repeating: "0", count: max(0, 16 - cookie.count)))\(cookie) (echoed)

      """
  }

  private func statistics(_ process: Process) -> String {
    let when = Calendar(process.machine.now).formatted("%a %b %d %H:%M:%S UTC %Y")
    return """
      ;; Query time: 0 msec
      ;; SERVER: \(server)#53(\(server)) (UDP)
      ;; WHEN: \(when)
      ;; MSG SIZE  rcvd: \(size)


      """
  }

  /// Columns at 24, 32, 40 and 48, as BIND's master file printer indents: by tabs as far as they go.
  private static func columns(
    _ name: String, lifetime: Int?, _ type: String, _ data: String
  ) -> String {
    var line = name
    var column = name.count
    func go(to target: Int) {
      let target = max(target, column + 1)
      let tabs = target / 8 - column / 8
      let start = tabs > 0 ? target / 8 * 8 : column
      line += String(repeating: "\t", count: tabs)
      line += String(repeating: " ", count: target - start)
      column = target
    }
    func put(_ word: String) {
      line += word
      column += word.count
    }
    if let lifetime {
      go(to: 24)
      put("\(lifetime)")
    }
    go(to: 32)
    put("IN")
    go(to: 40)
    put(type)
    if !data.isEmpty {
      go(to: 48)
      put(data)
    }
    return line + "\n"
  }

  // MARK: the size of the message

  private var size: Int {
    let records = answer.records + answer.authority + answer.additional
    // The header, the question, the records, and the pseudo-record with its cookie.
    return 12 + Self.length(question.name) + 4
      + records.reduce(0) { $0 + Self.length($1.name) + 10 + Self.dataSize($1) } + 23
  }

  private static func length(_ name: String) -> Int { name == "." ? 1 : name.utf8.count + 1 }

  private static func dataSize(_ record: NameRecord) -> Int {
    let words = record.data.split(separator: " ").map(String.init)
    return switch record.type {
    case "A": 4
    case "AAAA": 16
    case "SRV": 6 + length(words.last ?? ".")
    case "MX": 2 + length(words.last ?? ".")
    case "SOA": 20 + words.prefix(2).reduce(0) { $0 + length($1) }
    case "CNAME", "PTR", "NS": length(record.data)
    default: max(1, record.data.utf8.count - 1)
    }
  }
}
