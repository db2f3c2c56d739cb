import Documents
import KubeAPIServer
import KubeObjects

/// A port of a Service as kube-proxy programs it.
struct ServicePort {
  let service: Value
  let port: Value
  let endpoints: [ServiceEndpoint]

  /// `default/web:http`, as proxy.ServicePortName prints it.
  var name: String {
    let own = port["name"]?.string ?? ""
    return service.namespacedName + (own.isEmpty ? "" : ":" + own)
  }
  var transport: String { (port["protocol"]?.string ?? "TCP").lowercased() }
  var number: Int64 { port.number("port") }
  var nodePort: Int64 { port.number("nodePort") }
  var clusterIP: String { service[path: "spec", "clusterIP"]?.string ?? "" }
  var isLocal: Bool { service[path: "spec", "externalTrafficPolicy"]?.string == "Local" }
  var isInternallyLocal: Bool {
    service[path: "spec", "internalTrafficPolicy"]?.string == "Local"
  }
  /// From where a balancer's address may be reached; empty: from everywhere.
  var sourceRanges: [String] { service["spec"]?.texts("loadBalancerSourceRanges") ?? [] }
  var affinitySeconds: Int64? {
    guard service[path: "spec", "sessionAffinity"]?.string == "ClientIP" else { return nil }
    return service[path: "spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds"]?.int
      ?? 10800
  }
  var balancerAddresses: [String] { ServiceEntry.balancerAddresses(service) }
  var externalAddresses: [String] { service["spec"]?.texts("externalIPs") ?? [] }
  var isExternal: Bool {
    nodePort > 0 || !balancerAddresses.isEmpty || !externalAddresses.isEmpty
  }
}

extension ServiceBook {
  /// What kube-proxy has rules for, sorted by name.
  var servicePorts: [ServicePort] {
    services.sorted { $0.key < $1.key }.map(\.value).filter {
      let spec = $0["spec"] ?? [:]
      return spec.text("type") != "ExternalName" && spec.text("clusterIP") != "None"
        && !spec.text("clusterIP").isEmpty
    }.flatMap { service in
      (service["spec"]?.items("ports") ?? []).map { port in
        let all = endpoints(of: service, port: port)
        let ready = all.filter(\.isReady)
        return ServicePort(
          service: service, port: port,
          endpoints: ready.isEmpty ? all.filter { $0.isServing && $0.isTerminating } : ready)
      }
    }
  }

}

extension ClusterNetwork {
  /// iptables, ipvs or nftables: what kube-proxy's configuration asks for.
  var proxyMode: String {
    let map = try? client.get(.configMaps, "kube-proxy", namespace: "kube-system")
    let text = map?[path: "data", "config.conf"]?.string
    return text.map { ProxyConfiguration($0).mode } ?? "iptables"
  }

  /// The first characters of a name's hash in base 32, as kube-proxy names its chains.
  func chainHash(_ text: String, _ count: Int) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var bits = 0
    var buffer: UInt32 = 0
    var out = ""
    for byte in sha256(Array(text.utf8)) where out.count < count {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 5, out.count < count {
        bits -= 5
        out.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
      }
      buffer &= (1 << UInt32(bits)) - 1
    }
    return out
  }
}
