import Documents
import KubeAPIServer
import KubeObjects
import Linux

/// A way into a Service: the address and port that packets are sent to.
struct ServiceEntry {
  enum Kind { case clusterIP, nodePort, loadBalancer, externalIP }

  let service: Value
  let port: Value
  let kind: Kind

  /// What a Service is found by.
  static func keys(_ service: Value) -> [String] {
    let spec = service["spec"] ?? [:]
    guard spec.text("type") != "ExternalName", !isForeign(service) else { return [] }
    var keys = spec.texts("clusterIPs").filter { $0 != "None" && !$0.isEmpty }
    if keys.isEmpty, let only = spec["clusterIP"]?.string, only != "None", !only.isEmpty {
      keys = [only]
    }
    keys += spec.texts("externalIPs")
    keys += balancerAddresses(service)
    let healthCheck = spec.number("healthCheckNodePort")
    if healthCheck > 0 { keys.append("healthCheck/\(healthCheck)") }
    for port in spec.items("ports") {
      if let number = port["nodePort"]?.int, number > 0 { keys.append("nodePort/\(number)") }
    }
    return keys
  }

  /// Whether another proxy than kube-proxy is to serve it.
  static func isForeign(_ service: Value) -> Bool {
    service.label("service.kubernetes.io/service-proxy-name") != nil
      || service.label("service.kubernetes.io/headless") != nil
  }

  static func balancerAddresses(_ service: Value) -> [String] {
    (service[path: "status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
      $0["ipMode"]?.string == "Proxy" ? nil : $0["ip"]?.string
    }
  }

  /// As journeys name it.
  var title: String {
    let name = port["name"]?.string.map { " (\($0))" } ?? ""
    return "Service \(service.namespacedName) port \(port.number("port"))\(name)"
  }

  var isExternal: Bool { kind != .clusterIP }
}

extension ServiceBook {
  enum Match {
    case entry(ServiceEntry)
    /// The address is a Service's, the port is not.
    case wrongPort(Value)
    case none
  }

  func match(_ address: String, _ port: Int, _ transport: Transport) -> Match {
    // Services may share a node's address, each with ports of its own.
    var other: Value?
    for service in entries[address] {
      let spec = service["spec"] ?? [:]
      let kind: ServiceEntry.Kind =
        spec.texts("clusterIPs").contains(address) || spec.text("clusterIP") == address
        ? .clusterIP : spec.texts("externalIPs").contains(address) ? .externalIP : .loadBalancer
      if transport == .icmp { return .entry(.init(service: service, port: [:], kind: kind)) }
      let found = spec.items("ports").first {
        $0.number("port") == Int64(port)
          && ($0["protocol"]?.string ?? "TCP") == transport.rawValue
      }
      if let found { return .entry(ServiceEntry(service: service, port: found, kind: kind)) }
      other = other ?? service
    }
    return other.map { .wrongPort($0) } ?? .none
  }

  /// Whether node ports are served at an address of a node: iptables mode alone does at 127.0.0.1,
  /// and nftables mode at the node's primary address only.
  func hasNodePorts(at address: String, of node: NetworkNamespace) -> Bool {
    switch configuration.mode {
    case "iptables": address != "::1"
    case "nftables": address == node.address
    default: !address.hasPrefix("127.") && address != "::1"
    }
  }

  func matchNodePort(_ port: Int, _ transport: Transport) -> ServiceEntry? {
    for service in entries["nodePort/\(port)"] {
      let found = service["spec"]?.items("ports").first {
        $0.number("nodePort") == Int64(port)
          && ($0["protocol"]?.string ?? "TCP") == transport.rawValue
      }
      if let found { return ServiceEntry(service: service, port: found, kind: .nodePort) }
    }
    return nil
  }
}
