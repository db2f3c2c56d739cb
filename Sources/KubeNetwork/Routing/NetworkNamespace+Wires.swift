package import Linux

/// What `ip` shows of it.
extension NetworkNamespace {
  package func interfaces(of machine: Machine) -> [NetworkInterface] {
    switch kind {
    case .pod:
      var card = NetworkInterface(
        name: "eth0", address: address, prefixLength: network.podPrefixLength,
        hardwareAddress: Self.hardwareAddress(address), mtu: network.podMTU,
        gateway: network.podGateway(address))
      card.peer = "if\(network.wireNumber(address))"
      return [.loopback, card]
    case .node(let name):
      return [.loopback, card] + network.wires(onNode: name)
    case .workstation: return [.loopback, card]
    }
  }

  private var card: NetworkInterface {
    NetworkInterface(
      name: "eth0", address: address, prefixLength: 24,
      hardwareAddress: Self.hardwareAddress(address), gateway: network.router)
  }

  package func routes(of machine: Machine) -> [String]? { network.routes(of: self) }

  package var trust: (any CertificateTrust)? { network.trust }

  /// A locally administered address made from the IP, as docker's bridge makes them.
  static func hardwareAddress(_ address: String) -> String {
    let bytes = address.split(separator: ".").compactMap { UInt8($0) }
    let digits = Array("0123456789abcdef")
    return ([0x0A, 0x58] + bytes).map { byte in
      "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined(separator: ":")
  }
}
