import Linux
import Simulation

/// Requests that nginx makes beside the one that it serves: `auth-url` and `mirror-target`.
extension IngressSite {
  /// nginx's auth_request: nil lets the request pass, with headers of the answer added to it.
  func externalRefusal(_ visit: inout IngressVisit) async throws -> WebResponse? {
    let annotations = visit.location.annotations
    guard let wanted = annotations["auth-url"] else { return nil }
    let address = filled(wanted, visit)
    var headers: [(name: String, value: String)] = [
      ("X-Original-URL", "\(visit.scheme)://\(visit.host)\(visit.request.target)"),
      ("X-Original-Method", visit.request.method),
      ("X-Sent-From", "nginx-ingress-controller"), ("X-Real-IP", visit.request.client),
      ("X-Forwarded-For", visit.request.client), ("X-Request-ID", visit.requestID),
      ("X-Auth-Request-Redirect", visit.request.target),
    ]
    headers += visit.request.headers.filter {
      let name = $0.name.lowercased()
      return !["host", "content-length", "content-type"].contains(name)
        && !WebClient.hopHeaders.contains(name)
    }
    let answer = try await fetch(
      address, method: annotations["auth-method"] ?? "GET", headers, body: [])
    switch answer?.status ?? 502 {
    case 200..<300:
      let names = (annotations["auth-response-headers"] ?? "").split(separator: ",").map {
        String($0.filter { $0 != " " })
      }
      for name in names {
        guard let value = answer.flatMap({ Self.header(name, of: $0) }) else { continue }
        visit.request.headers.removeAll { $0.name.lowercased() == name.lowercased() }
        visit.request.headers.append((name, value))
      }
      return nil
    case 401:
      if let signIn = annotations["auth-signin"] {
        let back = "\(visit.scheme)://\(visit.host)" + Self.escaped(visit.request.target)
        let target = filled(signIn, visit)
        let joint = target.contains("rd=") ? "" : target.contains("?") ? "&rd=" : "?rd="
        return IngressPage.response(302, location: target + joint + (joint.isEmpty ? "" : back))
      }
      var refusal = IngressPage.response(401)
      if let realm = answer.flatMap({ Self.header("WWW-Authenticate", of: $0) }) {
        refusal.headers.append(("WWW-Authenticate", realm))
      }
      return refusal
    case 403: return IngressPage.response(403)
    case let status:
      visit.errors.append("auth request unexpected status: \(status) while sending to client")
      return IngressPage.response(500)
    }
  }

  /// Sends a copy of the request to `mirror-target`; nobody waits for its answer.
  func mirror(_ visit: IngressVisit) {
    let annotations = visit.location.annotations
    guard let wanted = annotations["mirror-target"] else { return }
    let address = filled(wanted, visit)
    let hasBody = annotations["mirror-request-body"]?.lowercased() != "off"
    let request = visit.request
    clusterNetwork.timeline.fibers.start { [self] in
      _ = try? await fetch(
        address, method: request.method,
        request.headers.filter { $0.name.lowercased() != "host" },
        body: hasBody ? request.body : [])
    }
  }

  private static func header(_ name: String, of response: WebResponse) -> String? {
    response.headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  private func fetch(
    _ text: String, method: String, _ headers: [(name: String, value: String)], body: [UInt8]
  ) async throws -> WebResponse? {
    guard let address = WebAddress(text), ["http", "https"].contains(address.scheme),
      let server = (try? Resolver(host).lookUp(address.host))?.addresses.first
    else { return nil }
    let exchange = UpstreamExchange(
      machine: host, isSecured: address.scheme == "https", serverName: address.host)
    let request = WebRequest(
      method: method, target: address.path,
      headers: [("Host", address.host)] + headers + [("Connection", "close")], body: body)
    guard
      case .answered(let response) = try await exchange.perform(request, at: server, address.port)
    else { return nil }
    return response
  }

  /// With nginx's variables in it.
  private func filled(_ text: String, _ visit: IngressVisit) -> String {
    var text = text
    for (name, value) in [
      ("$escaped_request_uri", Self.escaped(visit.request.target)),
      ("$request_uri", visit.request.target), ("$best_http_host", visit.host),
      ("$http_host", visit.host), ("$host", visit.host), ("$scheme", visit.scheme),
    ] { text = text.replacing(name, with: value) }
    return text
  }

  private static func escaped(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    let digits = Array("0123456789ABCDEF")
    return text.utf8.map { byte in
      plain.contains(byte)
        ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }
}
