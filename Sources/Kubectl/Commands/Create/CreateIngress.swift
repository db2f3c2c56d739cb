import Documents

/// kubectl create ingress.
enum CreateIngress {
  static let specification = CommandSpecification(
    name: "ingress", aliases: ["ing"],
    usage: "ingress NAME --rule=host/path=service:port[,tls[=secret]] ",
    summary: "Create an ingress with the specified name",
    about: "Create an ingress with the specified name.",
    examples: [
      (
        "Everything below a host to one service",
        "kubectl create ingress web --class=nginx --rule='web.example.org/*=web:80'"
      )
    ],
    flags: Creation.flags
      + Flag.list("annotation:array class:string default-backend:string rule:array"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .ingresses)
    let values = call.values
    let texts = values.strings("rule")
    let fallback = values.string("default-backend")
    guard !texts.isEmpty || !fallback.isEmpty else {
      throw CommandError.text(
        "not enough information provided: every ingress has to either specify a default-backend "
          + "(which catches all traffic) or a list of rules (which catch specific paths)")
    }
    let rules = try texts.map { text -> IngressRule in
      guard let rule = IngressRule(text) else {
        throw CommandError.text(
          "rule \(text) is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
        )
      }
      return rule
    }
    var annotations = Mapping()
    for text in values.strings("annotation") {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw CommandError.text(
          "annotation \(text) is invalid and should be in format key=[value]")
      }
      annotations[String(parts[0])] = .string(String(parts[1]))
    }
    var spec: Value = [:]
    if !fallback.isEmpty {
      let parts = fallback.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw CommandError.text("default-backend should be in format servicename:serviceport")
      }
      spec["defaultBackend"] = IngressRule.backend(String(parts[0]), String(parts[1]))
    }
    if !values.string("class").isEmpty {
      spec["ingressClassName"] = .string(values.string("class"))
    }
    let (list, certificates) = Self.grouped(rules)
    if !list.isEmpty { spec["rules"] = .array(list) }
    if !certificates.isEmpty { spec["tls"] = .array(certificates) }
    var object = try await creation.frame(["spec": spec, "status": ["loadBalancer": [:]]])
    if !annotations.isEmpty { object[path: "metadata", "annotations"] = .object(annotations) }
    try await creation.finish(object, failure: "failed to create ingress: ")
  }

  /// Rules of one host together, and the certificates that they want.
  private static func grouped(_ rules: [IngressRule]) -> (rules: [Value], certificates: [Value]) {
    var hosts: [String] = []
    var paths: [String: [Value]] = [:]
    for rule in rules {
      if paths[rule.host] == nil { hosts.append(rule.host) }
      paths[rule.host, default: []].append(rule.path)
    }
    let list = hosts.map { host -> Value in
      var rule: Value = ["http": ["paths": .array(paths[host] ?? [])]]
      if !host.isEmpty { rule["host"] = .string(host) }
      return rule
    }
    return (list, certificates(rules))
  }

  /// Hosts of one secret share an entry, and a host's first secret counts.
  private static func certificates(_ rules: [IngressRule]) -> [Value] {
    var seen: Set<String> = []
    var entries: [(hosts: [String], secret: String)] = []
    for rule in rules {
      guard let secret = rule.secret, seen.insert(rule.host).inserted else { continue }
      if let known = entries.firstIndex(where: { $0.secret == secret }) {
        entries[known].hosts.append(rule.host)
      } else if !rule.host.isEmpty || !secret.isEmpty {
        entries.append((rule.host.isEmpty ? [] : [rule.host], secret))
      }
    }
    return entries.map { entry in
      var value: Value = [:]
      if !entry.hosts.isEmpty { value["hosts"] = .array(entry.hosts.map { .string($0) }) }
      if !entry.secret.isEmpty { value["secretName"] = .string(entry.secret) }
      return value
    }
  }
}

/// One --rule of create ingress: `host/path=service:port[,tls[=secret]]`.
struct IngressRule {
  let host: String
  let path: Value
  /// Of the certificate: empty without a name, nil when none is wanted.
  let secret: String?

  init?(_ text: String) {
    let pieces = text.split(separator: ",", omittingEmptySubsequences: false)
    let halves = pieces[0].split(separator: "=", omittingEmptySubsequences: false)
    guard halves.count > 1, let slash = halves[0].firstIndex(of: "/") else { return nil }
    host = String(halves[0][..<slash])
    var route = String(halves[0][slash...])
    let target = halves[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard target.count == 2, !target[0].isEmpty, target[0].allSatisfy(Self.isName),
      !target[1].isEmpty, host.allSatisfy({ Self.isName($0) || $0 == "*" || $0 == "." })
    else { return nil }
    // Only one comma makes a certificate; what stands before the secret's = may be any word.
    if pieces.count == 2 {
      let words = pieces[1].split(separator: "=", omittingEmptySubsequences: false)
      secret = words.count > 1 ? String(words[1]) : ""
    } else {
      secret = nil
    }
    var type = "Exact"
    if route.hasSuffix("*") {
      type = "Prefix"
      route.removeLast()
    }
    path = [
      "path": .string(route), "pathType": .string(type),
      "backend": Self.backend(String(target[0]), String(target[1])),
    ]
  }

  private static func isName(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber) || character == "_"
      || character == "-"
  }

  static func backend(_ service: String, _ port: String) -> Value {
    let target: Value = Int64(port).map { ["number": .int($0)] } ?? ["name": .string(port)]
    return ["service": ["name": .string(service), "port": target]]
  }
}
