import Documents
import KubeAPIServer
import KubeObjects
import Linux

/// How Pods are wired to their node: what `ip address` and `ip route` show of a plug-in.
enum PodNetworkKind: Sendable { case calico, flannel, cilium }

extension ClusterNetwork {
  /// The Pods with a wire on a node, in the order of their addresses.
  private func wiredPods(_ node: String) -> [(pod: Value, address: String)] {
    pods.objects.values.filter {
      $0[path: "spec", "nodeName"]?.string == node
        && $0[path: "spec", "hostNetwork"]?.bool != true
        && !["Succeeded", "Failed"].contains($0[path: "status", "phase"]?.string ?? "")
    }.compactMap { pod in pod[path: "status", "podIP"]?.string.map { (pod, $0) } }
      .sorted {
        (IPAddress($0.1) ?? .init(bits: 0, isVersion6: false))
          < (IPAddress($1.1) ?? .init(bits: 0, isVersion6: false))
      }
  }

  /// The number of a wire's end on the node, made from the address.
  func wireNumber(_ address: String) -> Int {
    10 + (address.split(separator: ".").last.flatMap { Int($0) } ?? 0)
  }

  private func range(ofNode node: String) -> String? {
    nodes["", node]?[path: "spec", "podCIDR"]?.string
  }

  private func address(_ last: Int, in range: String) -> String {
    let base = range.prefix { $0 != "/" }.split(separator: ".").dropLast()
    return (base.map(String.init) + ["\(last)"]).joined(separator: ".")
  }

  /// The plug-in's own interfaces on a node, and the nodes' ends of its Pods' wires.
  func wires(onNode node: String) -> [NetworkInterface] {
    guard let range = range(ofNode: node) else { return [] }
    var found: [NetworkInterface] = []
    func own(_ name: String, _ last: Int, _ length: Int) -> NetworkInterface {
      NetworkInterface(
        name: name, address: address(last, in: range), prefixLength: length,
        hardwareAddress: NetworkNamespace.hardwareAddress(address(last, in: range)), mtu: podMTU)
    }
    switch plugIn {
    case .calico: found = [own("vxlan.calico", 0, 32)]
    case .flannel: found = [own("flannel.1", 0, 32), own("cni0", 1, 24)]
    case .cilium:
      found = [own("cilium_host", 1, 32), own("cilium_vxlan", 0, 32)]
      found[1].address = ""
    }
    for (pod, address) in wiredPods(node) {
      var wire = NetworkInterface(
        name: wireName(pod), address: "", prefixLength: 32,
        hardwareAddress: plugIn == .calico
          ? "ee:ee:ee:ee:ee:ee" : NetworkNamespace.hardwareAddress(address), mtu: podMTU)
      wire.peer = "if2"
      wire.index = wireNumber(address)
      if plugIn == .flannel { wire.master = "cni0" }
      wire.peerNamespace = Self.namespaceName(pod)
      found.append(wire)
    }
    return found
  }

  /// The name of the node's end of a Pod's wire: cali and eleven hexadecimal digits, for example.
  func wireName(_ pod: Value) -> String {
    let digits = Self.digits(pod.namespacedName)
    return switch plugIn {
    case .calico: "cali" + digits.prefix(11)
    case .flannel: "veth" + digits.prefix(8)
    case .cilium: "lxc" + digits.prefix(12)
    }
  }

  /// The namespaces of a node's Pods as its container runtime names them, the newest first.
  package func podNamespaces(onNode node: String) -> [(name: String, network: NetworkNamespace)] {
    wiredPods(node).reversed().compactMap { entry in
      sandbox(of: entry.pod).map { (Self.namespaceName(entry.pod), $0) }
    }
  }

  private static func namespaceName(_ pod: Value) -> String {
    let text = Array(digits(pod.uid) + digits(pod.name))
    return "cni-"
      + [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(text[$0]) }
      .joined(separator: "-")
  }

  private static func digits(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
  }

  // MARK: routes

  /// The routes of a node or a Pod, as `ip route` lists them.
  func routes(of place: NetworkNamespace) -> [String]? {
    switch place.kind {
    case .workstation: return nil
    case .pod: return routes(ofPod: place.address)
    case .node(let name):
      var lines = ["default via \(router) dev eth0 proto static "]
      for node in nodes.objects.values.sorted(by: { $0.name < $1.name }) {
        guard let range = range(ofNode: node.name), let address = Self.internalAddress(node)
        else { continue }
        lines += node.name == name ? ownRoutes(name, range) : [route(to: range, at: address, name)]
      }
      let base = router.split(separator: ".").dropLast().joined(separator: ".")
      lines.append("\(base).0/24 dev eth0 proto kernel scope link src \(place.address) ")
      return lines
    }
  }

  private func routes(ofPod address: String) -> [String] {
    let gateway = podGateway(address)
    switch plugIn {
    case .calico: return ["default via \(gateway) dev eth0 ", "\(gateway) dev eth0 scope link "]
    case .cilium:
      return [
        "default via \(gateway) dev eth0 mtu \(podMTU) ", "\(gateway) dev eth0 scope link ",
      ]
    case .flannel:
      let base = gateway.split(separator: ".").dropLast().joined(separator: ".")
      return [
        "default via \(gateway) dev eth0 ",
        "\(base).0/24 dev eth0 proto kernel scope link src \(address) ",
        "10.244.0.0/16 via \(gateway) dev eth0 ",
      ]
    }
  }

  private func route(to range: String, at node: String, _ own: String) -> String {
    switch plugIn {
    case .calico:
      return "\(range) via \(address(0, in: range)) dev vxlan.calico onlink "
    case .flannel: return "\(range) via \(address(0, in: range)) dev flannel.1 onlink "
    case .cilium:
      let mine = self.range(ofNode: own).map { address(1, in: $0) } ?? ""
      return "\(range) via \(mine) dev cilium_host proto kernel src \(mine) mtu \(podMTU) "
    }
  }

  private func ownRoutes(_ node: String, _ range: String) -> [String] {
    switch plugIn {
    case .calico:
      return ["blackhole \(range) proto 80 "]
        + wiredPods(node).map { "\($0.address) dev \(wireName($0.pod)) scope link " }
    case .flannel:
      return ["\(range) dev cni0 proto kernel scope link src \(address(1, in: range)) "]
    case .cilium:
      let mine = address(1, in: range)
      return [
        "\(range) via \(mine) dev cilium_host proto kernel src \(mine) ",
        "\(mine) dev cilium_host proto kernel scope link ",
      ]
    }
  }
}
