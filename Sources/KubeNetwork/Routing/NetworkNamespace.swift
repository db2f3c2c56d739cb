package import Linux
import Shell
package import Simulation

/// The network of one Pod, of one node or of the workstation: its address and its open sockets.
package final class NetworkNamespace: NetworkStack {
  package enum Kind: Hashable, Sendable {
    case pod(namespace: String, name: String)
    case node(String)
    case workstation
  }

  package let kind: Kind
  package let address: String
  /// The node that it is on; nil for what is outside of the cluster.
  package let node: String?
  unowned let network: ClusterNetwork
  private var sockets: [SocketKey: Socket] = [:]
  private var connections: [Int: Held] = [:]
  private var nextConnection = 0
  private var nextPort = 0
  /// How many echo requests the processes sent while somebody looked.
  private var echoes: [Int: Int] = [:]
  /// Answers DNS questions on port 53, where a name server runs in it.
  package var nameServer: ((_ question: NameQuestion, _ client: String) -> NameAnswer)?

  struct SocketKey: Hashable, Comparable {
    let transport: Transport
    /// 0 answers on every port.
    let port: Int
    static func < (a: SocketKey, b: SocketKey) -> Bool {
      (a.transport.rawValue, a.port) < (b.transport.rawValue, b.port)
    }
  }

  private final class Socket: Listener {
    let key: SocketKey
    let address: String
    let processID: Int?
    /// The same as its node counts it, where it is a container's.
    let outerProcessID: Int?
    let program: String?
    let accept: (any Connection) -> Void
    weak var owner: NetworkNamespace?
    var connections: Set<Int> = []

    /// `program` is named for what no process of the simulation opens.
    init(
      _ key: SocketKey, _ address: String, _ owner: NetworkNamespace,
      program: String? = nil, on machine: Machine? = nil,
      _ accept: @escaping (any Connection) -> Void
    ) {
      self.key = key
      self.address = address
      self.owner = owner
      self.accept = accept
      let process = program == nil ? Process.current : nil
      processID = process.flatMap { owner.isPod ? $0.id : machine?.outerProcessID ?? $0.id }
      outerProcessID = process == nil ? nil : machine?.outerProcessID
      self.program = program ?? process?.called
    }

    func close() {
      guard owner?.sockets[key] === self else { return }
      owner?.sockets[key] = nil
      for id in connections.sorted() { owner?.connections[id]?.end.reset() }
    }
  }

  /// One end of a connection, and whose it is.
  private struct Held {
    let end: StreamEnd
    let processID: Int?
    let outerProcessID: Int?
    let program: String?
    let isDual: Bool
  }

  init(_ kind: Kind, address: String, node: String?, network: ClusterNetwork) {
    self.kind = kind
    self.address = address
    self.node = node
    self.network = network
  }

  package var isPod: Bool { if case .pod = kind { true } else { false } }

  /// As journeys name it.
  package var title: String {
    switch kind {
    case .pod(let namespace, let name): "Pod \(namespace)/\(name)"
    case .node(let name): "node \(name)"
    case .workstation: "the workstation"
    }
  }

  // MARK: sockets

  package func listen(
    on machine: Machine, address: String, port: Int, transport: Transport,
    accept: @escaping (any Connection) -> Void
  ) throws(NetworkFailure) -> any Listener {
    try listen(
      on: machine, address: address, port: port, transport: transport, program: nil, accept: accept)
  }

  /// Opens a port, in the name of a program where no process of the simulation does it.
  package func listen(
    on machine: Machine, address: String, port: Int, transport: Transport, program: String?,
    accept: @escaping (any Connection) -> Void
  ) throws(NetworkFailure) -> any Listener {
    let key = SocketKey(transport: transport, port: port)
    guard sockets[key] == nil else { throw .addressInUse }
    let socket = Socket(key, address, self, program: program, on: machine, accept)
    sockets[key] = socket
    return socket
  }

  package func listeners(on machine: Machine) -> [ListeningSocket] {
    sockets.keys.sorted().compactMap { key in
      guard key.port > 0, let socket = sockets[key] else { return nil }
      let owner = socket.processID == nil ? socket.program : nil
      return ListeningSocket(
        transport: key.transport, address: socket.address, port: key.port,
        processID: shown(socket.processID, socket.outerProcessID, on: machine)
          ?? owner.flatMap { machine.firstProcess(called: $0)?.id },
        program: socket.program)
    }
  }

  /// A Pod's processes have other ids for who looks in from its node.
  private func shown(_ id: Int?, _ outer: Int?, on machine: Machine) -> Int? {
    (isPod && !machine.isContainer ? outer : nil) ?? id
  }

  package func connections(on machine: Machine) -> [ConnectedSocket] {
    network.standing(self)
      + connections.keys.sorted().compactMap { connections[$0] }.map { held in
        ConnectedSocket(
          transport: held.end.transport, local: (held.end.localAddress, held.end.localPort),
          remote: (held.end.remoteAddress, held.end.remotePort),
          processID: shown(held.processID, held.outerProcessID, on: machine), program: held.program,
          isDual: held.isDual)
      }
  }

  /// Whether something answers on a port, when it is asked at that address.
  package func isListening(_ port: Int, _ transport: Transport, at address: String) -> Bool {
    socket(port, transport, at: address) != nil
  }

  private func socket(_ port: Int, _ transport: Transport, at address: String) -> Socket? {
    let found =
      sockets[SocketKey(transport: transport, port: port)]
      ?? sockets[SocketKey(transport: transport, port: 0)] ?? healthCheck(port, transport)
    guard let found else { return nil }
    let isLocal = found.address.hasPrefix("127.") || found.address == "localhost"
    return isLocal && !address.hasPrefix("127.") ? nil : found
  }

  /// Where a node's kube-proxy tells balancers whether a Service has endpoints on it.
  private func healthCheck(_ port: Int, _ transport: Transport) -> Socket? {
    guard case .node(let name) = kind, transport == .tcp,
      let service = network.rules.healthCheck(port, on: name)
    else { return nil }
    let web = WebService { _ in service }
    return Socket(SocketKey(transport: .tcp, port: port), "0.0.0.0", self) { [network] connection in
      network.timeline.fibers.start {
        try? await web.serve(connection)
        connection.close()
      }
    }
  }

  /// Breaks every connection: the Pod is gone.
  func close() {
    sockets = [:]
    for id in connections.keys.sorted() { connections[id]?.end.reset() }
    connections = [:]
  }

  private func register(
    _ end: StreamEnd, _ socket: Socket?, on machine: Machine? = nil, _ flow: Flow? = nil
  ) {
    nextConnection += 1
    let id = nextConnection
    let process = socket == nil ? Process.current : nil
    let outer = machine?.outerProcessID
    connections[id] = Held(
      end: end, processID: socket?.processID ?? process.map { isPod ? $0.id : outer ?? $0.id },
      outerProcessID: socket?.outerProcessID ?? process.flatMap { _ in outer },
      program: socket?.program ?? process?.called, isDual: socket?.address == "::")
    socket?.connections.insert(id)
    end.onClose = { [weak self, weak socket] in
      self?.connections[id] = nil
      socket?.connections.remove(id)
      if let flow, flow.closed == nil { flow.closed = self?.network.timeline.now }
    }
  }

  /// Lets the nodes on the way remember a connection.
  private func track(
    _ packet: Packet, from port: Int, to target: NetworkNamespace,
    _ inner: (address: String, port: Int), _ journey: Journey
  ) -> Flow? {
    guard target !== self else { return nil }
    let flow = Flow(
      packet.transport, began: network.timeline.now, source: (address, port),
      target: (packet.address, packet.port), inner: inner, seenAs: journey.seenAs,
      nodes: Set([node, journey.via, target.node].compactMap { $0 }))
    network.flows.add(flow)
    return flow
  }

  /// The next port for an outgoing connection, in the kernel's range.
  private func takePort() -> Int {
    nextPort = (nextPort + 2) % 28_232
    return 32_768 + nextPort
  }

  // MARK: connections

  package func connect(
    from machine: Machine, to address: String, port: Int, transport: Transport, timeout: Span?
  ) async throws -> any Connection {
    do {
      let made = try await reach(address, port, transport, timeout, on: machine)
      Process.current?.trace(connect: address, port: port, nil)
      return made
    } catch let failure as NetworkFailure {
      Process.current?.trace(connect: address, port: port, failure)
      throw failure
    }
  }

  private func reach(
    _ address: String, _ port: Int, _ transport: Transport, _ timeout: Span?, on machine: Machine
  ) async throws -> any Connection {
    let packet = Packet(from: self, to: address, port: port, transport: transport)
    let journey = network.journey(packet)
    let timeline = network.timeline
    switch journey.end {
    case .delivered(let target, let inner, let innerPort):
      if target !== self { try await pause(.init(nanoseconds: 420_000)) }
      if target.socket(innerPort, transport, at: inner) == nil, network.awaken(target) {
        for _ in 0..<5 where target.socket(innerPort, transport, at: inner) == nil {
          try await pause(.milliseconds(1))
        }
      }
      guard let socket = target.socket(innerPort, transport, at: inner) else {
        story(of: packet, journey)?.refuse()
        throw NetworkFailure.refused
      }
      let (near, far) = StreamEnd.pair(
        client: (address.hasPrefix("127.") ? "127.0.0.1" : self.address, takePort()),
        seenAs: journey.seenAs,
        target: (address, port), server: (inner, innerPort), transport: transport,
        timeline: timeline)
      story(of: packet, from: near.localPort, journey)?.begin(near, far)
      if !journey.contents.isEmpty { far.screen = Self.screen(journey.contents) }
      let flow = track(packet, from: near.localPort, to: target, (inner, innerPort), journey)
      register(near, nil, on: machine, flow)
      target.register(far, socket)
      // The server's coroutines are not the client's, and wait in places of their own.
      Process.onOwnAccount { socket.accept(far) }
      return near
    case .outside(let outer, let outerPort):
      try await pause(.milliseconds(12))
      guard let accept = network.internet.server(outer, outerPort, network.timeline) else {
        if network.internet.knows(outer) { throw NetworkFailure.refused }
        try await pause(timeout ?? .seconds(130))
        throw NetworkFailure.timedOut
      }
      let (near, far) = StreamEnd.pair(
        client: (self.address, takePort()), target: (address, port),
        server: (outer, outerPort), transport: transport, timeline: timeline)
      story(of: packet, from: near.localPort, journey)?.begin(near, far)
      if !journey.contents.isEmpty { far.screen = Self.screen(journey.contents) }
      register(near, nil, on: machine)
      Process.onOwnAccount { accept(far) }
      return near
    case .failed(let failure):
      let story = story(of: packet, journey)
      defer { story?.giveUp() }
      if failure == .refused { story?.reject(packet) } else { story?.knock(timeline) }
      switch failure {
      case .timedOut: try await pause(timeout ?? .seconds(130))
      case .unreachable:
        // The kernel gives up asking for the neighbour's hardware address after three seconds.
        let limit = Span.milliseconds(3072)
        if let timeout, timeout < limit {
          try await pause(timeout)
          throw NetworkFailure.timedOut
        }
        try await pause(limit)
      default: try await pause(.init(nanoseconds: 420_000))
      }
      throw failure
    }
  }

  /// What those who look at the wires see of a connection; nil while nobody does.
  private func story(
    of packet: Packet, from port: Int? = nil, _ journey: Journey
  ) -> CapturedConnection? {
    guard !network.taps.isEmpty else { return nil }
    return network.watched(packet, from: port ?? takePort(), journey).map {
      CapturedConnection($0, packet.transport)
    }
  }

  /// A proxy on the way that answers what some policies do not let be asked.
  private static func screen(_ contents: [[AllowedContent]]) -> (WebRequest) -> WebResponse? {
    { request in
      contents.allSatisfy { $0.contains { $0.allows(request) } } ? nil : AllowedContent.refusal
    }
  }

  private func pause(_ span: Span) async throws {
    if let process = Process.current {
      try await process.sleep(span)
      if !process.hasNoSignals { throw NetworkFailure.timedOut }
    } else {
      try await network.timeline.sleep(span, Waiter())
    }
  }

  package func echo(from machine: Machine, to address: String, timeout: Span) async throws -> Span {
    let packet = Packet(from: self, to: address, port: 0, transport: .icmp)
    let journey = network.journey(packet)
    let route = network.watched(packet, from: 0, journey)
    let id = Process.current?.id ?? 1
    if route != nil { echoes[id, default: 0] += 1 }
    let sequence = echoes[id] ?? 1
    route?.show(.echo(isReply: false, id: id, sequence: sequence))
    switch journey.end {
    case .delivered(let target, _, _):
      let trip = Span(nanoseconds: target === self ? 38_000 : 412_000)
      try await pause(trip)
      route?.show(.echo(isReply: true, id: id, sequence: sequence), backwards: true)
      return trip
    case .outside(let outer, _):
      guard network.internet.knows(outer) else { break }
      let trip = Span(nanoseconds: 9_870_000)
      try await pause(trip)
      route?.show(.echo(isReply: true, id: id, sequence: sequence), backwards: true)
      return trip
    case .failed: break
    }
    try await pause(timeout)
    throw NetworkFailure.timedOut
  }

  // MARK: names

  package func ask(
    _ question: NameQuestion, of server: String, from machine: Machine
  ) throws(NetworkFailure) -> NameAnswer {
    if server.hasPrefix("127.0.0.5") || network.internet.isNameServer(server) && !isPod {
      return network.internet.answer(question)
    }
    let packet = Packet(from: self, to: server, port: 53, transport: .udp)
    let journey = network.journey(packet)
    let route = network.taps.isEmpty ? nil : network.watched(packet, from: takePort(), journey)
    let id = question.name.utf8.reduce(nextPort) { ($0 &* 31 &+ Int($1)) & 0xffff }
    route?.show(.question(id: id, question))
    let isAllowed = journey.contents.allSatisfy { $0.contains { $0.allows(name: question.name) } }
    switch journey.end {
    case .delivered where !isAllowed, .outside where !isAllowed: return NameAnswer(.refused)
    case .delivered(let target, let inner, let innerPort):
      guard let answer = target.nameServer else { throw .resolverTimeout(question.name) }
      _ = track(packet, from: takePort(), to: target, (inner, innerPort), journey)
      let told = answer(question, journey.seenAs)
      route?.show(.answer(id: id, question, told), backwards: true)
      return told
    case .outside(let outer, _):
      guard network.internet.isNameServer(outer) else { throw .resolverTimeout(question.name) }
      return network.internet.answer(question)
    case .failed: throw .resolverTimeout(question.name)
    }
  }
}
