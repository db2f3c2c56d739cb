import KubeObjects

/// CoreDNS's configuration.
struct Corefile {
  struct Directive {
    var name: String
    var arguments: [String]
    var block: [[String]]
    var line: Int
  }

  struct Server {
    /// Zones with a final dot, and the port of each.
    var zones: [(name: String, port: Int)]
    var directives: [Directive]
    func directive(_ name: String) -> Directive? { directives.first { $0.name == name } }
  }

  struct Problem: Error { var message: String }

  private(set) var servers: [Server] = []

  static let plugins: Set<String> = [
    "acl", "any", "auto", "autopath", "azure", "bind", "bufsize", "cache", "cancel", "chaos",
    "clouddns", "debug", "dns64", "dnssec", "dnstap", "erratic", "errors", "etcd", "file",
    "forward", "geoip", "grpc", "header", "health", "hosts", "import", "k8s_external",
    "kubernetes", "loadbalance", "local", "log", "loop", "metadata", "minimal", "multisocket",
    "nsid", "pprof", "prometheus", "quic", "ready", "reload", "rewrite", "root", "route53",
    "secondary", "sign", "template", "timeouts", "tls", "trace", "transfer", "tsig", "view",
    "whoami",
  ]

  /// Reads the text as CoreDNS's own parser does; `path` is for its complaints.
  init(_ text: String, path: String) throws(Problem) {
    var reader = Reader(text, path: path)
    servers = try reader.servers()
    var taken: Set<String> = []
    for server in servers {
      for zone in server.zones where !taken.insert("\(zone.name):\(zone.port)").inserted {
        throw Problem(
          message: "cannot serve dns://\(zone.name):\(zone.port) - it is already defined")
      }
      for directive in server.directives { try Self.check(directive, path) }
    }
  }

  /// Whether a name lies in one of some zones, which may lack the last dot.
  static func holds(_ name: String, _ zones: [String]) -> Bool {
    let name = name.lowercased()
    return zones.contains { zone in
      let zone = zone.hasSuffix(".") ? zone.lowercased() : zone.lowercased() + "."
      return zone == "." || name == zone || name.hasSuffix("." + zone)
    }
  }

  /// What each plugin understands in its block.
  private static let properties: [String: Set<String>] = [
    "kubernetes": [
      "apiserver_burst", "apiserver_max_inflight", "apiserver_qps", "endpoint",
      "endpoint_pod_names", "fallthrough", "ignore", "kubeconfig", "labels", "multicluster",
      "namespace_labels", "namespaces", "noendpoints", "pods", "startup_timeout", "tls", "transfer",
      "ttl", "upstream",
    ],
    "forward": [
      "except", "expire", "failfast_all_unhealthy_upstreams", "failover", "force_tcp",
      "health_check", "max_concurrent", "max_connect_attempts", "max_fails", "next", "policy",
      "prefer_udp", "tls", "tls_servername",
    ], "cache": ["denial", "disable", "keepttl", "prefetch", "serve_stale", "servfail", "success"],
    "health": ["lameduck"],
  ]

  /// The plugins' own complaints about their lines.
  private static func check(_ directive: Directive, _ path: String) throws(Problem) {
    func refuse(_ text: String) -> Problem {
      Problem(message: "plugin/\(directive.name): \(text)")
    }
    func misread(_ text: String) -> Problem {
      refuse("\(path):\(directive.line) - Error during parsing: \(text)")
    }
    if let known = properties[directive.name] {
      for line in directive.block {
        guard let word = line.first, !known.contains(word) else { continue }
        throw misread("unknown property '\(word)'")
      }
    }
    switch directive.name {
    case "kubernetes":
      for line in directive.block where line.first == "pods" {
        guard line.count == 2, ["disabled", "insecure", "verified"].contains(line[1]) else {
          throw refuse(
            "wrong value for pods: \(line.dropFirst().first ?? ""),  pods must be one of: disabled, "
              + "verified, insecure")
        }
      }
    case "forward":
      guard directive.arguments.count >= 2 else {
        throw misread("Wrong argument count or unexpected line ending after 'forward'")
      }
      for target in directive.arguments.dropFirst() where !target.hasPrefix("/") {
        let host = target.split(separator: "/").last.map(String.init) ?? target
        let plain =
          host.contains("]") || host.filter { $0 == ":" }.count == 1
          ? String(host.prefix { $0 != ":" }) : host
        guard IPAddress(plain) != nil || host.hasPrefix("[") else {
          throw refuse("not an IP address or file: \"\(host)\"")
        }
      }
    default: break
    }
  }

  private struct Reader {
    struct Token {
      var text: String
      var line: Int
    }

    private let tokens: [Token]
    private var index = 0
    private let path: String

    init(_ text: String, path: String) {
      self.path = path
      var found: [Token] = []
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        var word = ""
        var quote = false
        var wasQuoted = false
        func flush(_ word: inout String) {
          if !word.isEmpty || wasQuoted { found.append(Token(text: word, line: number + 1)) }
          word = ""
        }
        for character in line {
          if quote {
            if character == "\"" { quote = false } else { word.append(character) }
          } else if character == "\"", word.isEmpty {
            quote = true
            wasQuoted = true
          } else if character == "#", word.isEmpty {
            break
          } else if character == " " || character == "\t" || character == "\r" {
            flush(&word)
            wasQuoted = false
          } else {
            word.append(character)
          }
        }
        flush(&word)
      }
      tokens = found
    }

    private func problem(_ message: String, _ line: Int) -> Problem {
      Problem(message: "\(path):\(line) - Error during parsing: \(message)")
    }

    private var lastLine: Int { tokens.last?.line ?? 1 }

    mutating func servers() throws(Problem) -> [Server] {
      var servers: [Server] = []
      while index < tokens.count {
        var zones: [(String, Int)] = []
        while index < tokens.count, tokens[index].text != "{" {
          for part in tokens[index].text.split(separator: ",") { zones.append(zone(String(part))) }
          index += 1
        }
        guard index < tokens.count else { throw problem("Unexpected EOF", lastLine) }
        index += 1
        servers.append(Server(zones: zones, directives: try directives()))
      }
      return servers
    }

    private func zone(_ text: String) -> (String, Int) {
      var text = text
      for scheme in ["dns://", "tls://", "https://", "grpc://"] where text.hasPrefix(scheme) {
        text = String(text.dropFirst(scheme.count))
      }
      var port = 53
      if let colon = text.lastIndex(of: ":") {
        port = Int(text[text.index(after: colon)...]) ?? 53
        text = String(text[..<colon])
      }
      if text.isEmpty || text == "." { return (".", port) }
      return (text.lowercased() + (text.hasSuffix(".") ? "" : "."), port)
    }

    private mutating func directives() throws(Problem) -> [Directive] {
      var found: [Directive] = []
      while true {
        guard index < tokens.count else { throw problem("Unexpected EOF", lastLine) }
        let token = tokens[index]
        if token.text == "}" {
          index += 1
          return found
        }
        guard Corefile.plugins.contains(token.text) else {
          throw problem("Unknown directive '\(token.text)'", token.line)
        }
        index += 1
        var directive = Directive(name: token.text, arguments: [], block: [], line: token.line)
        while index < tokens.count, tokens[index].line == token.line, tokens[index].text != "}" {
          if tokens[index].text == "{" {
            index += 1
            directive.block = try block()
            break
          }
          directive.arguments.append(tokens[index].text)
          index += 1
        }
        found.append(directive)
      }
    }

    private mutating func block() throws(Problem) -> [[String]] {
      var lines: [[String]] = []
      var line = 0
      var depth = 0
      while true {
        guard index < tokens.count else { throw problem("Unexpected EOF", lastLine) }
        let token = tokens[index]
        index += 1
        if token.text == "}" {
          if depth == 0 { return lines }
          depth -= 1
          continue
        }
        if token.text == "{" {
          depth += 1
          continue
        }
        if token.line == line, !lines.isEmpty {
          lines[lines.count - 1].append(token.text)
        } else {
          lines.append([token.text])
          line = token.line
        }
      }
    }
  }
}
