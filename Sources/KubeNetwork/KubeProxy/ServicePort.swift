import Documents
import KubeAPIServer
import KubeObjects

/// A port of a Service as kube-proxy programs it.
struct ServicePort {
  let service: Value
  let port: Value
  /// All endpoints, whether they may be used or not.
  let all: [ServiceEndpoint]
  let usable: NodeEndpoints

  /// `default/web:http`, as proxy.ServicePortName prints it.
  var name: String {
    let own = port["name"]?.string ?? ""
    return service.namespacedName + (own.isEmpty ? "" : ":" + own)
  }
  var transport: String { (port["protocol"]?.string ?? "TCP").lowercased() }
  var number: Int64 { port.number("port") }
  var nodePort: Int64 { port.number("nodePort") }
  var clusterIP: String { service[path: "spec", "clusterIP"]?.string ?? "" }
  var isExternallyLocal: Bool {
    service[path: "spec", "externalTrafficPolicy"]?.string == "Local"
  }
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
  /// ExternallyAccessible.
  var isExternal: Bool {
    nodePort > 0 || !balancerAddresses.isEmpty || !externalAddresses.isEmpty
  }
  var healthCheckPort: Int64 { service["spec"]?.number("healthCheckNodePort") ?? 0 }

  /// UsesClusterEndpoints: what comes from the node itself goes to every endpoint.
  var usesCluster: Bool { !isInternallyLocal || isExternal }
  /// UsesLocalEndpoints.
  var usesLocal: Bool { isInternallyLocal || isExternallyLocal && isExternal }
  /// Where the ClusterIP leads to.
  var internalEndpoints: [ServiceEndpoint] { isInternallyLocal ? usable.local : usable.cluster }
  /// Where everything else leads to, but for what comes from the node and its Pods.
  var externalEndpoints: [ServiceEndpoint] { isExternallyLocal ? usable.local : usable.cluster }
  /// Those that there are rules for on the node, in the order of their addresses.
  var reachable: [ServiceEndpoint] {
    let cluster = usesCluster ? usable.cluster : []
    guard usesLocal else { return cluster }
    let known = Set(cluster.map { "\($0.address):\($0.port)" })
    return
      (cluster + usable.local.filter { !known.contains("\($0.address):\($0.port)") }).sorted {
        ($0.address, $0.port) < ($1.address, $1.port)
      }
  }
}

extension ClusterNetwork {
  /// What the kube-proxy of a node has rules for, sorted by name.
  func servicePorts(_ book: ServiceBook, on node: String) -> [ServicePort] {
    book.services.sorted { $0.key < $1.key }.map(\.value).filter {
      let spec = $0["spec"] ?? [:]
      return !ServiceEntry.isForeign($0) && spec.text("type") != "ExternalName"
        && spec.text("clusterIP") != "None"
        && !spec.text("clusterIP").isEmpty
    }.flatMap { service in
      (service["spec"]?.items("ports") ?? []).map { port in
        let all = book.endpoints(of: service, port: port)
        return ServicePort(
          service: service, port: port, all: all,
          usable: categorize(all, on: node))
      }
    }
  }

  /// What kube-proxy is told when it starts.
  var proxyConfiguration: ProxyConfiguration {
    let map = try? client.get(.configMaps, "kube-proxy", namespace: "kube-system")
    return (map?[path: "data", "config.conf"]?.string).map { ProxyConfiguration($0) }
      ?? ProxyConfiguration()
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
