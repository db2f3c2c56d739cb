import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

extension ClusterNetwork {
  /// Where a packet goes and why, as long as nobody touches the nodes' packet filters.
  func unfiltered(_ packet: Packet) -> Journey {
    var journey = Journey()
    let source = packet.source
    let book = rules[source.node]
    journey.seenAs = source.address
    if packet.address.hasPrefix("127.") || packet.address == "::1"
      || packet.address == source.address
    {
      if case .node(let name) = source.kind,
        book.hasNodePorts(at: packet.address, of: source),
        let entry = book.matchNodePort(packet.port, packet.transport)
      {
        journey.note(.rule, "node port \(packet.port) on \(name)")
        return follow(entry, packet, at: name, &journey)
      }
      if let ended = throughHostPort(packet, at: source, &journey) { return ended }
      let own = packet.address == "::1" ? "127.0.0.1" : packet.address
      journey.note(.listener, "\(source.title) itself, port \(packet.port)")
      journey.seenAs = own
      journey.end = .delivered(source, address: own, port: packet.port)
      return journey
    }
    guard IPAddress(packet.address) != nil else {
      journey.fail(.route, .unreachable, "\(packet.address) is no address")
      return journey
    }
    switch book.match(packet.address, packet.port, packet.transport) {
    case .entry(let entry): return enter(entry, packet, &journey)
    case .wrongPort(let service):
      let known = (service["spec"]?.items("ports") ?? []).map {
        "\($0.number("port"))/\($0["protocol"]?.string ?? "TCP")"
      }.joined(separator: ", ")
      // nftables rejects what is for no port of a ClusterIP, and in ipvs mode the address is the
      // node's own; the rules of iptables do not meet it, so that it leaves by the default route.
      let mode = source.node == nil ? "" : book.configuration.mode
      journey.fail(
        .service, ["ipvs", "nftables"].contains(mode) ? .refused : .timedOut,
        "Service \(service.namespacedName) has no port \(packet.port)/\(packet.transport.rawValue)",
        object: "Service \(service.namespacedName)", field: "spec.ports",
        remedy: "it has \(known): use that port, or add one")
      return journey
    case .none:
      if let node = source.node,
        case .entry(let entry) = rules[nil].match(packet.address, packet.port, packet.transport)
      {
        failByRules(of: node, entry.service, &journey)
        return journey
      }
    }
    if let node = host(at: packet.address), failIfAbsent(node, &journey) { return journey }
    if let node = host(at: packet.address), case .node(let name) = node.kind,
      rules[name].hasNodePorts(at: packet.address, of: node),
      let entry = rules[name].matchNodePort(packet.port, packet.transport)
    {
      journey.note(.rule, "node port \(packet.port) on \(name)")
      guard leaves(packet, for: node, &journey) else { return journey }
      return follow(entry, packet, at: name, &journey)
    }
    if let node = host(at: packet.address),
      let ended = throughHostPort(packet, at: node, &journey)
    {
      return ended
    }
    return deliver(packet, to: packet.address, packet.port, &journey)
  }

  /// A Pod's packet to another node's port: its own policies see that node, and the other node sees
  /// the Pod's node, which masquerades what leaves the range of Pods.
  private func leaves(
    _ packet: Packet, for node: NetworkNamespace, _ journey: inout Journey
  ) -> Bool {
    let source = packet.source
    guard source.isPod, let home = source.node, home != node.node else { return true }
    if enforcesPolicies {
      let transport = packet.transport.rawValue
      let verdict = policyEngine.egress(
        from: party(source), to: party(node), port: packet.port, transport: transport)
      guard note(verdict, .egress, source, node, packet.port, transport, &journey) else {
        return false
      }
    }
    journey.hasLeft = true
    masquerade(as: home, &journey)
    return true
  }

  /// From here on a node stands in the sender's place.
  private func masquerade(as node: String, _ journey: inout Journey) {
    guard let host = hosts[node] else { return }
    journey.sender = party(host)
    journey.seenAs = host.address
  }

  /// A Service that the rules of a node do not know, since kube-proxy does not run there.
  private func failByRules(of node: String, _ service: Value, _ journey: inout Journey) {
    journey.fail(
      .rule, .timedOut,
      "node \(node) has no rules for Service \(service.namespacedName): kube-proxy does not run "
        + "there", object: "DaemonSet kube-system/kube-proxy", field: "status.numberReady",
      remedy: "kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide, and read their logs")
  }

  /// The portmap plug-in: a node's port that a container has taken for itself.
  private func throughHostPort(
    _ packet: Packet, at place: NetworkNamespace, _ journey: inout Journey
  ) -> Journey? {
    guard case .node(let name) = place.kind,
      let found = hostPort(packet.port, packet.transport, on: name)
    else { return nil }
    journey.note(
      .rule, "host port \(packet.port) on \(name), of Pod \(found.pod.namespacedName)")
    return deliver(packet, to: found.address, found.port, &journey)
  }

  /// A packet to an address that belongs to a Service.
  private func enter(
    _ entry: ServiceEntry, _ packet: Packet, _ journey: inout Journey
  ) -> Journey {
    if let node = packet.source.node { return follow(entry, packet, at: node, &journey) }
    guard entry.kind != .clusterIP else {
      journey.fail(
        .service, .timedOut,
        "\(packet.address) is a ClusterIP: only nodes and Pods have a way to it",
        object: "Service \(entry.service.namespacedName)", field: "spec.type",
        remedy: "use a NodePort, an Ingress or kubectl port-forward")
      return journey
    }
    if entry.kind == .loadBalancer, balancer?.isSilent(packet.address) == true {
      journey.fail(
        .route, .unreachable,
        "no node announces \(packet.address), which Service \(entry.service.namespacedName) was given",
        object: "L2Advertisement", field: "spec.ipAddressPools",
        remedy: "an L2Advertisement that names the address's IPAddressPool")
      return journey
    }
    let names = nodes.objects.keys.map(\.name).sorted()
    let ready = names.filter { nodes["", $0]?.isConditionTrue("Ready") == true }
    // The balancer asks nodes for local endpoints and sends where there are some.
    let all = endpoints(of: entry.service, port: entry.port)
    let isLocal = entry.service["spec"]?.text("externalTrafficPolicy") == "Local"
    let chosen =
      isLocal ? ready.first { name in all.contains { $0.node == name && $0.isReady } } : nil
    guard let node = chosen ?? ready.last ?? names.first else {
      journey.fail(.route, .timedOut, "no node answers for \(packet.address)")
      return journey
    }
    journey.note(.node, "the balancer sends it to node \(node)")
    guard
      case .entry(let known) = rules[node].match(packet.address, packet.port, packet.transport)
    else {
      failByRules(of: node, entry.service, &journey)
      return journey
    }
    return follow(known, packet, at: node, &journey)
  }

  /// What kube-proxy's rules on `node` do with it.
  private func follow(
    _ entry: ServiceEntry, _ packet: Packet, at node: String, _ journey: inout Journey
  ) -> Journey {
    let service = entry.service
    journey.note(.service, entry.title + ", address \(packet.address)")
    if packet.transport == .icmp {
      journey.fail(.rule, .timedOut, "kube-proxy answers no echo requests for Services")
      return journey
    }
    let spec = service["spec"] ?? [:]
    // What comes from elsewhere; Pods and the node itself may use endpoints of other nodes.
    let isOutside = entry.isExternal && packet.source.node != node
    let keepsClient = spec.text("externalTrafficPolicy") == "Local"
    let book = rules[node]
    let isVirtual = book.configuration.mode == "ipvs"
    let isLocal =
      entry.isExternal
      ? keepsClient && (isOutside || isVirtual) : spec.text("internalTrafficPolicy") == "Local"
    if let written = book.written {
      let clock = Calendar(written).formatted("%H:%M:%S")
      journey.note(.rule, "kube-proxy does not run on \(node): its rules are those of \(clock)")
    }
    let all = book.endpoints(of: service, port: entry.port)
    let port = ServicePort(
      service: service, port: entry.port, all: all, usable: categorize(all, on: node))
    guard port.usable.isAnyUsable else {
      journey.fail(
        .endpoint, .refused, nobody(service, entry, all),
        object: "Service \(service.namespacedName)", field: field(service, entry, all),
        remedy: remedy(service, entry, all))
      return journey
    }
    let ranges = spec.texts("loadBalancerSourceRanges")
    if entry.kind == .loadBalancer, !ranges.isEmpty,
      !PolicyPeer.any(ranges.map { .block($0, except: []) }).matches(party(packet.source), home: "")
    {
      journey.fail(
        .rule, .timedOut,
        "\(packet.source.address) is in none of \(ranges.joined(separator: ", "))",
        object: "Service \(service.namespacedName)", field: "spec.loadBalancerSourceRanges",
        remedy: "add a range that holds \(packet.source.address)")
      return journey
    }
    let candidates =
      isVirtual
      ? port.virtualEndpoints(isLocal: isLocal)
      : isLocal ? port.usable.local : port.usable.cluster
    // A virtual server without endpoints here sends elsewhere, from where answers do not come back.
    let isLost = isVirtual && isLocal && isOutside && port.usable.local.isEmpty
    guard !isLost, let chosen = choose(candidates, entry, client: packet.source.address, at: node)
    else {
      let field = entry.isExternal ? "externalTrafficPolicy" : "internalTrafficPolicy"
      journey.fail(
        .endpoint, isVirtual && !isLost ? .refused : .timedOut,
        "Service \(service.namespacedName) has no endpoint on node \(node), and spec.\(field) is "
          + "Local", object: "Service \(service.namespacedName)", field: "spec.\(field)",
        remedy: "set spec.\(field) to Cluster, or run a Pod of it on \(node)")
      return journey
    }
    journey.via = node
    let target = chosen.pod.map { "Pod \(service.namespace)/\($0), " } ?? ""
    journey.note(
      .endpoint,
      "1 of \(candidates.count) ready endpoints: \(target)\(chosen.address):\(chosen.port)")
    if entry.isExternal ? !keepsClient : book.configuration.masqueradesAll {
      // So that the answer comes back over the same node.
      journey.masquerader = node
    }
    return deliver(packet, to: chosen.address, chosen.port, &journey, through: service)
  }

  /// Carries a packet to an address that is no Service's.
  private func deliver(
    _ packet: Packet, to address: String, _ port: Int, _ journey: inout Journey,
    through service: Value? = nil
  ) -> Journey {
    let source = packet.source
    guard let target = namespace(at: address) else {
      return leave(packet, to: address, port, &journey)
    }
    if target === source {
      // Masqueraded on the way back to itself: policies do not see it.
      journey.note(.route, "back to \(source.title) itself")
      if service != nil, let node = source.node {
        journey.seenAs = outgoingAddress(of: node, to: target)
      }
      journey.end = .delivered(target, address: address, port: port)
      return journey
    }
    leaveNode(from: source, to: target, &journey)
    journey.dropped = (target, address, port)
    guard allows(packet, source: source, target: target, port, &journey) else { return journey }
    if failIfAbsent(target, &journey) { return journey }
    if let name = target.node, name != source.node {
      journey.note(.node, "over the network to node \(name)")
    }
    journey.note(.listener, "\(target.title), port \(port)")
    journey.end = .delivered(target, address: address, port: port)
    return journey
  }

  /// Whom the far side sees. A node stands in for the sender where it masquerades, as it does for
  /// Pods that leave their range; its policies still see the client, those of other nodes see the node.
  private func leaveNode(
    from source: NetworkNamespace, to target: NetworkNamespace, _ journey: inout Journey
  ) {
    let isLeaving = source.isPod && !target.isPod && target.node != source.node
    let own = source.isPod && !isLeaving || journey.hasLeft ? nil : source.node
    guard let node = journey.masquerader ?? own, let host = hosts[node] else { return }
    journey.seenAs = outgoingAddress(of: node, to: target)
    guard target.node != node, !isLeaving else { return }
    var sender = party(host)
    sender.address = IPAddress(journey.seenAs)
    journey.sender = sender
  }

  /// Asks the policies on both sides.
  private func allows(
    _ packet: Packet, source: NetworkNamespace, target: NetworkNamespace, _ port: Int,
    _ journey: inout Journey
  ) -> Bool {
    guard enforcesPolicies, !policyEngine.isEmpty else { return true }
    let engine = policyEngine
    let (from, to) = (party(source), party(target))
    let transport = packet.transport.rawValue
    if !journey.hasLeft {
      let egress = engine.egress(from: from, to: to, port: port, transport: transport)
      guard note(egress, .egress, source, target, port, transport, &journey) else { return false }
    }
    // A node always reaches its own Pods: kubelets probe them.
    if journey.sender == nil, !source.isPod, source.node == target.node { return true }
    let ingress = engine.ingress(
      from: journey.sender ?? from, to: to, port: port, transport: transport)
    return note(ingress, .ingress, target, source, port, transport, &journey)
  }

  private func note(
    _ verdict: PolicyVerdict, _ stage: Journey.Stage, _ subject: NetworkNamespace,
    _ peer: NetworkNamespace, _ port: Int, _ transport: String, _ journey: inout Journey
  ) -> Bool {
    for rule in verdict.passing {
      journey.note(
        stage, "passed on by rule \(rule.rule + 1) of \(PolicyRemedy.title(rule.policy))")
    }
    guard !verdict.isAllowed else {
      if !verdict.contents.isEmpty { journey.contents.append(verdict.contents) }
      if let allowing = verdict.allowing {
        journey.note(
          stage,
          "allowed by rule \(allowing.rule + 1) of \(PolicyRemedy.title(allowing.policy))"
            + (verdict.contents.isEmpty ? "" : ", as far as its toPorts[].rules go"))
      }
      return true
    }
    let hidden = stage == .ingress ? journey.sender : nil
    let remedy = PolicyRemedy(
      verdict, subject: subject.title, peer: hidden == nil ? pod(of: peer) : nil,
      address: hidden?.address?.description ?? peer.address, port: port,
      transport: transport, home: pod(of: subject)?.namespace ?? "")
    journey.fail(
      stage, .timedOut,
      refusal(verdict, of: subject), object: remedy.object, field: remedy.field,
      remedy: remedy.change)
    return false
  }

  private func refusal(_ verdict: PolicyVerdict, of subject: NetworkNamespace) -> String {
    let names = verdict.isolating.joined(separator: ", ")
    let kind = verdict.isolating.first?.contains(" ") == true ? "" : "NetworkPolicy "
    let way = verdict.denying == nil ? "isolated" : "refused"
    return "\(verdict.direction.rawValue) of \(subject.title) is \(way) by \(kind)\(names): "
      + verdict.reason
  }

  /// For an address that nobody of the cluster has.
  private func leave(
    _ packet: Packet, to address: String, _ port: Int, _ journey: inout Journey
  ) -> Journey {
    guard let target = IPAddress(address) else { return journey }
    let source = packet.source
    if enforcesPolicies, source.isPod {
      var stranger = PolicyParty(pod: nil, address: target)
      stranger.domains = internet.names(of: address)
      stranger.services = servicesIfNamed(with: address)
      let verdict = policyEngine.egress(
        from: party(source), to: stranger, port: port, transport: packet.transport.rawValue)
      if !verdict.contents.isEmpty { journey.contents.append(verdict.contents) }
      if !verdict.isAllowed {
        let remedy = PolicyRemedy(
          verdict, subject: source.title, peer: nil, address: address, port: port,
          transport: packet.transport.rawValue, home: pod(of: source)?.namespace ?? "")
        journey.fail(
          .egress, .timedOut,
          refusal(verdict, of: source), object: remedy.object, field: remedy.field,
          remedy: remedy.change)
        return journey
      }
    }
    let services = client.server.serviceRange
    if isPodAddress(target) {
      journey.fail(
        .route, source.node == nil ? .timedOut : .unreachable, "no Pod has the address \(address)")
    } else if services.contains(target) {
      journey.fail(.service, .timedOut, "no Service has the address \(address)")
    } else if IPPrefix("\(router)/24")?.contains(target) == true, address != router {
      journey.fail(.route, .unreachable, "no machine has the address \(address)")
    } else {
      journey.note(.route, "out of the cluster to \(address)")
      journey.end = .outside(address: address, port: port)
    }
    return journey
  }
}
