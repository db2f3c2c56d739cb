import Shell
import Simulation

/// What a running nginx answers, by its configuration and the files of its machine.
final class NginxSite {
  var configuration = NginxConfiguration()
  var version = Nginx.version
  /// Who reads the files.
  var worker = Caller(user: 101, group: 101)
  /// What a TLS handshake comes to, by the certificate's file; the cluster's cryptography is not
  /// nginx's affair.
  var judge: ((SecurityRequest, String) -> SecurityOutcome)?

  struct Answer {
    var response: WebResponse
    /// Lines for the error log.
    var errors: [String] = []
  }

  /// A request on its way through servers and locations.
  struct Visit {
    var request: WebRequest
    var uri: String
    let port: Int
    let isSecured: Bool
    let machine: Machine
    let server: NginxDirective
    var captures: [String] = []
    var location: NginxDirective?

    /// A directive of the innermost block that has it.
    func directive(_ name: String, _ http: NginxDirective) -> NginxDirective? {
      location?.first(name) ?? server.first(name) ?? http.first(name)
    }
  }

  func handshake(_ request: SecurityRequest, _ port: Int, _ machine: Machine) -> SecurityOutcome {
    let server = choose(host: request.serverName, port: port)
    guard
      let path = server?.block.value("ssl_certificate")
        ?? configuration.http.value("ssl_certificate"),
      let pem = machine.files.text(path)
    else { return .unsupported }
    let protocols =
      server?.block.first("ssl_protocols") ?? configuration.http.first("ssl_protocols")
    let versions = ["TLSv1": 10, "TLSv1.1": 11, "TLSv1.2": 12, "TLSv1.3": 13]
    let spoken = protocols?.arguments.compactMap { versions[$0] } ?? [12, 13]
    guard spoken.contains(where: { request.oldestVersion <= $0 && $0 <= request.newestVersion })
    else { return .refusedVersion }
    guard let trust = machine.network?.trust else { return .established }
    return trust.outcome(of: request, presenting: pem, at: machine.now)
  }

  func accessLog(of request: WebRequest, port: Int) -> String? {
    configuration.accessLog(of: choose(host: request.host, port: port)?.block)
  }

  private func choose(host: String, port: Int) -> NginxConfiguration.Server? {
    let there = configuration.servers.filter { $0.ports.contains { $0.port.number == port } }
    let host = host.lowercased()
    if let exact = there.first(where: { $0.names.contains(host) }) { return exact }
    let wild = there.filter {
      $0.names.contains {
        $0.hasPrefix("*.") && host.hasSuffix($0.dropFirst())
          || $0.hasSuffix(".*") && host.hasPrefix($0.dropLast())
      }
    }
    return wild.first
      ?? there.first { $0.ports.contains { $0.port.number == port && $0.isDefault } }
      ?? there.first
  }

  func answer(
    _ request: WebRequest, port: Int, isSecured: Bool, on machine: Machine
  ) async throws -> Answer {
    guard let server = choose(host: request.host, port: port) else {
      return Answer(response: finish(error(404)))
    }
    let isSecurePort = server.ports.contains { $0.port.number == port && $0.port.isSecure }
    if isSecurePort, !isSecured {
      return Answer(
        response: finish(Nginx.plainRequestPage("nginx/\(version)"), at: machine.now))
    }
    var visit = Visit(
      request: request, uri: request.path, port: port, isSecured: isSecured, machine: machine,
      server: server.block)
    var answer = Answer(response: WebResponse(500))
    // An error page or try_files may send the request round again.
    for _ in 0..<10 {
      let step = try await handle(&visit)
      switch step {
      case .done(let found):
        answer.errors += found.errors
        answer.response = found.response
        guard found.response.status >= 300, let page = errorPage(found.response.status, visit)
        else {
          answer.response = decorate(answer.response, visit)
          return answer
        }
        let status = page.status ?? found.response.status
        if page.uri.hasPrefix("http") || page.uri.hasPrefix("@") { return answer }
        visit.uri = page.uri
        visit.location = nil
        guard case .done(let other) = try await handle(&visit), other.response.status < 400 else {
          answer.response = decorate(answer.response, visit)
          return answer
        }
        answer.response = other.response
        answer.response.status = status
        answer.response = decorate(answer.response, visit)
        return answer
      case .again(let uri): visit.uri = uri
      }
    }
    return Answer(response: finish(error(500)))
  }

  enum Step {
    case done(Answer)
    case again(String)
  }

  private func handle(_ visit: inout Visit) async throws -> Step {
    if let step = rules(visit.server, &visit) { return step }
    visit.location = location(for: &visit)
    if let location = visit.location, let step = rules(location, &visit) { return step }
    if let proxy = visit.location?.first("proxy_pass") {
      return .done(try await NginxProxy(site: self, visit: visit).pass(proxy))
    }
    if visit.location?.first("stub_status") != nil {
      return .done(
        Answer(
          response: WebResponse(
            text: "Active connections: 1 \nserver accepts handled requests\n 1 1 1 \n"
              + "Reading: 0 Writing: 1 Waiting: 0 \n", type: "text/plain")))
    }
    return try NginxFiles(site: self, visit: visit).serve()
  }

  /// `return`, `rewrite`, `deny` of a block.
  private func rules(_ block: NginxDirective, _ visit: inout Visit) -> Step? {
    for directive in block.children ?? [] {
      switch directive.name {
      case "return": return .done(Answer(response: returned(directive, visit)))
      case "rewrite":
        if let step = rewrite(directive, &visit) { return step }
      case "deny" where directive.arguments.first == "all":
        let allowed = (block.all("allow").flatMap(\.arguments)).contains(visit.request.client)
        if !allowed { return .done(Answer(response: error(403))) }
      case "if":
        if holds(directive.arguments, visit), let step = rules(directive, &visit) { return step }
      default: break
      }
    }
    return nil
  }

  private func holds(_ arguments: [String], _ visit: Visit) -> Bool {
    var words = arguments
    if let first = words.first, first.hasPrefix("(") { words[0] = String(first.dropFirst()) }
    if let last = words.last, last.hasSuffix(")") {
      words[words.count - 1] = String(last.dropLast())
    }
    words.removeAll { $0.isEmpty }
    let left = expand(words.first ?? "", visit)
    guard words.count >= 3 else { return !left.isEmpty && left != "0" }
    let right = words[2...].joined(separator: " ")
    switch words[1] {
    case "=": return left == right
    case "!=": return left != right
    case "~", "~*": return match(right, left, ignoringCase: words[1] == "~*") != nil
    case "!~", "!~*": return match(right, left, ignoringCase: words[1] == "!~*") == nil
    default: return false
    }
  }

  private func returned(_ directive: NginxDirective, _ visit: Visit) -> WebResponse {
    let words = directive.arguments
    guard let status = Int(words.first ?? "") else {
      return redirect(302, expand(words.first ?? "", visit))
    }
    guard words.count > 1 else { return status >= 300 ? error(status) : WebResponse(status) }
    let text = expand(words[1], visit)
    if (300..<309).contains(status) { return redirect(status, text) }
    let type = visit.directive("default_type", configuration.http)?.arguments.first
    return WebResponse(status, text: text, type: type ?? "application/octet-stream")
  }

  private func redirect(_ status: Int, _ target: String) -> WebResponse {
    var response = error(status)
    response.headers.append(("Location", target))
    return response
  }

  private func rewrite(_ directive: NginxDirective, _ visit: inout Visit) -> Step? {
    guard directive.arguments.count >= 2,
      let captures = match(directive.arguments[0], visit.uri, ignoringCase: false)
    else { return nil }
    visit.captures = captures
    let target = expand(directive.arguments[1], visit)
    switch directive.arguments.dropFirst(2).first {
    case "permanent": return .done(Answer(response: redirect(301, target)))
    case "redirect": return .done(Answer(response: redirect(302, target)))
    case "break":
      visit.uri = target
      return nil
    default:
      if target.hasPrefix("http") { return .done(Answer(response: redirect(302, target))) }
      guard target != visit.uri else { return nil }
      return .again(target)
    }
  }

  // nginx's order: exact, the longest prefix when it is `^~`, expressions in order, the prefix.
  private func location(for visit: inout Visit) -> NginxDirective? {
    var best: (block: NginxDirective, prefix: String, isFinal: Bool)?
    let blocks = visit.server.all("location")
    for block in blocks {
      let words = block.arguments
      switch words.first {
      case "=": if words.dropFirst().first == visit.uri { return block }
      case "~", "~*", "@": break
      default:
        let isFinal = words.first == "^~"
        let prefix = (isFinal ? words.dropFirst().first : words.first) ?? "/"
        if prefix.hasPrefix("@") { continue }
        if visit.uri.hasPrefix(prefix), prefix.utf8.count >= (best?.prefix.utf8.count ?? 0) {
          best = (block, prefix, isFinal)
        }
      }
    }
    if let best, best.isFinal { return best.block }
    for block in blocks where block.arguments.first?.hasPrefix("~") == true {
      let isLoose = block.arguments.first == "~*"
      if let captures = match(
        block.arguments.dropFirst().first ?? "", visit.uri, ignoringCase: isLoose)
      {
        visit.captures = captures
        return block
      }
    }
    return best?.block
  }

  func match(_ pattern: String, _ text: String, ignoringCase: Bool) -> [String]? {
    guard
      let expression = try? RegularExpression(
        Array(pattern.utf8), .perl, ignoringCase: ignoringCase)
    else { return nil }
    let bytes = Array(text.utf8)
    guard let found = expression.find(in: bytes) else { return nil }
    return found.groups.map { range in
      range.map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
    }
  }

  private func errorPage(_ status: Int, _ visit: Visit) -> (uri: String, status: Int?)? {
    let blocks = [visit.location, visit.server, configuration.http].compactMap { $0 }
    for block in blocks {
      let pages = block.all("error_page")
      guard !pages.isEmpty else { continue }
      for page in pages where page.arguments.dropLast().contains("\(status)") {
        let replaced = page.arguments.first { $0.hasPrefix("=") }.flatMap { Int($0.dropFirst()) }
        return page.arguments.last.map { ($0, replaced) }
      }
      return nil
    }
    return nil
  }

  func error(_ status: Int) -> WebResponse {
    var response = WebResponse(status, text: Nginx.page(status, version), type: "text/html")
    // ngx_http_special_response_handler: after these the connection is not kept.
    if [400, 413, 414, 500, 501].contains(status) {
      response.headers.append(("Connection", "close"))
    }
    return response
  }

  /// The headers that every answer of nginx has.
  private func decorate(_ response: WebResponse, _ visit: Visit) -> WebResponse {
    var response = response
    let block = [visit.location, visit.server, configuration.http].compactMap { $0 }
      .first { $0.first("add_header") != nil }
    for header in block?.all("add_header") ?? [] where header.arguments.count >= 2 {
      let isAlways = header.arguments.contains("always")
      if isAlways || response.status < 400 {
        response.headers.append((header.arguments[0], expand(header.arguments[1], visit)))
      }
    }
    return finish(response, at: visit.machine.now)
  }

  private func finish(_ response: WebResponse, at moment: Moment? = nil) -> WebResponse {
    var response = response
    var lead = [(name: "Server", value: "nginx/\(version)")]
    if let moment { lead.append(("Date", Calendar(moment).formatted("%a, %d %b %Y %H:%M:%S GMT"))) }
    let isLast = response.headers.contains { $0.name == "Connection" && $0.value == "close" }
    let own = response.headers.filter {
      !["server", "date", "connection"].contains($0.name.lowercased())
    }
    let kind = own.filter { $0.name == "Content-Type" }
    response.headers =
      lead + kind + [("Content-Length", "\(response.body.count)")]
      + own.filter { $0.name != "Content-Type" && $0.name.lowercased() != "content-length" }
      + [("Connection", isLast ? "close" : "keep-alive")]
    return response
  }
}
