/// Which sockets a filter of ss means: `state established '( dport = :443 or dst 10.0.0.0/8 )'`.
struct SocketExpression {
  struct Problem: Error { let text: String }

  private indirect enum Term {
    case port(isLocal: Bool, comparison: String, Int)
    case address(isLocal: Bool, String, length: Int, port: Int?)
    case not(Term)
    case and(Term, Term)
    case or(Term, Term)
  }

  /// nil: those that the options say.
  private(set) var states: Set<String>?
  private var term: Term?
  private var words: [String] = []
  private var depth = 0

  init() {}

  init(_ arguments: [String]) throws(Problem) {
    let text = arguments.joined(separator: " ")
    words = Self.words(text)
    guard words.count < 200 else { throw Self.syntax }
    while words.first == "state" || words.first == "exclude" {
      let excludes = words.removeFirst() == "exclude"
      guard !words.isEmpty else { throw Problem(text: "wrong state name: ") }
      let name = words.removeFirst()
      guard let named = Self.known[name] else { throw Problem(text: "wrong state name: \(name)") }
      let whole = states ?? (excludes ? Self.known["all"] ?? [] : [])
      states = excludes ? whole.subtracting(named) : whole.union(named)
    }
    if !words.isEmpty { term = try alternatives() }
    guard words.isEmpty else { throw Self.syntax }
  }

  private static let syntax = Problem(
    text: "bison bellows (while parsing filter): \"syntax error!\" Sorry.")

  private static let known: [String: Set<String>] = {
    let connected = [
      "established", "syn-sent", "syn-recv", "fin-wait-1", "fin-wait-2", "time-wait", "close-wait",
      "last-ack", "closing",
    ]
    var known = ["all": Set(connected + ["listening", "unconnected"])]
    known["connected"] = Set(connected)
    known["synchronized"] = Set(connected).subtracting(["syn-sent"])
    known["bucket"] = ["syn-recv", "time-wait"]
    known["big"] = (known["all"] ?? []).subtracting(["syn-recv", "time-wait"])
    for name in connected { known[name] = [name] }
    known["listening"] = ["listening"]
    known["listen"] = ["listening"]
    known["closed"] = ["unconnected"]
    known["unconnected"] = ["unconnected"]
    return known
  }()

  private static func words(_ text: String) -> [String] {
    var found: [String] = []
    var word = ""
    func end() {
      if !word.isEmpty { found.append(word) }
      word = ""
    }
    for letter in text {
      switch letter {
      case " ": end()
      case "(", ")":
        end()
        found.append(String(letter))
      default: word.append(letter)
      }
    }
    end()
    return found
  }

  // MARK: reading

  private mutating func alternatives() throws(Problem) -> Term {
    var term = try conjunction()
    while let word = words.first, ["or", "||", "|"].contains(word) {
      words.removeFirst()
      term = .or(term, try conjunction())
    }
    return term
  }

  private mutating func conjunction() throws(Problem) -> Term {
    var term = try factor()
    while let word = words.first, word != ")", !["or", "||", "|"].contains(word) {
      if ["and", "&&", "&"].contains(word) { words.removeFirst() }
      term = .and(term, try factor())
    }
    return term
  }

  private mutating func factor() throws(Problem) -> Term {
    depth += 1
    defer { depth -= 1 }
    guard depth < 50, !words.isEmpty else { throw Self.syntax }
    let word = words.removeFirst()
    switch word {
    case "not", "!": return .not(try factor())
    case "(":
      let inside = try alternatives()
      guard words.first == ")" else { throw Self.syntax }
      words.removeFirst()
      return inside
    case "sport", "dport":
      guard let next = words.first else { throw Self.syntax }
      let names = [
        "=": "=", "==": "=", "eq": "=", "!=": "!", "ne": "!", "neq": "!", "<": "<", "lt": "<",
        "<=": "l", "le": "l", ">": ">", "gt": ">", ">=": "g", "ge": "g",
      ]
      let comparison = names[next]
      if comparison != nil { words.removeFirst() }
      guard let value = words.first else { throw Self.syntax }
      words.removeFirst()
      guard let port = ServiceNames.port(value.drop { $0 == ":" }) else {
        throw Problem(text: "Error: \"\(value)\" does not look like a port.")
      }
      return .port(isLocal: word == "sport", comparison: comparison ?? "=", port)
    case "src", "dst":
      if let next = words.first, ["=", "==", "eq"].contains(next) { words.removeFirst() }
      guard let value = words.first else { throw Self.syntax }
      words.removeFirst()
      return try address(value, isLocal: word == "src")
    default: throw Self.syntax
    }
  }

  private func address(_ text: String, isLocal: Bool) throws(Problem) -> Term {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let port = parts.count > 1 ? ServiceNames.port(parts[1]) : nil
    let halves = (parts.first ?? "").split(separator: "/").map(String.init)
    guard let base = halves.first, base != "*" else {
      return .address(isLocal: isLocal, "0.0.0.0", length: 0, port: port)
    }
    let length = halves.count > 1 ? Int(halves[1]) ?? -1 : 32
    guard Resolver.isAddress(base), !base.contains(":"), (0...32).contains(length) else {
      throw Problem(text: "Error: an inet prefix is expected rather than \"\(text)\".")
    }
    return .address(isLocal: isLocal, base, length: length, port: port)
  }

  // MARK: deciding

  func takes(_ row: SocketRow) -> Bool { term.map { Self.holds($0, row) } ?? true }

  private static func holds(_ term: Term, _ row: SocketRow) -> Bool {
    switch term {
    case .not(let inner): return !holds(inner, row)
    case .and(let one, let other): return holds(one, row) && holds(other, row)
    case .or(let one, let other): return holds(one, row) || holds(other, row)
    case .port(let isLocal, let comparison, let wanted):
      let port = isLocal ? row.local.port : row.remote?.port ?? 0
      switch comparison {
      case "=": return port == wanted
      case "!": return port != wanted
      case "<": return port < wanted
      case "l": return port <= wanted
      case ">": return port > wanted
      default: return port >= wanted
      }
    case .address(let isLocal, let base, let length, let port):
      let end = isLocal ? row.local : row.remote ?? ("0.0.0.0", 0)
      let address = end.address == "::" ? "0.0.0.0" : end.address
      return (port.map { $0 == end.port } ?? true)
        && IPv4.network(address, length) == IPv4.network(base, length)
    }
  }
}
