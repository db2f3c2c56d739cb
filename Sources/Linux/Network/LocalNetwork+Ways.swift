/// Where packets go between namespaces.
extension LocalNetwork {
  enum Way: Hashable {
    /// To a namespace that has the address.
    case delivered(space: String)
    /// Nobody on the wire answers to the address.
    case hostUnreachable
    /// No route leads there.
    case networkUnreachable
    /// It is lost on the way.
    case lost
    /// Out of the machine's own interfaces.
    case plugged
  }

  /// Both ways: what cannot be answered is lost.
  func way(from space: String, to address: String, plugged: [NetworkInterface], forwards: Bool)
    -> Way
  {
    let there = oneWay(from: space, to: address, plugged, forwards, hops: 8)
    guard case .delivered(let target) = there, target != space else { return there }
    guard let source = source(of: space, towards: address, plugged) else { return .lost }
    return oneWay(from: target, to: source, plugged, forwards, hops: 8) == .delivered(space: space)
      ? there : .lost
  }

  /// The address that a namespace sends from.
  func source(
    of space: String, towards address: String, _ plugged: [NetworkInterface]
  ) -> String? {
    if let hop = hop(from: space, to: address) {
      return hop.link.addresses.first { $0.network == IPv4.network(hop.address, $0.length) }?.text
        ?? hop.link.addresses.first?.text
    }
    return space.isEmpty ? plugged.first { $0.name != "lo" }?.address : nil
  }

  /// The link that a packet leaves by, and whom it is given to.
  private func hop(from space: String, to address: String) -> (link: Link, address: String)? {
    func connected(_ address: String) -> Link? {
      links.first { link in
        link.space == space && link.isUp
          && link.addresses.contains {
            $0.length < 32 && $0.network == IPv4.network(address, $0.length)
          }
      }
    }
    if let link = connected(address) { return (link, address) }
    let routes = (spaces[space]?.routes ?? []).filter { route in
      route.target.map { $0.network == IPv4.network(address, $0.length) } ?? true
    }
    guard let route = routes.max(by: { ($0.target?.length ?? -1) < ($1.target?.length ?? -1) })
    else { return nil }
    if let gateway = route.gateway { return connected(gateway).map { ($0, gateway) } }
    guard let device = route.device, let link = link(device, in: space), link.isUp else {
      return nil
    }
    return (link, address)
  }

  private func oneWay(
    from space: String, to address: String, _ plugged: [NetworkInterface], _ forwards: Bool,
    hops: Int
  ) -> Way {
    if owns(space, address, plugged) { return .delivered(space: space) }
    guard hops > 0 else { return .lost }
    guard let hop = hop(from: space, to: address) else {
      return space.isEmpty ? .plugged : .networkUnreachable
    }
    let target = segment(of: hop.link).first { link in
      link !== hop.link && link.addresses.contains { $0.text == hop.address }
    }
    guard let target else { return .hostUnreachable }
    learn(space, hop.link.name, hop.address, target.hardwareAddress)
    if hop.address == address { return .delivered(space: target.space) }
    // Only the machine itself is asked to forward; namespaces have settings of their own.
    guard target.space.isEmpty, forwards else { return .lost }
    let next = oneWay(from: target.space, to: address, plugged, forwards, hops: hops - 1)
    // What leaves the machine would have to be masqueraded.
    return next == .plugged ? .lost : next
  }

  private func owns(_ space: String, _ address: String, _ plugged: [NetworkInterface]) -> Bool {
    if address.hasPrefix("127.") { return spaces[space]?.isLoopbackUp == true }
    if links.contains(where: {
      $0.space == space && $0.isUp && $0.addresses.contains { $0.text == address }
    }) {
      return true
    }
    return space.isEmpty && plugged.contains { $0.address == address }
  }

  /// The interfaces that hear what is sent on one: over wires and bridges that are up.
  private func segment(of start: Link) -> [Link] {
    var found: [Link] = []
    var waiting = [start]
    while let link = waiting.popLast() {
      guard link.isUp, !found.contains(where: { $0 === link }) else { continue }
      found.append(link)
      if let peer = link.peer { waiting.append(peer) }
      if let master = link.master { waiting.append(master) }
      if link.kind == .bridge { waiting += links.filter { $0.master === link } }
    }
    return found
  }

  /// Whether something is plugged in at its other end.
  func hasCarrier(_ link: Link) -> Bool {
    switch link.kind {
    case .dummy: true
    case .veth: link.peer?.isUp == true
    case .bridge: links.contains { $0.master === link && $0.isUp && hasCarrier($0) }
    }
  }

  private func learn(_ space: String, _ device: String, _ address: String, _ hardware: String) {
    guard
      !(neighbours[space] ?? []).contains(where: { $0.address == address && $0.device == device })
    else { return }
    neighbours[space, default: []].append((device, address, hardware))
  }

  /// As `ip address` shows them.
  func interfaces(of space: String) -> [NetworkInterface] {
    var found: [NetworkInterface] = []
    if !space.isEmpty {
      var loopback = NetworkInterface.loopback
      loopback.isUp = spaces[space]?.isLoopbackUp == true
      if !loopback.isUp { loopback.address = "" }
      found.append(loopback)
    }
    for link in links where link.space == space {
      let first = link.addresses.first
      var shown = NetworkInterface(
        name: link.name, address: first?.text ?? "", prefixLength: first?.length ?? 0,
        hardwareAddress: link.hardwareAddress, mtu: link.mtu)
      shown.index = link.index
      shown.isUp = link.isUp
      shown.hasCarrier = hasCarrier(link)
      shown.kind = link.kind.rawValue
      shown.more = link.addresses.dropFirst().map { "\($0.text)/\($0.length)" }
      shown.master = link.master?.name
      if let peer = link.peer {
        let isHere = peer.space == space
        shown.peer = isHere ? peer.name : "if\(peer.index)"
        if !isHere { shown.peerNamespace = peer.space.isEmpty ? nil : peer.space }
      }
      found.append(shown)
    }
    return found
  }

  /// The lines of `ip route` that these interfaces and their routes make.
  func routes(of space: String) -> [String] {
    var lines: [String] = []
    for route in spaces[space]?.routes ?? [] {
      let target =
        route.target.map { $0.length == 32 ? $0.text : "\($0.network)/\($0.length)" } ?? "default"
      let device = route.device ?? route.gateway.flatMap { hop(from: space, to: $0)?.link.name }
      lines.append(
        target + (route.gateway.map { " via \($0)" } ?? "") + (device.map { " dev \($0)" } ?? "")
          + (route.gateway == nil ? " scope link" : "") + " ")
    }
    for link in links where link.space == space && link.isUp {
      for address in link.addresses where address.length < 32 {
        lines.append(
          "\(address.network)/\(address.length) dev \(link.name) proto kernel scope link src \(address.text) "
            + (hasCarrier(link) ? "" : "linkdown "))
      }
    }
    return lines.sorted { a, b in a.hasPrefix("default") && !b.hasPrefix("default") }
  }
}
