import Documents

/// How `ip` writes an interface.
struct InterfaceText {
  struct Form {
    var isLink = false
    var isBrief = false
    var isOneLine = false
    var isJSON = false
  }

  private let interface: NetworkInterface
  private let index: Int
  private var isLoopback: Bool { interface.name == "lo" }

  init(_ interface: NetworkInterface, index: Int) {
    self.interface = interface
    self.index = index
  }

  func text(_ form: Form) -> String {
    if form.isBrief { return brief(form.isLink) }
    if form.isOneLine { return oneLine(form.isLink) }
    return block(form.isLink)
  }

  /// As `ip -json` tells it.
  func value(_ isLink: Bool) -> Value {
    let parts = head.split(separator: " ")
    let queue = parts.firstIndex(of: "qdisc").flatMap { parts.dropFirst($0 + 1).first } ?? ""
    var value: Value = [
      "ifindex": .int(Int64(index)), "ifname": .string(interface.name),
      "flags": .array(flags.split(separator: ",").map { .string(String($0)) }),
      "mtu": .int(Int64(interface.mtu)), "qdisc": .string(String(queue)),
      "operstate": .string(state), "group": "default",
      "link_type": isLoopback ? "loopback" : "ether",
      "address": .string(interface.hardwareAddress),
      "broadcast": isLoopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff",
    ]
    if interface.queueLength > 0 { value["txqlen"] = .int(Int64(interface.queueLength)) }
    if let peer = interface.peer, peer.hasPrefix("if") {
      value["link_index"] = .int(Int64(peer.dropFirst(2)) ?? 0)
    }
    if isLink {
      value["linkmode"] = "DEFAULT"
      return value
    }
    value["addr_info"] = .array(
      addresses.map { address in
        let halves = address.split(separator: "/").map(String.init)
        return [
          "family": "inet", "local": .string(halves.first ?? ""),
          "prefixlen": .int(halves.count > 1 ? Int64(halves[1]) ?? 32 : 32),
          "scope": isLoopback ? "host" : "global", "label": .string(interface.name),
          "valid_life_time": 4_294_967_295, "preferred_life_time": 4_294_967_295,
        ]
      })
    return value
  }

  /// With the other end of its wire: `eth0@if12`.
  private var title: String { interface.peer.map { "\(interface.name)@\($0)" } ?? interface.name }

  private var state: String {
    if !interface.isUp { return "DOWN" }
    if isLoopback || interface.kind == "dummy" { return "UNKNOWN" }
    if interface.hasCarrier { return "UP" }
    return interface.kind == "veth" ? "LOWERLAYERDOWN" : "DOWN"
  }

  private var flags: String {
    let first =
      isLoopback
      ? ["LOOPBACK"] : ["BROADCAST"] + (interface.kind == "dummy" ? ["NOARP"] : ["MULTICAST"])
    guard interface.isUp else { return first.joined(separator: ",") }
    return interface.hasCarrier
      ? (first + ["UP", "LOWER_UP"]).joined(separator: ",")
      : (["NO-CARRIER"] + first + ["UP"]).joined(separator: ",")
        + (interface.kind == "veth" ? ",M-DOWN" : "")
  }

  private var addresses: [String] { interface.all }

  private func brief(_ isLink: Bool) -> String {
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    let last =
      isLink
      ? "\(interface.hardwareAddress) <\(flags)>" : addresses.joined(separator: " ")
    return pad(title, 17) + pad(state, 15) + last + (last.isEmpty ? "\n" : " \n")
  }

  private var head: String {
    let isVirtual =
      interface.peer != nil || interface.master != nil || interface.name.contains(".")
      || interface.kind != nil
    let queue = !interface.isUp ? "noop" : isLoopback || isVirtual ? "noqueue" : "fq_codel"
    return "\(index): \(title): <\(flags)> mtu \(interface.mtu) qdisc \(queue) "
      + (interface.master.map { "master \($0) " } ?? "") + "state \(state) "
  }

  private var wire: String {
    "link/\(isLoopback ? "loopback" : "ether") \(interface.hardwareAddress) brd "
      + "\(isLoopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff")"
      + (interface.peerNamespace.map { " link-netns \($0)" } ?? "")
  }

  private func line(of address: String) -> String {
    let parts = address.split(separator: "/").map(String.init)
    let length = parts.count > 1 ? Int(parts[1]) ?? 32 : 32
    // What was added by hand has no broadcast address.
    let broadcast =
      isLoopback || interface.kind != nil ? "" : " brd \(IPv4.broadcast(parts.first ?? "", length))"
    return "inet \(address)\(broadcast) scope \(isLoopback ? "host" : "global") \(interface.name)"
  }

  private var group: String {
    "group default " + (interface.queueLength > 0 ? "qlen \(interface.queueLength)" : "")
  }

  private func oneLine(_ isLink: Bool) -> String {
    let tail = "valid_lft forever preferred_lft forever"
    if isLink { return head + "mode DEFAULT \(group)\\    \(wire)\n" }
    func pad(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return addresses.map {
      "\(index): \(interface.name)    \(line(of: $0))\\       \(tail)\n"
    }.joined()
  }

  private func block(_ isLink: Bool) -> String {
    var text =
      head + "\(isLink ? "mode DEFAULT " : "")\(group)\n    \(wire)\n"
    if !isLink {
      for address in addresses {
        text += "    \(line(of: address))\n       valid_lft forever preferred_lft forever\n"
      }
    }
    return text
  }
}
