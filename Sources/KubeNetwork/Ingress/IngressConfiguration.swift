package import Documents
import KubeObjects
import Linux

/// What a controller makes of its Ingresses: servers by host name, each with its locations.
package struct IngressConfiguration: Sendable {
  struct Canary: Sendable {
    var backend: BackendReference
    var annotations: IngressAnnotations
  }

  struct Location: Sendable {
    enum PathType: String, Sendable {
      case exact = "Exact"
      case prefix = "Prefix"
      case implementationSpecific = "ImplementationSpecific"
    }
    /// As it is written in nginx.conf.
    var path: String
    /// As the Ingress has it.
    var originalPath: String
    var type: PathType
    /// nil: the controller's own default backend.
    var backend: BackendReference?
    var annotations: IngressAnnotations
    /// namespace/name of its Ingress; empty for the root that nobody asked for.
    var ingress = ""
    var canaries: [Canary] = []

    var rewrites: Bool {
      let target = annotations.rewriteTarget
      return !target.isEmpty && target != originalPath
    }
  }

  struct Server: Sendable {
    var host: String
    var locations: [Location]
    /// Whether some Ingress lists it under tls.
    var hasTLS = false
    /// namespace/name of its certificate; nil is the controller's fake one.
    var certificate: String?
    var aliases: [String] = []
    var usesExpressions = false
  }

  static let anyHost = "_"
  private(set) var servers: [String: Server] = [:]
  /// Lines for the controller's log.
  private(set) var warnings: [String] = []
  /// Secrets that are named, to look at when they change.
  private(set) var secrets: Set<String> = []

  /// `ingresses` are the controller's own; `settings` are its ConfigMap's data.
  package init(
    _ ingresses: [Value], settings: [String: String] = [:], defaultBackend: String? = nil
  ) {
    let ordered = ingresses.sorted {
      let (a, b) = ($0.creationTimestamp, $1.creationTimestamp)
      if a != b, let a, let b { return a < b }
      return $0.namespacedName < $1.namespacedName
    }
    let common = IngressAnnotations([:], settings: settings)
    let fallback = defaultBackend.flatMap { text -> BackendReference? in
      let parts = text.split(separator: "/").map(String.init)
      return parts.count == 2
        ? BackendReference(namespace: parts[0], service: parts[1], port: .int(80)) : nil
    }
    servers[Self.anyHost] = Server(
      host: Self.anyHost, locations: [Self.root(fallback, common, "")])
    var canaries: [Value] = []
    for ingress in ordered {
      let annotations = IngressAnnotations(ingress, settings: settings)
      if annotations.isCanary {
        canaries.append(ingress)
      } else {
        add(ingress, annotations, fallback)
      }
    }
    for ingress in canaries { merge(ingress, IngressAnnotations(ingress, settings: settings)) }
    for host in servers.keys { servers[host]?.settle() }
  }

  private static func root(
    _ backend: BackendReference?, _ annotations: IngressAnnotations, _ ingress: String
  ) -> Location {
    Location(
      path: "/", originalPath: "/", type: .prefix, backend: backend, annotations: annotations,
      ingress: ingress)
  }

  static func backend(_ backend: Value?, _ namespace: String) -> BackendReference? {
    guard let service = backend?["service"] else { return nil }
    let port =
      service[path: "port", "number"].flatMap { IntOrString($0) }
      ?? service[path: "port", "name"].flatMap { IntOrString($0) } ?? .int(0)
    return BackendReference(namespace: namespace, service: service.text("name"), port: port)
  }

  private mutating func add(
    _ ingress: Value, _ annotations: IngressAnnotations, _ fallback: BackendReference?
  ) {
    let spec = ingress["spec"] ?? [:]
    let own = Self.backend(spec["defaultBackend"], ingress.namespace)
    let rules = spec.items("rules")
    if let own, rules.isEmpty, servers[Self.anyHost]?.locations.first?.ingress == "" {
      servers[Self.anyHost]?.locations[0] = Self.root(own, annotations, ingress.namespacedName)
    }
    for rule in rules {
      let host = rule.text("host").isEmpty ? Self.anyHost : rule.text("host")
      if servers[host] == nil {
        servers[host] = Server(
          host: host, locations: [Self.root(own ?? fallback, annotations, "")])
      }
      servers[host]?.aliases += annotations.aliases
      for path in rule["http"]?.items("paths") ?? [] { add(path, to: host, ingress, annotations) }
      secure(host, ingress)
    }
  }

  private mutating func add(
    _ path: Value, to host: String, _ ingress: Value, _ annotations: IngressAnnotations
  ) {
    let text = path.text("path").isEmpty ? "/" : path.text("path")
    let type = Location.PathType(rawValue: path.text("pathType")) ?? .implementationSpecific
    guard let backend = Self.backend(path["backend"], ingress.namespace) else { return }
    let made = Location(
      path: text, originalPath: text, type: type, backend: backend, annotations: annotations,
      ingress: ingress.namespacedName)
    let known = servers[host]?.locations.firstIndex { location in
      guard location.originalPath == text else { return false }
      return location.ingress.isEmpty ? type != .exact : location.type == type
    }
    guard let known else {
      servers[host]?.locations.append(made)
      return
    }
    if servers[host]?.locations[known].ingress == "" {
      servers[host]?.locations[known] = made
    } else {
      warnings.append(
        "Location \"\(text)\" already configured for server \"\(host)\" with upstream "
          + "\"\(servers[host]?.locations[known].backend?.upstreamName ?? "")\" "
          + "(Ingress \"\(ingress.namespacedName)\")")
    }
  }

  // extractTLSSecretName: the entry that lists the host.
  private mutating func secure(_ host: String, _ ingress: Value) {
    let entries = ingress["spec"]?.items("tls") ?? []
    guard !entries.isEmpty, servers[host]?.hasTLS == false else { return }
    guard let entry = entries.first(where: { $0.texts("hosts").contains(host) }) else {
      let named = entries.contains { $0.texts("hosts").isEmpty }
      if named, let secret = entries.first?.text("secretName"), !secret.isEmpty {
        servers[host]?.hasTLS = true
        servers[host]?.certificate = "\(ingress.namespace)/\(secret)"
        secrets.insert("\(ingress.namespace)/\(secret)")
      }
      return
    }
    servers[host]?.hasTLS = true
    let secret = entry.text("secretName")
    guard !secret.isEmpty else {
      warnings.append(
        "Host \"\(host)\" is listed in the TLS section but secretName is empty. "
          + "Using default certificate")
      return
    }
    servers[host]?.certificate = "\(ingress.namespace)/\(secret)"
    secrets.insert("\(ingress.namespace)/\(secret)")
  }

  /// A canary's backends stand beside those of the same host and path.
  private mutating func merge(_ ingress: Value, _ annotations: IngressAnnotations) {
    for rule in ingress["spec"]?.items("rules") ?? [] {
      let host = rule.text("host").isEmpty ? Self.anyHost : rule.text("host")
      for path in rule["http"]?.items("paths") ?? [] {
        let text = path.text("path").isEmpty ? "/" : path.text("path")
        guard let backend = Self.backend(path["backend"], ingress.namespace) else { continue }
        let index = servers[host]?.locations.firstIndex {
          $0.originalPath == text && $0.ingress != ""
        }
        guard let index else {
          warnings.append(
            "unable to find real backend for alternative backend \(backend.upstreamName). "
              + "Deleting.")
          continue
        }
        servers[host]?.locations[index].canaries.append(
          Canary(backend: backend, annotations: annotations))
      }
    }
  }
}

extension IngressConfiguration.Server {
  /// Splits prefixes into a folder and its exact name, and puts locations into nginx's order
  /// (updateServerLocations of the controller).
  fileprivate mutating func settle() {
    usesExpressions = locations.contains { $0.rewrites || $0.annotations.usesExpressions }
    let exact = Set(locations.filter { $0.type == .exact }.map(\.path))
    var settled: [IngressConfiguration.Location] = []
    for location in locations {
      guard location.type == .prefix, location.path != "/", !location.rewrites,
        !location.annotations.usesExpressions
      else {
        settled.append(location)
        continue
      }
      var folder = location
      if !folder.path.hasSuffix("/") { folder.path += "/" }
      settled.append(folder)
      if exact.contains(location.path) { continue }
      var name = location
      name.type = .exact
      settled.append(name)
    }
    locations = settled.sorted {
      let (a, b) = ($0.path.utf8.count, $1.path.utf8.count)
      return a == b ? $0.path > $1.path : a > b
    }
  }

  /// Where nginx sends a path, and what the location's expression caught.
  func location(
    for path: String
  ) -> (location: IngressConfiguration.Location, captures: [String])? {
    if usesExpressions {
      // Every location of such a server is written as `~* "^path"`, the longest first.
      for location in locations {
        let pattern = TextPattern("^" + location.path, ignoringCase: true)
        if let captures = pattern?.captures(in: path) { return (location, captures) }
      }
      return nil
    }
    if let exact = locations.first(where: { $0.type == .exact && $0.path == path }) {
      return (exact, [])
    }
    return locations.first { $0.type != .exact && path.hasPrefix($0.path) }.map { ($0, []) }
  }
}

extension IngressConfiguration {
  /// The server for a host name: by name, by wildcard for one label, else the one for all.
  func server(for host: String) -> Server? {
    let host = host.lowercased()
    if let own = servers[host] { return own }
    if let alias = servers.values.first(where: { $0.aliases.contains(host) }) { return alias }
    if let dot = host.firstIndex(of: "."), let wild = servers["*" + host[dot...]] { return wild }
    return servers[Self.anyHost]
  }
}
