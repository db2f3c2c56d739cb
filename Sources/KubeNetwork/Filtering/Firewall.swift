package import Linux
import Shell

/// ufw's settings, as its files have them.
struct Firewall {
  static let settings = "/etc/ufw/ufw.conf"
  static let defaults = "/etc/default/ufw"
  static let paths = ["/etc/ufw/user.rules", "/etc/ufw/user6.rules"]

  var isEnabled = false
  var logging = "low"
  /// What happens to what no rule meets: `allow`, `deny` or `reject`.
  var incoming = "deny"
  var outgoing = "allow"
  var routed = "deny"
  /// Those of version 4 first.
  var rules: [FirewallRule] = []

  private static let policies = ["ACCEPT": "allow", "DROP": "deny", "REJECT": "reject"]

  init() {}

  init(of files: MountNamespace) {
    func value(_ name: String, _ path: String) -> String? {
      (files.text(path) ?? "").split(separator: "\n").last { $0.hasPrefix(name + "=") }
        .map { $0.dropFirst(name.count + 1).filter { $0 != "\"" } }
    }
    isEnabled = value("ENABLED", Self.settings)?.lowercased() == "yes"
    logging = value("LOGLEVEL", Self.settings) ?? logging
    func policy(_ name: String, _ usual: String) -> String {
      value("DEFAULT_\(name)_POLICY", Self.defaults).flatMap { Self.policies[$0] } ?? usual
    }
    incoming = policy("INPUT", incoming)
    outgoing = policy("OUTPUT", outgoing)
    routed = policy("FORWARD", routed)
    for (path, isVersion6) in zip(Self.paths, [false, true]) {
      rules += (files.text(path) ?? "").split(separator: "\n")
        .filter { $0.hasPrefix("### tuple ###") }
        .compactMap { FirewallRule(tuple: $0, isVersion6: isVersion6) }
    }
  }

  func save(to files: MountNamespace) throws(HostError) {
    try files.makeDirectories("/etc/ufw")
    try files.write(
      "# Started on boot when yes.\nENABLED=\(isEnabled ? "yes" : "no")\n\nLOGLEVEL=\(logging)\n",
      to: Self.settings)
    func word(_ policy: String) -> String {
      Self.policies.first { $0.value == policy }?.key ?? "DROP"
    }
    try files.write(
      "IPV6=yes\nDEFAULT_INPUT_POLICY=\"\(word(incoming))\"\n"
        + "DEFAULT_OUTPUT_POLICY=\"\(word(outgoing))\"\nDEFAULT_FORWARD_POLICY=\"\(word(routed))\"\n"
        + "DEFAULT_APPLICATION_POLICY=\"SKIP\"\nMANAGE_BUILTINS=no\n", to: Self.defaults)
    for (path, isVersion6) in zip(Self.paths, [false, true]) {
      let prefix = isVersion6 ? "ufw6-user" : "ufw-user"
      var text = "*filter\n"
      for name in ["input", "output", "forward"] { text += ":\(prefix)-\(name) - [0:0]\n" }
      text += "### RULES ###\n"
      for rule in rules where rule.isVersion6 == isVersion6 {
        text += "\n\(rule.tuple)\n"
        for words in rule.filterWords {
          let chain = "\(prefix)-\(rule.isOutgoing ? "output" : "input")"
          text += "-A \(chain) \(words.joined(separator: " "))\n"
        }
      }
      try files.write(text + "\n### END RULES ###\nCOMMIT\n", to: path)
    }
  }

  /// Its rules in the packet filter. What is routed stays: the network plug-ins accept what is for
  /// Pods before ufw's chains are met.
  var filter: NodeFilter {
    var filter = NodeFilter()
    func add(_ chain: String, _ words: [String]) {
      // All of these are sound but for addresses that somebody wrote into ufw's files.
      guard let rule = try? FilterRuleReader.read(words[...], chain: chain) else { return }
      try? filter.append(rule, to: chain)
    }
    for (way, chain, policy) in [
      ("input", "INPUT", incoming), ("output", "OUTPUT", outgoing),
    ] {
      for name in ["ufw-before-\(way)", "ufw-user-\(way)", "ufw-after-\(way)"] {
        try? filter.add(chain: name)
      }
      for name in ["ufw-before-\(way)", "ufw-after-\(way)"] { add(chain, ["-j", name]) }
      if policy == "reject" { add(chain, ["-j", "REJECT"]) }
      try? filter.setPolicy(policy == "deny" ? "DROP" : "ACCEPT", of: chain)
      add("ufw-before-\(way)", [way == "input" ? "-i" : "-o", "lo", "-j", "ACCEPT"])
      add(
        "ufw-before-\(way)",
        ["-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"])
      if way == "input" { add("ufw-before-input", ["-p", "icmp", "-j", "ACCEPT"]) }
      add("ufw-before-\(way)", ["-j", "ufw-user-\(way)"])
    }
    for rule in rules where !rule.isVersion6 {
      for words in rule.filterWords {
        add("ufw-user-\(rule.isOutgoing ? "output" : "input")", words)
      }
    }
    return filter
  }
}

extension ClusterNetwork {
  /// The node starts again: its packet filter is empty but for what ufw puts there.
  package func startFilter(of node: String, on machine: Machine) {
    let firewall = Firewall(of: machine.files)
    filters[node] = firewall.isEnabled ? firewall.filter : nil
  }

  /// Whether a machine's packets to a port end in a node's packet filter, and how.
  package func filtered(
    from machine: Machine, to address: String, port: Int
  ) -> NetworkFailure? {
    guard let source = machine.wires as? NetworkNamespace, source.isPod || !filters.isEmpty else {
      return nil
    }
    guard case .failed(let failure) = journey(Packet(from: source, to: address, port: port)).end
    else { return nil }
    return failure
  }
}
