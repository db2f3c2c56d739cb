/// Why nginx refuses its configuration, in its words.
struct NginxProblem: Error {
  let text: String
}

/// One directive of a configuration file, with the block it opens.
struct NginxDirective {
  let name: String
  let arguments: [String]
  var children: [NginxDirective]?
  let place: String

  func first(_ name: String) -> NginxDirective? { (children ?? []).last { $0.name == name } }
  func all(_ name: String) -> [NginxDirective] { (children ?? []).filter { $0.name == name } }
  func value(_ name: String) -> String? { first(name)?.arguments.first }
}

/// nginx's configuration as its files have it, includes followed.
struct NginxConfiguration {
  struct Port: Hashable {
    let number: Int
    let isSecure: Bool
  }

  struct Server {
    var ports: [(port: Port, isDefault: Bool)] = []
    var names: [String] = []
    var block: NginxDirective
  }

  private(set) var servers: [Server] = []
  private(set) var upstreams: [String: [String]] = [:]
  private(set) var http = NginxDirective(name: "http", arguments: [], children: [], place: "")
  /// What stands outside of all blocks.
  private(set) var main = NginxDirective(name: "", arguments: [], children: [], place: "")

  init() {}

  init(path: String, machine: Machine) throws(NginxProblem) {
    var reader = NginxReader(machine: machine)
    let top = try reader.read(path, from: nil, in: "main")
    main.children = top
    guard main.first("events") != nil else {
      throw NginxProblem(text: "no \"events\" section in configuration")
    }
    guard let http = top.last(where: { $0.name == "http" }) else { return }
    self.http = http
    for upstream in http.all("upstream") {
      upstreams[upstream.arguments.first ?? ""] = upstream.all("server").compactMap {
        $0.arguments.first
      }
    }
    for block in http.all("server") {
      var server = Server(block: block)
      for listen in block.all("listen") {
        let text = listen.arguments.first ?? "80"
        guard !text.hasPrefix("[") else { continue }
        guard let number = Int(text.split(separator: ":").last ?? "") else { continue }
        let port = Port(number: number, isSecure: listen.arguments.contains("ssl"))
        server.ports.append((port, listen.arguments.contains("default_server")))
      }
      if server.ports.isEmpty { server.ports = [(Port(number: 80, isSecure: false), false)] }
      server.names = block.all("server_name").flatMap(\.arguments)
      servers.append(server)
    }
    try checkFiles(machine)
    try checkUpstreams(machine)
  }

  /// Where it listens, each port once.
  var ports: [Port] {
    Set(servers.flatMap { $0.ports.map(\.port) }).sorted { $0.number < $1.number }
  }

  private func checkFiles(_ machine: Machine) throws(NginxProblem) {
    for server in servers where server.ports.contains(where: \.port.isSecure) {
      for name in ["ssl_certificate", "ssl_certificate_key"] {
        guard let path = server.block.value(name) ?? http.value(name) else {
          throw NginxProblem(
            text: "no \"\(name)\" is defined for the \"listen ... ssl\" directive in "
              + server.block.place)
        }
        guard machine.files.text(path) == nil else { continue }
        throw NginxProblem(
          text: "cannot load certificate \"\(path)\": BIO_new_file() failed (SSL: error:80000002:"
            + "system library::No such file or directory:calling fopen(\(path), r) "
            + "error:10000080:BIO routines::no such file)")
      }
    }
  }

  // nginx resolves the names of proxy_pass when it starts, unless there are variables in them.
  private func checkUpstreams(_ machine: Machine) throws(NginxProblem) {
    guard machine.network != nil else { return }
    func check(_ name: String, _ place: String) throws(NginxProblem) {
      guard !name.isEmpty, !name.contains("$"), !Resolver.isAddress(name),
        !name.hasPrefix("unix"), (try? Resolver(machine).lookUp(name)) == nil
      else { return }
      throw NginxProblem(text: "host not found in upstream \"\(name)\" in \(place)")
    }
    for upstream in http.all("upstream") {
      for server in upstream.all("server") {
        let host = (server.arguments.first ?? "").prefix { $0 != ":" }
        try check(String(host), server.place)
      }
    }
    var open = servers.map(\.block)
    while let block = open.popLast() {
      for child in block.children ?? [] {
        if child.children != nil { open.append(child) }
        guard child.name == "proxy_pass", let url = WebAddress(child.arguments.first ?? ""),
          upstreams[url.host] == nil
        else { continue }
        try check(url.host, child.place)
      }
    }
  }
}

/// Reads configuration files into directives.
struct NginxReader {
  let machine: Machine
  private var depth = 0
  private static let depthLimit = 16

  init(machine: Machine) { self.machine = machine }

  mutating func read(
    _ path: String, from place: String?, in context: String
  ) throws(NginxProblem) -> [NginxDirective] {
    guard let text = machine.files.text(path) else {
      throw NginxProblem(
        text: "open() \"\(path)\" failed (2: No such file or directory)"
          + (place.map { " in \($0)" } ?? ""))
    }
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.depthLimit else {
      throw NginxProblem(text: "too many levels of includes in \(path)")
    }
    var tokens = NginxTokens(text, path: path)
    return try block(&tokens, isTop: true, level: 0, in: context)
  }

  private mutating func block(
    _ tokens: inout NginxTokens, isTop: Bool, level: Int, in context: String
  ) throws(NginxProblem) -> [NginxDirective] {
    var found: [NginxDirective] = []
    guard level < 32 else { throw NginxProblem(text: "too deep nesting in \(tokens.place)") }
    while let token = try tokens.next() {
      switch token {
      case .close:
        if isTop { throw NginxProblem(text: "unexpected \"}\" in \(tokens.place)") }
        return found
      case .open, .end:
        throw NginxProblem(
          text: "unexpected \"\(token == .open ? "{" : ";")\" in \(tokens.place)")
      case .word(let name):
        let directive = try directive(name, &tokens, level, in: context)
        if directive.name == "include" {
          found += try include(directive, in: context)
        } else {
          found.append(directive)
        }
      }
    }
    if !isTop {
      throw NginxProblem(text: "unexpected end of file, expecting \"}\" in \(tokens.place)")
    }
    return found
  }

  private mutating func directive(
    _ name: String, _ tokens: inout NginxTokens, _ level: Int, in context: String
  ) throws(NginxProblem) -> NginxDirective {
    let place = tokens.place
    var arguments: [String] = []
    while true {
      guard let token = try tokens.next() else {
        throw NginxProblem(
          text: "unexpected end of file, expecting \";\" or \"}\" in \(tokens.place)")
      }
      switch token {
      case .word(let word): arguments.append(word)
      case .close: throw NginxProblem(text: "unexpected \"}\" in \(tokens.place)")
      case .end:
        if let refusal = NginxDirectives.refusal(name, arguments.count, false, in: context) {
          throw NginxProblem(text: "\(refusal) in \(tokens.place)")
        }
        return NginxDirective(name: name, arguments: arguments, children: nil, place: place)
      case .open:
        if let refusal = NginxDirectives.refusal(name, arguments.count, true, in: context) {
          throw NginxProblem(text: "\(refusal) in \(tokens.place)")
        }
        let children: [NginxDirective]
        if name == "types" || name == "map" || name == "geo" || name == "split_clients" {
          children = try pairs(&tokens)
        } else {
          children = try block(
            &tokens, isTop: false, level: level + 1,
            in: context == "stream" ? context : name)
        }
        return NginxDirective(name: name, arguments: arguments, children: children, place: place)
      }
    }
  }

  /// Blocks whose lines are data, not directives.
  private func pairs(_ tokens: inout NginxTokens) throws(NginxProblem) -> [NginxDirective] {
    var found: [NginxDirective] = []
    var words: [String] = []
    while let token = try tokens.next() {
      switch token {
      case .close: return found
      case .word(let word): words.append(word)
      case .open: throw NginxProblem(text: "unexpected \"{\" in \(tokens.place)")
      case .end:
        if let first = words.first {
          found.append(
            NginxDirective(
              name: first, arguments: Array(words.dropFirst()), children: nil, place: tokens.place))
        }
        words = []
      }
    }
    throw NginxProblem(text: "unexpected end of file, expecting \"}\" in \(tokens.place)")
  }

  private mutating func include(
    _ directive: NginxDirective, in context: String
  ) throws(NginxProblem) -> [NginxDirective] {
    var path = directive.arguments.first ?? ""
    if !path.hasPrefix("/") { path = "/etc/nginx/" + path }
    guard path.contains("*") else { return try read(path, from: directive.place, in: context) }
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let folder = String(path[..<slash])
    let glob = Glob(String(path[path.index(after: slash)...]))
    var found: [NginxDirective] = []
    for name in (try? machine.files.names(in: folder)) ?? [] where glob.matches(name) {
      found += try read("\(folder)/\(name)", from: directive.place, in: context)
    }
    return found
  }
}

/// The words and marks of a configuration file.
struct NginxTokens {
  enum Token: Equatable {
    case word(String)
    case open, close, end
  }

  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private let path: String

  init(_ text: String, path: String) {
    bytes = Array(text.utf8)
    self.path = path
  }

  var place: String { "\(path):\(line)" }

  mutating func next() throws(NginxProblem) -> Token? {
    skip()
    guard index < bytes.count else { return nil }
    switch bytes[index] {
    case UInt8(ascii: "{"):
      index += 1
      return .open
    case UInt8(ascii: "}"):
      index += 1
      return .close
    case UInt8(ascii: ";"):
      index += 1
      return .end
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .word(try quoted(bytes[index]))
    default: return .word(bare())
    }
  }

  private mutating func skip() {
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "#") {
        while index < bytes.count, bytes[index] != 10 { index += 1 }
      } else if byte == 32 || byte == 9 || byte == 13 || byte == 10 {
        if byte == 10 { line += 1 }
        index += 1
      } else {
        return
      }
    }
  }

  private mutating func bare() -> String {
    var word: [UInt8] = []
    while index < bytes.count {
      let byte = bytes[index]
      // `${name}` is part of a word.
      if byte == UInt8(ascii: "{"), word.last == UInt8(ascii: "$") {
        while index < bytes.count, bytes[index] != UInt8(ascii: "}") {
          word.append(bytes[index])
          index += 1
        }
        continue
      }
      if byte == 32 || byte == 9 || byte == 10 || byte == 13 || byte == UInt8(ascii: ";")
        || byte == UInt8(ascii: "{")
      {
        break
      }
      if byte == UInt8(ascii: "}"), !word.contains(UInt8(ascii: "{")) { break }
      word.append(byte)
      index += 1
    }
    return String(decoding: word, as: UTF8.self)
  }

  private mutating func quoted(_ mark: UInt8) throws(NginxProblem) -> String {
    index += 1
    var word: [UInt8] = []
    while index < bytes.count, bytes[index] != mark {
      var byte = bytes[index]
      if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
        index += 1
        // ngx_conf_read_token knows these escapes.
        switch bytes[index] {
        case UInt8(ascii: "n"): byte = 10
        case UInt8(ascii: "t"): byte = 9
        case UInt8(ascii: "r"): byte = 13
        default: byte = bytes[index]
        }
      }
      if bytes[index] == 10 { line += 1 }
      word.append(byte)
      index += 1
    }
    guard index < bytes.count else {
      throw NginxProblem(
        text: "unexpected end of file, expecting \";\" or \"}\" in \(place)")
    }
    index += 1
    return String(decoding: word, as: UTF8.self)
  }
}
