import Shell
import Simulation

/// The network as processes of one namespace of a machine have it.
final class LocalStack: NetworkStack {
  private unowned let machine: Machine
  private let local: LocalNetwork
  private let space: String
  private let plugged: (any NetworkStack)?

  init(_ machine: Machine, _ local: LocalNetwork, space: String, plugged: (any NetworkStack)?) {
    self.machine = machine
    self.local = local
    self.space = space
    self.plugged = plugged
  }

  private var outer: [NetworkInterface] { plugged?.interfaces(of: machine) ?? [.loopback] }

  private func way(to address: String) -> LocalNetwork.Way {
    let forwards = machine.files.text("/proc/sys/net/ipv4/ip_forward")?.hasPrefix("1") == true
    return local.way(from: space, to: address, plugged: outer, forwards: forwards)
  }

  /// Waits as the kernel does, and says why there is no way.
  private func refuse(_ way: LocalNetwork.Way, within timeout: Span?) async throws -> NetworkFailure
  {
    switch way {
    case .networkUnreachable: return .unreachable
    case .hostUnreachable:
      let limit = Span.milliseconds(3072)
      try await pause(min(timeout ?? limit, limit))
      return timeout.map { $0 < limit } == true ? .timedOut : .unreachable
    default:
      try await pause(timeout ?? .seconds(130))
      return .timedOut
    }
  }

  private func pause(_ span: Span) async throws {
    if let process = Process.current { try await process.sleep(span) }
  }

  // What stays within the machine's own namespace is the plugged network's affair.
  private func isPlugged(_ way: LocalNetwork.Way) -> Bool {
    way == .plugged || way == .delivered(space: "") && space.isEmpty
  }

  func ask(
    _ question: NameQuestion, of server: String, from machine: Machine
  ) throws(NetworkFailure) -> NameAnswer {
    guard space.isEmpty, let plugged else { throw .resolverTimeout(question.name) }
    return try plugged.ask(question, of: server, from: machine)
  }

  func connect(
    from machine: Machine, to address: String, port: Int, transport: Transport, timeout: Span?
  ) async throws -> any Connection {
    let way = way(to: address)
    if isPlugged(way), let plugged {
      return try await plugged.connect(
        from: machine, to: address, port: port, transport: transport, timeout: timeout)
    }
    guard case .delivered(let target) = way else { throw try await refuse(way, within: timeout) }
    if target.isEmpty, let plugged {
      // A server of the machine's own, reached from a namespace.
      return try await plugged.connect(
        from: machine, to: "127.0.0.1", port: port, transport: transport, timeout: timeout)
    }
    let found = local.sockets.first {
      $0.space == target && $0.listening.port == port && $0.listening.transport == transport
    }
    guard let found else { throw NetworkFailure.refused }
    let own = local.source(of: space, towards: address, outer) ?? "127.0.0.1"
    let (near, far) = StreamEnd.pair(
      client: (own, 40_000 + local.sockets.count), target: (address, port), server: (address, port),
      transport: transport, timeline: machine.timeline)
    Process.onOwnAccount { found.accept(far) }
    return near
  }

  func listen(
    on machine: Machine, address: String, port: Int, transport: Transport,
    accept: @escaping (any Connection) -> Void
  ) throws(NetworkFailure) -> any Listener {
    if space.isEmpty, let plugged {
      return try plugged.listen(
        on: machine, address: address, port: port, transport: transport, accept: accept)
    }
    guard
      !local.sockets.contains(where: {
        $0.space == space && $0.listening.port == port && $0.listening.transport == transport
      })
    else { throw .addressInUse }
    let process = Process.current
    let socket = LocalSocket(
      local, space,
      ListeningSocket(
        transport: transport, address: address, port: port, processID: process?.id,
        program: process?.called), accept)
    local.sockets.append(socket)
    return socket
  }

  func echo(from machine: Machine, to address: String, timeout: Span) async throws -> Span {
    let way = way(to: address)
    if isPlugged(way), let plugged {
      return try await plugged.echo(from: machine, to: address, timeout: timeout)
    }
    guard case .delivered = way else {
      if way == .networkUnreachable { throw NetworkFailure.unreachable }
      try await pause(timeout)
      throw NetworkFailure.timedOut
    }
    let trip = Span(nanoseconds: 52_000)
    try await pause(trip)
    return trip
  }

  func interfaces(of machine: Machine) -> [NetworkInterface] {
    (space.isEmpty ? outer : []) + local.interfaces(of: space)
  }

  func listeners(on machine: Machine) -> [ListeningSocket] {
    if space.isEmpty { return plugged?.listeners(on: machine) ?? [] }
    return local.sockets.filter { $0.space == space }.map(\.listening)
  }

  func connections(on machine: Machine) -> [ConnectedSocket] {
    space.isEmpty ? plugged?.connections(on: machine) ?? [] : []
  }

  func routes(of machine: Machine) -> [String]? {
    guard space.isEmpty else { return local.routes(of: space) }
    guard let own = plugged?.routes(of: machine) else { return nil }
    return own + local.routes(of: space)
  }

  var trust: (any CertificateTrust)? { plugged?.trust }
}
