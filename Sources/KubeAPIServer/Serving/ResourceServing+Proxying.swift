import Documents
import KubeObjects

extension ResourceServing {
  /// Passes a request on to a server behind a Pod, Service or Node (UpgradeAwareHandler).
  func pass(
    _ call: ResourceRequest, _ info: RequestInfo
  ) throws(StatusError) -> APIResponse {
    let target = try ProxyTarget(server: server, call: call).location()
    guard let proxies = server.proxies else {
      throw .plain("drydock: not simulated: this cluster has no network")
    }
    // As it was sent: escapes and the slash at the end are the far server's affair.
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: false)
    let depth = info.segments.count - info.rest.count + 1
    let root = parts.prefix(depth).joined(separator: "/")
    let path = parts.dropFirst(depth).map { "/" + $0 }.joined()
    if path.isEmpty, request.method == "GET" || request.method == "HEAD" {
      let pairs = request.query.map { "\($0.name)=\($0.value)" }
      let query = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
      return APIResponse(
        code: 301, headers: [("Location", request.path + "/" + query)], body: .bytes([]))
    }
    var body: [UInt8] = []
    switch request.body {
    case .none: break
    case .bytes(let bytes): body = bytes
    case .value(let value): body = JSON.bytes(value)
    }
    return APIResponse(
      code: 200,
      body: .proxied(
        proxies.exchange(
          ProxiedRequest(
            method: request.method, target: target, path: path.isEmpty ? "/" : path,
            query: request.query, headers: request.headers, body: body, root: root))))
  }
}
