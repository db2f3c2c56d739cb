import Linux

/// Where a trace leads: `web:80`, `web.shop:53/udp`, `10.96.0.1:443`, `http://shop.example.com/cart`.
struct TraceTarget: Hashable {
  var host: String
  /// nil: the first port of the Service.
  var port: Int?
  var transport = Transport.tcp
  /// The path of a URL; nil when it is none.
  var path: String?
  var isSecured = false
  /// The Host header, where it is not the address's own.
  var header: String?

  /// nil when there is no host in it.
  init?(_ text: String) {
    if text.contains("://") {
      guard let address = WebAddress(text), ["http", "https"].contains(address.scheme) else {
        return nil
      }
      host = address.host
      port = address.port
      path = address.path
      isSecured = address.scheme == "https"
      return
    }
    var rest = text[...]
    if let slash = rest.lastIndex(of: "/") {
      switch rest[rest.index(after: slash)...].lowercased() {
      case "udp": transport = .udp
      case "sctp": transport = .sctp
      case "tcp": break
      default: return nil
      }
      rest = rest[..<slash]
    }
    if let colon = rest.lastIndex(of: ":") {
      guard let number = Int(rest[rest.index(after: colon)...]), (1...65535).contains(number)
      else { return nil }
      port = number
      rest = rest[..<colon]
    }
    guard !rest.isEmpty, !rest.contains(":") else { return nil }
    host = String(rest)
  }

  var title: String {
    let scheme = isSecured ? "https://" : path == nil ? "" : "http://"
    let place = port.map { ":\($0)" } ?? ""
    return scheme + host + place + (path ?? "")
      + (transport == .tcp ? "" : "/\(transport.rawValue)")
  }
}
