import Documents
import KubeObjects

/// What a proxy request names: `name`, `name:port` or `scheme:name:port` of a Pod, Service or Node.
struct ProxyTarget {
  let server: APIServer
  let call: ResourceRequest

  /// Refuses what leads nowhere (ResourceLocation of each resource).
  func check() throws(StatusError) {
    let parts = call.name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let kind = String(call.resource.kind.lowercased())
    let hasScheme = parts.count == 3
    guard (1...3).contains(parts.count), !hasScheme || ["", "http", "https"].contains(parts[0])
    else { throw .badRequest("invalid \(kind) request \(call.name.goQuoted)") }
    let name = hasScheme ? parts[1] : parts[0]
    let port = hasScheme ? parts[2] : parts.count == 2 ? parts[1] : ""
    if call.resource.resource == .services { return try checkService(name, port) }
    var named = call
    named.name = name
    let object = try server.registry.get(named)
    guard call.resource.resource == .pods else { return }
    if object["status"]?.text("podIP").isEmpty ?? true { throw .badRequest("address not allowed") }
  }

  private func checkService(_ name: String, _ port: String) throws(StatusError) {
    let objects = server.registry
    if let number = Int64(port) {
      guard let service = objects.get(.services, namespace: call.namespace, name: name) else {
        throw .notFound(.services, name)
      }
      guard (service["spec"]?.items("ports") ?? []).contains(where: { $0["port"]?.int == number })
      else { throw unavailable("no service port \(number) found for service \(name.goQuoted)") }
    }
    guard let endpoints = objects.get(.endpoints, namespace: call.namespace, name: name) else {
      throw .notFound(.endpoints, name)
    }
    let isReady = endpoints.items("subsets").contains { !$0.items("addresses").isEmpty }
    if !isReady { throw unavailable("no endpoints available for service \(name.goQuoted)") }
  }

  private func unavailable(_ message: String) -> StatusError {
    StatusError(code: 503, reason: "ServiceUnavailable", message: message)
  }
}
