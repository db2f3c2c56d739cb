import Shell

/// Finds addresses of names as the C library does: numbers, /etc/hosts, then the search list.
package struct Resolver {
  package let servers: [String]
  let search: [String]
  let dots: Int
  private let machine: Machine

  package init(_ machine: Machine) {
    self.machine = machine
    var servers: [String] = []
    var search: [String] = []
    var dots = 1
    for line in (machine.files.text("/etc/resolv.conf") ?? "").split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
      switch words.first {
      case "nameserver": if words.count > 1 { servers.append(words[1]) }
      case "search", "domain": search = Array(words.dropFirst())
      case "options":
        for word in words where word.hasPrefix("ndots:") { dots = Int(word.dropFirst(6)) ?? 1 }
      default: break
      }
    }
    self.servers = servers
    self.search = search.filter { $0 != "." }
    self.dots = dots
  }

  /// An answer: the full name that was found, and its addresses.
  package struct Answer: Hashable, Sendable {
    package var name: String
    package var addresses: [String]
  }

  package static func isAddress(_ text: String) -> Bool {
    if text.contains(":") {
      return text.utf8.allSatisfy { BackslashEscapes.hex($0) != nil || $0 == 58 || $0 == 46 }
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }

  /// The names to ask for, in order.
  func candidates(_ name: String) -> [String] {
    if name.hasSuffix(".") { return [name] }
    let expanded = search.map { "\(name).\($0)." }
    let enough = name.utf8.filter { $0 == 46 }.count >= dots
    return enough ? ["\(name)."] + expanded : expanded + ["\(name)."]
  }

  package func lookUp(_ name: String) throws(NetworkFailure) -> Answer {
    if Self.isAddress(name) { return Answer(name: name, addresses: [name]) }
    if let address = listed(name) { return Answer(name: name, addresses: [address]) }
    if name == "localhost" { return Answer(name: name, addresses: ["127.0.0.1"]) }
    return try query(name)
  }

  /// Asks the name servers only, as nslookup and dig do.
  package func query(_ name: String, usesSearch: Bool = true) throws(NetworkFailure) -> Answer {
    var failure = NetworkFailure.unknownName(name)
    for candidate in usesSearch ? candidates(name) : [name.hasSuffix(".") ? name : name + "."] {
      let answer = try ask(NameQuestion(candidate))
      let addresses = answer.addresses
      if answer.status == .noError, !addresses.isEmpty {
        return Answer(name: answer.canonicalName(of: candidate), addresses: addresses)
      }
      if answer.status == .serverFailure || answer.status == .refused {
        failure = .serverFailed(name)
      }
    }
    throw failure
  }

  /// The name under which an IPv4 address has its PTR record, or nil when it is none.
  package static func reverseName(_ address: String) -> String? {
    guard isAddress(address), !address.contains(":") else { return nil }
    return address.split(separator: ".").reversed().joined(separator: ".") + ".in-addr.arpa."
  }

  /// One question to the name servers in turn, or to one alone.
  package func ask(
    _ question: NameQuestion, of server: String? = nil
  ) throws(NetworkFailure) -> NameAnswer {
    let servers = server.map { [$0] } ?? self.servers
    guard let network = machine.network, !servers.isEmpty else {
      throw .noResolver(question.name)
    }
    for server in servers.prefix(3) {
      do {
        return try network.ask(question, of: server, from: machine)
      } catch {
        if case .resolverTimeout = error { continue }
        throw error
      }
    }
    throw .resolverTimeout(question.name)
  }

  /// The IPv4 address that /etc/hosts has for a name.
  package func listed(_ name: String) -> String? {
    for line in (machine.files.text("/etc/hosts") ?? "").split(separator: "\n") {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
      if words.dropFirst().contains(where: { $0 == name }), let first = words.first,
        !first.contains(":")
      {
        return String(first)
      }
    }
    return nil
  }
}

extension NameAnswer {
  /// Where CNAMEs lead from a name, without the last dot.
  func canonicalName(of name: String) -> String {
    let last = records.last { $0.type == "A" || $0.type == "AAAA" }?.name ?? name
    return last.hasSuffix(".") ? String(last.dropLast()) : last
  }
}
