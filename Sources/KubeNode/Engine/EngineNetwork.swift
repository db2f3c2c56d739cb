import Linux
import Simulation

/// The network of an engine's container. Containers of one network reach each other, by name where
/// a person made the network; published ports are the host's.
final class EngineNetwork: NetworkStack {
  /// The network's name.
  let name: String
  let address: String
  private unowned let host: Machine
  private unowned let engine: ContainerEngine
  private let outside: any NetworkStack
  private let ports: [(host: Int, container: Int)]
  static let hardwareAddress = "02:42:ac:11:00:02"
  var gateway: String { address.split(separator: ".").dropLast().joined(separator: ".") + ".1" }

  private var sockets: [Socket] = []
  private var nextPort = 40_000

  private final class Socket {
    let facts: ListeningSocket
    let accept: (any Connection) -> Void

    init(_ facts: ListeningSocket, _ accept: @escaping (any Connection) -> Void) {
      self.facts = facts
      self.accept = accept
    }
  }

  init(
    _ name: String, address: String, host: Machine, engine: ContainerEngine,
    outside: any NetworkStack, ports: [(host: Int, container: Int)]
  ) {
    self.name = name
    self.address = address
    self.host = host
    self.engine = engine
    self.outside = outside
    self.ports = ports
  }

  func ask(
    _ question: NameQuestion, of server: String, from machine: Machine
  ) throws(NetworkFailure) -> NameAnswer {
    let asked = question.name.hasSuffix(".") ? String(question.name.dropLast()) : question.name
    // Docker's own name server knows nothing of the network that is there from the start.
    guard name != "bridge", let found = engine.address(ofContainer: asked, on: name) else {
      return try outside.ask(question, of: server, from: host)
    }
    let record = NameRecord(name: question.name, lifetime: 600, data: found)
    return NameAnswer(.noError, question.type == "A" ? [record] : [])
  }

  func connect(
    from machine: Machine, to address: String, port: Int, transport: Transport, timeout: Span?
  ) async throws -> any Connection {
    let isOwn = isOwn(address)
    guard let target = isOwn ? self : engine.network(at: address, on: name) else {
      return try await outside.connect(
        from: host, to: address, port: port, transport: transport, timeout: timeout)
    }
    let found = target.sockets.first { socket in
      socket.facts.transport == transport && [port, 0].contains(socket.facts.port)
        && (isOwn || !socket.facts.address.hasPrefix("127."))
    }
    guard let found else { throw NetworkFailure.refused }
    nextPort = nextPort < 60_000 ? nextPort + 1 : 40_001
    let ends = StreamEnd.pair(
      client: (isOwn ? address : self.address, nextPort), target: (address, port),
      server: (address, port), transport: transport, timeline: host.timeline)
    found.accept(ends.server)
    return ends.client
  }

  private func isOwn(_ target: String) -> Bool { target.hasPrefix("127.") || target == address }

  func echo(from machine: Machine, to address: String, timeout: Span) async throws -> Span {
    if isOwn(address) { return Span(nanoseconds: 38_000) }
    if engine.network(at: address, on: name) != nil { return Span(nanoseconds: 96_000) }
    return try await outside.echo(from: host, to: address, timeout: timeout)
  }

  func listen(
    on machine: Machine, address: String, port: Int, transport: Transport,
    accept: @escaping (any Connection) -> Void
  ) throws(NetworkFailure) -> any Listener {
    let isTaken = sockets.contains { $0.facts.transport == transport && $0.facts.port == port }
    if isTaken { throw .addressInUse }
    // Who answers on every port is reached by all that are published.
    var listeners: [any Listener] = []
    for published in ports where published.container == port || port == 0 {
      listeners.append(
        try outside.listen(
          on: host, address: "0.0.0.0", port: published.host, transport: transport, accept: accept))
    }
    let socket = Socket(
      ListeningSocket(
        transport: transport, address: address, port: port, processID: Process.current?.id,
        program: Process.current?.called), accept)
    sockets.append(socket)
    return ContainerListener { [weak self] in
      self?.sockets.removeAll { $0 === socket }
      for listener in listeners { listener.close() }
    }
  }

  func interfaces(of machine: Machine) -> [NetworkInterface] {
    [
      .loopback,
      NetworkInterface(
        name: "eth0", address: address, prefixLength: 16, hardwareAddress: Self.hardwareAddress,
        gateway: gateway),
    ]
  }

  func listeners(on machine: Machine) -> [ListeningSocket] {
    sockets.map(\.facts).filter { $0.port > 0 }
  }

  var trust: (any CertificateTrust)? { outside.trust }
}

/// A container's socket with those of the host that lead to it.
private final class ContainerListener: Listener {
  private let whenClosed: () -> Void

  init(_ whenClosed: @escaping () -> Void) { self.whenClosed = whenClosed }

  func close() { whenClosed() }
}

extension EngineContainer {
  /// Its own network; nil where it has the machine's or none.
  var network: EngineNetwork? { machine.wires as? EngineNetwork }
}

extension ContainerEngine {
  /// The first part of the addresses of a network; nil: there is no such network.
  func addressPrefix(ofNetwork name: String) -> String? {
    if name == "bridge" { return "172.17.0." }
    let made = networks.filter { $0.driver == "bridge" && $0.name != "bridge" }
    return made.firstIndex { $0.name == name }.map { "172.\(18 + $0 % 200).0." }
  }

  /// The lowest address that no container of a network has.
  func freeAddress(on name: String) -> String? {
    guard let prefix = addressPrefix(ofNetwork: name) else { return nil }
    let taken = Set(containers.map(\.plan.address))
    return (2..<255).lazy.map { "\(prefix)\($0)" }.first { !taken.contains($0) }
  }

  func network(at address: String, on name: String) -> EngineNetwork? {
    containers.lazy.filter(\.isRunning).compactMap(\.network)
      .first { $0.address == address && $0.name == name }
  }

  /// Where a container of that name, or with that beginning of an ID, is on a network.
  func address(ofContainer name: String, on network: String) -> String? {
    containers.first { container in
      container.isRunning
        && (container.name == name || container.id.prefix(12) == name
          || container.aliases.contains(name))
        && container.network?.name == network
    }?.plan.address
  }
}
