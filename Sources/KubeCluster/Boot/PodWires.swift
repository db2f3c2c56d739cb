import Documents
import KubeAPIServer
import KubeNetwork
import KubeNode
import KubeObjects
import Linux
import Simulation

/// The nodes' side of the Pod network: addresses from each node's range, and probes.
final class PodWires: PodNetwork {
  private let timeline: Timeline
  private let nodes: Informer
  weak var fleet: NodeFleet?
  private let network: ClusterNetwork
  /// The nodes' machines, where probes come from.
  var machines: [String: Machine] = [:]
  /// Whether the runtime looks for a plug-in's configuration on the node's disk.
  var needsPlugIn = false
  /// The plug-in that the nodes were set up with.
  var originalPlugIn: NetworkPlugIn?
  private var used: [String: Set<UInt32>] = [:]
  private var last: [String: UInt32] = [:]

  init(client: ComponentClient, network: ClusterNetwork) {
    self.network = network
    timeline = client.server.timeline
    nodes = client.informer(.nodes)
  }

  // The host-local plug-in: the next free address after the one given last, round the range.
  func attach(pod: Value, node: String) throws(RuntimeFailure) -> String {
    guard let cidr = nodes["", node]?[path: "spec", "podCIDR"]?.string,
      let range = AddressRange(cidr)
    else {
      throw RuntimeFailure(
        "failed to setup network for sandbox: plugin type=\"flannel\" failed (add): loadFlannelSubnetEnv "
          + "failed: open /run/flannel/subnet.env: no such file or directory")
    }
    if needsPlugIn, let machine = machines[node], let type = PlugInFiles.missingProgram(machine) {
      throw RuntimeFailure(
        "failed to setup network for sandbox: plugin type=\(type.goQuoted) failed (add): failed to "
          + "find plugin \(type.goQuoted) in path [\(PlugInFiles.programFolder)]")
    }
    let first: UInt32 = 2  // .0 is the network, .1 the bridge
    var candidate = max(first, (last[node] ?? 1) + 1)
    for _ in 0..<range.size {
      if candidate >= range.size - 1 { candidate = first }
      if used[node, default: []].insert(candidate).inserted {
        last[node] = candidate
        return range.address(candidate)
      }
      candidate += 1
    }
    throw RuntimeFailure(
      "failed to setup network for sandbox: failed to allocate for range 0: no IP addresses "
        + "available in range set: \(cidr)")
  }

  func problem(on node: String) -> String? {
    guard needsPlugIn, let machine = machines[node],
      !PlugInFiles.isConfigured(machine, original: originalPlugIn)
    else { return nil }
    return "container runtime network not ready: NetworkReady=false "
      + "reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not "
      + "initialized"
  }

  func detach(pod: Value, node: String) {
    network.remove(uid: pod.uid)
    guard let cidr = nodes["", node]?[path: "spec", "podCIDR"]?.string,
      let range = AddressRange(cidr), let address = pod[path: "status", "podIP"]?.string,
      let offset = range.offset(of: address)
    else { return }
    used[node]?.remove(offset)
  }

  func probe(
    _ probe: NetworkProbe, from node: String, timeout: Span, done: @escaping (String?) -> Void
  ) {
    let (address, port) = probe.target
    if let target = network.namespace(at: address) {
      // A server that nobody has looked into answers without being started.
      let isQuiet = !target.isListening(port, .tcp, at: address)
      if isQuiet, let image = quietServer(address, port), !probe.looksCloser(at: image) {
        return answer(nil, done)
      }
      if case .grpc = probe, !speaksGRPC(address) {
        // The dial blocks, and tries again, until its time is up.
        timeline.after(timeout) { done(probe.expiry(timeout)) }
        return
      }
    }
    guard let host = network.node(node), let machine = machines[node] else {
      return answer("no network", done)
    }
    timeline.fibers.start { [weak self] in
      guard let self else { return }
      let words = await ProbeAttempt(probe: probe, timeout: timeout).run(host, machine)
      answer(words, done)
    }
  }

  /// Of the images that are known only etcd's speaks gRPC; what is not known may.
  private func speaksGRPC(_ address: String) -> Bool {
    (fleet?.workers(on: address) ?? []).flatMap(\.containers).contains { container in
      guard container.isRunning, let plan = container.plan else { return false }
      return plan.image.isUnknown || plan.imageName.contains("etcd")
    }
  }

  private func answer(_ words: String?, _ done: @escaping (String?) -> Void) {
    timeline.after(.milliseconds(2)) { done(words) }
  }

  /// Starts what serves in a Pod, when it has not been looked into yet.
  func awaken(_ place: NetworkNamespace) -> Bool {
    guard case .pod = place.kind else { return false }
    var woke = false
    for worker in fleet?.workers(on: place.address) ?? [] {
      for container in worker.containers where container.isRunning {
        guard let plan = container.plan, let node = place.node,
          let runtime = fleet?.kubelets[node]?.runtime as? MachineRuntime
        else { continue }
        _ = runtime.machine(of: plan)
        woke = true
      }
    }
    return woke
  }

  /// Whether something answers on a port of a Pod, or would if somebody looked into it.
  func isServed(_ place: NetworkNamespace, _ address: String, _ port: Int) -> Bool {
    place.isListening(port, .tcp, at: address) || quietServer(address, port) != nil
  }

  /// The image of the running container that would serve there; an unknown image serves its
  /// declared ports, or any when it declares none.
  private func quietServer(_ address: String, _ port: Int) -> Image? {
    for worker in fleet?.workers(on: address) ?? [] {
      for container in worker.containers where container.isRunning {
        guard let plan = container.plan,
          let node = worker.pod[path: "spec", "nodeName"]?.string,
          let runtime = fleet?.kubelets[node]?.runtime as? MachineRuntime, runtime.isQuiet(plan)
        else { continue }
        let image = plan.image
        if image.ports.contains(port) { return image }
        let declared = (container.spec["ports"]?.array ?? []).compactMap {
          $0["containerPort"]?.int
        }
        let isKnown = !image.entrypoint.isEmpty || !image.command.isEmpty
        if !isKnown, declared.isEmpty || declared.contains(Int64(port)) { return image }
      }
    }
    return nil
  }
}

extension NetworkProbe {
  var target: (address: String, port: Int) {
    switch self {
    case .http(_, let address, let port, _, _), .tcp(let address, let port),
      .grpc(let address, let port, _):
      (address, port)
    }
  }

  /// Whether the answer depends on what the image's server is: on its files for another path than
  /// its welcome page, on the protocol that it speaks.
  func looksCloser(at image: Image) -> Bool {
    if image.isUnknown { return false }
    switch self {
    case .tcp: return false
    case .grpc: return true
    case .http(let scheme, _, _, let path, _):
      let file = path.split(separator: "?").first.map(String.init) ?? path
      return scheme == "https" || !["", "/", "/index.html"].contains(file)
    }
  }

  /// The words of a gRPC probe that got no connection in its time.
  func expiry(_ timeout: Span) -> String {
    "timeout: failed to connect service \"\(target.address):\(target.port)\" within "
      + "\(timeout.goText): context deadline exceeded"
  }
}

/// One probe over the network, in the words of the kubelet's prober.
private struct ProbeAttempt {
  let probe: NetworkProbe
  let timeout: Span

  func run(_ host: NetworkNamespace, _ machine: Machine) async -> String? {
    let (address, port) = probe.target
    do {
      let connection = try await host.connect(
        from: machine, to: address, port: port, transport: .tcp, timeout: timeout)
      defer { connection.close() }
      guard case .http(let scheme, _, _, let path, let headers) = probe else { return nil }
      connection.deadline = machine.timeline.now + timeout
      if scheme == "https" {
        let outcome = try await connection.secure(
          SecurityRequest(serverName: address, authorities: nil, certificate: nil, key: nil))
        guard outcome == .established else {
          return "Get \"https://\(address):\(port)\(path)\": http: server gave HTTP response to "
            + "HTTPS client"
        }
      }
      let status = try await WebProbe.status(
        over: connection, path: path, host: "\(address):\(port)", headers: headers)
      guard let status else {
        return "Get \"\(scheme)://\(address):\(port)\(path)\": EOF"
      }
      return (200..<400).contains(status) ? nil : "HTTP probe failed with statuscode: \(status)"
    } catch NetworkFailure.refused {
      if case .grpc = probe {
        try? await machine.timeline.sleep(timeout, Waiter())
        return probe.expiry(timeout)
      }
      return prefix + "dial tcp \(address):\(port): connect: connection refused"
    } catch NetworkFailure.unreachable {
      return prefix + "dial tcp \(address):\(port): connect: no route to host"
    } catch {
      return prefix.isEmpty
        ? "dial tcp \(address):\(port): i/o timeout"
        : prefix
          + "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    }
  }

  private var prefix: String {
    switch probe {
    case .http(let scheme, let address, let port, let path, _):
      "Get \"\(scheme)://\(address):\(port)\(path.hasPrefix("/") ? path : "/" + path)\": "
    case .tcp: ""
    case .grpc: String(probe.expiry(timeout).dropLast("context deadline exceeded".count))
    }
  }
}

/// An IPv4 range in CIDR notation.
struct AddressRange {
  let base: UInt32
  let size: UInt32

  init?(_ cidr: String) {
    let parts = cidr.split(separator: "/")
    guard parts.count == 2, let bits = UInt32(parts[1]), (8...30).contains(bits),
      let address = Self.number(String(parts[0]))
    else { return nil }
    size = 1 << (32 - bits)
    base = address & ~(size - 1)
  }

  func address(_ offset: UInt32) -> String {
    let value = base &+ offset
    return "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
  }

  func offset(of address: String) -> UInt32? {
    guard let number = Self.number(address), number >= base, number - base < size else {
      return nil
    }
    return number - base
  }

  private static func number(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4 else { return nil }
    return parts.reduce(UInt32?(0)) { sum, part in
      guard let sum, let part else { return nil }
      return sum << 8 | UInt32(part)
    }
  }
}
