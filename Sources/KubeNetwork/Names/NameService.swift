import KubeObjects
import Linux

/// What one CoreDNS answers by its Corefile.
struct NameService {
  let network: ClusterNetwork
  let corefile: Corefile
  /// The name servers of its own /etc/resolv.conf.
  let upstreams: [String]
  let machine: Machine
  /// Hears what the errors plugin prints.
  var complain: (String) -> Void = { _ in }
  /// How deep forwards and aliases may lead.
  private static let depthLimit = 8

  func answer(_ question: NameQuestion, depth: Int = 0) -> NameAnswer {
    guard depth < Self.depthLimit else { return NameAnswer(.serverFailure) }
    guard let server = server(for: question) else { return NameAnswer(.refused) }
    return answer(question, by: server, depth)
  }

  /// The server block with the longest zone that holds the name.
  func server(for question: NameQuestion) -> Corefile.Server? {
    let name = question.name.lowercased()
    var best: (server: Corefile.Server, length: Int)?
    for server in corefile.servers {
      for zone in server.zones where zone.port == 53 && Corefile.holds(name, [zone.name]) {
        if zone.name.count > (best?.length ?? 0) { best = (server, zone.name.count) }
      }
    }
    return best?.server
  }

  private func answer(
    _ original: NameQuestion, by server: Corefile.Server, _ depth: Int
  ) -> NameAnswer {
    let question = NameRewrite(server.directives).apply(to: original)
    var answer = plain(question, by: server, depth)
    if question.name != original.name {
      answer.records = answer.records.map { record in
        var record = record
        if record.name == question.name { record.name = original.name }
        return record
      }
    }
    return answer
  }

  // CoreDNS asks its plugins in a fixed order, whatever the Corefile's: template, hosts,
  // kubernetes, file, forward.
  private func plain(
    _ question: NameQuestion, by server: Corefile.Server, _ depth: Int
  ) -> NameAnswer {
    for directive in server.directives where directive.name == "template" {
      if let answer = NameTemplate(directive).answer(question) { return answer }
    }
    for directive in server.directives where directive.name == "hosts" {
      if let answer = hosts(directive, question) { return answer }
    }
    for directive in server.directives where directive.name == "kubernetes" {
      if let answer = kubernetes(directive, question, depth) { return answer }
    }
    for directive in server.directives where directive.name == "forward" {
      if let answer = forward(directive, question, depth) { return answer }
    }
    if server.directive("whoami") != nil { return NameAnswer(.noError) }
    // With plugins but no answer CoreDNS refuses; with none at all it fails.
    return NameAnswer(server.directives.isEmpty ? .serverFailure : .refused)
  }

  private func kubernetes(
    _ directive: Corefile.Directive, _ question: NameQuestion, _ depth: Int
  ) -> NameAnswer? {
    let zones = directive.arguments.isEmpty ? ["."] : directive.arguments
    let name = question.name.lowercased()
    guard Corefile.holds(name, zones) else { return nil }
    let forward = zones.filter { !$0.hasSuffix("arpa") && !$0.hasSuffix("arpa.") }
    var options: [String: [String]] = [:]
    for line in directive.block { options[line.first ?? ""] = Array(line.dropFirst()) }
    let falls = options["fallthrough"]
    let fallsHere = falls.map { $0.isEmpty || Corefile.holds(name, $0) } ?? false
    for zone in forward {
      let records = ClusterRecords(
        network: network, zone: (zone.hasSuffix(".") ? zone : zone + ".").lowercased(),
        lifetime: options["ttl"]?.first.flatMap { Int($0) } ?? 5,
        podMode: options["pods"]?.first ?? "disabled",
        namesPods: options["endpoint_pod_names"] != nil,
        exposed: Set(options["namespaces"] ?? []),
        ignoresEmpty: options["ignore"]?.first == "empty_service",
        upstream: { answer($0, depth: depth + 1) })
      guard let answer = records.answer(question) else { continue }
      if answer.status == .nameError, fallsHere { return nil }
      return answer
    }
    return fallsHere ? nil : NameAnswer(.nameError)
  }

  private func hosts(_ directive: Corefile.Directive, _ question: NameQuestion) -> NameAnswer? {
    var lines = directive.block
    if let path = directive.arguments.first, let text = machine.files.text(path) {
      lines += text.split(separator: "\n").map {
        $0.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
      }
    }
    let lifetime = lines.first { $0.first == "ttl" && $0.count == 2 }.flatMap { Int($0[1]) } ?? 3600
    let wanted = question.name.lowercased().dropLast()
    let found = lines.filter { line in
      line.dropFirst().contains { $0.lowercased() == wanted }
    }.compactMap(\.first).filter { IPAddress($0) != nil }
    if !found.isEmpty {
      return NameAnswer(
        .noError,
        found.filter { question.type == ($0.contains(":") ? "AAAA" : "A") }.map {
          NameRecord(name: question.name, type: question.type, lifetime: lifetime, data: $0)
        })
    }
    if question.type == "PTR" {
      let names = lines.filter { $0.first.flatMap(Resolver.reverseName) == question.name }
        .flatMap { $0.dropFirst() }
      if !names.isEmpty {
        return NameAnswer(
          .noError,
          names.map {
            NameRecord(
              name: question.name, type: "PTR", lifetime: lifetime,
              data: $0.hasSuffix(".") ? $0 : $0 + ".")
          })
      }
    }
    let falls = lines.first { $0.first == "fallthrough" }
    if let falls {
      return falls.count == 1 || Corefile.holds(question.name, Array(falls.dropFirst()))
        ? nil : NameAnswer(.nameError)
    }
    return NameAnswer(.nameError)
  }

  private func forward(
    _ directive: Corefile.Directive, _ question: NameQuestion, _ depth: Int
  ) -> NameAnswer? {
    guard let zone = directive.arguments.first, Corefile.holds(question.name.lowercased(), [zone])
    else {
      return nil
    }
    for line in directive.block where line.first == "except" {
      if Corefile.holds(question.name.lowercased(), Array(line.dropFirst())) { return nil }
    }
    var targets: [String] = []
    for target in directive.arguments.dropFirst() {
      targets += target.hasPrefix("/") ? servers(in: target) : [target]
    }
    for target in targets {
      let address = target.split(separator: "/").last.map(String.init) ?? target
      let host = String(address.prefix { $0 != ":" })
      do {
        guard let stack = machine.network else { break }
        return try stack.ask(question, of: host, from: machine)
      } catch {
        // The errors plugin's line: the code, the question, and what Go's network says.
        let own = (machine.wires as? NetworkNamespace)?.address ?? "0.0.0.0"
        complain(
          "2 \(question.name) \(question.type): read udp \(own):\(40_000 + question.name.count)->"
            + "\(host):53: i/o timeout")
      }
    }
    return NameAnswer(.serverFailure)
  }

  private func servers(in path: String) -> [String] {
    guard let text = machine.files.text(path) else { return upstreams }
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.first == "nameserver" ? words.dropFirst().first.map(String.init) : nil
    }
  }
}
