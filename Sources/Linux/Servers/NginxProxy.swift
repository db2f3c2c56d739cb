import Shell
import Simulation

/// How nginx passes a request on to another server.
struct NginxProxy {
  let site: NginxSite
  let visit: NginxSite.Visit

  func pass(_ directive: NginxDirective) async throws -> NginxSite.Answer {
    let text = site.expand(directive.arguments.first ?? "", visit)
    guard let target = WebAddress(text) else {
      return failed(500, "invalid URL prefix in \"\(text)\"")
    }
    let hasPath = text.drop { $0 != "/" }.dropFirst(2).contains("/")
    var address = target
    let query = visit.request.query.isEmpty ? "" : "?" + visit.request.query
    if hasPath {
      let words = visit.location?.arguments ?? []
      let prefix = words.last ?? "/"
      let rest = visit.uri.hasPrefix(prefix) ? String(visit.uri.dropFirst(prefix.count)) : ""
      address.path = target.path + rest + query
    } else if visit.uri == visit.request.path {
      address.path = visit.request.target
    } else {
      address.path = visit.uri + query
    }
    let backends = site.configuration.upstreams[target.host] ?? ["\(target.host):\(target.port)"]
    var last = NginxSite.Answer(response: site.error(502))
    for backend in backends {
      let parts = backend.split(separator: ":")
      let host = String(parts.first ?? "")
      let port = parts.count > 1 ? Int(parts[1]) ?? 80 : 80
      last = try await exchange(host, port, address, directive)
      if last.response.status != 502 && last.response.status != 504 { break }
    }
    return last
  }

  private func exchange(
    _ host: String, _ port: Int, _ address: WebAddress, _ directive: NginxDirective
  ) async throws -> NginxSite.Answer {
    let machine = visit.machine
    guard let network = machine.network,
      let found = try? Resolver(machine).lookUp(host), let target = found.addresses.first
    else { return failed(502, "\(host) could not be resolved (3: Host not found)") }
    let upstream = "upstream: \"http://\(target):\(port)\(address.path)\""
    do {
      let connection = try await network.connect(
        from: machine, to: target, port: port, transport: .tcp, timeout: .seconds(60))
      defer { connection.close() }
      connection.deadline = machine.timeline.now + .seconds(60)
      var exchange = WebExchange(method: visit.request.method, address: address)
      exchange.headers = headers(address, directive)
      exchange.body = visit.request.body
      guard let response = try await exchange.perform(over: connection) else {
        return failed(502, "upstream prematurely closed connection, \(upstream)")
      }
      var answer = WebResponse(response.status, headers: response.headers, body: response.body)
      answer.headers.removeAll {
        ["transfer-encoding", "connection", "server", "date"].contains($0.name.lowercased())
      }
      return .init(response: answer)
    } catch let failure as NetworkFailure {
      if failure == .timedOut {
        return failed(
          504,
          "upstream timed out (110: Connection timed out) while connecting to upstream, "
            + upstream)
      }
      return failed(
        502, "connect() failed (111: Connection refused) while connecting to upstream, \(upstream)")
    }
  }

  private func headers(
    _ address: WebAddress, _ directive: NginxDirective
  ) -> [(name: String, value: String)] {
    var headers = visit.request.headers.filter {
      !["host", "connection", "content-length", "transfer-encoding"].contains($0.name.lowercased())
    }
    let set =
      [visit.location, visit.server, site.configuration.http].compactMap { $0 }
      .map { $0.all("proxy_set_header") }.first { !$0.isEmpty } ?? []
    var host = address.authority
    for line in set where line.arguments.count >= 2 {
      let value = site.expand(line.arguments[1], visit)
      if line.arguments[0].lowercased() == "host" {
        host = value
      } else {
        headers.removeAll { $0.name.lowercased() == line.arguments[0].lowercased() }
        if !value.isEmpty { headers.append((line.arguments[0], value)) }
      }
    }
    headers.insert(("Host", host), at: 0)
    headers.append(("Connection", "close"))
    if !visit.request.body.isEmpty {
      headers.append(("Content-Length", "\(visit.request.body.count)"))
    }
    return headers
  }

  private func failed(_ status: Int, _ why: String) -> NginxSite.Answer {
    let request = visit.request
    let stamp = Calendar(visit.machine.now).formatted("%Y/%m/%d %H:%M:%S")
    return .init(
      response: site.error(status),
      errors: [
        "\(stamp) [error] 29#29: *1 \(why), client: \(request.client), server: "
          + "\(visit.server.value("server_name") ?? ""), request: \"\(request.method) "
          + "\(request.target) \(request.version)\", host: \"\(request.header("Host") ?? "")\"\n"
      ])
  }
}
