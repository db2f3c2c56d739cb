import KubeObjects
import Linux

/// What one CoreDNS answers by its Corefile.
struct NameService {
  let network: ClusterNetwork
  let corefile: Corefile
  /// The name servers of its own /etc/resolv.conf.
  let upstreams: [String]
  let machine: Machine
  /// How deep forwards and aliases may lead.
  private static let depthLimit = 8

  func answer(_ question: NameQuestion, depth: Int = 0) -> NameAnswer {
    guard depth < Self.depthLimit else { return NameAnswer(.serverFailure) }
    let name = question.name.lowercased()
    // The server block with the longest zone that holds the name.
    var best: (server: Corefile.Server, length: Int)?
    for server in corefile.servers {
      for zone in server.zones where zone.port == 53 {
        let holds = zone.name == "." || name == zone.name || name.hasSuffix("." + zone.name)
        if holds, zone.name.count > (best?.length ?? 0) { best = (server, zone.name.count) }
      }
    }
    guard let server = best?.server else { return NameAnswer(.refused) }
    return answer(question, by: server, depth)
  }

  private func answer(
    _ original: NameQuestion, by server: Corefile.Server, _ depth: Int
  ) -> NameAnswer {
    let question = rewritten(original, server)
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
      if let answer = template(directive, question) { return answer }
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

  private func inZones(_ name: String, _ zones: [String]) -> Bool {
    zones.contains { zone in
      let zone = zone == "." || zone.hasSuffix(".") ? zone : zone + "."
      return zone == "." || name == zone || name.hasSuffix("." + zone)
    }
  }

  private func kubernetes(
    _ directive: Corefile.Directive, _ question: NameQuestion, _ depth: Int
  ) -> NameAnswer? {
    let zones = directive.arguments.isEmpty ? ["."] : directive.arguments
    let name = question.name.lowercased()
    guard inZones(name, zones) else { return nil }
    let forward = zones.filter { !$0.hasSuffix("arpa") && !$0.hasSuffix("arpa.") }
    var options: [String: [String]] = [:]
    for line in directive.block { options[line.first ?? ""] = Array(line.dropFirst()) }
    let falls = options["fallthrough"]
    let fallsHere = falls.map { $0.isEmpty || inZones(name, $0) } ?? false
    for zone in forward {
      let records = ClusterRecords(
        network: network, zone: (zone.hasSuffix(".") ? zone : zone + ".").lowercased(),
        lifetime: options["ttl"]?.first.flatMap { Int($0) } ?? 5,
        podMode: options["pods"]?.first ?? "disabled",
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
    let wanted = question.name.lowercased().dropLast()
    let found = lines.filter { line in
      line.dropFirst().contains { $0.lowercased() == wanted }
    }.compactMap(\.first).filter { IPAddress($0) != nil }
    if !found.isEmpty {
      let records = found.filter {
        question.type == ($0.contains(":") ? "AAAA" : "A")
      }.map {
        NameRecord(
          name: question.name, type: question.type, lifetime: 3600, data: $0)
      }
      return NameAnswer(.noError, records)
    }
    let falls = lines.first { $0.first == "fallthrough" }
    if let falls {
      return falls.count == 1 || inZones(question.name, Array(falls.dropFirst()))
        ? nil : NameAnswer(.nameError)
    }
    return NameAnswer(.nameError)
  }

  private func template(
    _ directive: Corefile.Directive, _ question: NameQuestion
  ) -> NameAnswer? {
    // template CLASS TYPE [ZONE...]
    let words = directive.arguments
    guard words.count >= 2, words[1] == "ANY" || words[1] == question.type else { return nil }
    let zones = Array(words.dropFirst(2))
    guard zones.isEmpty || inZones(question.name, zones) else { return nil }
    if let code = directive.block.first(where: { $0.first == "rcode" })?.dropFirst().first {
      return NameAnswer(NameAnswer.Status(rawValue: code) ?? .nameError)
    }
    guard let line = directive.block.first(where: { $0.first == "answer" }) else { return nil }
    let text = line.dropFirst().joined(separator: " ").split(separator: " ").map {
      $0 == "{{" || $0 == "}}" ? "" : String($0)
    }.filter { !$0.isEmpty }
    guard let type = text.firstIndex(of: question.type), text.count > type + 1 else {
      return NameAnswer(.noError)
    }
    return NameAnswer(
      .noError,
      [NameRecord(name: question.name, type: question.type, lifetime: 60, data: text[type + 1])])
  }

  private func forward(
    _ directive: Corefile.Directive, _ question: NameQuestion, _ depth: Int
  ) -> NameAnswer? {
    guard let zone = directive.arguments.first, inZones(question.name.lowercased(), [zone]) else {
      return nil
    }
    for line in directive.block where line.first == "except" {
      if inZones(question.name.lowercased(), Array(line.dropFirst())) { return nil }
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
      } catch { continue }
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

  // MARK: rewrite

  private func rewritten(_ question: NameQuestion, _ server: Corefile.Server) -> NameQuestion {
    for directive in server.directives where directive.name == "rewrite" {
      var words = directive.arguments
      if words.isEmpty, let first = directive.block.first { words = first }
      if ["stop", "continue"].contains(words.first ?? "") { words.removeFirst() }
      guard words.first == "name", words.count >= 3 else { continue }
      words.removeFirst()
      var kind = "exact"
      if ["exact", "prefix", "suffix", "substring", "regex"].contains(words[0]) {
        kind = words.removeFirst()
      }
      guard words.count >= 2 else { continue }
      if let name = rewritten(question.name, kind, words[0], words[1]) {
        return NameQuestion(name, type: question.type)
      }
    }
    return question
  }

  private func rewritten(
    _ name: String, _ kind: String, _ from: String, _ to: String
  ) -> String? {
    func dotted(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }
    switch kind {
    case "exact": return name == dotted(from) ? dotted(to) : nil
    case "prefix": return name.hasPrefix(from) ? to + name.dropFirst(from.count) : nil
    case "suffix":
      let end = dotted(from)
      return name.hasSuffix(end) ? name.dropLast(end.count) + dotted(to) : nil
    case "substring":
      guard let range = name.firstRange(of: from) else { return nil }
      return name[..<range.lowerBound] + to + name[range.upperBound...]
    default: return nil
    }
  }
}
