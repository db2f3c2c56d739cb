import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

/// Follows a connection hop by hop, to the first that fails.
struct Trace {
  let network: ClusterNetwork
  let source: NetworkNamespace
  let machine: Machine
  /// The namespace whose Services come first when a bare name leads nowhere.
  let namespace: String
  private(set) var journey = Journey()
  private var hasFailed = false

  init(
    network: ClusterNetwork, source: NetworkNamespace, machine: Machine, namespace: String
  ) {
    self.network = network
    self.source = source
    self.machine = machine
    self.namespace = namespace
  }

  /// Goes on while nothing has failed; `pause` lets servers start that nobody has looked into.
  mutating func follow(
    _ target: TraceTarget, pause: () async throws -> Void
  ) async throws {
    guard let address = resolve(target.host) else { return }
    guard let port = target.port ?? firstPort(at: address, target.transport) else {
      fail(
        .service, "no port was given, and \(address) is no Service's address",
        remedy: "name one: \(target.host):80")
      return
    }
    let end = carry(from: source, to: address, port, target.transport)
    guard case .delivered(let place, let inner, let innerPort) = end else { return }
    guard try await listens(place, inner, innerPort, target.transport, pause) else { return }
    guard let site = network.sites[place.address]?.site else { return }
    if let path = target.path {
      let plan = site.plan(
        request(path, of: target), isSecured: target.isSecured, port: target.port ?? 80,
        at: innerPort)
      try await follow(plan, at: place, .tcp, pause)
    } else if let plan = site.plan(target.transport, at: innerPort) {
      try await follow(plan, at: place, target.transport, pause)
    }
  }

  // MARK: names

  private mutating func resolve(_ host: String) -> String? {
    if IPAddress(host) != nil { return host }
    let resolver = Resolver(machine)
    if let line = hostsEntry(host) {
      journey.note(.resolve, "\(host) is \(line), by /etc/hosts")
      return line
    }
    guard let server = resolver.servers.first else {
      fail(
        .resolve, "/etc/resolv.conf names no name server", field: "spec.dnsPolicy",
        remedy: "ClusterFirst, or name servers in spec.dnsConfig")
      return nil
    }
    if !server.hasPrefix("127."), !network.internet.isNameServer(server) || source.isPod {
      let way = network.journey(Packet(from: source, to: server, port: 53, transport: .udp))
      switch way.end {
      case .failed:
        journey.note(.resolve, "\(host) is asked of name server \(server), 53/UDP")
        add(way)
        return nil
      case .delivered(let place, _, _) where place.nameServer == nil && !network.awaken(place):
        fail(
          .resolve, "no CoreDNS answers in \(place.title)",
          remedy: "kubectl -n kube-system logs -l k8s-app=kube-dns")
        return nil
      default: break
      }
    }
    do {
      let answer = try resolver.lookUp(host)
      guard let address = answer.addresses.first else { return nil }
      let full = answer.name == host ? "" : "\(answer.name), "
      journey.note(.resolve, "\(host) is \(full)\(address), says \(server)")
      return address
    } catch NetworkFailure.resolverTimeout {
      fail(
        .resolve, "\(host): name server \(server) does not answer",
        remedy: "kubectl -n kube-system get pods -l k8s-app=kube-dns")
    } catch NetworkFailure.serverFailed {
      fail(
        .resolve, "\(host): name server \(server) answers SERVFAIL",
        object: "ConfigMap kube-system/coredns", field: "data.Corefile",
        remedy: "look at its forward and kubernetes lines")
    } catch {
      if let (object, address) = network.published(host: host) {
        journey.note(
          .resolve,
          "\(host) is no name in DNS, but a host of \(object): on to \(address), as "
            + "curl --resolve does")
        return address
      }
      missingName(host)
    }
    return nil
  }

  private func hostsEntry(_ host: String) -> String? {
    guard let answer = try? Resolver(machine).lookUp(host),
      (try? Resolver(machine).query(host)) == nil
    else { return nil }
    return answer.addresses.first
  }

  private mutating func missingName(_ host: String) {
    let first = host.split(separator: ".").first.map(String.init) ?? host
    let homes = network.services.objects.keys.filter { $0.name == first }.map(\.namespace).sorted()
    let own: String =
      if case .pod(let namespace, _) = source.kind { namespace } else { namespace }
    if !source.isPod, !homes.isEmpty {
      fail(
        .resolve,
        "\(host): \(source.node ?? "the workstation") does not ask the cluster's DNS",
        remedy: "trace from a Pod, or use the Service's address")
    } else if let home = homes.first, !homes.contains(own) {
      fail(
        .resolve, "\(host): no such name in namespace \(own)",
        remedy: "Service \(first) is in namespace \(home): use \(first).\(home)")
    } else {
      fail(
        .resolve, "\(host): no such name (NXDOMAIN)",
        remedy: homes.isEmpty
          ? "there is no Service \(first): kubectl get services -A"
          : "the Service's full name is \(first).\(own).svc.cluster.local")
    }
  }

  private func firstPort(at address: String, _ transport: Transport) -> Int? {
    for service in network.servicesByEntry[address] {
      let port = service["spec"]?.items("ports").first {
        ($0["protocol"]?.string ?? "TCP") == transport.rawValue
      }
      if let port { return Int(clamping: port.number("port")) }
    }
    return nil
  }

  // MARK: hops

  private mutating func fail(
    _ stage: Journey.Stage, _ text: String, object: String = "", field: String = "",
    remedy: String = ""
  ) {
    journey.fail(stage, .unreachable, text, object: object, field: field, remedy: remedy)
    hasFailed = true
  }

  private mutating func add(_ way: Journey) {
    journey.hops += way.hops
    journey.end = way.end
    if case .failed = way.end { hasFailed = true }
  }

  private mutating func carry(
    from place: NetworkNamespace, to address: String, _ port: Int, _ transport: Transport
  ) -> Journey.End {
    let way = network.journey(
      Packet(from: place, to: address, port: port, transport: transport))
    add(way)
    return way.end
  }

  private mutating func listens(
    _ place: NetworkNamespace, _ address: String, _ port: Int, _ transport: Transport,
    _ pause: () async throws -> Void
  ) async throws -> Bool {
    if !place.isListening(port, transport, at: address), network.awaken(place) {
      for _ in 0..<5 where !place.isListening(port, transport, at: address) { try await pause() }
    }
    if place.isListening(port, transport, at: address) { return true }
    if case .delivered = journey.end { journey.hops.removeLast() }
    let open = place.listeners(on: machine).filter { $0.transport == transport }
    let local = open.contains { $0.port == port }
    let shown = open.map { "\($0.port)" }.joined(separator: ", ")
    fail(
      .listener,
      local
        ? "in \(place.title) port \(port) is open for 127.0.0.1 only"
        : "nothing listens on port \(port) in \(place.title)",
      object: journey.hops.contains { $0.stage == .service } ? "the Service" : "",
      field: "spec.ports[].targetPort",
      remedy: open.isEmpty
        ? "does its container run a server? kubectl logs"
        : local ? "let the server listen on 0.0.0.0" : "it listens on \(shown): use that port")
    return false
  }

  // MARK: proxies

  private func request(_ path: String, of target: TraceTarget) -> WebRequest {
    WebRequest(
      method: "GET", target: path,
      headers: [
        ("Host", target.header ?? target.host), ("User-Agent", "trace"), ("Accept", "*/*"),
      ],
      client: journey.seenAs)
  }

  /// From the port of an Ingress controller or Gateway on to the backend.
  private mutating func follow(
    _ plan: ProxyPlan, at place: NetworkNamespace, _ transport: Transport,
    _ pause: () async throws -> Void
  ) async throws {
    switch plan {
    case .answer(let text, let remedy):
      if let remedy {
        fail(.gateway, text, remedy: remedy)
      } else {
        journey.note(.gateway, text)
      }
    case .pass(let text, let backend):
      journey.note(.gateway, text)
      switch network.state(of: backend) {
      case .noService:
        fail(
          .backend, "there is no Service \(backend.key), so it answers 503",
          remedy: "create it, or name another one in the route")
      case .noPort:
        fail(
          .backend, "Service \(backend.key) has no port \(backend.port), so it answers 503",
          object: "Service \(backend.key)", field: "spec.ports",
          remedy: "add that port, or name another one in the route")
      case .endpoints(let found):
        guard let first = found.first else {
          return fail(
            .backend, "Service \(backend.key) has no ready endpoints, so it answers 503",
            object: "Service \(backend.key)", field: "spec.selector",
            remedy: "why svc/\(backend.service) -n \(backend.namespace)")
        }
        journey.note(
          .backend,
          "1 of \(found.count) endpoints of Service \(backend.key): "
            + "\(first.address):\(first.port)")
        let end = carry(from: place, to: first.address, first.port, transport)
        guard case .delivered(let inner, let address, let port) = end else { return }
        _ = try await listens(inner, address, port, transport, pause)
      case .external(let host, let port):
        journey.note(.backend, "Service \(backend.key) stands for \(host):\(port)")
      }
    }
  }

  // MARK: text

  var text: String {
    var text = ""
    var told = false
    for hop in journey.hops {
      let mark = hop.isFailure && !told ? "✘" : "✔"
      let name = hop.stage.rawValue
      text += "  \(mark) \(name)" + String(repeating: " ", count: max(1, 10 - name.count))
      text += hop.text + "\n"
      guard hop.isFailure, !told else { continue }
      told = true
      let indent = String(repeating: " ", count: 14)
      if !hop.object.isEmpty {
        text += indent + "at " + hop.object + (hop.field.isEmpty ? "" : ", \(hop.field)") + "\n"
      }
      if !hop.remedy.isEmpty { text += indent + "→ " + hop.remedy + "\n" }
    }
    return text + (hasFailed ? "it does not arrive\n" : "it arrives\n")
  }

  var arrives: Bool { !hasFailed }
}
