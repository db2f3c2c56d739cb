package import Shell

/// BusyBox's httpd: files below a folder.
package struct BusyBoxServer: NetworkServer {
  package let name = "httpd"

  package init() {}

  package func run(_ process: Process) async throws -> ExitStatus {
    let options = try Self.options(process)
    guard !options.has("f") else { return try await serveUntilSignalled(process) }
    // It goes to the background and lets its caller go on.
    let daemon = Process(
      machine: process.machine, name: process.name, arguments: process.arguments,
      environment: process.environment, directory: process.directory, caller: process.caller,
      parentID: 1)
    process.machine.launch(daemon) { daemon in
      do { return try await serveUntilSignalled(daemon) } catch { return 137 }
    }
    return 0
  }

  private static func options(_ process: Process) throws -> Options {
    try Options(process.arguments, "f i v p= u= r= h= c= m= d= e=")
  }

  package func start(_ process: Process) async throws -> [ServerSocket] {
    let options = try Self.options(process)
    let listen = options["p"] ?? "80"
    let parts = listen.split(separator: ":").map(String.init)
    guard let port = Int(parts.last ?? ""), (1...65_535).contains(port) else {
      throw ServerRefusal("httpd: bad port '\(listen)'\n")
    }
    let home = process.absolute(options["h"] ?? ".")
    guard process.status(home)?.kind == .directory else {
      throw ServerRefusal(
        "httpd: can't change directory to '\(options["h"] ?? home)': "
          + "No such file or directory\n")
    }
    let (machine, caller) = (process.machine, process.caller)
    let service = WebService { request in Self.answer(request, home, machine, caller) }
    let address = parts.count > 1 ? parts[0] : "0.0.0.0"
    return [ServerSocket(port, address: address) { try await service.serve($0) }]
  }

  package func bindRefusal(
    _ socket: ServerSocket, _ number: Int, _ why: String, _ process: Process
  ) -> String { "httpd: bind: \(why)\n" }

  private static func answer(
    _ request: WebRequest, _ home: String, _ machine: Machine, _ caller: Caller
  ) -> WebResponse {
    let names = request.path.split(separator: "/")
    guard !names.contains("..") else { return page(400, "Unsupported method") }
    var path = home + "/" + names.joined(separator: "/")
    if machine.files.status(path, caller)?.kind == .directory { path += "/index.html" }
    do {
      let bytes = try machine.files.read(path, caller)
      return WebResponse(headers: [("Content-Type", type(of: path))], body: bytes)
    } catch {
      return error == .permissionDenied
        ? page(403, "") : page(404, "The requested URL was not found")
    }
  }

  private static func page(_ status: Int, _ why: String) -> WebResponse {
    let title = "\(status) \(WebResponse.reasons[status] ?? "")"
    return WebResponse(
      status,
      text: "<HTML><HEAD><TITLE>\(title)</TITLE></HEAD>\n<BODY><H1>\(title)</H1>\n\(why)\n"
        + "</BODY></HTML>\n", type: "text/html")
  }

  private static func type(of path: String) -> String {
    switch path.split(separator: ".").last ?? "" {
    case "html", "htm": "text/html"
    case "txt", "h", "c", "cc", "cpp": "text/plain"
    case "css": "text/css"
    case "js": "application/javascript"
    case "jpg", "jpeg": "image/jpeg"
    case "png": "image/png"
    case "gif": "image/gif"
    default: "application/octet-stream"
    }
  }
}
