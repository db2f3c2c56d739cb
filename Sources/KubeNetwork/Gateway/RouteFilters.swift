import Documents
import KubeObjects
import Linux

/// The filters of routes: what they make of requests and answers.
enum RouteFilters {
  /// Status and Location of a redirect.
  static func redirect(
    _ filter: Value, _ visit: GatewayVisit
  ) -> (status: Int, location: String) {
    let scheme = filter.text("scheme").isEmpty ? visit.scheme : filter.text("scheme")
    let host = filter.text("hostname").isEmpty ? visit.request.host : filter.text("hostname")
    var port = filter["port"]?.int.map { Int(clamping: $0) }
    if port == nil, filter.text("scheme").isEmpty { port = visit.port }
    let usual = scheme == "https" ? 443 : 80
    let authority = port.map { $0 == usual ? host : "\(host):\($0)" } ?? host
    let path = rewritten(filter["path"], visit.request.path, visit.match)
    let query = visit.request.query.isEmpty ? "" : "?" + visit.request.query
    return (
      Int(clamping: filter["statusCode"]?.int ?? 302), "\(scheme)://\(authority)\(path)\(query)"
    )
  }

  /// ReplaceFullPath, or ReplacePrefixMatch by whole elements.
  static func rewritten(_ rule: Value?, _ path: String, _ match: RouteMatch?) -> String {
    guard let rule, !rule.isNull else { return path }
    if rule.text("type") == "ReplaceFullPath" {
      let full = rule.text("replaceFullPath")
      return full.hasPrefix("/") ? full : "/" + full
    }
    var prefix = match?.path ?? "/"
    if prefix.hasSuffix("/") { prefix.removeLast() }
    var start = rule.text("replacePrefixMatch")
    if start.hasSuffix("/") { start.removeLast() }
    let rest = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    let joined = start + (rest.isEmpty || rest.hasPrefix("/") ? rest : "/" + rest)
    return joined.isEmpty ? "/" : joined
  }

  /// The request as the backend gets it.
  static func request(_ visit: GatewayVisit, _ filters: [Value]) -> WebRequest {
    var request = visit.request
    request.headers.removeAll { WebClient.hopHeaders.contains($0.name.lowercased()) }
    request.version = "HTTP/1.1"
    for filter in filters {
      switch filter.text("type") {
      case "RequestHeaderModifier":
        change(&request.headers, filter["requestHeaderModifier"] ?? [:])
      case "URLRewrite":
        let rule = filter["urlRewrite"] ?? [:]
        let host = rule.text("hostname")
        if !host.isEmpty { set(&request.headers, "Host", host) }
        if rule.has("path") {
          let query = request.query.isEmpty ? "" : "?" + request.query
          request.target = rewritten(rule["path"], visit.request.path, visit.match) + query
        }
      default: break
      }
    }
    request.headers.append(("Connection", "close"))
    return request
  }

  static func response(_ response: WebResponse, _ filters: [Value]) -> WebResponse {
    var response = response
    for filter in filters where filter.text("type") == "ResponseHeaderModifier" {
      change(&response.headers, filter["responseHeaderModifier"] ?? [:])
    }
    return response
  }

  private static func change(_ headers: inout [(name: String, value: String)], _ rule: Value) {
    for item in rule.items("set") { set(&headers, item.text("name"), item.text("value")) }
    for item in rule.items("add") { headers.append((item.text("name"), item.text("value"))) }
    let gone = Set(rule.texts("remove").map { $0.lowercased() })
    headers.removeAll { gone.contains($0.name.lowercased()) }
  }

  private static func set(
    _ headers: inout [(name: String, value: String)], _ name: String, _ value: String
  ) {
    let first = headers.firstIndex { $0.name.lowercased() == name.lowercased() }
    headers.removeAll { $0.name.lowercased() == name.lowercased() }
    headers.insert((name, value), at: min(first ?? headers.count, headers.count))
  }
}
