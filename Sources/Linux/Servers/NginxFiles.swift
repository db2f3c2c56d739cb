import Shell
import Simulation

/// How nginx answers with files.
struct NginxFiles {
  let site: NginxSite
  let visit: NginxSite.Visit

  private var http: NginxDirective { site.configuration.http }
  private var machine: Machine { visit.machine }

  func serve() throws -> NginxSite.Step {
    if let tries = visit.location?.first("try_files") ?? visit.server.first("try_files") {
      return try attempt(tries.arguments)
    }
    return try serve(visit.uri)
  }

  private func attempt(_ candidates: [String]) throws -> NginxSite.Step {
    for candidate in candidates.dropLast() {
      let uri = site.expand(candidate, visit)
      let path = path(of: uri)
      guard let status = machine.files.status(path) else { continue }
      if status.kind == .directory, !uri.hasSuffix("/") { continue }
      return try serve(uri)
    }
    let last = candidates.last ?? "=404"
    if last.hasPrefix("="), let status = Int(last.dropFirst()) {
      return .done(.init(response: site.error(status)))
    }
    let uri = String(site.expand(last, visit).prefix { $0 != "?" })
    return uri == visit.uri ? try serve(uri) : .again(uri)
  }

  private func path(of uri: String) -> String {
    if let alias = visit.location?.value("alias") {
      let words = visit.location?.arguments ?? []
      let prefix = words.last ?? "/"
      return alias + uri.dropFirst(uri.hasPrefix(prefix) ? prefix.count : 0)
    }
    var root = visit.directive("root", http)?.arguments.first ?? "/etc/nginx/html"
    root = site.expand(root, visit)
    if root.hasSuffix("/") { root.removeLast() }
    return root + uri
  }

  private func serve(_ uri: String) throws -> NginxSite.Step {
    let clean = uri.split(separator: "/", omittingEmptySubsequences: false)
    guard !clean.contains("..") else { return done(400) }
    let path = path(of: uri)
    guard let status = machine.files.status(path) else { return missing(path, uri) }
    if status.kind == .directory {
      guard uri.hasSuffix("/") else {
        var response = site.error(301)
        let host = visit.request.header("Host") ?? ""
        response.headers.append(
          ("Location", "\(visit.isSecured ? "https" : "http")://\(host)\(uri)/"))
        return .done(.init(response: response))
      }
      return try index(path, uri)
    }
    guard let text = contents(path) else {
      return .done(
        .init(
          response: site.error(403),
          errors: [log("open() \"\(path)\" failed (13: Permission denied)")]))
    }
    guard ["GET", "HEAD"].contains(visit.request.method) else { return done(405) }
    var response = WebResponse(
      200, headers: [("Content-Type", type(of: path))], body: text)
    let moment = status.modified / 1_000_000_000
    response.headers += [
      ("Last-Modified", Calendar(.init(seconds: moment)).formatted("%a, %d %b %Y %H:%M:%S GMT")),
      ("ETag", "\"\(String(moment, radix: 16))-\(String(text.count, radix: 16))\""),
      ("Accept-Ranges", "bytes"),
    ]
    return .done(.init(response: response))
  }

  private func contents(_ path: String) -> [UInt8]? {
    guard machine.files.may(.read, path, in: "/", site.worker) else { return nil }
    return machine.files.text(path).map { Array($0.utf8) }
  }

  private func index(_ path: String, _ uri: String) throws -> NginxSite.Step {
    let names = visit.directive("index", http)?.arguments ?? ["index.html"]
    for name in names where machine.files.status(path + name) != nil {
      if name.hasPrefix("/") { return .again(name) }
      return try serve(uri + name)
    }
    if visit.directive("autoindex", http)?.arguments.first == "on" {
      let entries = ((try? machine.files.names(in: path)) ?? []).map { name in
        let isFolder = machine.files.status(path + name)?.kind == .directory
        let shown = isFolder ? name + "/" : name
        return "<a href=\"\(shown)\">\(shown)</a>\r\n"
      }
      let title = "Index of \(uri)"
      return .done(
        .init(
          response: WebResponse(
            text: "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<h1>\(title)</h1>"
              + "<hr><pre><a href=\"../\">../</a>\r\n" + entries.joined()
              + "</pre><hr></body>\r\n</html>\r\n", type: "text/html")))
    }
    return .done(
      .init(
        response: site.error(403),
        errors: [log("directory index of \"\(path)\" is forbidden")]))
  }

  private func missing(_ path: String, _ uri: String) -> NginxSite.Step {
    .done(
      .init(
        response: site.error(404),
        errors: [log("open() \"\(path)\" failed (2: No such file or directory)")]))
  }

  private func done(_ status: Int) -> NginxSite.Step { .done(.init(response: site.error(status))) }

  /// A line of the error log.
  private func log(_ what: String) -> String {
    let request = visit.request
    return Calendar(machine.now).formatted("%Y/%m/%d %H:%M:%S")
      + " [error] 29#29: *1 \(what), client: \(request.client), server: "
      + "\(visit.server.value("server_name") ?? ""), request: \"\(request.method) "
      + "\(request.target) \(request.version)\", host: \"\(request.header("Host") ?? "")\"\n"
  }

  private func type(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    let ending = name.contains(".") ? name.split(separator: ".").last.map(String.init) ?? "" : ""
    for types in [visit.location, visit.server, http].compactMap({ $0?.first("types") }) {
      for line in types.children ?? [] where line.arguments.contains(ending) { return line.name }
    }
    return visit.directive("default_type", http)?.arguments.first ?? "text/plain"
  }
}
