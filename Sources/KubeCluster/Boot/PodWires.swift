import Documents
import KubeAPIServer
import KubeNode
import KubeObjects
import Simulation

/// The nodes' side of the Pod network: addresses from each node's range, and probes.
final class PodWires: PodNetwork {
  private let timeline: Timeline
  private let nodes: Informer
  weak var fleet: NodeFleet?
  private var used: [String: Set<UInt32>] = [:]
  private var last: [String: UInt32] = [:]

  init(client: ComponentClient) {
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

  func detach(pod: Value, node: String) {
    guard let cidr = nodes["", node]?[path: "spec", "podCIDR"]?.string,
      let range = AddressRange(cidr), let address = pod[path: "status", "podIP"]?.string,
      let offset = range.offset(of: address)
    else { return }
    used[node]?.remove(offset)
  }

  func probe(
    _ probe: NetworkProbe, from node: String, timeout: Span, done: @escaping (String?) -> Void
  ) {
    let answer: String? =
      switch probe {
      case .http(let scheme, let address, let port, let path, _):
        http(scheme, address, port, path)
      case .tcp(let address, let port):
        isListening(address, port)
          ? nil : "dial tcp \(address):\(port): connect: connection refused"
      case .grpc(let address, let port, _):
        isListening(address, port)
          ? nil
          : "timeout: failed to connect service \"\(address):\(port)\" within "
            + "\(timeout.goText): context deadline exceeded"
      }
    timeline.after(.milliseconds(2)) { done(answer) }
  }

  private func http(_ scheme: String, _ address: String, _ port: Int, _ path: String) -> String? {
    let path = path.hasPrefix("/") ? path : "/" + path
    guard let image = server(address, port) else {
      return "Get \"\(scheme)://\(address):\(port)\(path)\": dial tcp \(address):\(port): connect: "
        + "connection refused"
    }
    // Web servers of the catalogue serve their welcome page alone; applications answer everywhere.
    let servesFiles = ["nginx", "httpd"].contains { image.repository.contains($0) }
    let file = path.split(separator: "?").first.map(String.init) ?? path
    guard servesFiles, file != "/", file != "/index.html" else { return nil }
    return "HTTP probe failed with statuscode: 404"
  }

  private func isListening(_ address: String, _ port: Int) -> Bool {
    server(address, port) != nil
  }

  /// The image of the running container that serves there; an unknown image serves its declared
  /// ports, or any when it declares none.
  private func server(_ address: String, _ port: Int) -> Image? {
    for worker in fleet?.workers(on: address) ?? [] {
      for container in worker.containers where container.isRunning {
        guard let image = container.plan?.image else { continue }
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
