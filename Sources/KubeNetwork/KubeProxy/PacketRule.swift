/// One rule of a chain, to be shown as `iptables-save` or as `iptables -L` shows it.
struct PacketRule {
  var chain: String
  var source = ""
  /// The source must not be in that range.
  var isSourceNegated = false
  var destination = ""
  var isDestinationNegated = false
  var transport = ""
  var isTransportNegated = false
  /// Interfaces, with `!` before them where they must not be those.
  var incoming = ""
  var outgoing = ""
  /// Matches before the comment: as they are saved, and as they are listed.
  var leading: (saved: String, listed: String) = ("", "")
  var comment = ""
  /// Further matches: as they are saved, and as they are listed.
  var extra: (saved: String, listed: String) = ("", "")
  /// The target with its options as saved, and the options as listed.
  var target: String
  var targetListed = ""

  var saved: String {
    var text = "-A \(chain)"
    if !source.isEmpty { text += (isSourceNegated ? " !" : "") + " -s \(Self.withLength(source))" }
    if !destination.isEmpty {
      text += (isDestinationNegated ? " !" : "") + " -d \(Self.withLength(destination))"
    }
    for (option, name) in [("-i", incoming), ("-o", outgoing)] where !name.isEmpty {
      text += name.first == "!" ? " ! \(option) \(name.dropFirst())" : " \(option) \(name)"
    }
    if !transport.isEmpty { text += (isTransportNegated ? " !" : "") + " -p \(transport)" }
    if !leading.saved.isEmpty { text += " " + leading.saved }
    if !comment.isEmpty { text += " -m comment --comment \(Self.quoted(comment))" }
    if !extra.saved.isEmpty { text += " " + extra.saved }
    return text + (target.isEmpty ? "\n" : " -j \(target)\n")
  }

  /// `-v` counts packets and shows interfaces.
  func listed(isNumeric: Bool, isVerbose: Bool = false) -> String {
    let numbers = ["tcp": "6", "udp": "17", "sctp": "132", "": "0"]
    let shown =
      isNumeric ? numbers[transport] ?? transport : transport.isEmpty ? "all" : transport
    let anywhere = isNumeric ? "0.0.0.0/0" : "anywhere"
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let name = String(target.prefix { $0 != " " })
    var text = isVerbose ? "    0     0 " : ""
    text += pad(name, 9) + (isTransportNegated ? " !" : "  ") + pad(shown, 5) + "--"
    if isVerbose {
      let any = isNumeric ? "*" : "any"
      text += "  " + pad(incoming.isEmpty ? any : incoming, 7)
      text += pad(outgoing.isEmpty ? any : outgoing, 6)
    }
    text += isSourceNegated ? " !" : "  "
    text += pad(source.isEmpty ? anywhere : source, 20)
    text += isDestinationNegated ? "!" : " "
    text += pad(destination.isEmpty ? anywhere : destination, 21)
    if !leading.listed.isEmpty { text += leading.listed + " " }
    if !comment.isEmpty { text += "/* \(comment) */ " }
    if !extra.listed.isEmpty { text += extra.listed + " " }
    if !targetListed.isEmpty { text += targetListed }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }

  private static func withLength(_ address: String) -> String {
    address.contains("/") ? address : address + (address.contains(":") ? "/128" : "/32")
  }

  private static let plain = Set(
    "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

  private static func quoted(_ text: String) -> String {
    // xtables_save_string.
    text.utf8.allSatisfy { Self.plain.contains($0) } ? text : "\"\(text)\""
  }
}

/// One table of a node's packet filter.
struct PacketTable {
  let name: String
  /// The kernel's own chains, with their policy.
  let builtIn: [String]
  var rules: [PacketRule] = []
  /// kube-proxy's chains, whether something is in them or not.
  var chains: Set<String> = []
  /// What becomes of packets at the end of the kernel's chains, where it is not ACCEPT.
  var policies: [String: String] = [:]

  init(_ name: String, builtIn: [String], chains: Set<String>) {
    self.name = name
    self.builtIn = builtIn
    self.chains = chains
  }

  mutating func add(_ rule: PacketRule) {
    if !builtIn.contains(rule.chain) { chains.insert(rule.chain) }
    rules.append(rule)
  }

  /// Its chains in the order of iptables-save: the kernel's first.
  var ordered: [String] { builtIn + chains.sorted() }

  var saved: String {
    var text = "*\(name)\n"
    for chain in ordered {
      text +=
        builtIn.contains(chain)
        ? ":\(chain) \(policies[chain] ?? "ACCEPT") [0:0]\n" : ":\(chain) - [0:0]\n"
    }
    for chain in ordered { text += rules.filter { $0.chain == chain }.map(\.saved).joined() }
    return text + "COMMIT\n"
  }

  /// nil when there is no such chain.
  func listed(
    _ chain: String?, isNumeric: Bool, isVerbose: Bool = false, isNumbered: Bool = false
  ) -> String? {
    if let chain, !ordered.contains(chain) { return nil }
    let head =
      (isNumbered ? "num  " : "")
      + (isVerbose
        ? " pkts bytes target     prot opt in     out     source               destination"
        : "target     prot opt source               destination") + "         \n"
    return (chain.map { [$0] } ?? ordered).map { name in
      let references = rules.filter { $0.target.prefix { $0 != " " } == name }.count
      let policy = policies[name] ?? "ACCEPT"
      let note =
        builtIn.contains(name)
        ? "policy \(policy)" + (isVerbose ? " 0 packets, 0 bytes" : "")
        : "\(references) references"
      let lines = rules.filter { $0.chain == name }.enumerated().map { index, rule in
        let number = "\(index + 1)"
        return
          (isNumbered
          ? number + String(repeating: " ", count: max(1, 5 - number.count)) : "")
          + rule.listed(isNumeric: isNumeric, isVerbose: isVerbose)
      }
      return "Chain \(name) (\(note))\n\(head)" + lines.joined()
    }.joined(separator: "\n")
  }
}
