/// The questions of one nslookup, dig or host.
struct NameQuery {
  /// The address of the name server that is asked.
  let server: String
  private let named: String?
  private let isKnown: Bool
  private let resolver: Resolver

  /// `server` may be a name; without one /etc/resolv.conf says who is asked.
  init(_ process: Process, server: String?) {
    let resolver = Resolver(process.machine)
    let address = server.flatMap { try? resolver.lookUp($0).addresses.first }
    named = server.map { address ?? $0 }
    self.server = named ?? resolver.servers.first ?? "127.0.0.1"
    isKnown = server == nil || address != nil
    self.resolver = resolver
  }

  /// The search list of /etc/resolv.conf.
  var domains: [String] { resolver.search }

  func ask(_ question: NameQuestion) throws(NetworkFailure) -> NameAnswer {
    guard isKnown else { throw .unknownName(server) }
    return try resolver.ask(question, of: named)
  }

  /// Goes along the search list to the first name with such records; without one the answer is
  /// that for the name itself. `authoritative` counts the answers of servers that know it
  /// themselves.
  func search(
    _ name: String, _ type: String, usesSearch: Bool
  ) throws(NetworkFailure) -> (name: String, answer: NameAnswer, authoritative: Int) {
    let whole = name.hasSuffix(".") ? name : name + "."
    var last: (String, NameAnswer)?
    var authoritative = 0
    for candidate in usesSearch ? resolver.candidates(name) : [whole] {
      let answer = try ask(NameQuestion(candidate, type: type))
      if answer.isAuthoritative { authoritative += 1 }
      if answer.status == .noError, !answer.records.isEmpty {
        return (candidate, answer, authoritative)
      }
      // A name that has other records is better than none.
      if last == nil || last?.1.status == .nameError || candidate == whole,
        !(last?.1.status == .noError && answer.status == .nameError)
      {
        last = (candidate, answer)
      }
    }
    let (found, answer) = last ?? (whole, NameAnswer(.nameError))
    return (found, answer, authoritative)
  }
}

extension Process {
  /// Whether its machine's dig and nslookup are 9.11 or later: those of Debian 8 are not.
  var isRecentBIND: Bool { machine.files.text("/etc/debian_version")?.hasPrefix("8.") != true }
}
