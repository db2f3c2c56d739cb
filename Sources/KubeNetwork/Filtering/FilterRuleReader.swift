import KubeObjects
import Linux

/// Reads a rule from the words after `iptables -A CHAIN`.
struct FilterRuleReader {
  /// What is wrong, in iptables' words behind its name and version.
  enum Problem: Error {
    case refused(String)
    case notSimulated(String)
  }

  private var words: ArraySlice<String>
  private var rule: FilterRule
  private var matches: [(saved: String, listed: String)] = []
  private var names: (source: String, destination: String) = ("", "")
  private var targetOptions: (saved: String, listed: String) = ("", "")
  private var loaded: Set<String> = []

  static func read(_ words: ArraySlice<String>, chain: String) throws(Problem) -> FilterRule {
    var reader = FilterRuleReader(words, chain)
    return try reader.read()
  }

  private init(_ words: ArraySlice<String>, _ chain: String) {
    self.words = words
    rule = FilterRule(shown: PacketRule(chain: chain, target: ""))
  }

  private mutating func value(_ option: String) throws(Problem) -> String {
    guard let value = words.popFirst() else {
      throw .refused("option \"\(option)\" requires an argument")
    }
    return value
  }

  private mutating func read() throws(Problem) -> FilterRule {
    var isNegated = false
    while let word = words.popFirst() {
      if word == "!" {
        isNegated = true
        continue
      }
      try take(word, isNegated)
      isNegated = false
    }
    rule.shown.source = names.source
    rule.shown.destination = names.destination
    rule.shown.isSourceNegated = rule.source?.isNegated ?? false
    rule.shown.isDestinationNegated = rule.destination?.isNegated ?? false
    rule.shown.extra = (
      matches.map(\.saved).joined(separator: " "),
      matches.map(\.listed).filter { !$0.isEmpty }.joined(separator: " ")
    )
    if rule.target == "REJECT", targetOptions.saved.isEmpty {
      targetOptions = (
        "--reject-with icmp-port-unreachable", "reject-with icmp-port-unreachable"
      )
    }
    if rule.target == "LOG" {
      targetOptions.listed =
        "LOG flags 0 level 4" + (targetOptions.listed.isEmpty ? "" : " " + targetOptions.listed)
    }
    rule.shown.target = rule.target
    if !targetOptions.saved.isEmpty { rule.shown.target += " " + targetOptions.saved }
    rule.shown.targetListed = targetOptions.listed
    return rule
  }

  private mutating func take(_ word: String, _ isNegated: Bool) throws(Problem) {
    switch word {
    case "-s", "--source", "--src":
      let block = try block(try value(word))
      rule.source = .init(value: block, isNegated: isNegated)
      names.source = Self.shown(block)
    case "-d", "--destination", "--dst":
      let block = try block(try value(word))
      rule.destination = .init(value: block, isNegated: isNegated)
      names.destination = Self.shown(block)
    case "-p", "--protocol", "--proto":
      let name = try value(word).lowercased()
      let known = ["tcp", "udp", "icmp", "sctp", "all", "6", "17", "1", "0"]
      guard known.contains(name) else { throw .refused("unknown protocol \"\(name)\" specified") }
      let plain = ["6": "tcp", "17": "udp", "1": "icmp", "0": "all"][name] ?? name
      guard plain != "all" else { return }
      rule.transport = .init(value: plain, isNegated: isNegated)
      rule.shown.transport = plain
      rule.shown.isTransportNegated = isNegated
    case "-i", "--in-interface":
      let name = try value(word)
      rule.incoming = .init(value: name, isNegated: isNegated)
      rule.shown.incoming = (isNegated ? "!" : "") + name
    case "-o", "--out-interface":
      let name = try value(word)
      rule.outgoing = .init(value: name, isNegated: isNegated)
      rule.shown.outgoing = (isNegated ? "!" : "") + name
    case "-j", "--jump": rule.target = try value(word)
    case "-m", "--match":
      let name = try value(word)
      let known = [
        "tcp", "udp", "icmp", "multiport", "state", "conntrack", "comment", "limit", "addrtype",
      ]
      guard known.contains(name) else {
        throw .notSimulated("the match \(name) of iptables")
      }
      loaded.insert(name)
    default: try takeMatch(word, isNegated)
    }
  }

  private mutating func takeMatch(_ word: String, _ isNegated: Bool) throws(Problem) {
    let not = isNegated ? "! " : ""
    let mark = isNegated ? "!" : ""
    switch word {
    case "--dport", "--destination-port", "--sport", "--source-port":
      guard let transport = rule.transport?.value, transport != "icmp" else {
        throw .refused("unknown option \"\(word)\"")
      }
      let ports = try ports(try value(word))
      guard let range = ports.first, ports.count == 1 else {
        throw .refused("invalid port/service `\(word)' specified")
      }
      let isSource = word.hasPrefix("--s")
      let name = isSource ? "sport" : "dport"
      let match = FilterRule.Match(value: ports, isNegated: isNegated)
      if isSource { rule.sourcePorts = match } else { rule.destinationPorts = match }
      let isOne = range.lowerBound == range.upperBound
      let shown = isOne ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
      let kind = isSource ? "spt" : "dpt"
      let head = loaded.contains("\(transport) shown") ? "" : "-m \(transport) "
      loaded.insert("\(transport) shown")
      matches.append(
        (
          "\(head)\(not)--\(name) \(shown)",
          "\(head.isEmpty ? "" : "\(transport) ")\(kind)\(isOne ? "" : "s"):\(mark)\(shown)"
        ))
    case "--dports", "--destination-ports", "--sports", "--source-ports":
      guard loaded.contains("multiport") else { throw .refused("unknown option \"\(word)\"") }
      let text = try value(word)
      let ports = try ports(text)
      let isSource = word.hasPrefix("--s")
      let match = FilterRule.Match(value: ports, isNegated: isNegated)
      if isSource { rule.sourcePorts = match } else { rule.destinationPorts = match }
      let name = isSource ? "sports" : "dports"
      matches.append(
        ("-m multiport \(not)--\(name) \(text)", "multiport \(name) \(mark)\(text)"))
    case "--state", "--ctstate":
      let module = word == "--state" ? "state" : "conntrack"
      guard loaded.contains(module) else { throw .refused("unknown option \"\(word)\"") }
      let states = try value(word).uppercased().split(separator: ",").map(String.init)
      let known = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"]
      if let bad = states.first(where: { !known.contains($0) }) {
        throw .refused("Bad \(word.dropFirst(2)) \"\(bad)\"")
      }
      rule.states = .init(value: states, isNegated: isNegated)
      let order = known.filter(states.contains).joined(separator: ",")
      matches.append(
        ("-m \(module) \(not)\(word) \(order)", "\(mark)\(word.dropFirst(2)) \(order)"))
    case "--comment":
      guard loaded.contains("comment") else { throw .refused("unknown option \"\(word)\"") }
      let text = try value(word)
      let quoted = text.contains(" ") ? "\"\(text)\"" : text
      matches.append(("-m comment --comment \(quoted)", "/* \(text) */"))
    case "--limit":
      guard loaded.contains("limit") else { throw .refused("unknown option \"\(word)\"") }
      let rate = try value(word)
      matches.append(("-m limit --limit \(rate)", "limit: avg \(rate) burst 5"))
    case "--limit-burst": _ = try value(word)
    case "--icmp-type": throw .notSimulated("iptables \(word)")
    case "--reject-with":
      let kind = try value(word)
      targetOptions = ("--reject-with \(kind)", "reject-with \(kind)")
    case "--log-prefix":
      let text = try value(word)
      targetOptions = ("--log-prefix \"\(text)\"", "prefix \"\(text)\"")
    case "--log-level": _ = try value(word)
    case "-w", "--wait", "-v", "--verbose", "-n", "--numeric": break
    default:
      if word.hasPrefix("-") { throw .refused("unknown option \"\(word)\"") }
      throw .refused("Bad argument `\(word)'")
    }
  }

  private func block(_ text: String) throws(Problem) -> IPPrefix {
    if let block = IPPrefix(text.contains("/") ? text : text + "/32"), !block.address.isVersion6 {
      return IPPrefix(address: block.network, length: block.length)
    }
    if text.contains(",") { throw .notSimulated("several addresses in a rule of iptables") }
    throw .refused("host/network `\(text.prefix { $0 != "/" })' not found")
  }

  private static func shown(_ block: IPPrefix) -> String {
    block.length == 32
      ? block.address.description : block.length == 0 ? "" : block.description
  }

  private func ports(_ text: String) throws(Problem) -> [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let first = ends[0].isEmpty && ends.count > 1 ? 0 : ServiceNames.port(ends[0])
      let last =
        ends.count > 1 ? (ends[1].isEmpty ? 65_535 : ServiceNames.port(ends[1])) : first
      guard let first, let last, (0...65_535).contains(first), (first...65_535).contains(last)
      else { throw .refused("invalid port/service `\(part)' specified") }
      ranges.append(first...last)
    }
    return ranges
  }
}
