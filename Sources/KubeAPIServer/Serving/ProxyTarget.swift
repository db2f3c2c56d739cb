import Documents
import KubeObjects

/// What a proxy request names: `name`, `name:port` or `scheme:name:port` of a Pod, Service or Node.
struct ProxyTarget {
  let server: APIServer
  let call: ResourceRequest

  /// Where it leads, or why it leads nowhere (ResourceLocation of each resource).
  func location() throws(StatusError) -> ProxyLocation {
    let parts = call.name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let kind = String(call.resource.kind.lowercased())
    let hasScheme = parts.count == 3
    guard (1...3).contains(parts.count), !hasScheme || ["", "http", "https"].contains(parts[0])
    else { throw .badRequest("invalid \(kind) request \(call.name.goQuoted)") }
    let name = hasScheme ? parts[1] : parts[0]
    let port = hasScheme ? parts[2] : parts.count == 2 ? parts[1] : ""
    let isSecure = hasScheme && parts[0] == "https"
    if call.resource.resource == .services { return try service(name, port, isSecure) }
    var named = call
    named.name = name
    let object = try server.registry.get(named)
    if call.resource.resource == .nodes { return try kubelet(of: object, port, isSecure) }
    let address = object["status"]?.text("podIP") ?? ""
    if address.isEmpty { throw .badRequest("address not allowed") }
    let ports = (object["spec"]?.items("containers") ?? []).flatMap { $0.items("ports") }
    let first = port.isEmpty ? ports.first?["containerPort"]?.int.flatMap(Int.init(exactly:)) : nil
    return ProxyLocation(
      host: address, port: try number(port) ?? first ?? (isSecure ? 443 : 80), isSecure: isSecure)
  }

  private func number(_ port: String) throws(StatusError) -> Int? {
    if port.isEmpty { return nil }
    guard let number = Int(port), (1...65535).contains(number) else {
      // Go's dialer looks a name up that no list of services has.
      throw unavailable(
        "error trying to reach service: dial tcp: lookup tcp/\(port): unknown port")
    }
    return number
  }

  private func service(
    _ name: String, _ port: String, _ isSecure: Bool
  ) throws(StatusError) -> ProxyLocation {
    let objects = server.registry
    var portName = port
    if let number = Int64(port) {
      guard let service = objects.get(.services, namespace: call.namespace, name: name) else {
        throw .notFound(.services, name)
      }
      guard let found = service["spec"]?.items("ports").first(where: { $0["port"]?.int == number })
      else { throw unavailable("no service port \(number) found for service \(name.goQuoted)") }
      portName = found.text("name")
    }
    guard let endpoints = objects.get(.endpoints, namespace: call.namespace, name: name) else {
      throw .notFound(.endpoints, name)
    }
    for subset in endpoints.items("subsets") {
      guard let address = subset.items("addresses").first?.text("ip"),
        let found = subset.items("ports").first(where: { $0.text("name") == portName }),
        let number = found["port"]?.int.flatMap(Int.init(exactly:))
      else { continue }
      return ProxyLocation(host: address, port: number, isSecure: isSecure)
    }
    throw unavailable("no endpoints available for service \(name.goQuoted)")
  }

  /// A node's own port is its kubelet's, which speaks TLS and knows the API server.
  private func kubelet(
    of node: Value, _ port: String, _ isSecure: Bool
  ) throws(StatusError) -> ProxyLocation {
    let addresses = node["status"]?.items("addresses") ?? []
    guard let host = addresses.first(where: { $0.text("type") == "InternalIP" })?.text("address")
    else {
      throw .plain("no preferred addresses found; known addresses: []")
    }
    let own =
      node["status"]?[path: "daemonEndpoints", "kubeletEndpoint", "Port"]?.int
      .flatMap(Int.init(exactly:)) ?? 10250
    let number = try number(port) ?? own
    let isKubelet = number == own
    return ProxyLocation(
      host: host, port: number, isSecure: isSecure || isKubelet, isKubelet: isKubelet)
  }

  private func unavailable(_ message: String) -> StatusError {
    StatusError(code: 503, reason: "ServiceUnavailable", message: message)
  }
}
