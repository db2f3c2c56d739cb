extension ServiceTables {
  // pkg/proxy/ipvs, writeIptablesRules: it puts its jumps before one another.
  mutating func add(_ table: VirtualServerTable) {
    nat.chains.formUnion(["KUBE-LOAD-BALANCER", "KUBE-NODE-PORT", "KUBE-SERVICES"])
    filter.chains.formUnion([
      "KUBE-IPVS-FILTER", "KUBE-IPVS-OUT-FILTER", "KUBE-NODE-PORT", "KUBE-PROXY-FIREWALL",
      "KUBE-SOURCE-RANGES-FIREWALL",
    ])
    for chain in ["PREROUTING", "OUTPUT"] {
      nat.add(
        PacketRule(chain: chain, comment: "kubernetes service portals", target: "KUBE-SERVICES"))
    }
    for (chain, comment, target) in [
      ("INPUT", "kubernetes ipvs access filter", "KUBE-IPVS-FILTER"),
      ("INPUT", "kube-proxy firewall rules", "KUBE-PROXY-FIREWALL"),
      ("INPUT", "kubernetes health check rules", "KUBE-NODE-PORT"),
      ("FORWARD", "kube-proxy firewall rules", "KUBE-PROXY-FIREWALL"),
      ("FORWARD", "kubernetes forwarding rules", "KUBE-FORWARD"),
      ("OUTPUT", "kubernetes ipvs access filter", "KUBE-IPVS-OUT-FILTER"),
    ] {
      filter.add(PacketRule(chain: chain, comment: comment, target: target))
    }
    addTranslation(table)
    addFilter(table)
  }

  private typealias Match = (saved: String, listed: String)

  private static func match(_ set: String, _ place: String) -> Match {
    ("-m set --match-set \(set) \(place)", "match-set \(set) \(place)")
  }

  /// A rule about a set, which is there only while something is in the set.
  private static func rule(
    _ chain: String, _ set: String, _ place: String, _ target: String, transport: String = "",
    from table: VirtualServerTable
  ) -> PacketRule? {
    table.filled(set).map {
      PacketRule(
        chain: chain, transport: transport, comment: $0, extra: match(set, place), target: target)
    }
  }

  private mutating func addTranslation(_ table: VirtualServerTable) {
    nat.add(PacketRule(chain: "KUBE-SERVICES", source: "127.0.0.0/8", target: "RETURN"))
    var rules = [
      Self.rule("KUBE-POSTROUTING", "KUBE-LOOP-BACK", "dst,dst,src", "MASQUERADE", from: table),
      Self.rule(
        "KUBE-SERVICES", "KUBE-LOAD-BALANCER", "dst,dst", "KUBE-LOAD-BALANCER", from: table),
      Self.rule("KUBE-LOAD-BALANCER", "KUBE-LOAD-BALANCER-LOCAL", "dst,dst", "RETURN", from: table),
    ]
    for (transport, suffix, place) in [
      ("tcp", "TCP", "dst"), ("udp", "UDP", "dst"), ("sctp", "SCTP-HASH", "dst,dst"),
    ] {
      rules += [
        Self.rule(
          "KUBE-NODE-PORT", "KUBE-NODE-PORT-LOCAL-\(suffix)", place, "RETURN",
          transport: transport, from: table),
        Self.rule(
          "KUBE-NODE-PORT", "KUBE-NODE-PORT-\(suffix)", place, "KUBE-MARK-MASQ",
          transport: transport, from: table),
      ]
    }
    if var rule = Self.rule(
      "KUBE-SERVICES", "KUBE-CLUSTER-IP", "dst,dst", "KUBE-MARK-MASQ", from: table)
    {
      if !table.configuration.masqueradesAll {
        rule.source = Self.clusterRange
        rule.isSourceNegated = true
      }
      rules.append(rule)
    }
    for (set, isMarked) in [("KUBE-EXTERNAL-IP", true), ("KUBE-EXTERNAL-IP-LOCAL", false)] {
      guard
        var rule = Self.rule("KUBE-SERVICES", set, "dst,dst", "KUBE-MARK-MASQ", from: table)
      else { continue }
      if isMarked { rules.append(rule) }
      let own = rule.extra
      rule.target = "ACCEPT"
      for (saved, listed) in [
        (
          "-m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL",
          "PHYSDEV match ! --physdev-is-in ADDRTYPE match src-type !LOCAL"
        ), ("-m addrtype --dst-type LOCAL", "ADDRTYPE match dst-type LOCAL"),
      ] {
        rule.extra = (own.saved + " " + saved, own.listed + " " + listed)
        rules.append(rule)
      }
    }
    for rule in rules { if let rule { nat.add(rule) } }
    nat.add(
      PacketRule(
        chain: "KUBE-SERVICES",
        extra: ("-m addrtype --dst-type LOCAL", "ADDRTYPE match dst-type LOCAL"),
        target: "KUBE-NODE-PORT"))
    nat.add(PacketRule(chain: "KUBE-LOAD-BALANCER", target: "KUBE-MARK-MASQ"))
    for set in ["KUBE-CLUSTER-IP", "KUBE-LOAD-BALANCER"] where table.filled(set) != nil {
      nat.add(
        PacketRule(
          chain: "KUBE-SERVICES", extra: Self.match(set, "dst,dst"), target: "ACCEPT"))
    }
    addMasquerading()
  }

  private mutating func addFilter(_ table: VirtualServerTable) {
    let ranges = "KUBE-SOURCE-RANGES-FIREWALL"
    for rule in [
      Self.rule("KUBE-PROXY-FIREWALL", "KUBE-LOAD-BALANCER-FW", "dst,dst", ranges, from: table),
      Self.rule(ranges, "KUBE-LOAD-BALANCER-SOURCE-CIDR", "dst,dst,src", "RETURN", from: table),
      Self.rule(ranges, "KUBE-LOAD-BALANCER-SOURCE-IP", "dst,dst,src", "RETURN", from: table),
    ] {
      if let rule { filter.add(rule) }
    }
    filter.add(PacketRule(chain: ranges, target: "DROP"))
    for (address, transport, port) in table.closed {
      filter.add(
        PacketRule(
          chain: "KUBE-IPVS-OUT-FILTER", source: address,
          extra: (
            "-m ipvs --vproto \(transport) --vaddr \(address)/32 --vport \(port)",
            "vproto \(transport) vaddr \(address)/32 vport \(port)"
          ), target: "DROP"))
    }
    addForwarding()
    filter.add(
      PacketRule(
        chain: "KUBE-NODE-PORT", comment: "Kubernetes health check node port",
        extra: Self.match("KUBE-HEALTH-CHECK-NODE-PORT", "dst"), target: "ACCEPT"))
    for (set, place) in [
      ("KUBE-LOAD-BALANCER", "dst,dst"), ("KUBE-CLUSTER-IP", "dst,dst"),
      ("KUBE-EXTERNAL-IP", "dst,dst"), ("KUBE-EXTERNAL-IP-LOCAL", "dst,dst"),
      ("KUBE-HEALTH-CHECK-NODE-PORT", "dst"),
    ] {
      filter.add(
        PacketRule(chain: "KUBE-IPVS-FILTER", extra: Self.match(set, place), target: "RETURN"))
    }
    let own = Self.match("KUBE-IPVS-IPS", "dst")
    filter.add(
      PacketRule(
        chain: "KUBE-IPVS-FILTER",
        extra: ("-m conntrack --ctstate NEW " + own.saved, "ctstate NEW " + own.listed),
        target: "REJECT --reject-with icmp-port-unreachable",
        targetListed: "reject-with icmp-port-unreachable"))
  }
}
