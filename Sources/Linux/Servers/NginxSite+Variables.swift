extension NginxSite {
  /// The text with its `$variables` filled in.
  func expand(_ text: String, _ visit: Visit) -> String {
    guard text.contains("$") else { return text }
    var out = ""
    var rest = Substring(text)
    while let dollar = rest.firstIndex(of: "$") {
      out += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      let name: Substring
      if rest.hasPrefix("{") {
        name = rest.dropFirst().prefix { $0 != "}" }
        rest = rest.dropFirst(name.count + 2)
      } else {
        name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest.dropFirst(name.count)
      }
      out += value(String(name), visit)
    }
    return out + rest
  }

  private func value(_ name: String, _ visit: Visit) -> String {
    let request = visit.request
    if let number = Int(name) { return visit.captures.dropFirst(number).first ?? "" }
    if name.hasPrefix("http_") {
      let header = name.dropFirst(5).map { $0 == "_" ? "-" : String($0) }.joined()
      return request.header(header) ?? ""
    }
    if name.hasPrefix("arg_") { return request.parameter(String(name.dropFirst(4))) ?? "" }
    switch name {
    case "host": return request.host
    case "uri", "document_uri": return visit.uri
    case "request_uri": return request.target
    case "args", "query_string": return request.query
    case "is_args": return request.query.isEmpty ? "" : "?"
    case "remote_addr": return request.client
    case "remote_port": return "\(request.clientPort)"
    case "request_method": return request.method
    case "scheme": return visit.isSecured ? "https" : "http"
    case "server_port": return "\(visit.port)"
    case "server_name": return visit.server.value("server_name") ?? ""
    case "server_addr":
      let own = visit.machine.network?.interfaces(of: visit.machine) ?? []
      return own.first { $0.name != "lo" }?.address ?? "127.0.0.1"
    case "hostname": return visit.machine.hostName
    case "nginx_version": return version
    case "server_protocol": return request.version
    case "proxy_add_x_forwarded_for":
      let before = request.header("X-Forwarded-For").map { $0 + ", " } ?? ""
      return before + request.client
    case "time_iso8601":
      return Calendar(visit.machine.now).formatted("%Y-%m-%dT%H:%M:%S+00:00")
    case "time_local": return Calendar(visit.machine.now).formatted("%d/%b/%Y:%H:%M:%S +0000")
    case "request": return "\(request.method) \(request.target) \(request.version)"
    case "document_root": return visit.directive("root", configuration.http)?.arguments.first ?? ""
    case "request_body": return String(decoding: request.body, as: UTF8.self)
    case "proxy_host": return request.host
    default:
      let set = (visit.location?.all("set") ?? []) + visit.server.all("set")
      guard let found = set.first(where: { $0.arguments.first == "$" + name }),
        let text = found.arguments.dropFirst().first, !text.contains("$\(name)")
      else { return "" }
      return text.contains("$") ? "" : text
    }
  }
}
