import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

/// kubectl port-forward: ports of the machine that lead to ports of a Pod, until it is ended.
enum PortForwardCommand {
  static let specification = CommandSpecification(
    name: "port-forward",
    usage: "port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT "
      + "[...[LOCAL_PORT_N:]REMOTE_PORT_N]",
    summary: "Forward one or more local ports to a pod",
    about: "Forward one or more local ports to a pod.",
    examples: [
      ("A service's port", "kubectl port-forward svc/web 8080:80"),
      ("In the background", "kubectl port-forward web 8080:80 & curl localhost:8080"),
    ],
    flags: Flag.list("address:list=localhost pod-running-timeout:duration=1m0s"), run: run)

  static func run(_ call: Invocation) async throws {
    guard call.arguments.count >= 2 else {
      throw CommandError.usage("TYPE/NAME and list of ports are required for port-forward")
    }
    let choice = PodChoice(call: call)
    let info = try await choice.object(call.arguments[0])
    let pod = try await choice.pod(call.arguments[0])
    let ports = try call.arguments.dropFirst().map {
      try ForwardedPorts.translated($0, of: info, pod)
    }
    let phase = pod[path: "status", "phase"]?.string ?? ""
    guard phase == "Running" else {
      throw CommandError.text(
        "unable to forward port because pod is not running. Current status=\(phase)")
    }
    let addresses = try ForwardedPorts.addresses(call.values.strings("address"))
    let pairs = try ports.map(ForwardedPorts.pair)
    try await PortForwarder(call, pod).run(pairs, on: addresses)
  }
}

/// What the words of port-forward mean.
enum ForwardedPorts {
  static func split(_ text: String) -> (local: String, remote: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    return parts.count == 2 ? (parts[0], parts[1]) : (parts[0], parts[0])
  }

  /// A port's name, or a Service's port, as the number that the Pod listens on.
  static func translated(_ text: String, of info: ResourceInfo, _ pod: Value) throws -> String {
    let (local, remote) = split(text)
    var target = remote
    if info.resource.kind == "Service" {
      target = try port(remote, of: info, pod)
    } else if Int(remote) == nil {
      target = try named(remote, pod)
    }
    return local == remote && info.resource.kind != "Service" ? target : "\(local):\(target)"
  }

  private static func named(_ name: String, _ pod: Value) throws -> String {
    let ports = (pod[path: "spec", "containers"]?.array ?? []).flatMap { $0["ports"]?.array ?? [] }
    guard let number = ports.first(where: { $0["name"]?.string == name })?["containerPort"]?.int
    else {
      throw CommandError.text(
        "Pod '\(DescribeText.name(pod))' does not have a named port '\(name)'")
    }
    return "\(number)"
  }

  private static func port(_ text: String, of info: ResourceInfo, _ pod: Value) throws -> String {
    let ports = info.object[path: "spec", "ports"]?.array ?? []
    guard
      let found = ports.first(where: {
        $0["name"]?.string == text || $0["port"]?.int == Int64(text)
      })
    else {
      throw CommandError.text(
        Int64(text) == nil
          ? "Service '\(info.name)' does not have a named port '\(text)'"
          : "Service \(info.name) does not have a service port \(text)")
    }
    if info.object[path: "spec", "clusterIP"]?.string == "None" {
      return "\(found["port"]?.int ?? 0)"
    }
    if let name = found["targetPort"]?.string, Int(name) == nil { return try named(name, pod) }
    return "\(found["targetPort"]?.int ?? found["port"]?.int ?? 0)"
  }

  static func pair(_ text: String) throws -> (local: Int, remote: Int) {
    let (local, remote) = split(text)
    func number(_ text: String, _ what: String) throws -> Int {
      switch GoNumber.int(text, bits: 16, signed: false) {
      case .success(let value): return Int(value)
      case .failure(let error):
        throw CommandError.text(
          "error parsing \(what) port '\(text)': strconv.ParseUint: parsing \(Go.quoted(text)): "
            + error.text)
      }
    }
    let near = local.isEmpty ? 0 : try number(local, "local")
    let far = try number(remote, "remote")
    if far == 0 { throw CommandError.text("remote port must be > 0") }
    return (near, far)
  }

  /// The loopback's both forms for `localhost`.
  static func addresses(_ words: [String]) throws -> [String] {
    try words.flatMap { word -> [String] in
      if word == "localhost" { return ["127.0.0.1", "::1"] }
      guard IPAddress(word) != nil else {
        throw CommandError.text("\(word) is not a valid IP")
      }
      return [word]
    }
  }
}

/// Listens on the machine and hands every connection to the Pod through the API server.
private final class PortForwarder {
  private let call: Invocation
  private let pod: Value
  private var listeners: [any Listener] = []
  /// Connections that came and were not handed on yet.
  private var arrivals: [(wire: any Connection, local: Int, remote: Int)] = []
  private var streams: [any StreamConnection] = []
  private var isLost = false

  init(_ call: Invocation, _ pod: Value) {
    self.call = call
    self.pod = pod
  }

  func run(_ ports: [(local: Int, remote: Int)], on addresses: [String]) async throws {
    guard let machine = call.surroundings.machine, let network = machine.network else {
      throw CommandError.text("drydock: not simulated: port-forward on a machine without a network")
    }
    defer {
      for listener in listeners { listener.close() }
      for arrival in arrivals { arrival.wire.close() }
      for stream in streams { stream.cancel() }
    }
    // Refused before anything listens: who may not forward is told so.
    let probe = try await dial(nil)
    probe.cancel()
    for (local, remote) in ports {
      let port = local == 0 ? 30_000 + Int(machine.randomBits() % 10_000) : local
      var isHeard = false
      for address in addresses {
        do throws(NetworkFailure) {
          listeners.append(
            try network.listen(on: machine, address: address, port: port, transport: .tcp) {
              [unowned self] wire in
              call.output.line("Handling connection for \(port)")
              arrivals.append((wire, port, remote))
              call.surroundings.wake()
            })
          isHeard = true
        } catch {
          // There is no IPv6 to listen on; what stands for it is told all the same.
          guard address == "::1", isHeard else { continue }
        }
        let shown = address.contains(":") ? "[\(address)]" : address
        call.output.line("Forwarding from \(shown):\(port) -> \(remote)")
      }
      guard isHeard else { throw taken(port, remote) }
    }
    while !isLost {
      try await call.flush()
      // Dialled here and not by a coroutine of the connection's: a process waits in one place only.
      while !arrivals.isEmpty, !isLost { await handOn(arrivals.removeFirst(), machine) }
      if isLost { break }
      try await call.surroundings.pause()
    }
    try await call.flush()
    throw CommandError.text("lost connection to pod")
  }

  private func taken(_ port: Int, _ remote: Int) -> CommandError {
    call.output.complainLine(
      "Unable to listen on port \(port): Listeners failed to create with the following errors: "
        + "[unable to create listener: Error listen tcp4 127.0.0.1:\(port): bind: address already "
        + "in use unable to create listener: Error listen tcp6 [::1]:\(port): bind: address "
        + "already "
        + "in use]")
    return .text("unable to listen on any of the requested ports: [{\(port) \(remote)}]")
  }

  private func dial(_ port: Int?) async throws -> any StreamConnection {
    let path = APIResource.pods.path(
      namespace: DescribeText.namespace(pod), name: DescribeText.name(pod),
      subresource: "portforward")
    do {
      let answer = try await call.client().send(
        "POST", path, port.map { [("ports", "\($0)")] } ?? [])
      if case .connect(let stream) = answer.body { return stream }
    } catch {
      guard CommandError.status(of: error) != nil else { throw error }
      throw CommandError.text("error upgrading connection: \(CommandError.message(error))")
    }
    throw CommandError.text("error upgrading connection: unable to upgrade connection")
  }

  private func handOn(
    _ arrival: (wire: any Connection, local: Int, remote: Int), _ machine: Machine
  ) async {
    let (wire, local, remote) = arrival
    let stream: any StreamConnection
    do {
      stream = try await dial(remote)
    } catch {
      wire.close()
      return lose(CommandError.message(error), local, remote)
    }
    streams.removeAll(where: \.isEnded)
    streams.append(stream)
    let fibers = machine.timeline.fibers
    Process.onOwnAccount {
      fibers.start {
        while let bytes = try? await wire.read(upTo: 65_536), !bytes.isEmpty {
          stream.send(bytes, channel: 0)
        }
        stream.closeInput(channel: 0)
      }
      fibers.start { [self] in
        try? await relay(stream, to: wire, local, remote)
        wire.close()
      }
    }
  }

  private func relay(
    _ stream: any StreamConnection, to wire: any Connection, _ local: Int, _ remote: Int
  ) async throws {
    let waiter = Waiter()
    stream.onReady = { waiter.wake() }
    defer { stream.cancel() }
    while true {
      for (channel, bytes) in stream.take() {
        if channel == 1 {
          do { try await wire.write(bytes) } catch { return }
        } else {
          lose(String(decoding: bytes, as: UTF8.self), local, remote)
        }
      }
      if stream.isEnded { return }
      try await waiter.wait()
    }
  }

  private func lose(_ reason: String, _ local: Int, _ remote: Int) {
    let text = "an error occurred forwarding \(local) -> \(remote): \(reason)"
    call.klog("E", "portforward.go:424", "\"Unhandled Error\" err=\(Go.quoted(text))")
    isLost = true
    call.surroundings.wake()
  }
}
