package import Documents
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

  private static func address(_ last: Int, in range: String) -> String {
    let base = range.prefix { $0 != "/" }.split(separator: ".").dropLast()
    return (base.map(String.init) + ["\(last)"]).joined(separator: ".")
  }

  private func plugInWires(_ range: String) -> [NetworkInterface] {
    func own(_ name: String, _ last: Int, _ length: Int) -> NetworkInterface {
      NetworkInterface(
        name: name, address: Self.address(last, in: range), prefixLength: length,
        hardwareAddress: NetworkNamespace.hardwareAddress(Self.address(last, in: range)),
        mtu: podMTU)
    }
    switch plugIn {
    case .calico: return [own("vxlan.calico", 0, 32)]
    case .flannel: return [own("flannel.1", 0, 32), own("cni0", 1, 24)]
    case .cilium:
      var found = [own("cilium_host", 1, 32), own("cilium_vxlan", 0, 32)]
      found[1].address = ""
      return found
    }
  }

  /// The addresses that are a node's own, its InternalIP first.
  func ownAddresses(ofNode node: String) -> [String] {
    let plugged = range(ofNode: node).map(plugInWires) ?? []
    return ([hosts[node]?.address ?? ""] + plugged.map(\.address)).filter { !$0.isEmpty }
  }

  /// Where a node's own packets to a place come from: the address of the interface that leads there.
  /// To Pods of other nodes that is the tunnel; to its own it is Calico's node, or the bridge.
  func outgoingAddress(of node: String, to target: NetworkNamespace) -> String {
    let own = hosts[node]?.address ?? ""
    guard target.isPod, let range = range(ofNode: node) else { return own }
    switch plugIn {
    case .calico where target.node == node: return own
    case .cilium: return Self.address(1, in: range)
    default: return Self.address(target.node == node ? 1 : 0, in: range)
    }
  }

  /// Where in a node's range of Pods its plug-in may have taken an address for the node.
  static func rangeStarts(_ node: Value) -> [String] {
    guard let range = node[path: "spec", "podCIDR"]?.string else { return [] }
    return [address(0, in: range), address(1, in: range)]
  }

  /// The plug-in's own interfaces on a node, kube-proxy's, and the nodes' ends of its Pods' wires.
  func wires(onNode node: String) -> [NetworkInterface] {
    guard let range = range(ofNode: node) else { return [] }
    var found = plugInWires(range)
    let table = VirtualServerTable(self, node: node)
    if table.configuration.mode == "ipvs" {
      let name = VirtualServerTable.interface
      var dummy = NetworkInterface(
        name: name, address: table.addresses.first ?? "", prefixLength: 32,
        hardwareAddress: Self.hardwareAddress(name + node))
      dummy.kind = "dummy"
      dummy.isUp = false
      dummy.queueLength = 0
      dummy.more = table.addresses.dropFirst().map { $0 + "/32" }
      found.append(dummy)
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

  /// The node's end of a Pod's wire, as Calico names it.
  package static func calicoWire(_ pod: Value) -> String {
    "cali" + digits(pod.namespacedName).prefix(11)
  }

  /// The name of the node's end of a Pod's wire: cali and eleven hexadecimal digits, for example.
  func wireName(_ pod: Value) -> String {
    let digits = Self.digits(pod.namespacedName)
    return switch plugIn {
    case .calico: Self.calicoWire(pod)
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

  /// A locally administered address made from a name.
  private static func hardwareAddress(_ name: String) -> String {
    let digits = Array(digits(name))
    return "9e" + stride(from: 0, to: 10, by: 2).map { ":\(digits[$0])\(digits[$0 + 1])" }.joined()
  }

  static func digits(_ text: String) -> String {
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
      return "\(range) via \(Self.address(0, in: range)) dev vxlan.calico onlink "
    case .flannel: return "\(range) via \(Self.address(0, in: range)) dev flannel.1 onlink "
    case .cilium:
      let mine = self.range(ofNode: own).map { Self.address(1, in: $0) } ?? ""
      return "\(range) via \(mine) dev cilium_host proto kernel src \(mine) mtu \(podMTU) "
    }
  }

  private func ownRoutes(_ node: String, _ range: String) -> [String] {
    switch plugIn {
    case .calico:
      return ["blackhole \(range) proto 80 "]
        + wiredPods(node).map { "\($0.address) dev \(wireName($0.pod)) scope link " }
    case .flannel:
      return ["\(range) dev cni0 proto kernel scope link src \(Self.address(1, in: range)) "]
    case .cilium:
      let mine = Self.address(1, in: range)
      return [
        "\(range) via \(mine) dev cilium_host proto kernel src \(mine) ",
        "\(mine) dev cilium_host proto kernel scope link ",
      ]
    }
  }
}
